import { UsageError } from "../command.ts";
import { parseSeconds } from "../input/parse-seconds.ts";
import { showActionResult } from "./action-result.ts";
import { clusterView, namedResource, needDaemon, type ResourceCall } from "./resource-call.ts";

export interface ForcedAction {
  /** As the option is called. */
  readonly name: string;
  /** As the agent knows it. */
  readonly action: string;
  readonly checkLevel?: string | null;
}

/** Runs one action of a resource's agent on this node, beside the cluster. */
export async function forceAction(
  { name, action, checkLevel }: ForcedAction,
  call: ResourceCall,
): Promise<number> {
  const { request } = call;
  const daemon = needDaemon(call);
  const { nodeName } = await daemon.request("node.status", {});
  const view = await clusterView(call);
  const resource = namedResource(view, call);
  const { agent } = resource;
  if (agent === null)
    throw new UsageError(`--${name} works on primitives; "${resource.id}" is a ${resource.kind}`);
  const isRisky = action === "start" || action === "promote" || action === "demote";
  if (
    isRisky &&
    !request.isForced &&
    resource.topId !== resource.id &&
    resource.active.some(({ node }) => node === nodeName)
  ) {
    throw new UsageError(`"${resource.id}" already runs on ${nodeName}; --force does it all the same`);
  }
  const effective = new Map(view.parameters(resource.id, nodeName));
  for (const [parameter, value] of request.overrides) effective.set(parameter, value);
  const parameters: [string, string][] = [...effective];
  if (checkLevel !== undefined && checkLevel !== null) parameters.push(["OCF_CHECK_LEVEL", checkLevel]);
  const timeoutMs = request.timeout === null ? 20_000 : parseSeconds("--timeout", request.timeout) * 1000;
  const reply = await daemon.request("agent.run", {
    resource: resource.configuredId,
    class: agent.class,
    provider: agent.provider,
    type: agent.type,
    action,
    timeoutMs,
    parameters,
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
