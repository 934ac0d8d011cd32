import type { ClusterView, ResourceView } from "@quorate/scheduler";
import { UsageError } from "../command.ts";
import { parseSeconds } from "../input/parse-seconds.ts";
import { showActionResult } from "./action-result.ts";
import { clusterView, namedNode, namedResource, needDaemon, type ResourceCall } from "./resource-call.ts";

export interface ForcedAction {
  /** As the option is called. */
  readonly name: string;
  /** As the agent knows it. */
  readonly action: string;
  readonly checkLevel?: string | null;
}

/**
 * Lets the agent of a resource judge its parameters. That touches nothing, so it needs no cluster: of a CIB in a file the agent of this machine
 * is asked.
 */
export function validateResource(checkLevel: string | null, call: ResourceCall): Promise<number> {
  const action: ForcedAction = { name: "validate", action: "validate-all", checkLevel };
  return call.daemon === null ? validateHere(action, call) : forceAction(action, call);
}

async function validateHere(forced: ForcedAction, call: ResourceCall): Promise<number> {
  const view = await clusterView(call);
  const resource = namedResource(view, call);
  const agent = agentOf(resource, forced);
  const node = namedNode(view, call) ?? view.nodeNames[0] ?? "";
  const result = await call.world.runAgent({
    resource: resource.configuredId,
    agent,
    action: forced.action,
    timeoutMs: timeoutMsOf(call),
    parameters: new Map(parametersOf(view, resource, { node, forced, call })),
  });
  return showActionResult(call.output, {
    action: forced.name,
    resource: resource.id,
    agent,
    overrides: call.request.overrides,
    ...result,
  });
}

function agentOf({ agent, id, kind }: ResourceView, { name }: ForcedAction) {
  if (agent === null) throw new UsageError(`--${name} works on primitives; "${id}" is a ${kind}`);
  return agent;
}

/** As configured for a node, and as the command says otherwise. */
function parametersOf(
  view: ClusterView,
  resource: ResourceView,
  {
    node,
    forced,
    call,
  }: { readonly node: string; readonly forced: ForcedAction; readonly call: ResourceCall },
): [string, string][] {
  const effective = new Map(view.parameters(resource.id, node));
  for (const [parameter, value] of call.request.overrides) effective.set(parameter, value);
  const parameters: [string, string][] = [...effective];
  const { checkLevel } = forced;
  if (checkLevel !== undefined && checkLevel !== null) parameters.push(["OCF_CHECK_LEVEL", checkLevel]);
  return parameters;
}

function timeoutMsOf({ request }: ResourceCall): number {
  return request.timeout === null ? 20_000 : parseSeconds("--timeout", request.timeout) * 1000;
}

/** Runs one action of a resource's agent on this node, beside the cluster. */
export async function forceAction(forced: ForcedAction, call: ResourceCall): Promise<number> {
  const { name, action } = forced;
  const { request } = call;
  const daemon = needDaemon(call);
  const { nodeName } = await daemon.request("node.status", {});
  const view = await clusterView(call);
  const resource = namedResource(view, call);
  const agent = agentOf(resource, forced);
  const isRisky = action === "start" || action === "promote" || action === "demote";
  if (
    isRisky &&
    !request.isForced &&
    resource.topId !== resource.id &&
    resource.active.some(({ node }) => node === nodeName)
  ) {
    throw new UsageError(`"${resource.id}" already runs on ${nodeName}; --force does it all the same`);
  }
  const reply = await daemon.request("agent.run", {
    resource: resource.configuredId,
    class: agent.class,
    provider: agent.provider,
    type: agent.type,
    action,
    timeoutMs: timeoutMsOf(call),
    parameters: parametersOf(view, resource, { node: nodeName, forced, call }),
  });
  return showActionResult(call.output, {
    action: name,
    resource: resource.id,
    agent,
    overrides: request.overrides,
    rc: reply.rc,
    status: reply.status,
    reason: reply.exitReason,
    output: reply.output,
  });
}
