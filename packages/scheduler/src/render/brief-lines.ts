import type { ClusterNode } from "../model/node.ts";
import { type Resource, Variant } from "../model/resource.ts";
import { agentName } from "./resource-facts.ts";
import { isIncluded } from "./status-filter.ts";
import type { StatusOptions } from "./status-options.ts";
import type { TextReport } from "./text-report.ts";

/** The primitives of a list that are counted in brief output. */
export function briefPrimitives(resources: readonly Resource[], { filter }: StatusOptions): Resource[] {
  return resources.filter(
    (resource) => resource.variant === Variant.Primitive && isIncluded(filter, resource, "with parents"),
  );
}

/**
 * Primitives counted by agent and node. Returns whether anything was printed. Source: scheduler specification, part 4,
 * 16.2.
 */
export function renderBrief(
  report: TextReport,
  primitives: readonly Resource[],
  { showsInactive }: Pick<StatusOptions, "showsInactive">,
): boolean {
  const counts = new Map<string, { total: number; readonly active: Map<ClusterNode, number> }>();
  for (const resource of primitives) {
    const agent = agentName(resource);
    let count = counts.get(agent);
    if (count === undefined) {
      count = { total: 0, active: new Map() };
      counts.set(agent, count);
    }
    count.total++;
    for (const node of resource.activeNodes) count.active.set(node, (count.active.get(node) ?? 0) + 1);
  }
  let isPrinted = false;
  for (const [agent, { total, active }] of inByteOrder(counts)) {
    const nodes = [...active].sort(([left], [right]) => (left.name < right.name ? -1 : 1));
    for (const [node, number] of nodes) {
      const count = showsInactive ? `${number}/${total}` : `${number}`;
      report.item(`${count}\t(${agent}):\tActive ${node.name}`);
      isPrinted = true;
    }
    if (nodes.length === 0 && showsInactive) {
      report.item(`0/${total}\t(${agent}):\tActive`);
      isPrinted = true;
    }
  }
  return isPrinted;
}

/** What runs on one node, counted by agent. */
export function renderBriefOfNode(report: TextReport, primitives: readonly Resource[]): void {
  const counts = new Map<string, number>();
  for (const resource of primitives) {
    const agent = agentName(resource);
    counts.set(agent, (counts.get(agent) ?? 0) + 1);
  }
  for (const [agent, count] of inByteOrder(counts)) report.item(`${count}\t(${agent}):\tActive `);
}

function inByteOrder<Value>(map: ReadonlyMap<string, Value>): [string, Value][] {
  return [...map].sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
}
