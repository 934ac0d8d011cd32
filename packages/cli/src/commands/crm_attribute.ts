import { runAttributeCommand } from "../attributes/attribute-command.ts";
import { defineCommand, UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { listOptions } from "../option-listing/list-options.ts";
import { CLUSTER_LISTING } from "../option-listing/listed-option.ts";
import { countOption, flagOption, optionalOption, valueOption } from "../options/option-table.ts";

const SELECTION = "Selecting attributes";
const COMMANDS = "Commands";

/** `crm_attribute`: cluster options and node attributes, permanent and transient. Source: crm_attribute(8); attribute manager specification, 12. */
export const main = defineCommand({
  name: "crm_attribute",
  isPlannable: true,
  summary: "query and change cluster options and node attributes",
  usage: "(--query|--update=VALUE|--delete) [options]",
  examples: [
    { line: "crm_attribute --name maintenance-mode --update true", explanation: "Set a cluster option" },
    {
      line: "crm_attribute --node node1 --name rack --update 7",
      explanation: "Set a permanent attribute of a node",
    },
    {
      line: "crm_attribute --node node1 --name load --lifetime reboot --query --quiet",
      explanation: "Print the value of an attribute that lasts until the node restarts",
    },
  ],
  options: {
    id: valueOption({
      long: "id",
      short: "i",
      metavar: "ID",
      help: "The nvpair with this XML id",
      heading: SELECTION,
    }),
    attrId: valueOption({ long: "attr-id", metavar: "ID", help: "Same as --id", isHidden: true }),
    name: valueOption({
      long: "name",
      short: "n",
      metavar: "NAME",
      help: "The attribute or option with this name",
      heading: SELECTION,
    }),
    pattern: valueOption({
      long: "pattern",
      short: "P",
      metavar: "PATTERN",
      help: "All attributes whose name matches this regular expression",
      heading: SELECTION,
    }),
    promotion: optionalOption({
      long: "promotion",
      short: "p",
      metavar: "RESOURCE",
      help: "The promotion score of this resource (or of the one in OCF_RESOURCE_INSTANCE); lifetime is then reboot",
      heading: SELECTION,
    }),
    setName: valueOption({
      long: "set-name",
      short: "s",
      metavar: "ID",
      help: "Only within the set with this XML id",
      heading: SELECTION,
    }),
    query: flagOption({ long: "query", short: "G", help: "Show the value", heading: COMMANDS }),
    update: valueOption({
      long: "update",
      short: "v",
      metavar: "VALUE",
      help: "Set the value",
      heading: COMMANDS,
    }),
    delete: flagOption({
      long: "delete",
      short: "D",
      help: "Remove the attribute or option",
      heading: COMMANDS,
    }),
    node: valueOption({
      long: "node",
      short: "N",
      metavar: "NODE",
      help: "A node's attribute instead of a cluster option",
    }),
    nodeUname: valueOption({
      long: "node-uname",
      short: "U",
      metavar: "NODE",
      help: "Same as --node",
      isHidden: true,
    }),
    type: valueOption({
      long: "type",
      short: "t",
      metavar: "SECTION",
      help: "Section of the configuration: crm_config, rsc_defaults, op_defaults, nodes, status, tickets",
    }),
    lifetime: valueOption({
      long: "lifetime",
      short: "l",
      metavar: "LIFETIME",
      help: "How long a node attribute lasts: reboot or forever",
    }),
    utilization: flagOption({ long: "utilization", short: "z", help: "A utilization attribute of the node" }),
    default: valueOption({
      long: "default",
      short: "d",
      metavar: "VALUE",
      help: "What --query shows when nothing is set",
    }),
    score: flagOption({
      long: "score",
      help: "Count on: a value of value++ or value+=N is added to the old one",
    }),
    listOptions: valueOption({
      long: "list-options",
      metavar: "TYPE",
      help: "List all options that can be set, with their meaning: cluster",
      heading: COMMANDS,
    }),
    all: flagOption({ long: "all", help: "With --list-options: also advanced and deprecated ones" }),
    quiet: flagOption({ long: "quiet", short: "q", help: "Print the value only" }),
    quietUpper: flagOption({ long: "quiet-upper", short: "Q", help: "Same as --quiet", isHidden: true }),
    verbose: countOption({ long: "verbose", short: "V", help: "Say more" }),
  },
  run: ({ options, operands, output }, world) => {
    if (options.listOptions !== null) {
      if (options.listOptions !== "cluster") {
        throw new UsageError(
          `Invalid --list-options value '${options.listOptions}'. Allowed values: cluster`,
        );
      }
      listOptions(output, CLUSTER_LISTING, { showsAll: options.all });
      return ExitCode.ok;
    }
    return runAttributeCommand(
      {
        ...options,
        id: options.id ?? options.attrId,
        node: options.node ?? options.nodeUname,
        isQuiet: options.quiet || options.quietUpper,
        alsoIn: null,
        operands,
      },
      world,
      output,
    );
  },
});
