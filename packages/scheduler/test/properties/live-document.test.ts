import { diffCib, upgradeCib } from "@quorate/cib";
import { canonicalXml, type XmlElement } from "@quorate/xml";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { detachGraph, LiveDocument, type Schedule, StaleRun, schedule } from "../../src/index.ts";
import { graphXml } from "../../src/render/graph-xml.ts";
import { mutate } from "../fuzz/mutate.ts";
import { parseCib } from "../generate/decided.ts";
import { ALL_FEATURES } from "../generate/facts.ts";
import { GENERATED_NOW_S, generateCib } from "../generate/generate-cib.ts";
import { Random } from "../generate/random.ts";

const RUNS = { numRuns: 40, seed: Number(process.env.QUORATE_SEED ?? 1) };
const STEPS = 6;

/** Everything that a run finds out, as text. */
function resultOf({ cluster, graph, summary }: Schedule): string[] {
  return [
    graphXml(graph),
    JSON.stringify(summary),
    JSON.stringify(cluster.scoreLines),
    JSON.stringify(cluster.explanations),
    JSON.stringify(cluster.diagnostics.map(({ code, elementId }) => [code, elementId])),
    String(cluster.recheckAtS),
  ];
}

/** What an administrator, a node or nonsense might change. */
function change(cib: XmlElement, random: Random): void {
  switch (random.integer(0, 3)) {
    case 0:
      mutate(cib, random, 3);
      return;
    case 1:
      forOne(cib, "lrm_rsc_op", random, (entry) => {
        entry.set("rc-code", String(random.pick([0, 1, 5, 7, 8])));
        entry.set("last-rc-change", String(GENERATED_NOW_S - random.integer(0, 3000)));
      });
      return;
    case 2:
      forOne(cib, "node_state", random, (state) => state.set("in_ccm", random.pick(["true", "false"])));
      return;
    default:
      forOne(cib, "nvpair", random, (pair) => pair.set("value", random.pick(["1", "true", "INFINITY"])));
  }
}

function forOne(cib: XmlElement, name: string, random: Random, act: (element: XmlElement) => void): void {
  const elements = [...cib.descendants(name)];
  if (elements.length > 0) act(random.pick(elements));
}

/** Every step of a document has a version of its own. */
function setVersion(cib: XmlElement, step: number): void {
  for (const name of ["admin_epoch", "epoch"]) cib.set(name, "1");
  cib.set("num_updates", String(step));
}

function upgradedCopy(cib: XmlElement): XmlElement {
  const outcome = upgradeCib(cib);
  return outcome.kind === "upgraded" ? outcome.document : cib;
}

describe("a live document", () => {
  it("is scheduled after each of any changes as a document on its own is", { timeout: 120_000 }, () => {
    let applied = 0;
    let tried = 0;
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1_000_000 }),
        fc.subarray([...ALL_FEATURES]),
        (seed, features) => {
          const random = new Random(seed);
          let cib = parseCib(generateCib({ seed, features }));
          const isOld = random.chance(30);
          if (!isOld) cib.set("validate-with", "pacemaker-4.0");
          setVersion(cib, 0);
          let live = new LiveDocument(cib.clone());
          for (let step = 1; step <= STEPS; step++) {
            const nowS = GENERATED_NOW_S + step * random.integer(0, 600);
            expect(resultOf(live.schedule({ nowS }))).toEqual(
              resultOf(schedule(upgradedCopy(cib), { nowS })),
            );
            expect(canonicalXml(live.cib)).toBe(canonicalXml(cib));
            const next = cib.clone();
            change(next, random);
            setVersion(next, step);
            tried++;
            if (live.apply(diffCib(cib, next))) {
              applied++;
              expect(canonicalXml(live.cib)).toBe(canonicalXml(next));
            }
            // Ids with quotes make paths that say two things.
            else live = new LiveDocument(next.clone());
            cib = next;
          }
        },
      ),
      RUNS,
    );
    expect(applied).toBeGreaterThan(tried * 0.8);
  });

  it("means with an old schema what it meant then, and keeps it", () => {
    const cib =
      parseCib(`<cib validate-with="pacemaker-3.10" admin_epoch="0" epoch="1" num_updates="0" have-quorum="1">
      <configuration>
        <crm_config><cluster_property_set id="o"><nvpair id="o-s" name="stonith-enabled" value="false"/></cluster_property_set></crm_config>
        <nodes><node id="1" uname="n1"/><node id="2" uname="n2"/></nodes>
        <resources><primitive id="r" class="ocf" provider="pacemaker" type="Dummy"/></resources>
        <constraints><rsc_location id="l" rsc="r">
          <rule id="l-1" score="-INFINITY"><expression id="l-1-e" attribute="#uname" operation="eq" value="n1"/></rule>
          <rule id="l-2" score="-INFINITY"><expression id="l-2-e" attribute="#uname" operation="eq" value="n2"/></rule>
        </rsc_location></constraints>
      </configuration>
      <status>${["1", "2"].map((id) => `<node_state id="${id}" uname="n${id}" in_ccm="true" crmd="online" join="member" expected="member"/>`).join("")}</status>
    </cib>`);
    const startsOf = ({ graph }: Schedule) =>
      graph.synapses.filter(({ action }) => action.operation === "start");
    const live = new LiveDocument(cib.clone());
    expect(startsOf(live.schedule({ nowS: GENERATED_NOW_S }))).toEqual([]);
    expect(canonicalXml(live.cib)).toBe(canonicalXml(cib));
    cib.set("validate-with", "pacemaker-4.0");
    expect(startsOf(new LiveDocument(cib).schedule({ nowS: GENERATED_NOW_S }))).toHaveLength(1);
  });

  it("stays as it is when a patchset does not fit", () => {
    const cib = parseCib(generateCib({ seed: 1, features: [] }));
    const next = cib.clone();
    next.set("num_updates", "5");
    const patchset = diffCib(cib, next);
    const live = new LiveDocument(cib);
    expect(live.apply(patchset)).toBe(true);
    expect(live.apply(patchset)).toBe(false);
    expect(live.cib.get("num_updates")).toBe("5");
  });
});

describe("a graph", () => {
  it("that is detached says the same, also when the document, and other runs on it, have gone on", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1_000_000 }),
        fc.subarray([...ALL_FEATURES]),
        (seed, features) => {
          const random = new Random(seed);
          const cib = parseCib(generateCib({ seed, features }));
          // Of another run: what has been read of a graph once may be remembered.
          const text = graphXml(schedule(cib.clone(), { nowS: GENERATED_NOW_S }).graph);
          const kept = detachGraph(schedule(cib, { nowS: GENERATED_NOW_S }).graph);
          const copy = structuredClone(kept);
          for (const name of ["nvpair", "op", "primitive", "node_state"])
            for (const element of [...cib.descendants(name)])
              element.set("value", String(random.integer(0, 9)));
          mutate(cib, random, 10);
          graphXml(schedule(cib, { nowS: GENERATED_NOW_S }).graph);
          expect(graphXml(kept)).toBe(text);
          expect(graphXml(copy)).toBe(text);
        },
      ),
      RUNS,
    );
  });

  it("is read as often as one likes, in any order", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1_000_000 }),
        fc.subarray([...ALL_FEATURES]),
        (seed, features) => {
          const { graph } = schedule(parseCib(generateCib({ seed, features })), { nowS: GENERATED_NOW_S });
          const backwards = detachGraph({ ...graph, synapses: graph.synapses.toReversed() });
          expect(graphXml({ ...backwards, synapses: backwards.synapses.toReversed() })).toBe(graphXml(graph));
          expect(graphXml(graph)).toBe(graphXml(graph));
        },
      ),
      RUNS,
    );
  });

  it("is the same whether scores are written down or not", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1_000_000 }),
        fc.subarray([...ALL_FEATURES]),
        (seed, features) => {
          const cib = parseCib(generateCib({ seed, features }));
          const all = schedule(cib, { nowS: GENERATED_NOW_S });
          const few = schedule(cib, { nowS: GENERATED_NOW_S, leavesOutScores: true });
          expect(few.cluster.scoreLines).toEqual(
            all.cluster.scoreLines.filter(({ kind }) => kind !== "assignment"),
          );
          const decided = ({ cluster, graph, summary }: Schedule) =>
            resultOf({ cluster: { ...cluster, scoreLines: [] }, graph, summary });
          expect(decided(few)).toEqual(decided(all));
        },
      ),
      RUNS,
    );
  });
});

describe("a stale run", () => {
  it("ends at whatever checkpoint it is told to", () => {
    const cib = parseCib(generateCib({ seed: 3, features: [] }));
    let checkpointCount = 0;
    schedule(cib, { nowS: GENERATED_NOW_S, isStale: () => ++checkpointCount < 0 });
    expect(checkpointCount).toBeGreaterThan(20);
    for (const last of [1, 2, checkpointCount >> 1, checkpointCount]) {
      let count = 0;
      const run = () => schedule(cib, { nowS: GENERATED_NOW_S, isStale: () => ++count >= last });
      expect(run).toThrow(StaleRun);
      expect(count).toBe(last);
    }
  });
});
