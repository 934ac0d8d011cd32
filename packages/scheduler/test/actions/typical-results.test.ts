import { describe, expect, it } from "vitest";
import { ActionFlag, hasActionFlags } from "../../src/model/action.ts";
import type { Cluster } from "../../src/model/cluster.ts";
import { describeReason } from "../../src/model/reason.ts";
import { decide } from "../../src/schedule.ts";
import {
  type CibParts,
  clusterOf,
  dummy,
  type EntryFacts,
  FENCE_DEVICE,
  historyOf,
  memberState,
  nodeElements,
} from "../model/cluster-under-test.ts";

const UNFENCED = { "stonith-enabled": "false" };
/** The digest of no parameters. Without a digest the definition counts as changed. */
const DIGEST = 'op-digest="f2317cad3d54cec5d7d7aa7d0bf35cf8"';
const RUNS: EntryFacts = { op: "start", rc: 0, call: 2, extra: DIGEST };
const NOT_RUNNING: EntryFacts = { op: "monitor", rc: 7, expected: 7, call: 1 };

function decided(parts: CibParts): Cluster {
  return decide(clusterOf(parts)).cluster;
}

/** `3 r start n2`: number, required or optional, task, node; only of one resource. */
function actionsOf(cluster: Cluster, resource: string): string[] {
  return cluster.actions
    .filter((action) => action.resource?.id === resource)
    .map((action) => {
      const need = hasActionFlags(action, ActionFlag.Optional) ? "o" : "r";
      return `${need} ${action.key.slice(resource.length + 1)} ${action.node?.name ?? "-"}`;
    });
}

function fencingOf(cluster: Cluster): string[] {
  return cluster.actions
    .filter((action) => action.task === "stonith" && !hasActionFlags(action, ActionFlag.Optional))
    .map((action) => `${action.key}: ${action.reason === null ? "" : describeReason(action.reason)}`);
}

/** Two members; the history of resource `a` on the first and on the second. */
function twoNodes(
  first: readonly EntryFacts[],
  second: readonly EntryFacts[],
): Pick<CibParts, "nodes" | "status"> {
  return {
    nodes: nodeElements("n1", "n2"),
    status:
      memberState("1", "n1", first.length === 0 ? "" : historyOf("a", ...first)) +
      memberState("2", "n2", second.length === 0 ? "" : historyOf("a", ...second)),
  };
}

describe("what becomes of a primitive (part 3, 15.6; creation order and need)", () => {
  it("new: probed everywhere, then started", () => {
    const cluster = decided({ options: UNFENCED, resources: dummy("a"), ...twoNodes([], []) });
    expect(actionsOf(cluster, "a")).toEqual(["r monitor_0 n1", "r monitor_0 n2", "r start_0 n1"]);
  });

  it("runs and stays", () => {
    const cluster = decided({ options: UNFENCED, resources: dummy("a"), ...twoNodes([RUNS], [NOT_RUNNING]) });
    expect(actionsOf(cluster, "a")).toEqual(["o stop_0 n1", "o start_0 n1"]);
  });

  it("runs with another definition: restarts, the start was made first and has no node yet", () => {
    const changed = { ...RUNS, extra: 'op-digest="00000000000000000000000000000000"' };
    const cluster = decided({
      options: UNFENCED,
      resources: dummy("a"),
      ...twoNodes([changed], [NOT_RUNNING]),
    });
    expect(actionsOf(cluster, "a")).toEqual(["r start_0 n1", "r stop_0 n1"]);
    expect(cluster.actions[0]?.reason).toEqual({ kind: "resource definition change" });
  });

  it("is to be stopped", () => {
    const meta = `<meta_attributes id="m"><nvpair id="m1" name="target-role" value="Stopped"/></meta_attributes>`;
    const cluster = decided({
      options: UNFENCED,
      resources: dummy("a", meta),
      ...twoNodes([RUNS], [NOT_RUNNING]),
    });
    expect(actionsOf(cluster, "a")).toEqual(["r stop_0 n1"]);
    expect(cluster.actions[0]?.reason).toEqual({ kind: "node availability" });
  });

  it("failed: is stopped where it is and started again", () => {
    const failed: EntryFacts = { op: "monitor", interval: 10000, rc: 1, call: 3 };
    const cluster = decided({
      options: UNFENCED,
      resources: dummy("a"),
      ...twoNodes([RUNS, failed], [NOT_RUNNING]),
    });
    expect(actionsOf(cluster, "a").filter((line) => !line.includes("monitor"))).toEqual([
      "r stop_0 n1",
      "r start_0 n1",
    ]);
  });

  it("moves because its node goes to standby", () => {
    const cluster = decided({
      options: UNFENCED,
      resources: dummy("a"),
      nodes: `<node id="1" uname="n1"><instance_attributes id="i"><nvpair id="s" name="standby" value="on"/></instance_attributes></node>${`<node id="2" uname="n2"/>`}`,
      status: twoNodes([RUNS], [NOT_RUNNING]).status ?? "",
    });
    expect(actionsOf(cluster, "a")).toEqual(["r stop_0 n1", "r start_0 n2"]);
  });

  it("moves live when that is allowed (24.4)", () => {
    const meta = `<meta_attributes id="m"><nvpair id="m1" name="allow-migrate" value="true"/></meta_attributes>`;
    const cluster = decided({
      options: UNFENCED,
      resources: dummy("a", meta),
      nodes: `<node id="1" uname="n1"><instance_attributes id="i"><nvpair id="s" name="standby" value="on"/></instance_attributes></node><node id="2" uname="n2"/>`,
      status: twoNodes([RUNS], [NOT_RUNNING]).status ?? "",
    });
    expect(actionsOf(cluster, "a")).toEqual([
      "r stop_0 n1",
      "r start_0 n2",
      "r migrate_to_0 n1",
      "r migrate_from_0 n2",
    ]);
    const start = cluster.actions.find((action) => action.key === "a_start_0");
    expect(start && hasActionFlags(start, ActionFlag.Pseudo)).toBe(true);
  });

  it("unmanaged: nothing is required but probes", () => {
    const meta = `<meta_attributes id="m"><nvpair id="m1" name="is-managed" value="false"/></meta_attributes>`;
    const cluster = decided({ options: UNFENCED, resources: dummy("a", meta), ...twoNodes([RUNS], []) });
    expect(actionsOf(cluster, "a").filter((line) => line.startsWith("r"))).toEqual(["r monitor_0 n2"]);
  });
});

describe("law 3: fence before recover", () => {
  const lost = `<node_state id="1" uname="n1" in_ccm="false" crmd="offline" join="down" expected="member">
    <lrm id="1"><lrm_resources>${historyOf("a", RUNS)}</lrm_resources></lrm></node_state>`;
  const parts: CibParts = {
    nodes: nodeElements("n1", "n2"),
    resources: FENCE_DEVICE + dummy("a"),
    status: lost + memberState("2", "n2", historyOf("a", NOT_RUNNING)),
  };

  it("2 nodes, one lost while it ran the resource: the start elsewhere waits for the fencing", () => {
    const schedule = decide(clusterOf(parts));
    expect(fencingOf(schedule.cluster)).toEqual(["stonith-n1-reboot: peer is no longer part of the cluster"]);
    const start = schedule.graph.synapses.find((synapse) => synapse.action.operationKey === "a_start_0");
    expect(start?.action.onNode).toBe("n2");
    expect(start?.inputs.map((input) => input.operationKey)).toContain("stonith-n1-reboot");
  });

  it("with fencing switched off the resource is started elsewhere at once", () => {
    const schedule = decide(clusterOf({ ...parts, options: UNFENCED }));
    expect(fencingOf(schedule.cluster)).toEqual([]);
    expect(schedule.graph.synapses.map((synapse) => synapse.action.operationKey)).toContain("a_start_0");
  });

  it("without any fence device nothing is touched", () => {
    const schedule = decide(clusterOf({ ...parts, resources: dummy("a") }));
    expect(schedule.graph.synapses.map((synapse) => synapse.action.operation)).not.toContain("start");
  });
});
