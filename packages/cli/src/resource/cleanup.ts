import type { ResourceView } from "@quorate/scheduler";
import { UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { parseSeconds } from "../input/parse-seconds.ts";
import { cleanUpCopy } from "../plan/planned-resource.ts";
import { clusterView, namedNode, namedResource, needDaemon, type ResourceCall } from "./resource-call.ts";

/** Failures or the whole history of one resource (the collective around it unless forced), or of all. */
export async function cleanUp(kind: "cleanup" | "refresh", call: ResourceCall): Promise<number> {
  const { request, world } = call;
  if (request.interval !== null && request.operation === null)
    throw new UsageError("--interval needs --operation");
  const isTried = world.isPlanning === true;
  const daemon = isTried ? null : needDaemon(call);
  const view = await clusterView(call);
  const node = namedNode(view, call);
  const resource = request.resource === null ? null : namedResource(view, call);
  const isWhole = resource !== null && !request.isForced && resource.kind === "primitive";
  const id = resource === null ? null : isWhole ? resource.topId : resource.id;
  const { operation } = request;
  const intervalMs = operation === null ? null : parseSeconds("--interval", request.interval ?? "0") * 1000;
  if (daemon === null) {
    const isOf = ({ id: own, topId, configuredId }: ResourceView) =>
      id === null || [own, topId, configuredId].includes(id);
    const resources = new Set(view.primitives.filter(isOf).map(({ configuredId }) => configuredId));
    await cleanUpCopy(call, { resources: id === null ? null : resources, node, operation, intervalMs });
    return ExitCode.ok;
  }
  await daemon.request("resource.cleanup", { kind, resource: id, node, operation, intervalMs });
  if (!request.isQuiet) {
    const what = resource === null ? "all resources" : resource.id;
    const where = node === null ? "all nodes" : node;
    world.stdout(kind === "cleanup" ? `Cleaned up ${what} on ${where}\n` : `Refreshed ${what} on ${where}\n`);
  }
  return ExitCode.ok;
}

export async function failResource(call: ResourceCall): Promise<number> {
  const daemon = needDaemon(call);
  const view = await clusterView(call);
  const resource = namedResource(view, call);
  const node = namedNode(view, call);
  if (node === null) throw new UsageError("--fail needs --node: say where it failed");
  await daemon.request("resource.fail", { resource: resource.id, node });
  return ExitCode.ok;
}
