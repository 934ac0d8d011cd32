import { describe, expect, test } from "vitest";
import { VirtualClock } from "../../../simulator/src/index.ts";
import { UnsettledOperations } from "../../src/index.ts";

/** An operation that was under way when the first node went. */
function forsaken() {
  const clock = new VirtualClock();
  const unsettled = new UnsettledOperations(clock);
  unsettled.begun(1, "a");
  unsettled.forsaken();
  return { clock, unsettled };
}

describe("operations whose results may not be on record", () => {
  test("the next node is told, and the one after it when that one went before it can have looked", () => {
    const { clock, unsettled } = forsaken();
    expect(unsettled.tell()).toEqual(["a"]);
    clock.advance(5_000);
    unsettled.heard();
    unsettled.forsaken();
    expect(unsettled.tell()).toEqual(["a"]);
  });

  test("not the one after a node that lived on", () => {
    const { clock, unsettled } = forsaken();
    unsettled.tell();
    clock.advance(61_000);
    unsettled.heard();
    unsettled.forsaken();
    expect(unsettled.tell()).toEqual([]);
  });

  test("the one after a node that was not heard of, however long that is ago", () => {
    const { clock, unsettled } = forsaken();
    unsettled.tell();
    clock.advance(600_000);
    unsettled.forsaken();
    expect(unsettled.tell()).toEqual(["a"]);
  });

  test("what was noted long before the last sign of life is on record", () => {
    const clock = new VirtualClock();
    const unsettled = new UnsettledOperations(clock);
    unsettled.begun(1, "a");
    unsettled.begun(2, "b");
    unsettled.noted(1);
    clock.advance(60_000);
    unsettled.noted(2);
    unsettled.heard();
    unsettled.forsaken();
    expect(unsettled.tell()).toEqual(["b"]);
  });
});
