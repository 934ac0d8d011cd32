import { withCib } from "../cluster/open-cib.ts";
import { type CommandCall, defineCommand, UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { listOptions } from "../option-listing/list-options.ts";
import { FENCING_LISTING, PRIMITIVE_LISTING } from "../option-listing/listed-option.ts";
import type { ParsedValues } from "../options/option-table.ts";
import { agentCommand } from "../resource/agents.ts";
import { cleanUp, failResource } from "../resource/cleanup.ts";
import { deleteResource } from "../resource/delete.ts";
import { showDigests } from "../resource/digests.ts";
import { forceAction, validateResource } from "../resource/force.ts";
import { deleteParameter, getParameter, setParameter } from "../resource/parameters.ts";
import {
  listOperations,
  listPrimitives,
  listResources,
  locate,
  queryXml,
  showConstraints,
} from "../resource/queries.ts";
import { showReasons } from "../resource/reasons.ts";
import { ban, clear, move } from "../resource/relocation.ts";
import { describeResourceError, type ResourceCall, type ResourceRequest } from "../resource/resource-call.ts";
import { resourceOptions } from "../resource/resource-options.ts";
import { restartResource } from "../resource/restart.ts";
import { waitUntilSettled } from "../resource/settled.ts";
import { validateConfiguration } from "../resource/validate.ts";

type Options = ParsedValues<typeof resourceOptions>;
type Command = (call: ResourceCall) => Promise<number>;

/** `crm_resource`: look at and act on resources. Source: crm_resource(8). */
export const main = defineCommand({
  name: "crm_resource",
  isPlannable: true,
  summary: "look at resources, change, move and check them, clean up their failures",
  usage: "COMMAND [options]",
  examples: [
    { line: "crm_resource --resource web --locate", explanation: "Where does it run?" },
    { line: "crm_resource --resource web --move --node node2", explanation: "Move it" },
    { line: "crm_resource --resource web --clear", explanation: "Let the cluster decide again" },
    { line: "crm_resource --resource web --cleanup", explanation: "Forget its failures" },
    {
      line: "crm_resource --resource web --meta --set-parameter target-role --parameter-value Stopped",
      explanation: "Stop it",
    },
  ],
  options: resourceOptions,
  run: (call, world) => {
    const { options: chosen, output } = call;
    const overrides = overridesOf(call);
    checkAgentOptions(chosen);
    if (chosen.listOptions !== null) {
      const listing = chosen.listOptions === "fencing" ? FENCING_LISTING : PRIMITIVE_LISTING;
      listOptions(output, listing, { showsAll: chosen.all });
      return ExitCode.ok;
    }
    const forAgents = agentCommand(chosen);
    if (forAgents !== null) return forAgents(world, output);
    if (chosen.validate !== null && chosen.resource === null) {
      return validateConfiguration(chosen, overrides, world, output);
    }
    const command = chooseCommand(chosen);
    const request = requestOf(chosen, overrides);
    return withCib(
      world,
      (cib, daemon) => command({ request, cib, daemon, world, output }),
      describeResourceError,
    );
  },
});

/** The words behind the options, where a command takes some. */
function overridesOf({
  options: chosen,
  operands,
}: CommandCall<typeof resourceOptions>): ReadonlyMap<string, string> {
  const takesOverrides =
    chosen.digests ||
    chosen.validate !== null ||
    chosen.forceStart ||
    chosen.forceStop ||
    chosen.forcePromote ||
    chosen.forceDemote ||
    chosen.forceCheck !== null;
  if (operands.length > 0 && !takesOverrides) {
    const lines = operands.map((word, index) => `[${index + 1} of ${operands.length}] ${word}`);
    throw new UsageError(["non-option ARGV-elements:", ...lines].join("\n"));
  }
  const overrides = new Map<string, string>();
  for (const word of [...operands, ...chosen.option]) {
    const equals = word.indexOf("=");
    if (equals <= 0) throw new UsageError(`"${word}" is not of the form NAME=VALUE`);
    overrides.set(word.slice(0, equals), word.slice(equals + 1));
  }
  return overrides;
}

function checkAgentOptions(chosen: Options): void {
  if (chosen.class === null && chosen.provider === null && chosen.agent === null) return;
  if (chosen.resource !== null) {
    throw new UsageError("--class, --agent, and --provider cannot be used with -r/--resource");
  }
  if (chosen.validate === null) {
    throw new UsageError("--class, --agent, and --provider can only be used with --validate and --force-*");
  }
}

function requestOf(chosen: Options, overrides: ReadonlyMap<string, string>): ResourceRequest {
  const kinds: ResourceRequest["optionKind"][] = [];
  if (chosen.meta) kinds.push("meta");
  if (chosen.utilization) kinds.push("utilization");
  if (chosen.element) kinds.push("element");
  if (kinds.length > 1) throw new UsageError("give only one of --meta, --utilization, --element");
  return {
    resource: chosen.resource,
    node: chosen.node,
    operation: chosen.operation,
    interval: chosen.interval,
    lifetime: chosen.lifetime,
    timeout: chosen.timeout,
    isPromotedOnly: chosen.promoted || chosen.master,
    isRecursive: chosen.recursive,
    isExpiredOnly: chosen.expired,
    resourceType: chosen.resourceType,
    optionKind: kinds[0] ?? "instance",
    parameterValue: chosen.parameterValue,
    setName: chosen.setName,
    nvpairId: chosen.nvpair,
    overrides,
    isForced: chosen.force,
    isQuiet: chosen.quiet,
  };
}

function chooseCommand(chosen: Options): Command {
  const given: Command[] = [];
  if (chosen.list) given.push(listResources);
  if (chosen.listRaw) given.push(listPrimitives);
  if (chosen.listOperations) given.push((call) => listOperations(call, false));
  if (chosen.listAllOperations) given.push((call) => listOperations(call, true));
  if (chosen.locate) given.push(locate);
  if (chosen.queryXml) given.push((call) => queryXml(call, "effective"));
  if (chosen.queryXmlRaw) given.push((call) => queryXml(call, "raw"));
  if (chosen.constraints || chosen.stack) {
    given.push((call) => showConstraints(call, chosen.stack || chosen.recursive));
  }
  if (chosen.why) given.push(showReasons);
  if (chosen.digests) given.push(showDigests);
  if (chosen.getParameter !== null) given.push((call) => getParameter(call, chosen.getParameter!));
  if (chosen.setParameter !== null) given.push((call) => setParameter(call, chosen.setParameter!));
  if (chosen.deleteParameter !== null) given.push((call) => deleteParameter(call, chosen.deleteParameter!));
  if (chosen.delete) given.push(deleteResource);
  if (chosen.cleanup) given.push((call) => cleanUp("cleanup", call));
  if (chosen.refresh) given.push((call) => cleanUp("refresh", call));
  if (chosen.fail) given.push(failResource);
  if (chosen.restart) given.push(restartResource);
  if (chosen.wait) given.push(waitUntilSettled);
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
  if (chosen.validate !== null) {
    const checkLevel = chosen.validate === "" ? null : chosen.validate;
    given.push((call) => validateResource(checkLevel, call));
  }
  if (given.length > 1) throw new UsageError("give only one command; see crm_resource --help");
  return given[0] ?? listResources;
}
