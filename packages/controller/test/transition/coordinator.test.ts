import { XmlElement } from "@quorate/xml";
import { expect, test } from "vitest";
import type { SchedulerOutcome } from "../../src/cluster-node.ts";
import { Coordinator } from "../../src/transition/coordinator.ts";

type Dependencies = ConstructorParameters<typeof Coordinator>[0];

/** A coordinator whose scheduler answers when the test says so, and whose timers the test fires. */
function makeCoordinator() {
  const runs: ((outcome: SchedulerOutcome) => void)[] = [];
  const timers = new Set<() => void>();
  const state = { awaitsDaemons: false, runs, fireTimers: () => [...timers].map((fire) => fire()) };
  const clock = {
    wallMs: () => 0,
    monotonicMs: () => 0,
    setTimer: (_: number, task: () => void) => {
      const fire = () => {
        timers.delete(fire);
        task();
      };
      timers.add(fire);
      return { cancel: () => void timers.delete(fire) };
    },
  };
  const deps = {
    context: {
      clock,
      log: () => {},
      queue: { run: (task: () => void) => task() },
      config: { timing: { schedulerTimeoutMs: 1_000_000 } },
    },
    scheduler: { run: (_: unknown, done: (outcome: SchedulerOutcome) => void) => void runs.push(done) },
    options: () => ({ transitionDelayMs: 0, recheckIntervalMs: 0, clusterDelayMs: 60_000 }),
    awaitsDaemons: () => state.awaitsDaemons,
    schedulerInput: () => ({ cib: new XmlElement("cib") }),
    whenSettled: (task: () => void) => task(),
    phaseChanged: () => {},
    fatal: (reason: string) => {
      throw new Error(reason);
    },
  } as unknown as Dependencies;
  return { state, coordinator: new Coordinator(deps) };
}

const STALE: SchedulerOutcome = { ok: false, reason: "nobody waits for it" };

test("a daemon that is awaited since the run began holds the next run back, too", () => {
  const { state, coordinator } = makeCoordinator();
  coordinator.enable("test");
  expect(state.runs).toHaveLength(1);

  state.awaitsDaemons = true;
  coordinator.enable("a machine came into the ring");
  state.runs[0]!(STALE);
  expect(state.runs).toHaveLength(1);

  state.awaitsDaemons = false;
  state.fireTimers();
  expect(state.runs).toHaveLength(2);
});

test("a run that became stale is followed by exactly one with what is known then", () => {
  const { state, coordinator } = makeCoordinator();
  coordinator.enable("test");
  coordinator.enable("a change");
  coordinator.enable("another change");
  expect(state.runs).toHaveLength(1);
  state.runs[0]!(STALE);
  expect(state.runs).toHaveLength(2);
});
