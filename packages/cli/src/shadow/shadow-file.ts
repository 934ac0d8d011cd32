import type { XmlElement } from "@quorate/xml";
import { CibError, type CibSession } from "../cluster/cib-session.ts";
import { activeShadow, shadowPath, sourceBehindShadow } from "../cluster/cib-source.ts";
import { DaemonError } from "../cluster/daemon.ts";
import { useCib } from "../cluster/open-cib.ts";
import { ExitCode } from "../exit-codes.ts";
import { readDocument } from "../input/read-document.ts";
import { FileError } from "../world.ts";
import { instruct } from "./instruct.ts";
import { fail, missingShadow, noActiveShadow, requireForce, type ShadowCall } from "./shadow-command.ts";

type ShadowReading =
  | { readonly ok: true; readonly document: XmlElement }
  | { readonly ok: false; readonly exitCode: number };

/** What is wrong with it has been said. */
export function readShadow(call: ShadowCall, name: string): ShadowReading {
  const { world } = call.output;
  const path = shadowPath(world.env, name);
  if (!world.fileExists(path)) return { ok: false, exitCode: missingShadow(call, name) };
  const read = readDocument(world, path);
  return read.ok ? read : { ok: false, exitCode: fail(call, read.exitCode, read.message) };
}

/** Runs `use` on the CIB that shadows are copies of. */
export async function behindShadow(
  call: ShadowCall,
  use: (cib: CibSession) => Promise<number>,
): Promise<number> {
  const { world } = call.output;
  try {
    const source = sourceBehindShadow(world.env);
    if (source.kind === "file" && source.path !== null && !world.fileExists(source.path)) {
      return fail(call, ExitCode.noSuch, "Could not connect to CIB: No such device or address");
    }
    return await useCib(world, source, use);
  } catch (error) {
    if (!(error instanceof CibError || error instanceof DaemonError || error instanceof FileError))
      throw error;
    return fail(call, error.exitCode, error.message);
  }
}

/** One that is not there is as good as deleted. @throws FileError */
export function deleteShadow(call: ShadowCall): number {
  const { world } = call.output;
  const refusal = requireForce(call, {
    deed: "The delete command removes the specified shadow file.",
    victim: "the shadow file",
  });
  if (refusal !== null) return refusal;
  world.removeFile(shadowPath(world.env, call.name));
  if (activeShadow(world.env) !== call.name) return ExitCode.ok;
  return instruct(
    call,
    "Remember to unset the CIB_shadow variable by entering the following into your shell:\n\tunset CIB_shadow",
  );
}

/** Checks what the editor left: a configuration that cannot be read is named at once, and not by the next command. */
export function editShadow(call: ShadowCall): number {
  const { world } = call.output;
  const name = activeShadow(world.env);
  if (name === null) return noActiveShadow(call);
  const path = shadowPath(world.env, name);
  if (!world.fileExists(path)) return missingShadow(call, name);
  const editor = world.env.EDITOR ?? "";
  if (editor === "") {
    return fail(call, ExitCode.notConfigured, "No value for EDITOR defined; set it, for example to vi");
  }
  const [program, ...args] = editor.split(/\s+/).filter((word) => word !== "");
  const status = world.runForeground(program!, [...args, path], {});
  if (status !== 0) return fail(call, ExitCode.error, `the editor ${program} ended with status ${status}`);
  const read = readShadow(call, name);
  return read.ok ? ExitCode.ok : read.exitCode;
}
