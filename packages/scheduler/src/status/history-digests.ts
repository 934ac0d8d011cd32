import { entryDigests, unfencingDigests } from "../actions/digests.ts";
import type { Cluster } from "../model/cluster.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";

/** What the digests of a history entry would be, had the operation run with the parameters that are configured now. */
export interface HistoryDigests {
  readonly nodeId: string;
  readonly entryId: string;
  readonly all: string;
  readonly secure: string;
  /** Null where the entry has none. */
  readonly restart: string | null;
}

/** How a fence device stands in the node attributes that tell with which parameters a node was unfenced. */
export interface UnfencingDigests {
  readonly nodeName: string;
  readonly all: string;
  readonly secure: string;
}

/** One for each entry about a resource, in the order of the document. */
export function viewHistoryDigests(cluster: Cluster, resource: Resource): HistoryDigests[] {
  const id = resource.historyName ?? resource.id;
  return cluster.nodes.flatMap((node) =>
    cluster.history
      .ofNode(node.name)
      .filter((history) => history.id === id)
      .flatMap(({ entries }) =>
        entries.map((entry) => {
          const { all, secure, restart } = entryDigests(cluster, resource, node, entry);
          return { nodeId: node.id, entryId: entry.id, all, secure, restart };
        }),
      ),
  );
}

/** One for each node; empty for what is no fence device. */
export function viewUnfencingDigests(cluster: Cluster, resource: Resource): UnfencingDigests[] {
  if (!hasFlags(resource, ResourceFlag.FenceDevice)) return [];
  const prefix = `${resource.id}:${resource.primitive?.type ?? ""}`;
  return cluster.nodes.map((node) => {
    const { all, secure } = unfencingDigests(cluster, resource, node);
    return { nodeName: node.name, all: `${prefix}:${all}`, secure: `${prefix}:${secure}` };
  });
}
