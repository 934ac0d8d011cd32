import { ExecutionStatus, OcfCode, type Operation, type OperationResult } from "@quorate/ports";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OperationQueue } from "../../src/queue/operation-queue.ts";
import { operation } from "../operations.ts";
import { VirtualClock } from "../virtual-clock.ts";
import { type Behaviour, FakeRunner } from "./fake-runner.ts";

function setUp(behave: (operation: Operation, callId: number) => Behaviour = () => ({ ms: 100 })) {
  const clock = new VirtualClock();
  const runner = new FakeRunner(clock, behave);
  const lines: string[] = [];
  const queue = new OperationQueue({
    clock,
    runner,
    log: (level, message) => lines.push(`${level}: ${message}`),
  });
  const results: OperationResult[] = [];
  const execute = (differences: Partial<Operation>): number =>
    queue.execute(operation(differences), (result) => results.push(result));
  return { clock, runner, queue, results, execute, lines };
}

function monitor(intervalMs: number, differences: Partial<Operation> = {}): Partial<Operation> {
  return { action: "monitor", intervalMs, ...differences };
}

describe("one resource", () => {
  it("runs its operations one after the other, in the order given", () => {
    const { clock, runner, results, execute } = setUp();
    execute({ action: "stop" });
    execute({ action: "start" });
    execute(monitor(10_000));
    clock.advance(1000);
    expect(runner.journal).toEqual([
      "begin rsc stop",
      "end rsc stop",
      "begin rsc start",
      "end rsc start",
      "begin rsc monitor",
      "end rsc monitor",
    ]);
    expect(results.map((result) => result.callId)).toEqual([1, 2, 3]);
    expect(results.map((result) => result.queueTimeMs)).toEqual([0, 100, 200]);
    expect(results.map((result) => result.execTimeMs)).toEqual([100, 100, 100]);
  });

  it("never reports from inside execute or cancel", () => {
    const { queue, results, execute, clock } = setUp(() => ({ ms: 0 }));
    execute(monitor(1000));
    expect(results).toEqual([]);
    queue.cancel("rsc", "monitor", 1000);
    expect(results).toEqual([]);
    clock.advance(10);
    expect(results.map((result) => result.status)).toEqual([ExecutionStatus.cancelled]);
  });

  it("lets an operation with a start-delay at the head hold up the whole queue", () => {
    const { clock, runner, results, execute } = setUp();
    execute({ action: "start", startDelayMs: 5000 });
    execute(monitor(0));
    clock.advance(4999);
    expect(runner.journal).toEqual([]);
    clock.advance(1000);
    expect(runner.journal.at(0)).toBe("begin rsc start");
    expect(results.map((result) => [result.operation.action, result.queueTimeMs])).toEqual([
      ["start", 5000],
      ["monitor", 5100],
    ]);
  });

  it("counts what is queued or running, not what waits for its interval", () => {
    const { clock, queue, execute } = setUp();
    execute({ action: "start" });
    execute(monitor(10_000));
    expect(queue.runningCount).toBe(2);
    clock.advance(150);
    expect(queue.runningCount).toBe(1);
    clock.advance(100);
    expect(queue.runningCount).toBe(0);
  });

  it("logs the start and the end of each run, repeats for debugging only", () => {
    const { clock, lines, execute } = setUp();
    execute(monitor(1000));
    clock.advance(1200);
    expect(lines).toEqual([
      "info: executing - rsc:rsc action:monitor call_id:1",
      "info: rsc monitor (call 1, PID 100) exited with status 0 (execution time 100ms)",
      "debug: executing - rsc:rsc action:monitor call_id:1",
      "debug: rsc monitor (call 1, PID 100) exited with status 0 (execution time 100ms)",
    ]);
  });
});

describe("different resources", () => {
  it("run at the same time, monitors of one resource never (14.1)", () => {
    const { clock, runner, execute } = setUp();
    execute({ ...monitor(1000), resourceId: "a" });
    execute({ ...monitor(1001), resourceId: "a" });
    execute({ ...monitor(1000), resourceId: "b" });
    clock.advance(50);
    expect(runner.journal).toEqual(["begin a monitor", "begin b monitor"]);
    // The fake runner throws on an overlap within a resource.
    clock.advance(60_000);
  });
});

describe("recurring operations", () => {
  it("repeat the interval after the end of the run before", () => {
    const { clock, runner, execute } = setUp(() => ({ ms: 400 }));
    execute(monitor(1000));
    clock.advance(1399);
    expect(runner.journal).toHaveLength(2);
    clock.advance(1);
    expect(runner.journal).toHaveLength(3);
  });

  it("report the first result, then changes of rc or status only (14.2)", () => {
    let runCount = 0;
    const { clock, results, execute } = setUp(() => {
      runCount += 1;
      return runCount < 3
        ? { ms: 10 }
        : { ms: 10, rc: OcfCode.notRunning, exitReason: `gone, seen in run ${runCount}` };
    });
    execute(monitor(1000));
    clock.advance(20_000);
    expect(runCount).toBeGreaterThan(7);
    expect(results.map((result) => [result.rc, result.exitReason])).toEqual([
      [OcfCode.ok, ""],
      [OcfCode.notRunning, "gone, seen in run 3"],
    ]);
    expect(results[0]).toMatchObject({ execTimeMs: 10, queueTimeMs: 0 });
    expect(results[1]).toMatchObject({ execTimeMs: 0, queueTimeMs: 0 });
    expect(results[1]?.lastChangeS).toBe(results[1]?.lastRunS);
    expect(results[1]!.lastChangeS).toBeGreaterThan(results[0]!.lastChangeS);
  });

  it("report a change of status with the same rc, too", () => {
    let runCount = 0;
    const { clock, results, execute } = setUp(() => ({
      ms: 10,
      rc: OcfCode.genericError,
      status: ++runCount === 1 ? ExecutionStatus.done : ExecutionStatus.timedOut,
    }));
    execute(monitor(1000));
    clock.advance(5000);
    expect(results.map((result) => result.status)).toEqual([ExecutionStatus.done, ExecutionStatus.timedOut]);
  });

  it("wait for a running operation and start right after it, before what was queued later", () => {
    const { clock, runner, execute } = setUp((_, callId) => ({ ms: callId === 2 ? 5000 : 10 }));
    execute(monitor(1000));
    clock.advance(500);
    execute({ action: "notify" });
    clock.advance(2000);
    execute({ action: "reload-agent" });
    clock.advance(4000);
    expect(runner.journal.filter((line) => line.startsWith("begin"))).toEqual([
      "begin rsc monitor",
      "begin rsc notify",
      "begin rsc monitor",
      "begin rsc reload-agent",
    ]);
  });

  it("go on under a new request of the same identity, which gets a first result at once", () => {
    const { clock, runner, queue, results } = setUp(() => ({ ms: 10 }));
    const old: OperationResult[] = [];
    queue.execute(operation(monitor(10_000)), (result) => old.push(result));
    clock.advance(3000);
    const callId = queue.execute(operation(monitor(10_000, { transitionKey: "new" })), (result) =>
      results.push(result),
    );
    clock.advance(100);
    expect(old).toHaveLength(1);
    expect(results).toMatchObject([{ callId, operation: { transitionKey: "new" }, execTimeMs: 10 }]);
    clock.advance(10_000);
    expect(runner.journal.filter((line) => line.startsWith("begin"))).toHaveLength(3);
    expect(results).toHaveLength(1);
  });

  it("taken over while running: that run answers the new request", () => {
    const { clock, runner, queue, results, execute } = setUp(() => ({ ms: 1000 }));
    const old: OperationResult[] = [];
    queue.execute(operation(monitor(10_000)), (result) => old.push(result));
    clock.advance(500);
    const callId = execute(monitor(10_000));
    clock.advance(600);
    expect(runner.journal).toEqual(["begin rsc monitor", "end rsc monitor"]);
    expect(old).toEqual([]);
    expect(results).toMatchObject([{ callId, status: ExecutionStatus.done }]);
  });
});

describe("stop", () => {
  it("cancels recurring operations when it begins to run, not while it is queued", () => {
    const { clock, runner, results, execute } = setUp((given) => ({
      ms: given.action === "notify" ? 5000 : 10,
    }));
    execute(monitor(1000));
    clock.advance(100);
    execute({ action: "notify" });
    execute({ action: "stop" });
    clock.advance(4000);
    expect(results.map((result) => result.operation.action)).toEqual(["monitor"]);
    clock.advance(10_000);
    expect(results.map((result) => [result.operation.action, result.status])).toEqual([
      ["monitor", ExecutionStatus.done],
      ["notify", ExecutionStatus.done],
      ["monitor", ExecutionStatus.cancelled],
      ["stop", ExecutionStatus.done],
    ]);
    expect(runner.journal.at(-1)).toBe("end rsc stop");
  });

  it("leaves the monitor that was asked for after it", () => {
    const { clock, runner, results, execute } = setUp(() => ({ ms: 10 }));
    execute(monitor(1000));
    clock.advance(500);
    execute({ action: "notify" });
    execute({ action: "stop" });
    execute({ action: "start" });
    const callId = execute(monitor(1000));
    clock.advance(3000);
    expect(runner.journal.filter((line) => line.startsWith("begin")).slice(1, 5)).toEqual([
      "begin rsc notify",
      "begin rsc stop",
      "begin rsc start",
      "begin rsc monitor",
    ]);
    expect(results.map((result) => [result.operation.action, result.status])).toEqual([
      ["monitor", ExecutionStatus.done],
      ["monitor", ExecutionStatus.cancelled],
      ["notify", ExecutionStatus.done],
      ["stop", ExecutionStatus.done],
      ["start", ExecutionStatus.done],
      ["monitor", ExecutionStatus.done],
    ]);
    expect(results.at(-1)?.callId).toBe(callId);
  });
});

describe("cancel", () => {
  it("kills a run in flight and reports cancelled with rc 0 (14.8)", () => {
    const { clock, runner, queue, results, execute } = setUp(() => ({ ms: 60_000, rc: 1 }));
    execute(monitor(1000));
    clock.advance(100);
    expect(queue.cancel("rsc", "monitor", 1000)).toBe(true);
    expect(queue.cancel("rsc", "monitor", 1000)).toBe(false);
    clock.advance(100_000);
    expect(runner.journal).toEqual(["begin rsc monitor", "kill rsc monitor"]);
    expect(results).toMatchObject([{ status: ExecutionStatus.cancelled, rc: OcfCode.ok }]);
  });

  it("ends one that waits between runs and one in the queue", () => {
    const { clock, runner, queue, results, execute } = setUp();
    execute(monitor(1000));
    clock.advance(500);
    expect(queue.cancel("rsc", "monitor", 1000)).toBe(true);
    execute({ action: "start" });
    execute(monitor(2000));
    expect(queue.cancel("rsc", "monitor", 2000)).toBe(true);
    clock.advance(10_000);
    expect(runner.journal.filter((line) => line === "begin rsc monitor")).toHaveLength(1);
    expect(results.map((result) => result.status)).toEqual([
      ExecutionStatus.done,
      ExecutionStatus.cancelled,
      ExecutionStatus.cancelled,
      ExecutionStatus.done,
    ]);
  });

  it("knows nothing of single operations and unknown ones", () => {
    const { queue, execute } = setUp();
    execute({ action: "start" });
    expect(queue.cancel("rsc", "start", 0)).toBe(false);
    expect(queue.cancel("other", "monitor", 1000)).toBe(false);
  });

  it("a new request while the killed run still ends is one of its own", () => {
    const { clock, queue, results, execute } = setUp((_, callId) => ({ ms: callId === 1 ? 60_000 : 10 }));
    execute(monitor(1000));
    clock.advance(10);
    queue.cancel("rsc", "monitor", 1000);
    execute(monitor(1000));
    clock.advance(100);
    expect(results.map((result) => [result.callId, result.status])).toEqual([
      [1, ExecutionStatus.cancelled],
      [2, ExecutionStatus.done],
    ]);
  });

  it("cancelAll ends recurring operations silently and lets single ones report", () => {
    const { clock, queue, results, execute } = setUp();
    execute(monitor(1000));
    execute({ ...monitor(1000), resourceId: "other" });
    execute({ action: "start" });
    queue.cancelAll();
    clock.advance(60_000);
    expect(results.map((result) => result.operation.action)).toEqual(["start"]);
    expect(queue.runningCount).toBe(0);
  });
});

describe("any sequence of requests", () => {
  const step = fc.oneof(
    fc.record({
      kind: fc.constant("execute" as const),
      resourceId: fc.constantFrom("a", "b"),
      action: fc.constantFrom("start", "stop", "monitor", "notify"),
      intervalMs: fc.constantFrom(0, 500, 700),
      startDelayMs: fc.constantFrom(0, 0, 300),
    }),
    fc.record({
      kind: fc.constant("cancel" as const),
      resourceId: fc.constantFrom("a", "b"),
      intervalMs: fc.constantFrom(500, 700),
    }),
    fc.record({ kind: fc.constant("pass" as const), ms: fc.integer({ min: 0, max: 900 }) }),
  );

  it("never overlaps runs of a resource, reports each single operation once, and comes to rest", () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 40 }),
        fc.array(fc.integer({ min: 0, max: 400 })),
        (steps, times) => {
          const { clock, queue } = setUp((_, callId) => ({ ms: times[callId % (times.length || 1)] ?? 50 }));
          const reportCounts = new Map<number, number>();
          const singles: number[] = [];
          for (const entry of steps) {
            switch (entry.kind) {
              case "execute": {
                const given = operation({
                  resourceId: entry.resourceId,
                  action: entry.action,
                  intervalMs: entry.action === "monitor" ? entry.intervalMs : 0,
                  startDelayMs: entry.startDelayMs,
                });
                const callId = queue.execute(given, (result) => {
                  reportCounts.set(result.callId, (reportCounts.get(result.callId) ?? 0) + 1);
                });
                if (given.intervalMs === 0) {
                  singles.push(callId);
                }
                break;
              }
              case "cancel":
                queue.cancel(entry.resourceId, "monitor", entry.intervalMs);
                break;
              case "pass":
                clock.advance(entry.ms);
                break;
              default:
                entry satisfies never;
            }
          }
          queue.cancelAll();
          clock.advance(100_000);
          expect(singles.map((callId) => reportCounts.get(callId))).toEqual(singles.map(() => 1));
          expect(queue.runningCount).toBe(0);
        },
      ),
      { numRuns: 300 },
    );
  });
});
