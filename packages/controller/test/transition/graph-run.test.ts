import type { GraphAction, Synapse, TransitionGraph } from "@quorate/scheduler";
import { describe, expect, test } from "vitest";
import { type Fired, GraphRun, INFINITY_PRIORITY } from "../../src/transition/graph-run.ts";

function action(id: number, element: GraphAction["element"] = "rsc_op"): GraphAction {
  return {
    element,
    id,
    operation: "start",
    operationKey: `r${id}_start_0`,
    internalOperationKey: null,
    onNode: "n1",
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

/** `[id, inputs, priority, element]` each. */
function graph(
  ...rows: readonly (readonly [number, readonly number[], number?, GraphAction["element"]?])[]
): TransitionGraph {
  const synapses: Synapse[] = rows.map(([id, inputs, priority, element], index) => ({
    id: index,
    priority: priority ?? 0,
    action: action(id, element),
    inputs: inputs.map((input) => action(input)),
  }));
  return { attributes: new Map(), synapses };
}

function recorded(
  made: TransitionGraph,
  how: (id: number) => Fired = () => "pending",
): { run: GraphRun; fired: number[] } {
  const fired: number[] = [];
  const run = new GraphRun(made, ({ id }) => {
    const outcome = how(id);
    if (outcome !== "deferred") fired.push(id);
    return outcome;
  });
  return { run, fired };
}

describe("graph run", () => {
  test("fires what has no open input, in the order of the graph, and the rest as inputs are confirmed", () => {
    const { run, fired } = recorded(graph([1, []], [2, [1]], [3, [1, 2]], [4, []]));
    expect(run.pump(0)).toBeNull();
    expect(fired).toEqual([1, 4]);
    run.confirm(1);
    run.pump(0);
    expect(fired).toEqual([1, 4, 2]);
    run.confirm(2);
    run.confirm(4);
    run.pump(0);
    run.confirm(3);
    expect(run.pump(0)).toBe("complete");
    expect(run.counts()).toEqual({ complete: 4, skipped: 0, incomplete: 0 });
  });

  test("pseudo actions are confirmed at once", () => {
    const { run, fired } = recorded(graph([1, [], 0, "pseudo_event"], [2, [1]]));
    run.pump(0);
    expect(fired).toEqual([2]);
    expect(run.stateOf(1)).toBe("confirmed");
  });

  test("the batch limit bounds what is under way", () => {
    const { run, fired } = recorded(graph([1, []], [2, []], [3, []]));
    run.pump(2);
    expect(fired).toEqual([1, 2]);
    run.confirm(1);
    run.pump(2);
    expect(fired).toEqual([1, 2, 3]);
  });

  test("fencing goes first, and no limit holds it up; then what waited for it", () => {
    const made = graph([1, []], [2, []], [3, [], 0, "crm_event"], [4, [3]], [5, [4]]);
    const synapses = made.synapses.map((synapse) =>
      synapse.action.id === 3 ? { ...synapse, action: { ...synapse.action, operation: "stonith" } } : synapse,
    );
    const { run, fired } = recorded({ ...made, synapses });
    run.pump(1);
    expect(fired).toEqual([3]);
    run.confirm(3);
    for (const id of [4, 5, 1, 2]) {
      run.pump(1);
      run.confirm(id);
    }
    expect(fired).toEqual([3, 4, 5, 1, 2]);
    expect(run.pump(1)).toBe("complete");
  });

  test("a failure stops its dependents but those of infinite priority", () => {
    const { run, fired } = recorded(graph([1, []], [2, [1]], [3, [1], INFINITY_PRIORITY]));
    run.pump(0);
    run.fail(1);
    run.pump(0);
    expect(fired).toEqual([1, 3]);
    run.confirm(3);
    expect(run.pump(0)).toBe("terminated");
  });

  test("an abort lets only what is under way, pseudo or of higher priority go on", () => {
    const { run, fired } = recorded(graph([1, []], [2, [1]], [3, [1], 5], [4, [1], 0, "pseudo_event"]));
    run.pump(0);
    expect(run.abort(1, "restart")).toBe(true);
    expect(run.abort(1, "restart")).toBe(false);
    run.confirm(1);
    run.pump(0);
    expect(fired).toEqual([1, 3]);
    expect(run.stateOf(4)).toBe("confirmed");
    run.confirm(3);
    expect(run.pump(0)).toBe("stopped");
    expect(run.completion).toBe("restart");
    expect(run.counts()).toEqual({ complete: 3, skipped: 1, incomplete: 0 });
  });

  test("the completion only rises", () => {
    const { run } = recorded(graph([1, []]));
    run.abort(INFINITY_PRIORITY, "shutdown");
    run.abort(INFINITY_PRIORITY, "wait");
    expect(run.completion).toBe("shutdown");
  });

  test("an input that is not in the graph is never satisfied", () => {
    const { run } = recorded(graph([1, [99]]));
    expect(run.pump(0)).toBe("terminated");
  });

  test("a promotion waits for the first looks at the resource, but not for one that waits for a promotion itself", () => {
    const made = graph([1, []], [2, []], [3, [1]], [4, []]);
    const operations = new Map<number, readonly [string, string]>([
      [1, ["promote", "db:1"]],
      [2, ["monitor", "db"]],
      [3, ["monitor", "db"]],
      [4, ["monitor", "web"]],
    ]);
    const synapses = made.synapses.map((synapse) => {
      const [operation, id] = operations.get(synapse.action.id) ?? ["", ""];
      const resource = { element: "primitive", id, longId: null, class: "ocf", provider: "test", type: "x" };
      return { ...synapse, action: { ...synapse.action, operation, resource } as GraphAction };
    });
    const { run, fired } = recorded({ ...made, synapses });
    run.pump(0);
    expect(fired).toEqual([2, 4]);
    run.confirm(2);
    run.pump(0);
    expect(fired).toEqual([2, 4, 1]);
  });

  test("a stop does not wait for what waits for it", () => {
    const made = graph([1, [3]], [2, [1]], [3, [2]], [4, [99]]);
    const synapses = made.synapses.map((synapse) =>
      synapse.action.id === 1 || synapse.action.id === 4
        ? { ...synapse, action: { ...synapse.action, operation: "stop" } }
        : synapse,
    );
    const { run, fired } = recorded({ ...made, synapses });
    run.pump(0);
    expect(fired).toEqual([1]);
    run.confirm(1);
    run.pump(0);
    run.confirm(2);
    run.pump(0);
    expect(fired).toEqual([1, 2, 3]);
    run.confirm(3);
    expect(run.pump(0)).toBe("terminated");
    expect(run.stateOf(4)).toBe("waiting");
  });

  test("a deferred action is asked for again", () => {
    let isFree = false;
    const { run, fired } = recorded(graph([1, []], [2, []]), (id) =>
      id === 2 && !isFree ? "deferred" : "pending",
    );
    run.pump(0);
    expect(fired).toEqual([1]);
    isFree = true;
    run.confirm(1);
    run.pump(0);
    expect(fired).toEqual([1, 2]);
  });
});
