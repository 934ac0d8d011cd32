import { parseInteger } from "@quorate/cib";
import type { ClusterNode } from "../../model/node.ts";
import type { Resource } from "../../model/resource.ts";
import type { UtilizationAmount } from "../../model/score-line.ts";
import { hashOrder } from "./hash-order.ts";

const INT_MIN = -2147483648;
const INT_MAX = 2147483647;

/** A utilization value as a number; a text without digits is the least number, as in the reference. Part 2, 19.1. */
export function amountOf(text: string): number {
  if (text === "") return 0;
  const value = parseInteger(text);
  if (value === null) return /^\s*[+-]?\d/.test(text) ? clip(Number.parseFloat(text)) : INT_MIN;
  return clip(value);
}

function clip(value: number): number {
  return Math.min(Math.max(value, INT_MIN), INT_MAX);
}

/** Fills what the nodes have to give, before anything is assigned. */
export function resetCapacities(nodes: readonly ClusterNode[]): void {
  for (const node of nodes) {
    node.capacity.clear();
    for (const [name, text] of node.utilization) node.capacity.set(name, amountOf(text));
  }
}

/** The node gives what the resource needs. What it has nothing of becomes negative. Source: part 2, 19.1.2. */
export function subtractUtilization(resource: Resource, node: ClusterNode): void {
  for (const [name, text] of resource.utilization) {
    node.capacity.set(name, clip((node.capacity.get(name) ?? 0) - amountOf(text)));
  }
}

/** Undoes `subtractUtilization`. */
export function restoreUtilization(resource: Resource, node: ClusterNode): void {
  for (const [name, text] of resource.utilization) {
    node.capacity.set(name, clip((node.capacity.get(name) ?? 0) + amountOf(text)));
  }
}

/** Above 0: `a` has more to give, counting attributes. Not transitive. Source: part 2, 19.2. */
export function compareCapacity(a: ClusterNode, b: ClusterNode): number {
  let points = 0;
  for (const [name, amount] of a.capacity) points += Math.sign(amount - (b.capacity.get(name) ?? 0));
  for (const [name, amount] of b.capacity) if (!a.capacity.has(name)) points -= Math.sign(amount);
  return points;
}

/** Whether the node has as much as that of everything. Source: part 2, 19.4.2. */
export function hasRoom(node: ClusterNode, needs: ReadonlyMap<string, number>): boolean {
  for (const [name, amount] of needs) if (amount > (node.capacity.get(name) ?? 0)) return false;
  return true;
}

/** Capacities for display: as configured, until an assignment changed the number; in the reference's order. */
export function capacityAmounts(node: ClusterNode): UtilizationAmount[] {
  return hashOrder([...node.capacity.keys()]).map((name) => {
    const amount = node.capacity.get(name) ?? 0;
    const text = node.utilization.get(name);
    return { name, value: text !== undefined && amountOf(text) === amount ? text : String(amount) };
  });
}

/** What a resource needs, for display: as configured. */
export function utilizationAmounts(resource: Resource): UtilizationAmount[] {
  return hashOrder([...resource.utilization.keys()]).map((name) => ({
    name,
    value: resource.utilization.get(name) ?? "",
  }));
}
