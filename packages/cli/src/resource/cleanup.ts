import { UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { parseSeconds } from "../input/parse-seconds.ts";
import { clusterView, namedNode, namedResource, needDaemon, type ResourceCall } from "./resource-call.ts";

/** Failures or the whole history of one resource (the collective around it unless forced), or of all. */
export async function cleanUp(kind: "cleanup" | "refresh", call: ResourceCall): Promise<number> {
  const { request, world } = call;
  if (request.interval !== null && request.operation === null)
    throw new UsageError("--interval needs --operation");
  const daemon = needDaemon(call);
  const view = await clusterView(call);
  const node = namedNode(view, call);
  const resource = request.resource === null ? null : namedResource(view, call);
  const isWhole = resource !== null && !request.isForced && resource.kind === "primitive";
  await daemon.request("resource.cleanup", {
    kind,
    resource: resource === null ? null : isWhole ? resource.topId : resource.id,
    node,
    operation: request.operation,
    intervalMs:
      request.operation === null ? null : parseSeconds("--interval", request.interval ?? "0") * 1000,
  });
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
