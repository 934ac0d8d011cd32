import { runAttributeCommand } from "../attributes/attribute-command.ts";
import { defineCommand } from "../command.ts";
import { countOption, flagOption, valueOption } from "../options/option-table.ts";

/** `crm_master`: the promotion score of a resource, as agents set it. Source: crm_master(8); attribute manager specification, 11. */
export const main = defineCommand({
  name: "crm_master",
  isPlannable: true,
  summary:
    "show or change the promotion score of a resource on a node (use crm_attribute --promotion in new agents)",
  usage: "(--query|--update=SCORE|--delete) [options]",
  examples: [
    { line: "crm_master --lifetime reboot --update 10", explanation: "Inside an agent: prefer this node" },
  ],
  options: {
    query: flagOption({ long: "query", short: "G", help: "Show the score", heading: "Commands" }),
    update: valueOption({
      long: "update",
      short: "v",
      metavar: "SCORE",
      help: "Set the score",
      heading: "Commands",
    }),
    delete: flagOption({ long: "delete", short: "D", help: "Remove the score", heading: "Commands" }),
    resource: valueOption({
      long: "resource",
      short: "r",
      metavar: "RESOURCE",
      help: "The resource (default: the one in OCF_RESOURCE_INSTANCE)",
    }),
    node: valueOption({ long: "node", short: "N", metavar: "NODE", help: "The node (default: this one)" }),
    lifetime: valueOption({
      long: "lifetime",
      short: "l",
      metavar: "LIFETIME",
      help: "How long it lasts (default: reboot)",
      choices: ["reboot", "forever"],
    }),
    id: valueOption({ long: "id", short: "i", metavar: "ID", help: "The nvpair with this XML id" }),
    quiet: flagOption({ long: "quiet", short: "q", help: "Print the score only" }),
    quietUpper: flagOption({ long: "quiet-upper", short: "Q", help: "Same as --quiet", isHidden: true }),
    verbose: countOption({ long: "verbose", short: "V", help: "Say more" }),
  },
  run: ({ options, operands, output }, world) =>
    runAttributeCommand(
      {
        id: options.id,
        name: null,
        pattern: null,
        promotion: options.resource ?? "",
        setName: null,
        query: options.query,
        update: options.update,
        delete: options.delete,
        node: options.node,
        type: options.lifetime === "forever" ? "nodes" : "status",
        lifetime: null,
        alsoIn: null,
        utilization: false,
        default: null,
        score: false,
        isQuiet: options.quiet || options.quietUpper,
        operands,
      },
      world,
      output,
    ),
});
