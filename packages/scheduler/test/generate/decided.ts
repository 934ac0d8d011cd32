import { parseXml, type XmlElement } from "@quorate/xml";
import type { Synapse, TransitionGraph } from "../../src/graph/transition-graph.ts";
import type { Cluster } from "../../src/model/cluster.ts";
import type { Resource } from "../../src/model/resource.ts";
import { unpackCluster } from "../../src/model/unpack.ts";
import { decide } from "../../src/schedule.ts";
import { GENERATED_NOW_S } from "./generate-cib.ts";

export interface Decided {
  readonly cluster: Cluster;
  readonly graph: TransitionGraph;
  /** Names of the nodes that had to be fenced before anything that ran there could be recovered. */
  readonly uncleanNodes: ReadonlySet<string>;
  /** Where each resource was active, by its id. */
  readonly activeBefore: ReadonlyMap<string, readonly string[]>;
}

export function parseCib(text: string): XmlElement {
  const parsed = parseXml(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.root;
}

const UNCLEAN = 1 << 1;

/** Decides what a CIB needs, and remembers what was known before. */
export function decideCib(cib: XmlElement): Decided {
  const cluster = unpackCluster(cib, { nowS: GENERATED_NOW_S });
  const uncleanNodes = new Set(
    cluster.nodes.filter((node) => (node.flags & UNCLEAN) !== 0).map((node) => node.name),
  );
  const activeBefore = new Map(
    cluster.resourcesByIndex.map(
      (resource) => [resource.id, resource.activeNodes.map((node) => node.name)] as const,
    ),
  );
  const { graph } = decide(cluster);
  return { cluster, graph, uncleanNodes, activeBefore };
}

/** The synapses that bring a resource up somewhere, each with that resource. */
export function* startsOf(
  { cluster, graph }: Decided,
  operations: readonly string[] = ["start", "migrate_from", "promote"],
): Generator<{ readonly synapse: Synapse; readonly resource: Resource; readonly node: string }> {
  for (const synapse of graph.synapses) {
    const { action } = synapse;
    if (action.element !== "rsc_op" || !operations.includes(action.operation)) continue;
    const id = action.resource?.longId ?? action.resource?.id ?? "";
    const resource = cluster.lookup.resource(id);
    if (resource !== null && action.onNode !== null) yield { synapse, resource, node: action.onNode };
  }
}

/** Every action that must have happened before a synapse, near and far. */
export function inputsBehind(graph: TransitionGraph, synapse: Synapse): Set<Synapse> {
  const byAction = new Map(graph.synapses.map((each) => [each.action.id, each]));
  const found = new Set<Synapse>();
  const pending = [synapse];
  for (let current = pending.pop(); current !== undefined; current = pending.pop()) {
    for (const input of current.inputs) {
      const before = byAction.get(input.id);
      if (before === undefined || found.has(before)) continue;
      found.add(before);
      pending.push(before);
    }
  }
  return found;
}
