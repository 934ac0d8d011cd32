import type { ApiClient } from "@quorate/api";
import { type ClusterView, type ResourceView, viewCluster } from "@quorate/scheduler";
import { CibError, type CibSession } from "../cluster/cib-session.ts";
import { UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import type { World } from "../world.ts";

/** What the options of `crm_resource` say, whatever the command. */
export interface ResourceRequest {
  readonly resource: string | null;
  readonly node: string | null;
  readonly operation: string | null;
  readonly interval: string | null;
  readonly lifetime: string | null;
  readonly timeout: string | null;
  readonly isPromotedOnly: boolean;
  readonly isForced: boolean;
  readonly isQuiet: boolean;
}

export interface ResourceCall {
  readonly request: ResourceRequest;
  readonly cib: CibSession;
  /** Null when the CIB is a file. */
  readonly daemon: ApiClient | null;
  readonly world: World;
}

export async function clusterView({ cib, world }: ResourceCall): Promise<ClusterView> {
  return viewCluster(await cib.document(), Math.floor(world.nowMs() / 1000));
}

/** The resource that `--resource` names. @throws CibError when there is none */
export function namedResource(view: ClusterView, { request, world }: ResourceCall): ResourceView {
  if (request.resource === null) throw new UsageError("name the resource with --resource");
  const resource = view.resource(request.resource);
  if (resource !== null) return resource;
  world.stderr(`${world.programName}: Resource '${request.resource}' not found\n`);
  throw new CibError("No such object", ExitCode.noSuch, null);
}

/** The node that `--node` names, spelt as the cluster does; null when there is no `--node`. @throws CibError when there is no such node */
export function namedNode(view: ClusterView, { request, world }: ResourceCall): string | null {
  const { node } = request;
  if (node === null) return null;
  const name = view.nodeNames.find((known) => known.toLowerCase() === node.toLowerCase());
  if (name !== undefined) return name;
  world.stderr(`${world.programName}: Node '${node}' not found\n`);
  throw new CibError("No such object", ExitCode.noSuch, null);
}

/** The daemon, for what a file cannot do. */
export function needDaemon({ daemon }: ResourceCall): ApiClient {
  if (daemon === null)
    throw new CibError("this needs a running cluster, not a CIB file", ExitCode.disconnect, null);
  return daemon;
}
