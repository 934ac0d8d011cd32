import type { FenceOutcome, FencingAction, NodeId } from "@quorate/ports";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AgentScript } from "./fake-agents.ts";
import { type FencerNode, Fencers, FULL_ACTIONS, primitive } from "./fencers.ts";

const NODE_COUNT = 4;

type Step =
  | { readonly kind: "ask"; readonly by: NodeId; readonly target: NodeId; readonly action: "off" | "reboot" }
  | { readonly kind: "crash" | "start"; readonly node: NodeId }
  | { readonly kind: "partition"; readonly parts: readonly number[] }
  | { readonly kind: "heal" }
  | {
      readonly kind: "agent";
      readonly agent: "fence_a" | "fence_b";
      readonly mood: Mood;
      readonly durationMs: number;
    }
  | { readonly kind: "wait"; readonly ms: number };

type Mood = "works" | "fails" | "hangs";

const node = fc.integer({ min: 1, max: NODE_COUNT });
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant("ask" as const),
        by: node,
        target: node,
        action: fc.constantFrom("off" as const, "reboot" as const),
      }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom("crash" as const, "start" as const), node }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("partition" as const),
        parts: fc.array(fc.nat({ max: 1 }), { minLength: NODE_COUNT, maxLength: NODE_COUNT }),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ kind: "heal" as const }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("agent" as const),
        agent: fc.constantFrom("fence_a" as const, "fence_b" as const),
        mood: fc.constantFrom<Mood>("works", "works", "fails", "hangs"),
        durationMs: fc.constantFrom(50, 2000, 15_000),
      }),
    },
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant("wait" as const),
        ms: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 20_000 })),
      }),
    },
  ),
  { minLength: 5, maxLength: 40 },
);

interface Asked {
  readonly target: string;
  readonly action: FencingAction;
  readonly atMs: number;
  /** The last life of the target that the asking node had seen; a process id, which grows with each life. */
  readonly lifeSeen: number;
  outcome: FenceOutcome | null;
  answeredMs: number;
}

/** Machines that fence agents really switch off: what happened to them is the truth against which answers are held. */
class World {
  readonly fencers: Fencers;
  readonly asked: Asked[] = [];
  /** When an agent has switched a machine off, with exit code 0. */
  readonly cuts: {
    readonly agent: string;
    readonly target: string;
    readonly atMs: number;
    readonly life: number;
  }[] = [];
  readonly #alive = new Map<NodeId, FencerNode>();
  readonly #moods = new Map<string, Mood>();

  constructor(topology: string) {
    const hosts = { pcmk_host_list: "n1 n2 n3 n4" };
    this.fencers = new Fencers(NODE_COUNT, {
      fence_a: this.#script("fence_a", 50),
      fence_b: this.#script("fence_b", 50),
    });
    this.fencers.configure(
      `<resources>${primitive("a", "fence_a", hosts)}${primitive("b", "fence_b", hosts)}</resources>${topology}`,
    );
    for (let id = 1; id <= NODE_COUNT; id++) this.start(id);
  }

  play(step: Step): void {
    const { hub } = this.fencers.cluster;
    switch (step.kind) {
      case "ask":
        this.ask(step.by, `n${step.target}`, step.action);
        return;
      case "crash":
        this.crash(step.node);
        return;
      case "start":
        this.start(step.node);
        return;
      case "partition": {
        const part = (wanted: number): NodeId[] =>
          step.parts.flatMap((own, index) => (own === wanted ? [index + 1] : []));
        hub.partition([part(0), part(1)]);
        return;
      }
      case "heal":
        hub.heal();
        return;
      case "agent":
        this.#moods.set(step.agent, step.mood);
        this.fencers.script(step.agent, this.#script(step.agent, step.durationMs));
        return;
      case "wait":
        this.fencers.advance(step.ms);
        return;
    }
  }

  ask(by: NodeId, target: string, action: FencingAction): Asked | null {
    const asking = this.#alive.get(by);
    if (asking === undefined) return null;
    const { clock } = this.fencers.cluster;
    const asked: Asked = {
      target,
      action,
      atMs: clock.monotonicMs(),
      lifeSeen: asking.livesSeen.get(target) ?? 0,
      outcome: null,
      answeredMs: 0,
    };
    this.asked.push(asked);
    asking.fencer.fence(
      {
        target,
        action,
        timeoutS: 20,
        delayS: 0,
        toleranceS: 0,
        client: `c.${asking.name}`,
        allowsSelf: false,
      },
      (outcome) => {
        expect(asked.outcome, "answered twice").toBeNull();
        asked.outcome = outcome;
        asked.answeredMs = clock.monotonicMs();
      },
    );
    return asked;
  }

  crash(nodeId: NodeId): void {
    this.#alive.delete(nodeId);
    this.fencers.cluster.hub.killNode(nodeId);
  }

  start(nodeId: NodeId): void {
    if (this.#alive.has(nodeId)) return;
    const { hub, clock } = this.fencers.cluster;
    hub.startNode(nodeId);
    clock.advance(500);
    // An agent that was still at it may have switched it off again.
    if (hub.status()[nodeId - 1]!.state !== "running") return;
    const started = this.fencers.start(nodeId);
    if (hub.status()[nodeId - 1]!.state === "running") this.#alive.set(nodeId, started);
  }

  alive(): FencerNode[] {
    return [...this.#alive.values()];
  }

  /** An agent works at the end of its run, if the machine that runs it is still up then. */
  #script(agent: string, durationMs: number): AgentScript {
    return {
      actions: FULL_ACTIONS,
      durationMs,
      run: (parameters, _, node) => {
        const action = parameters.get("action");
        const mood = this.#moods.get(agent) ?? "works";
        if (action === "status") {
          const asked = Number((parameters.get("nodename") ?? "").slice(1));
          return this.#alive.has(asked) ? 0 : 2;
        }
        if (action !== "off" && action !== "reboot") return 0;
        if (mood === "hangs") return "hang";
        if (mood === "fails") return 1;
        const target = parameters.get("nodename") ?? "";
        const { clock } = this.fencers.cluster;
        const runner = this.#alive.get(Number(node.slice(1)));
        clock.setTimer(durationMs, () => {
          if (durationMs > 20_000 || this.#alive.get(Number(node.slice(1))) !== runner) return;
          const life = Math.max(
            0,
            ...this.fencers.nodes.map((one) => (one.name === target ? one.life() : 0)),
          );
          this.cuts.push({ agent, target, atMs: clock.monotonicMs(), life });
          this.crash(Number(target.slice(1)));
        });
        return 0;
      },
    };
  }
}

/** A success means that the machine was off after the wish was made, or that its life that was known then was ended. */
function checkTruth(world: World, agentsNeeded: readonly (readonly string[])[]): void {
  for (const asked of world.asked) {
    if (!asked.outcome?.isSuccess) continue;
    const isCut = (agent: string): boolean =>
      world.cuts.some(
        (cut) =>
          cut.agent === agent &&
          cut.target === asked.target &&
          cut.atMs <= asked.answeredMs &&
          (cut.atMs >= asked.atMs || cut.life >= asked.lifeSeen),
      );
    const isTrue = agentsNeeded.some((agents) => agents.every(isCut));
    expect(isTrue, `${asked.action} of ${asked.target} was reported and did not happen`).toBe(true);
  }
}

describe("fencing while everything breaks", () => {
  const level = (index: number, devices: string): string =>
    `<fencing-level id="l${index}" target-pattern="." index="${index}" devices="${devices}"/>`;

  test.each([
    ["without topology", "", [["fence_a"], ["fence_b"]]],
    [
      "two devices in one level",
      `<fencing-topology>${level(1, "a,b")}</fencing-topology>`,
      [["fence_a", "fence_b"]],
    ],
    [
      "two levels",
      `<fencing-topology>${level(1, "a")}${level(2, "b")}</fencing-topology>`,
      [["fence_a"], ["fence_b"]],
    ],
  ])(
    "%s: no success without a machine that is off, one answer for each request, one history",
    (_, topology, agentsNeeded) => {
      fc.assert(
        fc.property(steps, (plan) => {
          const world = new World(topology);
          for (const step of plan) world.play(step);
          checkTruth(world, agentsNeeded);

          world.play({ kind: "heal" });
          for (const agent of ["fence_a", "fence_b"] as const)
            world.play({ kind: "agent", agent, mood: "works", durationMs: 50 });
          world.fencers.advance(300_000);
          for (let id = 1; id <= NODE_COUNT; id++) world.start(id);
          world.fencers.advance(10_000);
          for (const asked of world.asked) expect(asked.outcome, "never answered").not.toBeNull();

          const histories = world.alive().map((one) =>
            one.fencer
              .history()
              .map((record) => `${record.id} ${record.state}`)
              .sort(),
          );
          for (const history of histories) expect(history).toEqual(histories[0]);
          expect(histories[0]!.some((line) => line.endsWith("pending"))).toBe(false);

          const last = world.ask(1, "n2", "reboot");
          world.fencers.advance(10_000);
          expect(last?.outcome).toMatchObject({ isSuccess: true });
          checkTruth(world, agentsNeeded);
        }),
        { numRuns: Number(process.env.QUORATE_CHAOS_RUNS ?? 60) },
      );
    },
    120_000,
  );
});
