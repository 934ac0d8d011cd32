import type { NodeId } from "@quorate/ports";

/** Which nodes can talk to each other: a symmetric graph, complete at first. */
export class Connectivity {
  /** Severed links, as `LOWER-HIGHER`. */
  readonly #severed = new Set<string>();

  isConnected(a: NodeId, b: NodeId): boolean {
    return a === b || !this.#severed.has(linkOf(a, b));
  }

  setLink(a: NodeId, b: NodeId, isUp: boolean): void {
    if (a === b) return;
    if (isUp) this.#severed.delete(linkOf(a, b));
    else this.#severed.add(linkOf(a, b));
  }
}

function linkOf(a: NodeId, b: NodeId): string {
  return a < b ? `${a}-${b}` : `${b}-${a}`;
}

/**
 * Divides items into groups in which each reaches each: bigger groups first, then those with the earlier item.
 * Greedy, so that it stays cheap; exact when the graph consists of disjoint cliques. Source: embedded engine, 6.
 * @param items in order of preference
 */
export function divideIntoCliques<T>(items: readonly T[], isConnected: (a: T, b: T) => boolean): T[][] {
  let rest = [...items];
  const cliques: T[][] = [];
  while (rest.length > 0) {
    let best: T[] = [];
    for (const start of rest) {
      const clique = [start];
      for (const other of rest)
        if (other !== start && clique.every((member) => isConnected(member, other))) clique.push(other);
      if (clique.length > best.length) best = clique;
    }
    cliques.push(rest.filter((item) => best.includes(item)));
    rest = rest.filter((item) => !best.includes(item));
  }
  return cliques;
}
