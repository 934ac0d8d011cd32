import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { graphXml, schedule } from "../../src/index.ts";
import { AllowedNodes } from "../../src/model/allowed-nodes.ts";
import { parseCib } from "../generate/decided.ts";
import { Random } from "../generate/random.ts";

const NOW_S = 1_767_225_600;
const RUNS = { numRuns: 100, seed: Number(process.env.QUORATE_SEED ?? 1) };
const SCORES = ["INFINITY", "INFINITY", "INFINITY", "-INFINITY", "500", "1", "-300", "900000", "-900000"];

function primitive(id: string): string {
  return `<primitive id="${id}" class="ocf" provider="pacemaker" type="Dummy"/>`;
}

function cib(nodeCount: number, resources: string, constraints: string): string {
  const nodes = Array.from({ length: nodeCount }, (_, index) => index + 1);
  return `<cib validate-with="pacemaker-4.0" admin_epoch="0" epoch="1" num_updates="0" have-quorum="1"><configuration>
    <crm_config><cluster_property_set id="o"><nvpair id="o-s" name="stonith-enabled" value="false"/></cluster_property_set></crm_config>
    <nodes>${nodes.map((node) => `<node id="${node}" uname="n${node}"/>`).join("")}</nodes>
    <resources>${resources}</resources><constraints>${constraints}</constraints></configuration>
    <status>${nodes.map((node) => `<node_state id="${node}" uname="n${node}" in_ccm="true" crmd="online" join="member" expected="member"/>`).join("")}</status></cib>`;
}

/** Primitives, groups and clones in a random order, that follow or avoid what is before or after them. */
function entangled(seed: number): string {
  const random = new Random(seed);
  const ids: string[] = [];
  const resources: string[] = [];
  for (let index = 0; index < 14; index++) {
    const id = `r${index}`;
    ids.push(id);
    const members = Array.from({ length: random.integer(2, 4) }, (_, member) => `${id}m${member}`);
    if (random.chance(25)) {
      resources.push(`<group id="${id}">${members.map(primitive).join("")}</group>`);
      ids.push(...members);
    } else if (random.chance(10)) resources.push(`<clone id="${id}">${primitive(`${id}p`)}</clone>`);
    else resources.push(primitive(id));
  }
  let constraints = "";
  for (let index = 0; index < 18; index++) {
    const dependent = random.integer(0, ids.length - 1);
    // Mostly backwards, so that circles are rare, but happen.
    const primary = random.chance(95) ? random.integer(0, dependent) : random.integer(0, ids.length - 1);
    if (primary === dependent) continue;
    constraints += `<rsc_colocation id="c${index}" rsc="${ids[dependent]}" with-rsc="${ids[primary]}" score="${random.pick(SCORES)}"/>`;
  }
  for (let index = 0; index < 12; index++)
    constraints += `<rsc_location id="l${index}" rsc="${random.pick(ids)}" node="n${random.integer(1, 4)}" score="${random.pick(SCORES)}"/>`;
  return cib(4, random.shuffled(resources).join(""), constraints);
}

function chain(length: number): string {
  const links = Array.from({ length }, (_, index) => index);
  return cib(
    3,
    links.map((link) => primitive(`r${link}`)).join(""),
    links
      .slice(1)
      .map(
        (link) =>
          `<rsc_colocation id="c${link}" rsc="r${link}" with-rsc="r${link - 1}" score="INFINITY"/><rsc_location id="l${link}" rsc="r${link}" node="n${1 + (link % 3)}" score="${link % 7}"/>`,
      )
      .join(""),
  );
}

function group(length: number): string {
  return cib(
    3,
    `<group id="g">${Array.from({ length }, (_, index) => primitive(`r${index}`)).join("")}</group>`,
    "",
  );
}

function decided(text: string, isExplaining: boolean) {
  const { cluster, graph, summary } = schedule(parseCib(text), { nowS: NOW_S, isExplaining });
  return { graph: graphXml(graph), summary, scores: cluster.scoreLines };
}

describe("influences that are summed up", () => {
  it("bring the same as walking through them one by one, which a run that explains does", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), (seed) => {
        const text = entangled(seed);
        expect(decided(text, false)).toEqual(decided(text, true));
      }),
      RUNS,
    );
  });

  it.each([
    ["a chain", chain],
    ["a group", group],
  ])("cost for twice as long %s twice as much", (_, make) => {
    const [small, large] = [200, 400].map((length) => {
      const copies = vi.spyOn(AllowedNodes.prototype, "copy");
      const scores = vi.spyOn(AllowedNodes.prototype, "score");
      schedule(parseCib(make(length)), { nowS: NOW_S, leavesOutScores: true });
      const count = copies.mock.calls.length + scores.mock.calls.length;
      vi.restoreAllMocks();
      return count;
    });
    expect(small).toBeGreaterThan(200);
    expect(large).toBeLessThan(2.2 * (small as number));
  });
});
