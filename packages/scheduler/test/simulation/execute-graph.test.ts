import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GraphAction, Synapse, TransitionGraph } from "../../src/graph/transition-graph.ts";
import { executeGraph } from "../../src/simulation/execute-graph.ts";

function action(id: number, element: GraphAction["element"] = "rsc_op"): GraphAction {
  return {
    element,
    id,
    operation: "start",
    operationKey: `r${id}_start_0`,
    internalOperationKey: null,
    onNode: "node1",
    onNodeUuid: "1",
    routerNode: null,
    isCibMode: false,
    shutdownLockS: null,
    resource: null,
    attributes: new Map(),
    downed: [],
    maintenance: [],
  };
}

interface Step {
  readonly id: number;
  readonly inputs: readonly number[];
  readonly priority?: number;
  readonly element?: GraphAction["element"];
}

function graphOf(steps: readonly Step[]): TransitionGraph {
  const synapses: Synapse[] = steps.map((step, id) => ({
    id,
    priority: step.priority ?? 0,
    action: action(step.id, step.element),
    inputs: step.inputs.map((input) => action(input)),
  }));
  return { attributes: new Map(), synapses };
}

/** The words of the specification, naively: pass after pass over the whole graph. */
function passes(steps: readonly Step[]): number[] {
  const order: number[] = [];
  for (let hasFired = true; hasFired; ) {
    hasFired = false;
    for (const step of steps) {
      if (order.includes(step.id) || !step.inputs.every((input) => order.includes(input))) continue;
      order.push(step.id);
      hasFired = true;
    }
  }
  return order;
}

const graphs = fc
  .integer({ min: 1, max: 12 })
  .chain((count) =>
    fc
      .tuple(
        fc.array(fc.uniqueArray(fc.integer({ min: 0, max: count })), { minLength: count, maxLength: count }),
        fc.shuffledSubarray([...Array(count).keys()], { minLength: count, maxLength: count }),
      )
      .map(([inputs, ids]) => ids.map((id, index): Step => ({ id, inputs: inputs[index]! }))),
  );

describe("executeGraph (part 4, 7)", () => {
  it("fires in the order of repeated passes, whatever the graph", () => {
    fc.assert(
      fc.property(graphs, (steps) => {
        const fired: number[] = [];
        const outcome = executeGraph(graphOf(steps), ({ action: { id } }) => {
          fired.push(id);
          return true;
        });
        expect(fired).toEqual(passes(steps));
        expect(outcome).toBe(fired.length === steps.length ? "complete" : "terminated");
      }),
    );
  });

  it("after a failure fires only pseudo-actions and what has the highest priority", () => {
    const steps: Step[] = [
      { id: 1, inputs: [] },
      { id: 2, inputs: [] },
      { id: 3, inputs: [], element: "pseudo_event" },
      { id: 4, inputs: [1] },
      { id: 5, inputs: [1], priority: 1_000_000 },
    ];
    const fired: number[] = [];
    const outcome = executeGraph(graphOf(steps), ({ action: { id } }) => {
      fired.push(id);
      return id !== 1;
    });
    expect(fired).toEqual([1, 3, 5]);
    expect(outcome).toBe("failed");
  });
});
