import { describe, expect, it } from "vitest";
import { requestClusterPseudoAction, requestResourceAction } from "../../src/actions/request-action.ts";
import { type Action, ActionFlag, hasActionFlags } from "../../src/model/action.ts";
import type { Cluster } from "../../src/model/cluster.ts";
import { RelationKind } from "../../src/model/ordering.ts";
import { describeReason } from "../../src/model/reason.ts";
import { addRelation } from "../../src/orderings/relations.ts";
import { UpdateRun } from "../../src/orderings/update-run.ts";
import { clusterOf, dummy, memberState, nodeElements, resourceOf } from "../model/cluster-under-test.ts";

function clusterWith(...ids: readonly string[]): Cluster {
  return clusterOf({
    options: { "stonith-enabled": "false" },
    nodes: nodeElements("n1"),
    resources: ids.map((id) => dummy(id)).join(""),
    status: memberState("1", "n1"),
  });
}

function request(cluster: Cluster, id: string, task: string, isOptional: boolean): Action {
  const node = cluster.lookup.nodeByName("n1");
  return requestResourceAction(cluster, resourceOf(cluster, id), task, { node, isOptional });
}

const isRequired = (action: Action) => !hasActionFlags(action, ActionFlag.Optional);

describe("what relations imply (part 4, 12)", () => {
  it("a required first makes then required, with the reason", () => {
    const cluster = clusterWith("a", "b");
    const first = request(cluster, "a", "start", false);
    const then = request(cluster, "b", "start", true);
    addRelation(first, then, RelationKind.FirstImpliesThen);
    new UpdateRun(cluster).update(then);
    expect(isRequired(then)).toBe(true);
    expect(then.reason && describeReason(then.reason)).toBe("required a start");
  });

  it("an unrunnable first blocks then", () => {
    const cluster = clusterWith("a", "b");
    const first = request(cluster, "a", "start", false);
    const then = request(cluster, "b", "start", false);
    first.flags &= ~ActionFlag.Runnable;
    addRelation(first, then, RelationKind.UnrunnableFirstBlocks);
    new UpdateRun(cluster).update(then);
    expect(hasActionFlags(then, ActionFlag.Runnable)).toBe(false);
    expect(then.reason && describeReason(then.reason)).toBe("unrunnable a start");
  });

  it("then-implies-first does not make first required (part 4, 18.1)", () => {
    const cluster = clusterWith("a", "b");
    const first = request(cluster, "a", "stop", true);
    const then = request(cluster, "b", "stop", false);
    addRelation(first, then, RelationKind.ThenImpliesFirst);
    new UpdateRun(cluster).update(then);
    expect(isRequired(first)).toBe(false);
  });

  it("a required start makes the stop before it required: a restart", () => {
    const cluster = clusterWith("a");
    const stop = request(cluster, "a", "stop", true);
    const start = request(cluster, "a", "start", false);
    addRelation(stop, start, RelationKind.Ordered | RelationKind.IntermediateStop);
    new UpdateRun(cluster).update(start);
    expect(isRequired(stop)).toBe(true);
    expect(stop.reason).toBeNull();
  });

  it("a gate is runnable when enough of its inputs are", () => {
    const cluster = clusterWith("a", "b", "c");
    const gate = requestClusterPseudoAction(cluster, "one-or-more:s");
    gate.requiredRunnableBefore = 2;
    const starts = ["a", "b", "c"].map((id) => request(cluster, id, "start", false));
    for (const start of starts) addRelation(start, gate, RelationKind.MinRunnable);
    const run = new UpdateRun(cluster);
    run.update(gate);
    expect(hasActionFlags(gate, ActionFlag.Runnable)).toBe(true);
    for (const start of starts.slice(0, 2)) start.flags &= ~ActionFlag.Runnable;
    run.update(gate);
    expect(hasActionFlags(gate, ActionFlag.Runnable)).toBe(false);
  });

  it("reaches the end of chains longer than any stack", () => {
    const ids = Array.from({ length: 3000 }, (_, index) => `r${index}`);
    const cluster = clusterWith(...ids);
    const starts = ids.map((id, index) => request(cluster, id, "start", index > 0));
    for (let i = 1; i < starts.length; i++) {
      addRelation(starts[i - 1] as Action, starts[i] as Action, RelationKind.FirstImpliesThen);
    }
    new UpdateRun(cluster).update(starts[1] as Action);
    expect(starts.every(isRequired)).toBe(true);
  });
});
