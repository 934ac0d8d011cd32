import { beforeEach, describe, expect, test } from "vitest";
import { DeliveryWatch } from "../../src/corosync/delivery-watch.ts";
import { VirtualClock } from "../virtual-clock.ts";

let clock: VirtualClock;
let log: string[];
let signCount: number;
let watch: DeliveryWatch;

beforeEach(() => {
  clock = new VirtualClock();
  log = [];
  signCount = 0;
  watch = new DeliveryWatch({
    clock,
    log: (level, message) => void log.push(`${level}: ${message}`),
    ringMs: 6000,
    sendSign: () => {
      signCount += 1;
    },
  });
  watch.start();
});

describe("signs that Corosync delivers", () => {
  test("none are sent while own messages come back", () => {
    for (let second = 0; second < 60; second++) {
      clock.advance(1000);
      watch.delivered();
    }
    expect(signCount).toBe(0);
    expect(log).toEqual([]);
  });

  test("a quiet node sends one now and then", () => {
    for (let second = 0; second < 60; second++) {
      const before = signCount;
      clock.advance(1000);
      if (signCount > before) watch.delivered();
    }
    expect(signCount).toBeGreaterThan(8);
    expect(log).toEqual([]);
  });

  test("forming a ring takes its time; beyond that it is said once, and once when it is over", () => {
    clock.advance(16_000);
    expect(log).toEqual([]);
    clock.advance(60_000);
    expect(log).toEqual([
      expect.stringMatching(/^error: Corosync has delivered no message of this node for 17 s/),
    ]);
    watch.delivered();
    watch.delivered();
    expect(log.slice(1)).toEqual(["notice: Corosync delivers again, after 76 s"]);
  });

  test("outside the group nothing is expected", () => {
    watch.stop();
    clock.advance(120_000);
    expect([signCount, log]).toEqual([0, []]);
  });
});
