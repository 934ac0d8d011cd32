import { parseXml } from "@quorate/xml";
import { describe, expect, it } from "vitest";
import { describeExplanation } from "../../src/explain/describe-explanation.ts";
import { explainResource } from "../../src/explain/explain-resource.ts";
import { schedule } from "../../src/schedule.ts";
import {
  type CibParts,
  cibText,
  dummy,
  FENCE_DEVICE,
  historyOf,
  memberState,
  NOW_S,
  nodeElements,
} from "../model/cluster-under-test.ts";

function explain(parts: CibParts, id: string): string {
  const parsed = parseXml(cibText(parts));
  if (!parsed.ok) throw new Error(parsed.error.message);
  const decided = schedule(parsed.root, { nowS: NOW_S, isExplaining: true });
  const explanations = explainResource(decided, id) ?? [];
  return explanations.map(describeExplanation).join("\n");
}

/** With the digest of an empty parameter list, so that the result counts as up to date. */
const ONE_STARTED = historyOf("a", {
  op: "start",
  rc: 0,
  call: 3,
  extra: `on_node="n1" op-digest="f2317cad3d54cec5d7d7aa7d0bf35cf8"`,
});
const TWO_NODES: CibParts = {
  options: { "fencing-enabled": "false" },
  nodes: nodeElements("n1", "n2"),
  status: memberState("1", "n1") + memberState("2", "n2"),
};

describe("an explanation", () => {
  it("adds stickiness and locations up, and says by how much another node is worse", () => {
    const meta = `<meta_attributes id="m"><nvpair id="s" name="resource-stickiness" value="50"/></meta_attributes>`;
    const parts = {
      ...TWO_NODES,
      resources: dummy("a", meta),
      constraints: `<rsc_location id="likes-n2" rsc="a" node="n2" score="20"/>`,
      status: memberState("1", "n1", ONE_STARTED) + memberState("2", "n2"),
    };
    expect(explain(parts, "a")).toBe(`a (ocf:pacemaker:Dummy) is Started on n1 and stays there.
  n1 was chosen for its score of 50, the best.
  Nodes:
    * n1: 50, chosen
        0 -> 50: resource-stickiness: it is active there
    * n2: 20, less than the chosen node by 30
        0 -> 20: location constraint "likes-n2"
        To run there, its score has to rise by more than 30.
  Actions:
    * monitor on n2
`);
  });

  it("names the constraint that bans a node, and what would lift the ban", () => {
    const parts = {
      ...TWO_NODES,
      resources: dummy("a") + dummy("b"),
      constraints: `<rsc_location id="never-n1" rsc="a" node="n1" score="-INFINITY"/>
        <rsc_colocation id="b-with-a" rsc="b" with-rsc="a" score="INFINITY"/>`,
    };
    const text = explain(parts, "b");
    expect(text).toContain(`b (ocf:pacemaker:Dummy) is not active and will be Started on n2.`);
    expect(text).toContain(`0 -> -INFINITY: colocation constraint "b-with-a" with a, which runs on n2`);
    expect(text).toContain(`To run there, a has to run on n1, or constraint "b-with-a" has to change.`);
    expect(explain(parts, "a")).toContain(
      `To run there, constraint "never-n1" has to be changed or removed.`,
    );
  });

  it("tells the wishes of dependents with their weights", () => {
    const parts = {
      ...TWO_NODES,
      resources: dummy("a") + dummy("b"),
      constraints: `<rsc_location id="b-likes-n2" rsc="b" node="n2" score="100"/>
        <rsc_colocation id="b-with-a" rsc="b" with-rsc="a" score="500000"/>`,
    };
    expect(explain(parts, "a")).toContain(
      `0 -> 50: b depends on it (colocation constraint "b-with-a") and has 100 there, which counts by 0.5`,
    );
  });

  it("says why an action cannot be done", () => {
    const parts = { ...TWO_NODES, attributes: `have-quorum="0"`, resources: dummy("a") };
    const text = explain(parts, "a");
    expect(text).toContain("This partition has no quorum.");
    expect(text).toContain("* start on n1 cannot be done, because of: no quorum");
  });

  it("says what decided between equally good nodes", () => {
    const text = explain({ ...TWO_NODES, resources: dummy("a") + dummy("b") }, "b");
    expect(text).toContain("as good, but more was assigned to it already (1, the chosen node 0)");
  });

  it("says what an unavailable node lacks, and that a disabled resource is disabled", () => {
    const standby = `<transient_attributes id="2"><instance_attributes id="i">
      <nvpair id="sb" name="standby" value="on"/></instance_attributes></transient_attributes>`;
    const parts = {
      ...TWO_NODES,
      resources: dummy(
        "a",
        `<meta_attributes id="m"><nvpair id="t" name="target-role" value="Stopped"/></meta_attributes>`,
      ),
      status:
        memberState("1", "n1") + memberState("2", "n2").replace("</node_state>", `${standby}</node_state>`),
    };
    const text = explain(parts, "a");
    expect(text).toContain("It is disabled: target-role is Stopped.");
    expect(text).toContain("To run there, n2 has to leave standby: crm_standby --node n2 --delete.");
    expect(text).toContain(
      "crm_resource --resource a --meta --set-parameter target-role --parameter-value Started",
    );
  });

  it("says that nothing is managed without a fence device", () => {
    const parts = { ...TWO_NODES, options: {}, resources: dummy("a") };
    expect(explain(parts, "a")).toContain("Fencing is enabled, but there is no fence device");
    expect(explain({ ...parts, resources: FENCE_DEVICE + dummy("a") }, "a")).not.toContain("no fence device");
  });

  it("explains every instance of a clone, and knows no resource that is not there", () => {
    const parts = { ...TWO_NODES, resources: `<clone id="c">${dummy("a")}</clone>` };
    expect(explain(parts, "c").match(/^a:\d /gm)).toEqual(["a:0 ", "a:1 "]);
    expect(explain(parts, "a").match(/^a:\d /gm)).toEqual(["a:0 ", "a:1 "]);
    expect(explain(parts, "zzz")).toBe("");
  });
});
