import { OUTPUT_KINDS, type OutputKind } from "../../../../scripts/conformance/case.ts";
import { comparableLines, readableLines, sameLines } from "../../../../scripts/conformance/compare.ts";
import { lineDiff } from "../../../../scripts/conformance/line-diff.ts";
import { BEHAVIOUR_DIFFERENCES } from "./behaviour-differences.ts";
import type { Outputs } from "./runs.ts";
import { VERSION_DIFFERENCES } from "./version-differences.ts";

export interface Comparison {
  /** The name of the last difference in behaviour that had to be taken into account; null when none had to. */
  readonly behaviour: string | null;
  /** What differs in spite of all, as lines for a person; empty when they agree. `-` is the reference's. */
  readonly differences: readonly string[];
}

/** Compares what both made of one cluster, first in full, then without what each known change of behaviour touches. */
export function compareOutputs(cib: string, reference: Outputs, ours: Outputs): Comparison {
  const theirs = rewritten(reference, cib, "reference");
  const mine = rewritten(ours, cib, "ours");
  const differences = differencesOf(theirs, mine);
  if (differences.length === 0) return { behaviour: null, differences };
  let [left, right] = [theirs, mine];
  for (const difference of BEHAVIOUR_DIFFERENCES) {
    if (!difference.applies({ reference: theirs, ours: mine, cib })) continue;
    [left, right] = [difference.keep(left, cib), difference.keep(right, cib)];
    if (differencesOf(left, right).length === 0) return { behaviour: difference.name, differences: [] };
  }
  return { behaviour: null, differences };
}

function rewritten(outputs: Outputs, cib: string, side: "reference" | "ours"): Outputs {
  const rewrite = (kind: OutputKind) =>
    VERSION_DIFFERENCES.filter(
      ({ kinds, sides }) => kinds.includes(kind) && (sides === "both" || side === "reference"),
    ).reduce((text, difference) => difference.rewrite(text, cib), outputs[kind]);
  return {
    summary: rewrite("summary"),
    dot: rewrite("dot"),
    exp: rewrite("exp"),
    scores: rewrite("scores"),
    stderr: rewrite("stderr"),
  };
}

function differencesOf(theirs: Outputs, mine: Outputs): string[] {
  const lines: string[] = [];
  for (const kind of OUTPUT_KINDS) {
    if (sameLines(comparableLines(kind, theirs[kind]), comparableLines(kind, mine[kind]))) continue;
    lines.push(`--- ${kind} of 2.1.5`, `+++ ${kind} of ours`);
    lines.push(
      ...lineDiff(
        readableLines(kind, theirs[kind]),
        readableLines(kind, mine[kind]),
        (left, right) => left.replace(/\s/g, "") === right.replace(/\s/g, ""),
      ),
    );
  }
  return lines;
}
