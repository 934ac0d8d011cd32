import { describe, expect, it } from "vitest";
import { NodeFlag } from "../../src/model/node.ts";
import {
  type CibParts,
  clusterOf,
  describeNode,
  describeResource,
  dummy,
  type EntryFacts,
  FENCE_DEVICE,
  historyOf,
  memberState,
  nodeElements,
  resourceOf,
} from "./cluster-under-test.ts";

const START: EntryFacts = { op: "start", rc: 0, call: 5 };
const MONITOR_FAILED: EntryFacts = { op: "monitor", interval: 10000, rc: 1, status: 4, call: 6 };

interface HistoryCase {
  readonly name: string;
  readonly entries: readonly EntryFacts[];
  readonly onFail?: string;
  readonly fencing?: boolean;
  readonly r: string;
  readonly n1?: string;
  /** Names of nodes on which `r` is banned. */
  readonly banned?: readonly string[];
}

/** The table of the scheduler specification, part 1, E.2: one resource, history on n1, two online nodes. */
const CASES: readonly HistoryCase[] = [
  { name: "failed monitor", entries: [START, MONITOR_FAILED], r: "on n1 failed" },
  { name: "on-fail=ignore", entries: [START, MONITOR_FAILED], onFail: "ignore", r: "on n1 ignored" },
  { name: "on-fail=block", entries: [START, MONITOR_FAILED], onFail: "block", r: "on n1 failed blocked" },
  {
    name: "on-fail=stop",
    entries: [START, MONITOR_FAILED],
    onFail: "stop",
    r: "on n1 failed",
    banned: ["n1", "n2"],
  },
  {
    name: "on-fail=standby",
    entries: [START, MONITOR_FAILED],
    onFail: "standby",
    r: "on n1 failed",
    n1: "online standby",
  },
  {
    name: "on-fail=fence",
    entries: [START, MONITOR_FAILED],
    onFail: "fence",
    r: "on n1 failed",
    n1: "online unclean",
  },
  {
    name: "on-fail=fence without fencing",
    entries: [START, MONITOR_FAILED],
    onFail: "fence",
    fencing: false,
    r: "on n1 failed",
    banned: ["n1", "n2"],
  },
  {
    name: "failed stop",
    entries: [START, { op: "stop", rc: 1, status: 4, call: 6 }],
    r: "on n1 failed",
    n1: "online unclean",
    banned: ["n1"],
  },
  {
    name: "failed stop without fencing",
    entries: [START, { op: "stop", rc: 1, status: 4, call: 6 }],
    fencing: false,
    r: "on n1 failed blocked",
    banned: ["n1"],
  },
  {
    name: "monitor finds it stopped",
    entries: [START, { op: "monitor", interval: 10000, rc: 7, call: 6 }],
    r: "on n1 failed",
  },
  {
    name: "monitor finds it stopped, then it was stopped",
    entries: [START, { op: "monitor", interval: 10000, rc: 7, call: 6 }, { op: "stop", rc: 0, call: 7 }],
    r: "on none",
  },
  {
    name: "monitor says not installed",
    entries: [START, { op: "monitor", interval: 10000, rc: 5, call: 6 }],
    r: "on n1 failed",
    banned: ["n1"],
  },
  {
    name: "monitor says not configured",
    entries: [START, { op: "monitor", interval: 10000, rc: 6, call: 6 }],
    r: "on n1 failed",
    banned: ["n1", "n2"],
  },
  {
    name: "failed probe",
    entries: [{ op: "monitor", rc: 1, status: 4, call: 1, expected: 7 }],
    r: "on n1 failed",
  },
  {
    name: "masked probe failure",
    entries: [{ op: "monitor", rc: 5, call: 1, expected: 7 }],
    r: "on none",
    banned: ["n1"],
  },
  {
    name: "start of an agent that is not there",
    entries: [{ op: "start", rc: 5, status: 7, call: 1 }],
    r: "on n1 failed",
    banned: ["n1"],
  },
  {
    name: "pending start",
    entries: [{ op: "start", rc: 193, status: -1, call: -1 }],
    r: "on n1",
  },
  { name: "probe finds it active", entries: [{ op: "monitor", rc: 0, call: 1, expected: 7 }], r: "on n1" },
];

function partsOf(test: HistoryCase): CibParts {
  const onFail = test.onFail === undefined ? "" : `on-fail="${test.onFail}"`;
  return {
    options: { "fencing-enabled": String(test.fencing ?? true) },
    nodes: nodeElements("n1", "n2"),
    resources: `${FENCE_DEVICE}${dummy(
      "r",
      `<operations><op id="m" name="monitor" interval="10s" ${onFail}/></operations>`,
    )}`,
    status: memberState("1", "n1", historyOf("r", ...test.entries)) + memberState("2", "n2"),
  };
}

describe("history of one resource on one node", () => {
  for (const test of CASES) {
    it(test.name, () => {
      const cluster = clusterOf(partsOf(test));
      expect(describeResource(cluster, "r")).toBe(test.r);
      expect(describeNode(cluster, "n1")).toBe(test.n1 ?? "online");
      const allowed = resourceOf(cluster, "r").allowedNodes;
      const banned = cluster.nodes.filter((node) => allowed.score(node) <= -1_000_000);
      expect(banned.map((node) => node.name)).toEqual(test.banned ?? []);
    });
  }
});

const MIGRATE_TO = `migrate_source="n1" migrate_target="n2" on_node="n1"`;
const MIGRATE_FROM = `migrate_source="n1" migrate_target="n2" on_node="n2"`;

interface MigrationCase {
  readonly name: string;
  readonly to: EntryFacts;
  readonly n2: readonly EntryFacts[];
  readonly r: string;
}

const TO_OK: EntryFacts = { op: "migrate_to", rc: 0, call: 6, extra: MIGRATE_TO };
const PROBE_STOPPED: EntryFacts = { op: "monitor", rc: 7, call: 1, expected: 7, extra: `on_node="n2"` };

/** The table of E.3. */
const MIGRATIONS: readonly MigrationCase[] = [
  {
    name: "complete: only the stop on the source is missing",
    to: TO_OK,
    n2: [{ op: "migrate_from", rc: 0, call: 2, extra: MIGRATE_FROM }],
    r: "on n2",
  },
  { name: "nothing known of the target", to: TO_OK, n2: [], r: "on n1" },
  {
    name: "target probed before: partial",
    to: TO_OK,
    n2: [{ ...PROBE_STOPPED, changed: 900 }],
    r: "on n1 [n2 n1]",
  },
  {
    name: "target probed after: failed",
    to: TO_OK,
    n2: [{ ...PROBE_STOPPED, changed: 1100 }],
    r: "on n1 failed",
  },
  {
    name: "two probes: the look-up is ambiguous",
    to: TO_OK,
    n2: [
      { ...PROBE_STOPPED, changed: 1100 },
      { ...PROBE_STOPPED, call: 2, changed: 1200 },
    ],
    r: "on n1 [n2 n1]",
  },
  {
    name: "migrate_from failed",
    to: TO_OK,
    n2: [{ op: "migrate_from", rc: 1, status: 4, call: 2, extra: MIGRATE_FROM }],
    r: "on n2 [n2 n1] failed",
  },
  {
    name: "migrate_to failed, target probed before",
    to: { ...TO_OK, rc: 1, status: 4 },
    n2: [{ ...PROBE_STOPPED, changed: 900 }],
    r: "on n2 [n2 n1] failed",
  },
  {
    name: "migrate_to failed, target probed after",
    to: { ...TO_OK, rc: 1, status: 4 },
    n2: [{ ...PROBE_STOPPED, changed: 1100 }],
    r: "on n1 failed",
  },
];

describe("migration from n1 to n2", () => {
  for (const test of MIGRATIONS) {
    it(test.name, () => {
      const meta = `<meta_attributes id="ma"><nvpair id="am" name="allow-migrate" value="true"/></meta_attributes>`;
      const start = { ...START, extra: `on_node="n1"` };
      const onSecond = test.n2.length === 0 ? "" : historyOf("r", ...test.n2);
      const cluster = clusterOf({
        nodes: nodeElements("n1", "n2"),
        resources: FENCE_DEVICE + dummy("r", meta),
        status: memberState("1", "n1", historyOf("r", start, test.to)) + memberState("2", "n2", onSecond),
      });
      expect(describeResource(cluster, "r")).toBe(test.r);
    });
  }
});

describe("removed resources", () => {
  it("are made from history, banned everywhere and listed last", () => {
    const cluster = clusterOf({
      nodes: nodeElements("n1"),
      resources: FENCE_DEVICE,
      status: memberState("1", "n1", historyOf("gone", START)),
    });
    expect(cluster.resources.map((resource) => resource.id)).toEqual(["fence", "gone"]);
    expect(describeResource(cluster, "gone")).toBe("on n1");
    const allowed = resourceOf(cluster, "gone").allowedNodes;
    expect(cluster.nodes.map((node) => allowed.score(node))).toEqual([-1_000_000]);
  });
});

describe("anonymous clones", () => {
  it("give the lowest instance to the node that is read first", () => {
    const cluster = clusterOf({
      nodes: nodeElements("n1", "n2", "n3"),
      resources: `${FENCE_DEVICE}<clone id="c">${dummy("r")}</clone>`,
      status: ["3", "1", "2"].map((id) => memberState(id, `n${id}`, historyOf("r", START))).join(""),
    });
    expect(["r:0", "r:1", "r:2"].map((id) => describeResource(cluster, id))).toEqual([
      "on n3",
      "on n1",
      "on n2",
    ]);
  });
});

describe("what cannot be known", () => {
  it("with fencing disabled, the history of an offline node is never read", () => {
    const cluster = clusterOf({
      options: { "fencing-enabled": "false" },
      nodes: nodeElements("n1"),
      resources: dummy("r"),
      status: `<node_state id="1" uname="n1" in_ccm="false" crmd="offline" join="down" expected="down">
        <lrm id="1"><lrm_resources>${historyOf("r", START)}</lrm_resources></lrm></node_state>`,
    });
    expect(describeResource(cluster, "r")).toBe("on none");
    const node = cluster.lookup.nodeByName("n1");
    expect((node?.flags ?? 0) & NodeFlag.HistoryRead).toBe(0);
  });
});
