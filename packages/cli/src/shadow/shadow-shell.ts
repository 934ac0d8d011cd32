import { shadowPath } from "../cluster/cib-source.ts";
import { ExitCode } from "../exit-codes.ts";
import { instruct } from "./instruct.ts";
import { missingShadow, type ShadowCall } from "./shadow-command.ts";

/**
 * How a person comes to work on a shadow: a shell in which it is the active one, when there is a person and no `--batch`; else what
 * to type.
 */
export function enterShadow(
  call: ShadowCall,
  words: { readonly deed: string; readonly notice?: string },
): number {
  const { output, name, isBatch } = call;
  const { world } = output;
  if (isBatch || output.isStructured || !world.isInteractive()) {
    const text = `${words.deed}, enter the following into your shell:\n\texport CIB_shadow=${name}`;
    return instruct(call, text, words.notice);
  }
  world.stderr(`${words.notice ?? ""}Type Ctrl-D to leave the shell of the shadow instance ${name}\n`);
  const shell = world.env.SHELL ?? "";
  world.runForeground(shell === "" ? "/bin/sh" : shell, ["-i"], {
    CIB_shadow: name,
    PS1: `shadow[${name}] # `,
  });
  return ExitCode.ok;
}

export function switchToShadow(call: ShadowCall): number {
  const { world } = call.output;
  if (!world.fileExists(shadowPath(world.env, call.name))) return missingShadow(call, call.name);
  return enterShadow(call, { deed: "To switch to the named shadow instance" });
}
