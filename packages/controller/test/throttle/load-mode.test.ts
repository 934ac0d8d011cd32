import { describe, expect, test } from "vitest";
import { batchLimitOf, jobLimitOf, type LoadReading, loadModeOf } from "../../src/throttle/load-mode.ts";

const IDLE: LoadReading = { cpuLoad: 0, daemonShare: 0, coreCount: 4, threshold: 0.8 };

describe("how loaded a node is", () => {
  // Four cores at 80 %: 3.2 processes are what is planned for.
  test.each([
    [3.8, "negligible"],
    [3.9, "low"],
    [5.2, "medium"],
    [6.5, "high"],
    [60, "high"],
  ] as const)("%f processes on four cores: %s", (cpuLoad, mode) => {
    expect(loadModeOf({ ...IDLE, cpuLoad })).toBe(mode);
  });

  test.each([
    [0.5, "negligible"],
    [0.6, "low"],
    [0.8, "medium"],
    [1, "high"],
  ] as const)("%f processes on one core, which counts as 0.6: %s", (cpuLoad, mode) => {
    expect(loadModeOf({ ...IDLE, coreCount: 1, cpuLoad })).toBe(mode);
  });

  test.each([
    [0.64, "negligible"],
    [0.65, "low"],
    [0.73, "medium"],
    [0.81, "high"],
  ] as const)("a daemon that is at work for %f of its time: %s", (daemonShare, mode) => {
    expect(loadModeOf({ ...IDLE, daemonShare })).toBe(mode);
  });

  test("one core leaves the daemon less, and the worse of both counts", () => {
    expect(loadModeOf({ ...IDLE, coreCount: 1, daemonShare: 0.61 })).toBe("extreme");
    expect(loadModeOf({ ...IDLE, cpuLoad: 6.5, daemonShare: 0.65 })).toBe("high");
  });

  test("without a threshold the load of the host does not count", () => {
    expect(loadModeOf({ ...IDLE, cpuLoad: 100, threshold: 0 })).toBe("negligible");
    expect(loadModeOf({ ...IDLE, cpuLoad: null })).toBe("negligible");
    expect(loadModeOf({ ...IDLE, daemonShare: 0.96, threshold: 0 })).toBe("high");
  });
});

test("a loaded node takes fewer actions, but always one", () => {
  expect(
    (["negligible", "low", "medium", "high", "extreme"] as const).map((mode) => jobLimitOf(mode, 8)),
  ).toEqual([8, 4, 2, 1, 1]);
  expect(jobLimitOf("medium", 2)).toBe(1);
});

test("loaded members limit the whole cluster", () => {
  expect(batchLimitOf(0, ["low", "medium", "negligible"])).toBe(0);
  expect(batchLimitOf(5, ["low", "medium"])).toBe(5);
  expect(batchLimitOf(0, ["high", "low", "low", "low"])).toBe(2);
  expect(batchLimitOf(1, ["high", "low", "low", "low"])).toBe(1);
  expect(batchLimitOf(0, ["extreme", "high", "low"])).toBe(1);
});
