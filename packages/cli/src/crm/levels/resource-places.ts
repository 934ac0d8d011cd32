import type { Shell } from "../shell/shell.ts";
import { crmResource } from "./tools.ts";

/** `constraints RESOURCE`: its locations, and what is colocated with it. */
export async function constraintsOf(shell: Shell, args: readonly string[]): Promise<boolean> {
  await crmResource(shell, ["--resource", args[0]!, "--stack"]);
  return true;
}

/** `locate [RESOURCE …]`: where resources run; all of them without names. */
export async function locate(shell: Shell, args: readonly string[]): Promise<boolean> {
  let isGood = true;
  const names = args.length > 0 ? args : await allResources(shell);
  for (const name of names) if (!(await crmResource(shell, ["--resource", name, "--locate"]))) isGood = false;
  return isGood;
}

async function allResources(shell: Shell): Promise<string[]> {
  const copy = await shell.configuration();
  shell.forgetConfiguration();
  return copy
    .objects()
    .filter(
      ({ type, element }) =>
        type.section === "resources" && type.word !== "rsc_template" && element.parent?.name === "resources",
    )
    .map(({ id }) => id);
}
