import type { Shell } from "../shell/shell.ts";
import { crmResource } from "./tools.ts";

export function listResources(shell: Shell): Promise<boolean> {
  return crmResource(shell, ["--list"]);
}

/** `operations [RESOURCE] [NODE]` */
export function listOperations(shell: Shell, args: readonly string[]): Promise<boolean> {
  const [resource, node] = args;
  return crmResource(shell, [
    "--list-operations",
    ...(resource === undefined ? [] : ["--resource", resource]),
    ...(node === undefined ? [] : ["--node", node]),
  ]);
}

/** The scores of the scheduler, as `crm_simulate` shows them for the CIB as it is. */
export async function showScores(shell: Shell): Promise<boolean> {
  const { main } = await import("../../commands/crm_simulate.ts");
  const live =
    shell.world.env.CIB_file === undefined ? ["--live-check"] : ["--xml-file", shell.world.env.CIB_file];
  return (await shell.runTool("crm_simulate", main, ["--show-scores", "--show-utilization", ...live])) === 0;
}
