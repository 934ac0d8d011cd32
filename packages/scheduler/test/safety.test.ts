import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Synapse } from "../src/graph/transition-graph.ts";
import type { Cluster } from "../src/model/cluster.ts";
import { hasNodeFlags, NodeFlag } from "../src/model/node.ts";
import { decide } from "../src/schedule.ts";
import { clusterOf, dummy, type EntryFacts, FENCE_DEVICE, historyOf } from "./model/cluster-under-test.ts";

/** What a node's state entry says, in the order in_ccm, crmd, join, expected. */
const STATES = {
  member: ["true", "online", "member", "member"],
  lost: ["false", "offline", "down", "member"],
  crashed: ["true", "offline", "down", "member"],
  left: ["false", "offline", "down", "down"],
  joining: ["true", "online", "down", "member"],
} as const;
type StateName = keyof typeof STATES;

const HISTORIES: Readonly<Record<string, readonly EntryFacts[]>> = {
  none: [],
  stopped: [{ op: "monitor", rc: 7, expected: 7, call: 1 }],
  started: [{ op: "start", rc: 0, call: 2 }],
  failed: [
    { op: "start", rc: 0, call: 2 },
    { op: "monitor", interval: 10000, rc: 1, call: 3 },
  ],
  stopFailed: [
    { op: "start", rc: 0, call: 2 },
    { op: "stop", rc: 1, call: 3 },
  ],
  startFailed: [{ op: "start", rc: 1, call: 2 }],
};

interface Situation {
  readonly states: readonly StateName[];
  /** By resource, then node: a key of HISTORIES. */
  readonly histories: readonly (readonly string[])[];
  readonly constraints: readonly string[];
  readonly isMigratable: boolean;
}

const NODE_COUNT = 3;
const RESOURCES = ["a", "b", "c"];

const situations: fc.Arbitrary<Situation> = fc.record({
  states: fc.array(fc.constantFrom(...(Object.keys(STATES) as StateName[])), {
    minLength: NODE_COUNT,
    maxLength: NODE_COUNT,
  }),
  histories: fc.array(
    fc.array(fc.constantFrom(...Object.keys(HISTORIES)), { minLength: NODE_COUNT, maxLength: NODE_COUNT }),
    { minLength: RESOURCES.length, maxLength: RESOURCES.length },
  ),
  constraints: fc.uniqueArray(
    fc.constantFrom(
      `<rsc_order id="o1" first="a" then="b"/>`,
      `<rsc_order id="o2" first="c" then="b" kind="Optional"/>`,
      `<rsc_order id="o3" first="a" then="c" symmetrical="false"/>`,
      `<rsc_colocation id="c1" rsc="b" with-rsc="a" score="INFINITY"/>`,
      `<rsc_colocation id="c2" rsc="c" with-rsc="a" score="-INFINITY"/>`,
      `<rsc_location id="l1" rsc="a" node="n2" score="100"/>`,
    ),
  ),
  isMigratable: fc.boolean(),
});

function clusterIn(situation: Situation): Cluster {
  const meta = `<nvpair id="NAME-mig" name="allow-migrate" value="${situation.isMigratable}"/>`;
  return clusterOf({
    nodes: situation.states.map((_, node) => `<node id="${node + 1}" uname="n${node + 1}"/>`).join(""),
    resources:
      FENCE_DEVICE +
      RESOURCES.map((id) =>
        dummy(id, `<meta_attributes id="${id}-m">${meta.replace("NAME", id)}</meta_attributes>`),
      ).join(""),
    constraints: situation.constraints.join(""),
    status: situation.states.map((state, node) => stateElement(situation, state, node)).join(""),
  });
}

function stateElement(situation: Situation, state: StateName, node: number): string {
  const [inCcm, crmd, join, expected] = STATES[state];
  const history = RESOURCES.map((id, resource) => {
    const entries = HISTORIES[situation.histories[resource]?.[node] ?? "none"] ?? [];
    return entries.length === 0 ? "" : historyOf(id, ...entries);
  }).join("");
  return `<node_state id="${node + 1}" uname="n${node + 1}" in_ccm="${inCcm}" crmd="${crmd}" join="${join}" expected="${expected}">
    <lrm id="${node + 1}"><lrm_resources>${history}</lrm_resources></lrm></node_state>`;
}

/** Everything that is done before the synapse, directly or not; `rsc_stop_0@n1`, `stonith@n2`. */
function doneBefore(synapses: readonly Synapse[], synapse: Synapse): ReadonlySet<string> {
  const byAction = new Map(synapses.map((other) => [other.action.id, other]));
  const seen = new Set<number>();
  const names = new Set<string>();
  const open = [synapse];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const input of next.inputs) {
      if (seen.has(input.id)) continue;
      seen.add(input.id);
      names.add(input.operation === "stonith" ? `stonith@${input.onNode}` : input.operationKey);
      const behind = byAction.get(input.id);
      if (behind !== undefined) open.push(behind);
    }
  }
  return names;
}

describe("never two active copies (law 3)", () => {
  it("3 nodes, 3 resources, any state and history: a start waits for every place where the resource may run", () => {
    fc.assert(
      fc.property(situations, (situation) => {
        const { cluster, graph } = decide(clusterIn(situation));
        for (const id of RESOURCES) {
          const resource = cluster.lookup.resourceById(id);
          const starts = graph.synapses.filter(
            ({ action }) => action.operationKey === `${id}_start_0` && action.element === "rsc_op",
          );
          expect(starts.length).toBeLessThanOrEqual(1);
          const start = starts[0];
          if (start === undefined || resource === null) continue;
          const before = doneBefore(graph.synapses, start);
          for (const node of resource.activeNodes) {
            if (hasNodeFlags(node, NodeFlag.Unclean)) expect(before).toContain(`stonith@${node.name}`);
            else expect(before).toContain(`${id}_stop_0`);
          }
        }
      }),
      { numRuns: 400 },
    );
  });

  it("nothing is started while a node that may run it cannot be fenced", () => {
    fc.assert(
      fc.property(situations, (situation) => {
        const cluster = clusterIn(situation);
        const { graph } = decide(cluster);
        for (const { action, inputs } of graph.synapses) {
          const isStart = action.operation === "start" && action.element === "rsc_op";
          if (!isStart || action.resource?.class === "stonith") continue;
          const unclean = cluster.nodes.filter((node) => hasNodeFlags(node, NodeFlag.Unclean));
          const names = inputs.map((input) => `${input.operation}@${input.onNode}`);
          for (const node of unclean) expect(names).toContain(`stonith@${node.name}`);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("the same document gives the same graph, and is not changed", () => {
    fc.assert(
      fc.property(situations, (situation) => {
        expect(decide(clusterIn(situation)).graph).toEqual(decide(clusterIn(situation)).graph);
      }),
      { numRuns: 50 },
    );
  });
});
