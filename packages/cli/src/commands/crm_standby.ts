import { runAttributeCommand } from "../attributes/attribute-command.ts";
import { CibError } from "../cluster/cib-session.ts";
import { defineCommand } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { countOption, flagOption, valueOption } from "../options/option-table.ts";

/** `crm_standby`: the standby attribute of a node. Source: crm_standby(8); controller specification, 14. */
export const main = defineCommand({
  name: "crm_standby",
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
  run: async ({ options, operands }, world) => {
    const isQuiet = options.quiet || options.quietUpper;
    const request = {
      id: options.id,
      name: "standby",
      pattern: null,
      promotion: null,
      setName: null,
      query: options.query,
      update: options.update,
      delete: options.delete,
      node: options.node,
      utilization: false,
      default: null,
      score: false,
      isQuiet,
      operands,
    };
    const isQuery = options.update === null && !options.delete;
    // A query without lifetime asks for the permanent value, then for the transient one, then says what unset means.
    const attempts =
      isQuery && options.lifetime === null
        ? ["nodes", "status"]
        : [options.lifetime === "reboot" ? "status" : "nodes"];
    for (const [index, type] of attempts.entries()) {
      const isLast = index === attempts.length - 1;
      try {
        return await runAttributeCommand(
          { ...request, type, lifetime: null, default: isQuery && isLast ? "off" : null },
          world,
        );
      } catch (error) {
        if (!(error instanceof CibError) || error.exitCode !== ExitCode.noSuch || isLast) throw error;
      }
    }
    return ExitCode.ok;
  },
});
