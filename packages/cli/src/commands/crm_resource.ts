import { withCib } from "../cluster/open-cib.ts";
import { defineCommand, UsageError } from "../command.ts";
import {
  countOption,
  flagOption,
  optionalOption,
  type ParsedValues,
  valueOption,
} from "../options/option-table.ts";
import { cleanUp, failResource } from "../resource/cleanup.ts";
import { forceAction } from "../resource/force.ts";
import { listPrimitives, listResources, locate, queryXml } from "../resource/queries.ts";
import { ban, clear, move } from "../resource/relocation.ts";
import type { ResourceCall } from "../resource/resource-call.ts";

const QUERIES = "Queries";
const COMMANDS = "Commands";
const LOCATIONS = "Locations";
const FORCE = "On this node, beside the cluster";

const options = {
  list: flagOption({
    long: "list",
    short: "L",
    help: "List all resources with their state (default)",
    heading: QUERIES,
  }),
  listRaw: flagOption({
    long: "list-raw",
    short: "l",
    help: "List the ids of all instances",
    heading: QUERIES,
  }),
  locate: flagOption({ long: "locate", short: "W", help: "Show where a resource runs", heading: QUERIES }),
  queryXml: flagOption({
    long: "query-xml",
    short: "q",
    help: "Show the state and the effective XML of a resource",
    heading: QUERIES,
  }),
  cleanup: flagOption({
    long: "cleanup",
    short: "C",
    help: "Forget failures, of one resource or of all; what failed is probed again",
    heading: COMMANDS,
  }),
  refresh: flagOption({
    long: "refresh",
    short: "R",
    help: "Forget the whole history, of one resource or of all, and probe again",
    heading: COMMANDS,
  }),
  fail: flagOption({
    long: "fail",
    short: "F",
    help: "Tell the cluster that a resource has failed",
    heading: COMMANDS,
  }),
  move: flagOption({
    long: "move",
    short: "M",
    help: "Make a constraint that moves a resource to --node, or away from where it runs",
    heading: LOCATIONS,
  }),
  ban: flagOption({
    long: "ban",
    short: "B",
    help: "Make a constraint that keeps a resource off --node, or off where it runs",
    heading: LOCATIONS,
  }),
  clear: flagOption({
    long: "clear",
    short: "U",
    help: "Remove the constraints made by --move and --ban",
    heading: LOCATIONS,
  }),
  lifetime: valueOption({
    long: "lifetime",
    short: "u",
    metavar: "DURATION",
    help: "How long the constraint lasts, as ISO 8601 duration (PT1H)",
    heading: LOCATIONS,
  }),
  promoted: flagOption({
    long: "promoted",
    help: "The constraint is about the promoted role only",
    heading: LOCATIONS,
  }),
  forceStart: flagOption({ long: "force-start", help: "Run the agent's start", heading: FORCE }),
  forceStop: flagOption({ long: "force-stop", help: "Run the agent's stop", heading: FORCE }),
  forcePromote: flagOption({ long: "force-promote", help: "Run the agent's promote", heading: FORCE }),
  forceDemote: flagOption({ long: "force-demote", help: "Run the agent's demote", heading: FORCE }),
  forceCheck: optionalOption({
    long: "force-check",
    metavar: "LEVEL",
    help: "Run the agent's monitor, with this check level",
    heading: FORCE,
  }),
  resource: valueOption({ long: "resource", short: "r", metavar: "ID", help: "The resource" }),
  node: valueOption({ long: "node", short: "N", metavar: "NODE", help: "The node" }),
  operation: valueOption({
    long: "operation",
    short: "n",
    metavar: "NAME",
    help: "With --cleanup: only failures of this operation",
  }),
  interval: valueOption({
    long: "interval",
    short: "I",
    metavar: "TIME",
    help: "With --operation: of this interval (default 0)",
  }),
  timeout: valueOption({
    long: "timeout",
    short: "T",
    metavar: "TIME",
    help: "With --force-*: time limit (default 20s)",
  }),
  force: flagOption({ long: "force", short: "f", help: "Also where it is refused otherwise" }),
  quiet: flagOption({ long: "quiet", short: "Q", help: "Say less" }),
  verbose: countOption({ long: "verbose", short: "V", help: "Say more" }),
};

type Options = ParsedValues<typeof options>;
type Command = (call: ResourceCall) => Promise<number>;

/** `crm_resource`: look at and act on resources. Source: crm_resource(8). */
export const main = defineCommand({
  name: "crm_resource",
  summary: "look at resources, move them, clean up their failures",
  usage: "COMMAND [options]",
  examples: [
    { line: "crm_resource --resource web --locate", explanation: "Where does it run?" },
    { line: "crm_resource --resource web --move --node node2", explanation: "Move it" },
    { line: "crm_resource --resource web --clear", explanation: "Let the cluster decide again" },
    { line: "crm_resource --resource web --cleanup", explanation: "Forget its failures" },
  ],
  options,
  run: ({ options: chosen, operands }, world) => {
    if (operands.length > 0) throw new UsageError(`surplus argument "${operands[0]}"`);
    const command = chooseCommand(chosen);
    const request = {
      resource: chosen.resource,
      node: chosen.node,
      operation: chosen.operation,
      interval: chosen.interval,
      lifetime: chosen.lifetime,
      timeout: chosen.timeout,
      isPromotedOnly: chosen.promoted,
      isForced: chosen.force,
      isQuiet: chosen.quiet,
    };
    return withCib(world, (cib, daemon) => command({ request, cib, daemon, world }));
  },
});

function chooseCommand(chosen: Options): Command {
  const given: Command[] = [];
  if (chosen.list) given.push(listResources);
  if (chosen.listRaw) given.push(listPrimitives);
  if (chosen.locate) given.push(locate);
  if (chosen.queryXml) given.push(queryXml);
  if (chosen.cleanup) given.push((call) => cleanUp("cleanup", call));
  if (chosen.refresh) given.push((call) => cleanUp("refresh", call));
  if (chosen.fail) given.push(failResource);
  if (chosen.move) given.push(move);
  if (chosen.ban) given.push(ban);
  if (chosen.clear) given.push(clear);
  if (chosen.forceStart) given.push((call) => forceAction({ name: "force-start", action: "start" }, call));
  if (chosen.forceStop) given.push((call) => forceAction({ name: "force-stop", action: "stop" }, call));
  if (chosen.forcePromote)
    given.push((call) => forceAction({ name: "force-promote", action: "promote" }, call));
  if (chosen.forceDemote) given.push((call) => forceAction({ name: "force-demote", action: "demote" }, call));
  if (chosen.forceCheck !== null) {
    const checkLevel = chosen.forceCheck === "" ? null : chosen.forceCheck;
    given.push((call) => forceAction({ name: "force-check", action: "monitor", checkLevel }, call));
  }
  if (given.length > 1) throw new UsageError("give only one command; see crm_resource --help");
  return given[0] ?? listResources;
}
