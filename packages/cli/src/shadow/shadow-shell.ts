import { shadowPath } from "../cluster/cib-source.ts";
import { type CommandResult, success } from "../output/deliver.ts";
import { instruction } from "./instruction.ts";
import { missingShadow, type ShadowCall } from "./shadow-command.ts";

/**
 * How a person comes to work on a shadow: a shell in which it is the active one, when there is a person and no `--batch`; else what
 * to type.
 */
export function enterShadow(
  { world, name, isBatch }: ShadowCall,
  words: { readonly deed: string; readonly notice?: string },
): CommandResult {
  if (isBatch || !world.isInteractive()) {
    return instruction(
      `${words.deed}, enter the following into your shell:\n\texport CIB_shadow=${name}`,
      words.notice,
    );
  }
  world.stderr(`${words.notice ?? ""}Type Ctrl-D to leave the shell of the shadow instance ${name}\n`);
  const shell = world.env.SHELL ?? "";
  world.runForeground(shell === "" ? "/bin/sh" : shell, ["-i"], {
    CIB_shadow: name,
    PS1: `shadow[${name}] # `,
  });
  return success("", []);
}

export function switchToShadow(call: ShadowCall): CommandResult {
  const { world, name } = call;
  if (!world.fileExists(shadowPath(world.env, name))) return missingShadow(world, name);
  return enterShadow(call, { deed: "To switch to the named shadow instance" });
}
