import { beforeEach, describe, expect, test } from "vitest";
import { encodeFrame, FrameKind } from "../../src/corosync/frame.ts";
import { SequenceCheck } from "../../src/corosync/sequence-check.ts";

const self = { nodeId: 1, pid: 10 };
const other = { nodeId: 2, pid: 20 };
const text = Buffer.from("text");
let log: string[];
let check: SequenceCheck;

beforeEach(() => {
  log = [];
  check = new SequenceCheck((level, message) => void log.push(`${level}: ${message}`));
});

const numbered = (sequence: number): Uint8Array => encodeFrame(FrameKind.message, sequence, text);

describe("numbers of messages", () => {
  test("a refused message keeps its number, a taken one uses it up", () => {
    expect(check.frame(text)).toEqual(numbered(1));
    expect(check.frame(text)).toEqual(numbered(1));
    check.sent();
    expect(check.frame(text)).toEqual(numbered(2));
  });

  test("a sign counts as a message does", () => {
    expect(check.check(self, check.sign(), true)).toEqual({ kind: "sign" });
    check.sent();
    expect(check.check(self, check.frame(text), true)).toMatchObject({ kind: "message" });
  });

  test("the first message of a process may have any number", () => {
    expect(check.check(other, numbered(77), false)).toMatchObject({ kind: "message" });
    expect(check.check(other, numbered(78), false)).toMatchObject({ kind: "message" });
    expect(log).toEqual([]);
  });

  test("a gap in the own ones ends the engine: nobody got what is missing", () => {
    check.check(self, numbered(1), true);
    expect(check.check(self, numbered(4), true)).toEqual({ kind: "ownGap", count: 2 });
  });

  test("the first own ones may be missing as well, in every membership", () => {
    expect(check.check(self, numbered(3), true)).toEqual({ kind: "ownGap", count: 2 });
    for (let count = 0; count < 4; count++) check.sent();
    check.forget(self);
    check.left();
    expect(check.check(self, numbered(5), true)).toMatchObject({ kind: "message" });
    check.left();
    expect(check.check(self, numbered(7), true)).toEqual({ kind: "ownGap", count: 2 });
  });

  test("a gap in another's is told, and the message taken: all nodes miss the same", () => {
    check.check(other, numbered(1), false);
    expect(check.check(other, numbered(3), false)).toMatchObject({ kind: "message" });
    expect(log).toEqual(["error: Corosync dropped 1 message(s) of node 2 process 20"]);
  });

  test("who left may come back with other numbers; who left itself missed those of all", () => {
    check.check(other, numbered(1), false);
    check.forget(other);
    check.check(other, numbered(9), false);
    check.left();
    check.check(other, numbered(30), false);
    expect(log).toEqual([]);
  });

  test("numbers go round", () => {
    check.check(other, numbered(0xffffffff), false);
    expect(check.check(other, numbered(1), false)).toMatchObject({ kind: "message" });
    expect(log).toEqual([]);
  });

  test.each([
    ["too short", Buffer.from("abc"), "only 3 bytes"],
    ["another program's", Buffer.from("somebody else"), "not a message of Quorate"],
    ["another version", Buffer.from([0x51, 9, 0, 0, 0, 0, 0, 1]), "version 9, this node speaks 1"],
    ["another kind", Buffer.from([0x51, 1, 7, 0, 0, 0, 0, 1]), "unknown kind 7"],
  ])("%s: not taken, and not counted", (_, bytes, problem) => {
    expect(check.check(other, bytes, false)).toEqual({ kind: "foreign", problem });
    check.check(other, numbered(1), false);
    expect(log).toEqual([]);
  });
});
