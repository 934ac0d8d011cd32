import { defaultNode } from "../attributes/target-node.ts";
import { defineCommand, type Main, UsageError } from "../command.ts";
import { attributeOptions } from "../commands/attrd_updater.ts";
import { main as crmAttribute } from "../commands/crm_attribute.ts";
import { ExitCode } from "../exit-codes.ts";

/**
 * `attrd_updater` on a CIB that is only tried: the attribute manager is no part of it, but what the manager would write there is what
 * `crm_attribute` writes until the node restarts.
 */
export const attributeAsPlanned: Main = defineCommand({
  name: "attrd_updater",
  summary: "change transient node attributes, on a copy",
  usage: "COMMAND --name=NAME [options]",
  examples: [],
  options: attributeOptions,
  run: async ({ options: chosen }, world) => {
    const value = chosen.update ?? chosen.updateOld ?? chosen.updateBoth;
    // No value changes, or none that is in the CIB.
    const changesNothing = chosen.query || chosen.refresh || chosen.private;
    if (changesNothing || (value === null && !chosen.delete)) return ExitCode.ok;
    if (chosen.name === null || chosen.utilization)
      throw new UsageError("--plan needs one attribute: give --name, without --pattern or --utilization");
    const isHere = chosen.node === null || chosen.node === "auto" || chosen.node === "localhost";
    const node = isHere ? await defaultNode(world, null) : chosen.node;
    if (node === null)
      throw new UsageError("name the node with --node: there is none to which this CIB belongs");
    const change = value === null ? ["--delete"] : ["--update", value];
    return crmAttribute(["--lifetime", "reboot", "--name", chosen.name, "--node", node, ...change], world);
  },
});
