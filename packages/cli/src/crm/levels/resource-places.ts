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
  for (const name of names) if (!(await tellPlace(shell, name))) isGood = false;
  return isGood;
}

/** That a resource runs nowhere is no place: it is told beside the results. */
async function tellPlace(shell: Shell, name: string): Promise<boolean> {
  const { main } = await import("../../commands/crm_resource.ts");
  const world = {
    ...shell.world,
    programName: "crm_resource",
    stdout: (text: string) =>
      / is NOT running$/m.test(text) ? shell.world.stderr(text) : shell.world.stdout(text),
  };
  return (await main(["--resource", name, "--locate"], world)) === 0;
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
