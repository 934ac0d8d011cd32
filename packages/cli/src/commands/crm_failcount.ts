import { parseScore, scoreText } from "@quorate/cib";
import { XmlElement } from "@quorate/xml";
import {
  type AttributeRequest,
  attributeValues,
  runAttributeCommand,
} from "../attributes/attribute-command.ts";
import { withCib } from "../cluster/open-cib.ts";
import { defineCommand, UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { parseSeconds } from "../input/parse-seconds.ts";
import { countOption, flagOption, type ParsedValues, valueOption } from "../options/option-table.ts";

const COMMANDS = "Commands";

const options = {
  query: flagOption({ long: "query", short: "G", help: "Show the fail count (default)", heading: COMMANDS }),
  delete: flagOption({ long: "delete", short: "D", help: "Forget the failures", heading: COMMANDS }),
  resource: valueOption({
    long: "resource",
    short: "r",
    metavar: "RESOURCE",
    help: "The resource (required)",
  }),
  operation: valueOption({
    long: "operation",
    short: "n",
    metavar: "NAME",
    help: "Only failures of this operation",
  }),
  interval: valueOption({
    long: "interval",
    short: "I",
    metavar: "TIME",
    help: "With --operation: of this interval (default 0)",
  }),
  node: valueOption({ long: "node", short: "N", metavar: "NODE", help: "The node (default: this one)" }),
  update: valueOption({ long: "update", short: "v", metavar: "VALUE", help: "No longer", isHidden: true }),
  quiet: flagOption({ long: "quiet", short: "q", help: "Print the value only" }),
  quietUpper: flagOption({ long: "quiet-upper", short: "Q", help: "Same as --quiet", isHidden: true }),
  verbose: countOption({ long: "verbose", short: "V", help: "Say more" }),
};

/** `crm_failcount`: how often a resource failed on a node. Source: crm_failcount(8). */
export const main = defineCommand({
  name: "crm_failcount",
  isPlannable: true,
  summary: "show or delete the fail count of a resource on a node",
  usage: "(--query|--delete) --resource=RESOURCE [options]",
  examples: [
    { line: "crm_failcount --query -r web -N node1", explanation: "How often did it fail there?" },
    { line: "crm_failcount --delete -r web -N node1", explanation: "Forget it" },
  ],
  options,
  run: ({ options: chosen, operands, output }, world) => {
    if (operands.length > 0) throw new UsageError(`surplus argument "${operands[0]}"`);
    if (chosen.update !== null) {
      throw new UsageError("a fail count cannot be set; use --query or --delete");
    }
    const { resource } = chosen;
    if (resource === null) throw new UsageError("name the resource with --resource");
    if (chosen.interval !== null && chosen.operation === null) {
      throw new UsageError("--interval needs --operation");
    }
    const request = requestOf(resource, chosen);
    return withCib(world, async (cib, daemon) => {
      if (chosen.delete) {
        if (daemon === null) return runAttributeCommand(request, world, output);
        await daemon.request("resource.cleanup", {
          kind: "cleanup",
          resource,
          node: chosen.node,
          operation: chosen.operation,
          intervalMs: chosen.operation === null ? null : intervalMs(chosen),
        });
        output.text(`Cleaned up ${resource} on ${chosen.node ?? "all nodes"}\n`);
        return ExitCode.ok;
      }
      const values = await attributeValues(request, cib, daemon, world);
      const total = scoreText(
        values.reduce((sum, value) => Math.min(INFINITY_SCORE, sum + (parseScore(value)?.score ?? 0)), 0),
      );
      const name = `fail-count-${resource}`;
      output.show({
        text: () =>
          chosen.quiet || chosen.quietUpper ? `${total}\n` : `scope=status  name=${name} value=${total}\n`,
        xml: () => [
          new XmlElement("attribute", [
            ["name", name],
            ["value", total],
            ["scope", "status"],
          ]),
        ],
      });
      return ExitCode.ok;
    });
  },
});

const INFINITY_SCORE = 1_000_000;

function intervalMs({ interval }: ParsedValues<typeof options>): number {
  return interval === null ? 0 : parseSeconds("--interval", interval) * 1000;
}

/** The attributes that hold the counts: one for each operation, or an old one for all. */
function requestOf(resource: string, chosen: ParsedValues<typeof options>): AttributeRequest {
  const quoted = resource.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const operation = chosen.operation === null ? "(#.*)?" : `#${chosen.operation}_${intervalMs(chosen)}`;
  return {
    id: null,
    name: null,
    pattern: `^fail-count-${quoted}${operation}$`,
    promotion: null,
    setName: null,
    query: !chosen.delete,
    update: null,
    delete: chosen.delete,
    node: chosen.node,
    type: "status",
    lifetime: null,
    alsoIn: null,
    utilization: false,
    default: "0",
    score: false,
    isQuiet: chosen.quiet || chosen.quietUpper,
    operands: [],
  };
}
