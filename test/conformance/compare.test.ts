import { describe, expect, it } from "vitest";
import { comparableLines } from "../../scripts/conformance/compare.ts";
import { lineDiff } from "../../scripts/conformance/line-diff.ts";

describe("comparableLines: what the suite's comparison ignores", () => {
  it("ignores white space inside lines and blank lines", () => {
    expect(comparableLines("summary", "A:\n\n  * b\t c  \n")).toEqual(["A:", "*bc"]);
  });

  it("keeps the order of summary lines but sorts scores, duplicates included", () => {
    expect(comparableLines("summary", "b\na\nb\n")).toEqual(["b", "a", "b"]);
    expect(comparableLines("scores", "b\na\nb\n")).toEqual(["a", "b", "b"]);
  });

  it("sorts dot lines between the first and the last and drops duplicates", () => {
    expect(comparableLines("dot", "z {\nb\na\nb\n}\n")).toEqual(["z{", "a", "b", "}"]);
  });

  it("drops the attributes of the graph that depend on the build", () => {
    const line = '<transition_graph crm_feature_set="3.20.5" batch-limit="30" transition_id="1">';
    expect(comparableLines("exp", line)).toEqual(['<transition_graphtransition_id="1">']);
  });
});

describe("lineDiff", () => {
  it("shows what is missing and what is surplus, with context", () => {
    const same = (left: string, right: string) => left === right;
    expect(lineDiff(["a", "b", "c"], ["a", "x", "c"], same)).toEqual([" a", "-b", "+x", " c"]);
    expect(lineDiff(["a"], ["a"], same)).toEqual([]);
  });
});
