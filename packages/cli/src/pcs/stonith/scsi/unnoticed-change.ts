import { type ClusterView, viewCluster } from "@quorate/scheduler";
import type { XmlElement } from "@quorate/xml";

/** The digests of a history entry, and which of `HistoryDigests` each is. */
const DIGESTS = [
  ["op-digest", "all"],
  ["op-secure-digest", "secure"],
  ["op-restart-digest", "restart"],
] as const;

/**
 * Changes parameters of a resource as if all that is known of it had been done with the new ones already: the digests in its history that
 * fit the old ones fit the new ones afterwards, so the cluster finds nothing to do. What differed before still differs.
 */
export function changeUnnoticed(
  cib: XmlElement,
  id: string,
  nowS: number,
  change: (cib: XmlElement) => void,
): void {
  const before = viewCluster(cib.clone(), nowS).historyDigests(id);
  change(cib);
  const after = viewCluster(cib.clone(), nowS).historyDigests(id);
  for (const state of cib.first("status")?.all("node_state") ?? []) {
    const histories = state.first("lrm")?.first("lrm_resources")?.all("lrm_resource") ?? [];
    for (const entry of histories.flatMap((history) => history.all("lrm_rsc_op"))) {
      const isMeant = (digests: { readonly nodeId: string; readonly entryId: string }) =>
        digests.nodeId === state.id && digests.entryId === entry.id;
      const old = before.find(isMeant);
      const next = after.find(isMeant);
      if (old === undefined || next === undefined) continue;
      for (const [attribute, digest] of DIGESTS) {
        const value = next[digest];
        if (value !== null && entry.get(attribute) === old[digest]) entry.set(attribute, value);
      }
    }
  }
}

/** With which parameters each node was unfenced. */
const UNFENCED_WITH = [
  ["#digests-all", "all"],
  ["#digests-secure", "secure"],
] as const;

export interface NodeAttribute {
  readonly node: string;
  readonly name: string;
  readonly value: string;
}

/**
 * What the attributes that tell with which parameters a node was unfenced become, for the nodes that were with those of `from`: instead of
 * these parameters of the device, they tell of the ones in each of `to`.
 */
export function unfencedWith(
  cib: XmlElement,
  id: string,
  from: ClusterView,
  to: readonly ClusterView[],
): NodeAttribute[] {
  const next = to.map((view) => view.unfencingDigests(id));
  return from.unfencingDigests(id).flatMap((old) =>
    UNFENCED_WITH.flatMap(([name, digest]) => {
      const parts = transientAttribute(cib, old.nodeName, name)?.split(",") ?? [];
      if (!parts.includes(old[digest])) return [];
      const own = next.flatMap((nodes) => nodes.find(({ nodeName }) => nodeName === old.nodeName) ?? []);
      const fitting = [...new Set(own.map((digests) => digests[digest]))];
      const value = parts.flatMap((part) => (part === old[digest] ? fitting : [part])).join(",");
      return [{ node: old.nodeName, name, value }];
    }),
  );
}

function transientAttribute(cib: XmlElement, node: string, name: string): string | null {
  const state = cib
    .first("status")
    ?.all("node_state")
    .find((candidate) => candidate.get("uname") === node);
  const pairs = [...(state?.first("transient_attributes")?.descendants("nvpair") ?? [])];
  return pairs.find((pair) => pair.get("name") === name)?.get("value") ?? null;
}
