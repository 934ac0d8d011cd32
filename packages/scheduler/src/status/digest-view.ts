import { digestOf, filterParameters } from "../actions/digests.ts";
import { findOperation, operationParameters } from "../actions/operation-configuration.ts";
import type { Cluster } from "../model/cluster.ts";
import type { ClusterNode } from "../model/node.ts";
import type { Resource } from "../model/resource.ts";
import { parametersOf } from "../model/resources/parameters.ts";

/** A digest by which changes of parameters are noticed, and what it covers. */
export interface DigestView {
  readonly type: "all" | "nonprivate" | "nonreloadable";
  readonly hash: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * The digests of a resource's start on a node, as the history there asks for them: which parameters are private or need a restart,
 * the agent told when it was last started. `CRM_meta_interval` among the overrides stands for another interval.
 */
export function viewDigests(
  cluster: Cluster,
  resource: Resource,
  node: ClusterNode,
  overrides: ReadonlyMap<string, string>,
): { readonly intervalMs: number; readonly digests: readonly DigestView[] } {
  const intervalMs = Number.parseInt(overrides.get("CRM_meta_interval") ?? "0", 10) || 0;
  // The classic command lists what was configured last first, and people compare its output.
  const all = new Map([...parametersOf(cluster, resource, node)].reverse());
  const operation = findOperation(resource, "start", intervalMs);
  if (operation !== null) {
    for (const [name, value] of operationParameters(cluster, operation, node)) {
      if (!all.has(name)) all.set(name, value);
    }
  }
  for (const [name, value] of overrides) all.set(name, value);
  filterParameters(all, intervalMs);

  const entry = startEntry(cluster, resource, node);
  const secret = listedNames(entry?.get("op-secure-params") ?? null);
  const nonprivate = only(all, (name) => name !== "CRM_meta_timeout" && !secret.has(name));
  const digests: DigestView[] = [
    { type: "all", hash: digestOf(all, cluster.memory), parameters: all },
    { type: "nonprivate", hash: digestOf(nonprivate, cluster.memory), parameters: nonprivate },
  ];
  const restart = entry?.get("op-force-restart") ?? null;
  if (restart !== null) {
    const names = listedNames(restart);
    const nonreloadable = only(all, (name) => names.has(name));
    digests.push({
      type: "nonreloadable",
      hash: digestOf(nonreloadable, cluster.memory),
      parameters: nonreloadable,
    });
  }
  return { intervalMs, digests };
}

function startEntry(cluster: Cluster, resource: Resource, node: ClusterNode) {
  const states = cluster.cib.first("status")?.all("node_state") ?? [];
  const state = states.find((candidate) => candidate.id === node.id);
  const histories = state?.first("lrm")?.first("lrm_resources")?.all("lrm_resource") ?? [];
  const history = histories.find(({ id }) => id === (resource.historyName ?? resource.id));
  const entries = history?.all("lrm_rsc_op") ?? [];
  return entries.find((entry) => entry.get("operation") === "start") ?? entries[0] ?? null;
}

function listedNames(text: string | null): ReadonlySet<string> {
  return new Set((text ?? "").split(" ").filter((name) => name !== ""));
}

function only(
  parameters: ReadonlyMap<string, string>,
  isMeant: (name: string) => boolean,
): Map<string, string> {
  return new Map([...parameters].filter(([name]) => isMeant(name)));
}
