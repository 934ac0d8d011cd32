import type { ClusterNode, ProbeMode } from "./node.ts";
import type { Resource } from "./resource.ts";
import { Role } from "./role.ts";

/** A location constraint for one resource, rules already evaluated. Source: part 2, 4.2. */
export interface Location {
  /** Of the constraint or of its rule; the strategy's name for node health. */
  readonly id: string;
  readonly resource: Resource;
  /** Unknown: no filter. */
  readonly role: Role;
  readonly probeMode: ProbeMode;
  /** In the order in which they are applied. */
  readonly nodes: readonly NodeScore[];
}

export interface NodeScore {
  readonly node: ClusterNode;
  readonly score: number;
}

export function createLocation(facts: {
  readonly id: string;
  readonly resource: Resource;
  readonly role?: Role;
  readonly probeMode?: ProbeMode;
  readonly nodes: readonly NodeScore[];
}): Location {
  return {
    id: facts.id,
    resource: facts.resource,
    role: facts.role ?? Role.Unknown,
    probeMode: facts.probeMode ?? 0,
    nodes: facts.nodes,
  };
}
