import type { Random } from "./random.ts";

/** What may occur in a generated cluster, besides primitives, groups and clones. */
export type Feature =
  | "bundles"
  /** Constraints that contradict each other, such as orders in a circle. */
  | "contradictions"
  | "failures"
  | "fencing"
  | "guests"
  | "health"
  | "lostNodes"
  | "maintenance"
  | "remotes"
  | "rules"
  | "sets"
  | "standby"
  | "tickets"
  | "unmanaged"
  | "utilization";

export const ALL_FEATURES: readonly Feature[] = [
  "bundles",
  "contradictions",
  "failures",
  "fencing",
  "guests",
  "health",
  "lostNodes",
  "maintenance",
  "remotes",
  "rules",
  "sets",
  "standby",
  "tickets",
  "unmanaged",
  "utilization",
];

export interface GenerateOptions {
  readonly seed: number;
  readonly features: readonly Feature[];
}

/** What the parts of the generator share. */
export interface Generation {
  readonly random: Random;
  readonly features: ReadonlySet<Feature>;
  readonly nodeNames: readonly string[];
  /** Ids that constraints may name. */
  readonly ids: { readonly any: string[]; readonly top: string[]; readonly promotable: string[] };
  /** Primitives as history knows them. */
  readonly runnables: Runnable[];
  /** Names of remote and guest nodes. */
  readonly remoteNames: string[];
}

/** Something that may be active according to the status. */
export interface Runnable {
  readonly id: string;
  readonly agent: string;
  /** `class="..." provider="..." type="..."` */
  readonly agentAttributes: string;
  /** How many nodes it may be active on. */
  readonly copies: number;
  readonly isPromotable: boolean;
}

function pairs(prefix: string, values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `<nvpair id="${prefix}-${name}" name="${name}" value="${value}"/>`)
    .join("");
}

export function block(element: string, id: string, values: Readonly<Record<string, string>>): string {
  return Object.keys(values).length === 0 ? "" : `<${element} id="${id}">${pairs(id, values)}</${element}>`;
}
