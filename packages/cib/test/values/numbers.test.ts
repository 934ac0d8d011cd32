import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { isTrue, parseBoolean } from "../../src/values/boolean.ts";
import { parseInteger, parseInteger32, parseIntegerAtLeast } from "../../src/values/integer.ts";
import { addScores, INFINITY, parseScore, scoreText } from "../../src/values/score.ts";

// Scheduler specification, part 1, 2.1 to 2.3.
describe("integers", () => {
  test.each([
    ["12", 12],
    ["12abc", 12],
    [" \t-3", -3],
    ["+7.9", 7],
    ["", null],
    ["abc", null],
    ["- 3", null],
    ["9223372036854775808", null],
    ["-99999999999999999999", null],
  ])("%j is %s", (text, expected) => {
    expect(parseInteger(text)).toBe(expected);
  });

  it("keeps 32-bit values only", () => {
    expect(parseInteger32("2147483647")).toBe(2147483647);
    expect(parseInteger32("2147483648")).toBeNull();
  });

  test.each([
    [null, 1, 1],
    ["x", 1, 1],
    ["-5", 0, 0],
    ["3", 0, 3],
    ["99999999999999999999", 0, 2147483647],
  ])("%j with minimum %s is %s", (text, minimum, expected) => {
    expect(parseIntegerAtLeast(text, minimum)).toBe(expected);
  });
});

describe("scores", () => {
  test.each([
    [null, 0, true],
    ["", 0, true],
    ["INFINITY", INFINITY, true],
    ["+INFINITY", INFINITY, true],
    ["-INFINITY", -INFINITY, true],
    ["infinity", 0, false],
    ["Red", -5, true],
    ["yellow", 2, true],
    ["100", 100, true],
    ["99999999999999999999", INFINITY, true],
    ["-1000001", -INFINITY, true],
    ["12 apples", 12, true],
    ["many", 0, false],
  ])("%j is %s", (text, score, isValid) => {
    expect(parseScore(text, { red: -5, yellow: 2, green: 3 })).toEqual({ score, isValid });
  });

  it("saturates, and -INFINITY wins", () => {
    expect(addScores(INFINITY, -INFINITY)).toBe(-INFINITY);
    expect(addScores(INFINITY, -5)).toBe(INFINITY);
    expect(addScores(999_999, 5)).toBe(INFINITY);
    expect(addScores(-999_999, -5)).toBe(-INFINITY);
    expect(addScores(3, -5)).toBe(-2);
  });

  it("stays in range, commutes, and prints what it reads", () => {
    const scores = fc.integer({ min: -INFINITY, max: INFINITY });
    fc.assert(
      fc.property(scores, scores, (a, b) => {
        const sum = addScores(a, b);
        expect(Math.abs(sum)).toBeLessThanOrEqual(INFINITY);
        expect(addScores(b, a)).toBe(sum);
        expect(parseScore(scoreText(sum)).score).toBe(sum);
      }),
    );
  });
});

describe("booleans", () => {
  test.each([
    ["true", true],
    ["On", true],
    ["YES", true],
    ["y", true],
    ["1", true],
    ["false", false],
    ["OFF", false],
    ["n", false],
    ["0", false],
    ["2", null],
    ["", null],
    [null, null],
  ])("%j is %s", (text, expected) => {
    expect(parseBoolean(text)).toBe(expected);
    expect(isTrue(text)).toBe(expected === true);
  });
});
