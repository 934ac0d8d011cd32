import { expectedText, OUTPUT_KINDS, type OutputKind } from "./case.ts";
import { readableLines } from "./compare.ts";
import { lineDiff } from "./line-diff.ts";
import { type CaseResult, passes } from "./run-case.ts";

/** A table: one row a group, passed/total per output and in full, a row of sums. */
export function resultTable(results: readonly CaseResult[]): string[] {
  const groups = [...new Set(results.map((result) => result.case.group))].sort((left, right) => left - right);
  const rows = groups.map((group) =>
    row(
      String(group),
      results.filter((result) => result.case.group === group),
    ),
  );
  const header = ["group", "cases", ...OUTPUT_KINDS, "in full"];
  const cells = [header, ...rows, row("all", results)];
  const widths = header.map((_, column) => Math.max(...cells.map((line) => line[column]!.length)));
  return cells.map((line) => line.map((cell, column) => cell.padStart(widths[column]!)).join("  "));
}

function row(label: string, results: readonly CaseResult[]): string[] {
  const passed = (kind: OutputKind) => results.filter((result) => !result.differing.includes(kind)).length;
  return [
    label,
    String(results.length),
    ...OUTPUT_KINDS.map((kind) => String(passed(kind))),
    String(results.filter(passes).length),
  ];
}

/** One line a failing case: its name, the outputs that differ, and the exception if there was one. */
export function failingLines(results: readonly CaseResult[]): string[] {
  return results
    .filter((result) => !passes(result))
    .map((result) => {
      const failure = result.failure === null ? "" : `  ${result.failure}`;
      return `${result.case.name}: ${result.differing.join(" ")}${failure}`;
    });
}

/** Exceptions by frequency, most frequent first. */
export function failureCounts(results: readonly CaseResult[]): string[] {
  const counts = new Map<string, number>();
  for (const { failure } of results)
    if (failure !== null) counts.set(failure, (counts.get(failure) ?? 0) + 1);
  return [...counts]
    .sort((left, right) => right[1] - left[1] || (left[0] < right[0] ? -1 : 1))
    .map(([failure, count]) => `${String(count).padStart(5)}  ${failure}`);
}

/** Unified diffs of the outputs of one case; `-` is expected, `+` is what came. */
export function differences(folder: string, result: CaseResult, kinds: readonly OutputKind[]): string[] {
  const lines: string[] = [];
  if (result.failure !== null) lines.push(`${result.case.name}: ${result.failure}`);
  for (const kind of kinds) {
    if (!result.differing.includes(kind)) continue;
    const expected = readableLines(kind, expectedText(folder, result.case.name, kind));
    const actual = readableLines(kind, result.actual[kind]);
    lines.push(`--- ${result.case.name} ${kind} expected`, `+++ ${result.case.name} ${kind} actual`);
    lines.push(
      ...lineDiff(expected, actual, (left, right) => left.replace(/\s/g, "") === right.replace(/\s/g, "")),
    );
  }
  return lines;
}
