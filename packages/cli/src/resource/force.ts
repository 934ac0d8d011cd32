import { UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { parseSeconds } from "../input/parse-seconds.ts";
import { clusterView, namedResource, needDaemon, type ResourceCall } from "./resource-call.ts";

export interface ForcedAction {
  /** As the option is called. */
  readonly name: string;
  /** As the agent knows it. */
  readonly action: string;
  readonly checkLevel?: string | null;
}

const OCF_TEXTS: Readonly<Record<number, string>> = {
  0: "OK",
  1: "Error occurred",
  2: "Invalid parameter",
  3: "Unimplemented",
  4: "Insufficient privileges",
  5: "Not installed",
  6: "Not configured",
  7: "Not running",
  8: "Promoted",
  9: "Failed in promoted role",
};

/** Runs one action of a resource's agent on this node, beside the cluster. */
export async function forceAction(
  { name, action, checkLevel }: ForcedAction,
  call: ResourceCall,
): Promise<number> {
  const { request, world } = call;
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
  const parameters = [...view.parameters(resource.id, nodeName)];
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
  const agentName = [agent.class, agent.provider, agent.type].filter((part) => part !== "").join(":");
  const reason = reply.exitReason === "" ? "" : `: ${reply.exitReason}`;
  world.stdout(
    `Operation ${name} for ${resource.id} (${agentName}) returned ${reply.rc} (${OCF_TEXTS[reply.rc] ?? "Unknown exit status"}${reason})\n`,
  );
  if (reply.output !== "") world.stdout(reply.output.endsWith("\n") ? reply.output : `${reply.output}\n`);
  return reply.rc === 0 ? ExitCode.ok : reply.rc;
}
