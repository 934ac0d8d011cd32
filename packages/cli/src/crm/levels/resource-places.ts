import type { Shell } from "../shell/shell.ts";
import { crmResource } from "./tools.ts";

/** `constraints RESOURCE`: its locations, and what is colocated with it. */
export async function constraintsOf(shell: Shell, args: readonly string[]): Promise<boolean> {
  await crmResource(shell, ["--resource", args[0]!, "--constraints"]);
  return true;
}

/** `locate RESOURCE …`: where resources run. One that does not exist is told of, as crmsh does it, and is no failure. */
export async function locate(shell: Shell, args: readonly string[]): Promise<boolean> {
  if (args.length === 0) {
    shell.messages.error("resource.locate: Expected at least one resource as argument");
    return false;
  }
  await showPlaces(shell, args);
  return true;
}

/** False when one of them does not exist. */
export async function showPlaces(shell: Shell, names: readonly string[]): Promise<boolean> {
  let isGood = true;
  for (const name of names) if ((await tellPlace(shell, name)) !== 0) isGood = false;
  return isGood;
}

/** That a resource runs nowhere is no place: it is told beside the results. */
async function tellPlace(shell: Shell, name: string): Promise<number> {
  const { main } = await import("../../commands/crm_resource.ts");
  const world = {
    ...shell.world,
    programName: "crm_resource",
    stdout: (text: string) =>
      / is NOT running$/m.test(text) ? shell.world.stderr(text) : shell.world.stdout(text),
  };
  return main(["--resource", name, "--locate"], world);
}
