import { runAttributeCommand } from "../attributes/attribute-command.ts";
import { defineCommand } from "../command.ts";
import { countOption, flagOption, valueOption } from "../options/option-table.ts";

/** `crm_standby`: the standby attribute of a node. Source: crm_standby(8); controller specification, 14. */
export const main = defineCommand({
  name: "crm_standby",
  isPlannable: true,
  summary: "show or change whether a node may run resources",
  usage: "(--query|--update=on|off|--delete) [options]",
  examples: [
    { line: "crm_standby --node node1 --update on", explanation: "Move everything away from a node" },
    { line: "crm_standby --node node1 --delete", explanation: "Let it run resources again" },
  ],
  options: {
    query: flagOption({ long: "query", short: "G", help: "Show the value", heading: "Commands" }),
    update: valueOption({
      long: "update",
      short: "v",
      metavar: "VALUE",
      help: "Set the value: on or off",
      heading: "Commands",
    }),
    delete: flagOption({ long: "delete", short: "D", help: "Remove the value: off", heading: "Commands" }),
    node: valueOption({ long: "node", short: "N", metavar: "NODE", help: "The node (default: this one)" }),
    lifetime: valueOption({
      long: "lifetime",
      short: "l",
      metavar: "LIFETIME",
      help: "How long it lasts",
      choices: ["reboot", "forever"],
    }),
    id: valueOption({ long: "id", short: "i", metavar: "ID", help: "The nvpair with this XML id" }),
    quiet: flagOption({ long: "quiet", short: "q", help: "Print the value only" }),
    quietUpper: flagOption({ long: "quiet-upper", short: "Q", help: "Same as --quiet", isHidden: true }),
    verbose: countOption({ long: "verbose", short: "V", help: "Say more" }),
  },
  run: ({ options, operands, output }, world) => {
    const isQuery = options.update === null && !options.delete;
    return runAttributeCommand(
      {
        id: options.id,
        name: "standby",
        pattern: null,
        promotion: null,
        setName: null,
        query: options.query,
        update: options.update,
        delete: options.delete,
        node: options.node,
        type: options.lifetime === "reboot" ? "status" : "nodes",
        lifetime: null,
        // A permanent value wins over a transient one; unset means off.
        alsoIn: isQuery && options.lifetime === null ? "status" : null,
        utilization: false,
        default: isQuery ? "off" : null,
        score: false,
        isQuiet: options.quiet || options.quietUpper,
        operands,
      },
      world,
      output,
    );
  },
});
