import { ExecutionStatus, OcfCode, type Operation } from "@quorate/ports";
import { describe, expect, it } from "vitest";
import { runStonithOperation, type StonithDevices } from "../../src/classes/stonith.ts";
import type { RunResult } from "../../src/queue/entry.ts";
import { operation } from "../operations.ts";
import { VirtualClock } from "../virtual-clock.ts";

/** A fencer that keeps a journal and answers after a second, if it answers. */
function setUp(options: { readonly answers: boolean } = { answers: true }) {
  const clock = new VirtualClock();
  const started = new Set<string>();
  const journal: string[] = [];
  const answer = (done: (result: { status: number; rc: number; reason: string }) => void): void => {
    if (options.answers) {
      clock.setTimer(1000, () => done({ status: ExecutionStatus.done, rc: OcfCode.ok, reason: "" }));
    }
  };
  const devices: StonithDevices = {
    startDevice: (request, done) => {
      journal.push(`start ${request.deviceId} ${request.agent} ${[...request.parameters].join(";")}`);
      started.add(request.deviceId);
      answer(done);
    },
    monitorDevice: (request, done) => {
      journal.push(`monitor ${request.deviceId}`);
      answer(done);
    },
    stopDevice: (deviceId) => {
      started.delete(deviceId);
    },
    isDeviceStarted: (deviceId) => started.has(deviceId),
  };
  const run = (action: string, differences: Partial<Operation> = {}) => {
    const results: RunResult[] = [];
    const handle = runStonithOperation(
      operation({
        resourceId: "fd",
        agent: { class: "stonith", provider: "", type: "fence_test" },
        action,
        ...differences,
      }),
      { devices, clock },
      (result) => results.push(result),
    );
    expect(results).toEqual([]);
    return { results, handle };
  };
  return { clock, journal, run };
}

describe("class stonith", () => {
  it("runs where it was started: probes are answered from memory", () => {
    const { clock, journal, run } = setUp();
    const before = run("monitor");
    const start = run("start", {
      parameters: new Map([
        ["ip", "10.0.0.1"],
        ["CRM_meta_timeout", "20000"],
        ["crm_feature_set", "3.20.5"],
      ]),
    });
    clock.advance(2000);
    const after = run("monitor");
    const recurring = run("monitor", { intervalMs: 10_000 });
    const stop = run("stop");
    clock.advance(2000);
    const atEnd = run("monitor");
    clock.advance(10);
    const codes = [before, start, after, recurring, stop, atEnd].map(({ results }) =>
      results.map((result) => result.rc),
    );
    expect(codes).toEqual([[7], [0], [0], [0], [0], [7]]);
    expect(journal).toEqual(["start fd fence_test ip,10.0.0.1", "monitor fd"]);
  });

  it("refuses other actions", () => {
    const { clock, run } = setUp();
    const { results } = run("promote");
    clock.advance(10);
    expect(results).toMatchObject([{ status: ExecutionStatus.error, rc: OcfCode.unimplemented }]);
  });

  it("gives up when the fencer never answers, and a cancelled one ends at once; each reports once", () => {
    const { clock, run } = setUp({ answers: false });
    const lost = run("start", { timeoutMs: 20_000 });
    const cancelled = run("monitor", { intervalMs: 1000, timeoutMs: 20_000 });
    cancelled.handle.cancel();
    clock.advance(24_999);
    expect(lost.results).toEqual([]);
    clock.advance(100_000);
    expect(lost.results).toMatchObject([
      { status: ExecutionStatus.timedOut, exitReason: "Fence agent did not complete within 20s" },
    ]);
    expect(cancelled.results).toMatchObject([{ status: ExecutionStatus.cancelled }]);
  });

  it("without a fencer is an error", () => {
    const clock = new VirtualClock();
    const results: RunResult[] = [];
    runStonithOperation(operation(), { devices: null, clock }, (result) => results.push(result));
    clock.advance(10);
    expect(results).toMatchObject([{ status: ExecutionStatus.error, exitReason: "No fencer on this node" }]);
  });
});
