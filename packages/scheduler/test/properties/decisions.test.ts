import { INFINITY } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ActionFlag } from "../../src/model/action.ts";
import { topWithBundle } from "../../src/model/ancestry.ts";
import type { Cluster } from "../../src/model/cluster.ts";
import { nodeAttribute } from "../../src/model/nodes/attributes.ts";
import { hasFlags, type Resource, ResourceFlag } from "../../src/model/resource.ts";
import { Role } from "../../src/model/role.ts";
import { dotGraph } from "../../src/render/dot-graph.ts";
import { graphXml } from "../../src/render/graph-xml.ts";
import { type SimulationResult, simulate } from "../../src/simulation/simulate.ts";
import { TextSimulationReport } from "../../src/simulation/text-simulation-report.ts";
import { decideCib, inputsBehind, parseCib, startsOf } from "../generate/decided.ts";
import { ALL_FEATURES, type Feature } from "../generate/facts.ts";
import { generateCib } from "../generate/generate-cib.ts";
import { Random } from "../generate/random.ts";
import { QUIET_SIMULATION } from "../simulation-requests.ts";

/** Fixed, so that a build fails only for a change; other clusters are searched with QUORATE_SEED=number. */
const RUNS = { numRuns: 150, seed: Number(process.env.QUORATE_SEED ?? 1) };
const seeds = fc.integer({ min: 0, max: 1_000_000 });
const features = fc.subarray([...ALL_FEATURES]);

const CIRCULAR: readonly Feature[] = ["contradictions", "guests", "remotes", "utilization"];
/** With these, some things stay undone, or are tried again each time. */
const UNSETTLED: readonly Feature[] = [...CIRCULAR, "bundles", "failures", "maintenance", "unmanaged"];

function clusterText(seed: number, chosen: readonly Feature[]): string {
  return generateCib({ seed, features: chosen });
}

describe("what holds for every cluster", () => {
  it("the same input gives the same bytes", () => {
    fc.assert(
      fc.property(seeds, features, (seed, chosen) => {
        const [first, second] = [1, 2].map(() => {
          const { cluster, graph } = decideCib(parseCib(clusterText(seed, chosen)));
          return [
            graphXml(graph),
            dotGraph(cluster, { showsAllActions: true, showsIds: false }),
            JSON.stringify(cluster.scoreLines),
          ];
        });
        expect(second).toEqual(first);
      }),
      RUNS,
    );
  });

  it("the order of nodes, of options and of operations in the document decides nothing", () => {
    fc.assert(
      fc.property(seeds, features, (seed, chosen) => {
        const cib = parseCib(clusterText(seed, chosen));
        const shuffled = cib.clone();
        const random = new Random(seed + 1);
        for (const name of ["nodes", "operations", "cluster_property_set"]) {
          for (const parent of [...shuffled.descendants(name)]) {
            for (const child of random.shuffled(parent.elements())) parent.append(child);
          }
        }
        const outcomes = [cib, shuffled].map((document) => {
          const { cluster, graph } = decideCib(document);
          const lines = cluster.scoreLines.map((line) => JSON.stringify(line)).sort();
          const actions = graph.synapses
            .map(({ action }) => `${action.operationKey} ${action.onNode}`)
            .sort();
          return { lines, actions };
        });
        expect(outcomes[1]).toEqual(outcomes[0]);
      }),
      RUNS,
    );
  });

  // Orders that contradict each other wait for ever, as written. So can a start on a node that must first become
  // free of what is probed on a remote node of its own; the reference leaves these circles, too (part 4, 13.3.3).
  it("no action waits for itself, in a cluster without contradictions and nested nodes", () => {
    const simple = features.map((chosen) => chosen.filter((feature) => !CIRCULAR.includes(feature)));
    fc.assert(
      fc.property(seeds, simple, (seed, chosen) => {
        const { graph } = decideCib(parseCib(clusterText(seed, chosen)));
        for (const synapse of graph.synapses) expect(inputsBehind(graph, synapse).has(synapse)).toBe(false);
      }),
      RUNS,
    );
  });

  it("nothing is brought up where it is banned", () => {
    fc.assert(
      fc.property(seeds, features, (seed, chosen) => {
        const decided = decideCib(parseCib(clusterText(seed, chosen)));
        for (const { synapse, resource, node } of startsOf(decided)) {
          if (!hasFlags(resource, ResourceFlag.Managed)) continue;
          const place = decided.cluster.lookup.nodeByName(node);
          expect(place, synapse.action.operationKey).not.toBeNull();
          if (place === null) continue;
          if (resource.parent === null) {
            const bans = resource.locations.filter(
              (location) =>
                location.role === Role.Unknown &&
                location.nodes.some((entry) => entry.node === place && entry.score <= -INFINITY),
            );
            expect(
              bans.map((ban) => ban.id),
              `${synapse.action.operationKey} on ${node}`,
            ).toEqual([]);
          }
          expect(
            resource.allowedNodes.score(place),
            `${synapse.action.operationKey} on ${node}`,
          ).toBeGreaterThanOrEqual(0);
        }
      }),
      RUNS,
    );
  });

  // A colocation in a circle cannot be kept: whoever closes it goes its own way.
  it("a mandatory colocation is kept, or its dependent stays away", () => {
    fc.assert(
      fc.property(seeds, features, (seed, chosen) => {
        const { cluster } = decideCib(parseCib(clusterText(seed, chosen)));
        fc.pre(!hasColocationCircle(cluster));
        for (const {
          id,
          dependent,
          primary,
          score,
          dependentRole,
          primaryRole,
          nodeAttribute: name,
        } of cluster.colocations) {
          if (dependent.primitive === null || primary.primitive === null) continue;
          if (dependentRole !== Role.Unknown || primaryRole !== Role.Unknown) continue;
          if (!hasFlags(dependent, ResourceFlag.Managed) || dependent.assignedNode === null) continue;
          const values = [dependent, primary].map((resource) =>
            resource.assignedNode === null ? null : nodeAttribute(resource.assignedNode, name),
          );
          if (score >= INFINITY)
            expect(values[1], `${id}: ${dependent.id} with ${primary.id}`).toBe(values[0]);
        }
      }),
      RUNS,
    );
  });

  it("what was active on an unclean node is recovered only after its fencing", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const decided = decideCib(parseCib(clusterText(seed, ["fencing", "lostNodes", "failures", "sets"])));
        for (const { synapse, resource, node } of startsOf(decided, ["start", "migrate_from"])) {
          if (!hasFlags(resource, ResourceFlag.NeedsFencing)) continue;
          const places = decided.activeBefore.get(resource.id) ?? [];
          const dangers = places.filter((place) => place !== node && decided.uncleanNodes.has(place));
          const before = inputsBehind(decided.graph, synapse);
          for (const danger of dangers) {
            const isFenced = [...before].some(
              ({ action }) => action.operation === "stonith" && action.onNode === danger,
            );
            expect(isFenced, `${synapse.action.operationKey} on ${node} after fencing of ${danger}`).toBe(
              true,
            );
          }
        }
      }),
      RUNS,
    );
  });

  it("once the transition is carried out, nothing is left to do", () => {
    const settled = features.map((chosen) => chosen.filter((feature) => !UNSETTLED.includes(feature)));
    fc.assert(
      fc.property(seeds, settled, (seed, chosen) => {
        let cib = parseCib(clusterText(seed, chosen));
        const { cluster } = decideCib(cib);
        // Instances that avoid those of another clone change places for ever, in the reference, too.
        fc.pre(!cluster.colocations.some(({ score, dependent }) => score < 0 && dependent.clone !== null));
        for (let round = 1; round <= ROUNDS_MAX; round++) {
          const { isValid, output } = carryOut(cib);
          // What waits for an action that cannot run may never come to its turn.
          fc.pre(isValid);
          cib = output;
        }
        const { cluster: after, graph } = decideCib(cib);
        // A start that is wanted but cannot run restarts what is ordered after its clone again and again.
        fc.pre(
          !after.actions.some(({ flags }) => (flags & (ActionFlag.Optional | ActionFlag.Runnable)) === 0),
        );
        const left = graph.synapses.filter(({ action }) => action.element !== "pseudo_event");
        expect(left.map(({ action }) => `${action.operationKey} on ${action.onNode}`)).toEqual([]);
      }),
      RUNS,
    );
  });
});

/** Whether some resource is, by way of others, colocated with itself; the parts of one resource count as it. */
function hasColocationCircle({ colocations, resourcesByIndex }: Cluster): boolean {
  const follows = new Map<Resource, Set<Resource>>();
  for (const { dependent, primary, isExplicit } of colocations) {
    if (!isExplicit) continue;
    const top = topWithBundle(dependent);
    follows.set(top, (follows.get(top) ?? new Set()).add(topWithBundle(primary)));
  }
  return resourcesByIndex.some((start) => {
    const pending = [...(follows.get(start) ?? [])];
    const seen = new Set(pending);
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      for (const further of follows.get(next) ?? []) {
        if (seen.has(further)) continue;
        seen.add(further);
        pending.push(further);
      }
    }
    return seen.has(start);
  });
}

/** Most need one; fencing and what follows from a probe need another. */
const ROUNDS_MAX = 3;

function carryOut(cib: XmlElement): SimulationResult {
  const nowhere = { out: () => {}, error: () => {} };
  const report = new TextSimulationReport(nowhere, { isQuiet: true, isPlain: true });
  return simulate(cib, QUIET_SIMULATION, report);
}
