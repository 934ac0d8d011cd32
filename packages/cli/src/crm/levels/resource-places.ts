import type { Shell } from "../shell/shell.ts";
import { crmResource } from "./tools.ts";

/** `constraints RESOURCE`: its locations, and what is colocated with it. */
export async function constraintsOf(shell: Shell, args: readonly string[]): Promise<boolean> {
  await crmResource(shell, ["--resource", args[0]!, "--stack"]);
  return true;
}

/** `locate RESOURCE …`: where resources run. One that does not exist is told of, as crmsh does it, and is no failure. */
export async function locate(shell: Shell, args: readonly string[]): Promise<boolean> {
  if (args.length === 0) {
    shell.messages.error("resource.locate: Expected at least one resource as argument");
    return false;
  }
  for (const name of args) await tellPlace(shell, name);
  return true;
}

/** That a resource runs nowhere is no place: it is told beside the results. */
async function tellPlace(shell: Shell, name: string): Promise<void> {
  const { main } = await import("../../commands/crm_resource.ts");
  const world = {
    ...shell.world,
    programName: "crm_resource",
    stdout: (text: string) =>
      / is NOT running$/m.test(text) ? shell.world.stderr(text) : shell.world.stdout(text),
  };
  await main(["--resource", name, "--locate"], world);
}
