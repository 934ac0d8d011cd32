import type { ApiClient } from "@quorate/api";
import { type ClusterView, type ResourceView, viewCluster } from "@quorate/scheduler";
import { CibError, type CibSession } from "../cluster/cib-session.ts";
import { UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import type { Output } from "../output/output.ts";
import { exitStatusText } from "../result-codes/exit-statuses.ts";
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
  readonly isRecursive: boolean;
  readonly isExpiredOnly: boolean;
  readonly resourceType: string | null;
  /** Which options of a resource a parameter command is about. */
  readonly optionKind: "instance" | "meta" | "utilization" | "element";
  readonly parameterValue: string | null;
  readonly setName: string | null;
  readonly nvpairId: string | null;
  /** `NAME=VALUE` words behind the options. */
  readonly overrides: ReadonlyMap<string, string>;
  readonly isForced: boolean;
  readonly isQuiet: boolean;
}

export interface ResourceCall {
  readonly request: ResourceRequest;
  readonly cib: CibSession;
  /** Null when the CIB is a file. */
  readonly daemon: ApiClient | null;
  readonly world: World;
  readonly output: Output;
}

/** An error with what it is about: the classic commands print both, the second without the name of the program. */
export class ResourceError extends CibError {
  readonly subject: string;

  constructor(subject: string, exitCode: number) {
    super(exitStatusText(exitCode), exitCode);
    this.subject = subject;
  }
}

export function describeResourceError(error: CibError): string {
  const text = `Error performing operation: ${error.message}`;
  return error instanceof ResourceError ? `${error.subject}\n${text}` : text;
}

/** @throws CibError when the CIB cannot be read */
export async function clusterView({ cib, world }: Pick<ResourceCall, "cib" | "world">): Promise<ClusterView> {
  try {
    return viewCluster(await cib.document(), Math.floor(world.nowMs() / 1000));
  } catch (error) {
    if (!(error instanceof CibError)) throw error;
    world.stderr(`Could not obtain the current CIB: ${error.message}\n`);
    throw new CibError(exitStatusText(error.exitCode), error.exitCode);
  }
}

interface NamingCall {
  readonly request: Pick<ResourceRequest, "resource" | "node">;
}

/** The resource that `--resource` names. @throws CibError when there is none */
export function namedResource(view: ClusterView, { request }: NamingCall): ResourceView {
  if (request.resource === null) throw new UsageError("name the resource with --resource");
  const resource = view.resource(request.resource);
  if (resource !== null) return resource;
  throw new ResourceError(`Resource '${request.resource}' not found`, ExitCode.noSuch);
}

/** The node that `--node` names, spelt as the cluster does; null when there is no `--node`. @throws CibError when there is no such node */
export function namedNode(view: ClusterView, { request }: NamingCall): string | null {
  const { node } = request;
  if (node === null) return null;
  const name = view.nodeNames.find((known) => known.toLowerCase() === node.toLowerCase());
  if (name !== undefined) return name;
  throw new ResourceError(`Node '${node}' not found`, ExitCode.noSuch);
}

/** The daemon, for what a file cannot do. */
export function needDaemon({ daemon }: ResourceCall): ApiClient {
  if (daemon === null)
    throw new CibError("this needs a running cluster, not a CIB file", ExitCode.disconnect, null);
  return daemon;
}
