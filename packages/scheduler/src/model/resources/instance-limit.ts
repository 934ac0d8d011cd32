import type { Unpacking } from "../unpacking.ts";

/** Far more than any cluster runs; a configured number beyond it is a mistake that must not exhaust memory. */
const LIMITS = {
  "clone-max": 5000,
  /** Every replica is a node, too, and every resource has a score on every node. */
  replicas: 500,
} as const;
const INSTANCES_PER_NODE_MAX = 10;

/** How many instances are made at most, whatever the configuration asks for; says so when it asks for more. */
export function limitInstances(
  unpacking: Unpacking,
  facts: {
    readonly resource: string;
    readonly option: keyof typeof LIMITS;
    readonly wanted: number;
    readonly line: number;
  },
): number {
  const { cluster } = unpacking;
  const limit = Math.max(LIMITS[facts.option], INSTANCES_PER_NODE_MAX * cluster.nodes.length);
  if (facts.wanted <= limit) return facts.wanted;
  cluster.diagnostics.push({
    severity: "error",
    code: "clone-invalid",
    message: `cib.xml:${facts.line}: ${facts.option} of "${facts.resource}" is ${facts.wanted}; only ${limit} instances are made. Correct the number.`,
    elementId: facts.resource,
    line: facts.line,
  });
  return limit;
}
