import type { XmlElement } from "@quorate/xml";
import type { CibSession } from "../cluster/cib-session.ts";
import { CibError } from "../cluster/cib-session.ts";
import { activeShadow, shadowPath, sourceBehindShadow } from "../cluster/cib-source.ts";
import { DaemonError } from "../cluster/daemon.ts";
import { useCib } from "../cluster/open-cib.ts";
import { ExitCode } from "../exit-codes.ts";
import { readDocument } from "../input/read-document.ts";
import { type CommandResult, failure, success } from "../output/deliver.ts";
import { FileError, type World } from "../world.ts";
import { instruction } from "./instruction.ts";
import { missingShadow, noActiveShadow, requireForce, type ShadowCall } from "./shadow-command.ts";

type ShadowReading =
  | { readonly ok: true; readonly document: XmlElement }
  | { readonly ok: false; readonly result: CommandResult };

export function readShadow(world: World, name: string): ShadowReading {
  const path = shadowPath(world.env, name);
  if (!world.fileExists(path)) return { ok: false, result: missingShadow(world, name) };
  const read = readDocument(world, path);
  if (read.ok) return read;
  return { ok: false, result: failure(world, read.exitCode, read.message) };
}

/** Runs `use` on the CIB that shadows are copies of. What goes wrong there is the result. */
export async function behindShadow(
  world: World,
  use: (cib: CibSession) => Promise<CommandResult>,
): Promise<CommandResult> {
  try {
    const source = sourceBehindShadow(world.env);
    if (source.kind === "file" && source.path !== null && !world.fileExists(source.path)) {
      return failure(world, ExitCode.noSuch, "Could not connect to CIB: No such device or address");
    }
    return await useCib(world, source, use);
  } catch (error) {
    if (!(error instanceof CibError || error instanceof DaemonError || error instanceof FileError))
      throw error;
    return failure(world, error.exitCode, error.message);
  }
}

/** One that is not there is as good as deleted. */
export function deleteShadow(call: ShadowCall): CommandResult {
  const { world, name } = call;
  const refusal = requireForce(call, {
    deed: "The delete command removes the specified shadow file.",
    victim: "the shadow file",
  });
  if (refusal !== null) return refusal;
  try {
    world.removeFile(shadowPath(world.env, name));
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return failure(world, error.exitCode, error.message);
  }
  if (activeShadow(world.env) !== name) return success("", []);
  return instruction(
    "Remember to unset the CIB_shadow variable by entering the following into your shell:\n\tunset CIB_shadow",
  );
}

/** Checks what the editor left: a configuration that cannot be read is named at once, and not by the next command. */
export function editShadow({ world }: ShadowCall): CommandResult {
  const name = activeShadow(world.env);
  if (name === null) return noActiveShadow(world);
  const path = shadowPath(world.env, name);
  if (!world.fileExists(path)) return missingShadow(world, name);
  const editor = world.env.EDITOR ?? "";
  if (editor === "") {
    return failure(world, ExitCode.notConfigured, "No value for EDITOR defined; set it, for example to vi");
  }
  const [program, ...args] = editor.split(/\s+/).filter((word) => word !== "");
  const status = world.runForeground(program!, [...args, path], {});
  if (status !== 0) {
    return failure(world, ExitCode.error, `the editor ${program} ended with status ${status}`);
  }
  const read = readShadow(world, name);
  return read.ok ? success("", []) : read.result;
}
