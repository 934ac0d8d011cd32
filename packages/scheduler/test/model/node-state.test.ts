import { describe, expect, it } from "vitest";
import { describeReason } from "../../src/model/reason.ts";
import { clusterOf, describeNode, FENCE_DEVICE, nodeElements } from "./cluster-under-test.ts";

interface StateCase {
  /** in_ccm, crmd, join, expected; `-`: absent. */
  readonly state: readonly [string, string, string, string];
  readonly attribute?: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly node: string;
  readonly reason?: string;
}

/** The table of the scheduler specification, part 1, E.1. */
const FENCED: readonly StateCase[] = [
  { state: ["true", "online", "member", "member"], node: "online" },
  {
    state: ["-", "online", "member", "member"],
    node: "offline unclean",
    reason: "peer has not been seen by the cluster",
  },
  {
    state: ["junk", "online", "member", "member"],
    node: "offline unclean",
    reason: "peer has not been seen by the cluster",
  },
  {
    state: ["false", "offline", "down", "member"],
    node: "offline unclean",
    reason: "peer is no longer part of the cluster",
  },
  {
    state: ["true", "offline", "down", "member"],
    node: "online unclean",
    reason: "peer process is no longer available",
  },
  {
    state: ["true", "junk", "member", "member"],
    node: "online unclean",
    reason: "peer process is no longer available",
  },
  { state: ["true", "offline", "down", "down"], node: "online pending standby" },
  { state: ["1690000000", "0", "down", "down"], node: "online pending standby" },
  {
    state: ["1690000000", "0", "down", "down"],
    options: { "node-pending-timeout": "2h" },
    node: "online unclean",
    reason: "peer pending timed out on joining the process group",
  },
  { state: ["true", "online", "pending", "member"], node: "online pending standby" },
  { state: ["true", "online", "member", "-"], node: "online pending standby" },
  {
    state: ["true", "online", "banned", "member"],
    node: "online unclean",
    reason: "peer failed Pacemaker membership criteria",
  },
  {
    state: ["true", "online", "weird", "member"],
    node: "online unclean",
    reason: "peer was in an unknown state",
  },
  {
    state: ["true", "online", "member", "member"],
    attribute: "terminate=true",
    node: "online unclean",
    reason: "fencing was requested",
  },
  { state: ["false", "offline", "down", "down"], attribute: "terminate=true", node: "offline" },
  {
    state: ["true", "online", "member", "member"],
    attribute: "shutdown=1700000000",
    node: "online shutdown",
  },
  { state: ["false", "offline", "down", "member"], attribute: "shutdown=1", node: "offline shutdown" },
  { state: ["0", "0", "down", "down"], node: "offline" },
];

const UNFENCED: readonly StateCase[] = [
  { state: ["true", "online", "member", "member"], node: "online" },
  { state: ["-", "online", "member", "member"], node: "offline" },
  { state: ["false", "offline", "down", "member"], node: "offline" },
  {
    state: ["true", "offline", "down", "member"],
    node: "offline unclean",
    reason: "peer is unexpectedly down",
  },
  {
    state: ["true", "junk", "member", "member"],
    node: "offline unclean",
    reason: "peer is unexpectedly down",
  },
  { state: ["true", "offline", "down", "down"], node: "offline" },
  { state: ["true", "online", "member", "-"], node: "online" },
  { state: ["true", "online", "member", "member"], attribute: "terminate=true", node: "online" },
  { state: ["1690000000", "1690000000", "member", "member"], node: "online" },
  { state: ["true", "online", "pending", "member"], node: "offline" },
];

function judge(test: StateCase, isFenced: boolean): { readonly node: string; readonly reason?: string } {
  const names = ["in_ccm", "crmd", "join", "expected"];
  const attributes = names
    .map((name, index) => (test.state[index] === "-" ? "" : `${name}="${test.state[index]}"`))
    .join(" ");
  const [name, value] = test.attribute?.split("=") ?? [];
  const transient =
    name === undefined
      ? ""
      : `<transient_attributes id="1"><instance_attributes id="s"><nvpair id="p" name="${name}" value="${value}"/>
         </instance_attributes></transient_attributes>`;
  const cluster = clusterOf({
    options: { "fencing-enabled": String(isFenced), ...test.options },
    nodes: nodeElements("n1"),
    resources: FENCE_DEVICE,
    status: `<node_state id="1" uname="n1" ${attributes}>${transient}</node_state>`,
  });
  const fencing = cluster.actions.find((action) => action.task === "stonith");
  const reason = fencing?.reason == null ? undefined : describeReason(fencing.reason);
  return { node: describeNode(cluster, "n1"), ...(reason === undefined ? {} : { reason }) };
}

describe("node state with fencing", () => {
  for (const test of FENCED) {
    it(`${test.state.join(" ")} ${test.attribute ?? ""} ${JSON.stringify(test.options ?? {})}`, () => {
      expect(judge(test, true)).toEqual({
        node: test.node,
        ...(test.reason === undefined ? {} : { reason: test.reason }),
      });
    });
  }

  it("a node without state is unclean, but nobody asked to fence it yet", () => {
    const cluster = clusterOf({ nodes: nodeElements("n1"), resources: FENCE_DEVICE });
    expect(describeNode(cluster, "n1")).toBe("offline unclean");
    expect(cluster.actions).toEqual([]);
  });

  it("a node without state is clean when nodes are not fenced at startup", () => {
    const cluster = clusterOf({ nodes: nodeElements("n1"), options: { "startup-fencing": "false" } });
    expect(describeNode(cluster, "n1")).toBe("offline");
  });
});

describe("node state without fencing", () => {
  for (const test of UNFENCED) {
    it(`${test.state.join(" ")} ${test.attribute ?? ""}`, () => {
      expect(judge(test, false)).toEqual({
        node: test.node,
        ...(test.reason === undefined ? {} : { reason: test.reason }),
      });
    });
  }
});

describe("loss of quorum", () => {
  it("fences the own node only if the policy says so and it once had quorum", () => {
    const state = `<node_state id="1" uname="n1" in_ccm="true" crmd="online" join="member" expected="member"/>`;
    const parts = { nodes: nodeElements("n1"), resources: FENCE_DEVICE, status: state };
    const options = { "no-quorum-policy": "suicide" };
    const lost = clusterOf({ ...parts, options, attributes: `no-quorum-panic="1"` });
    expect(lost.options.noQuorumPolicy).toBe("fence");
    const never = clusterOf({
      ...parts,
      options: { "no-quorum-policy": "fence", "stonith-enabled": "false" },
    });
    expect(never.options.noQuorumPolicy).toBe("stop");
  });
});
