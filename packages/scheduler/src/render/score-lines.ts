import { scoreText } from "@quorate/cib";
import type { ScoreLine, UtilizationAmount } from "../model/score-line.ts";
import type { TextReport } from "./text-report.ts";

/** Names under which the classic output knows the stages of assignment. */
export const ASSIGNMENT_FUNCTIONS = {
  primitive: "pcmk__primitive_assign",
  group: "pcmk__group_assign",
  clone: "pcmk__clone_assign",
  bundle: "pcmk__bundle_assign",
} as const;

/** Scores and utilization as items of the open list. Source: scheduler specification, part 4, 8; part 2, 21. */
export function renderScoreLines(
  report: TextReport,
  lines: readonly ScoreLine[],
  shows: { readonly scores: boolean; readonly utilization: boolean },
): void {
  for (const line of lines) {
    if (line.kind === "notice") {
      report.info(line.text);
      continue;
    }
    const isScore = line.kind === "assignment" || line.kind === "promotion";
    if (isScore ? shows.scores : shows.utilization) report.item(scoreLineText(line));
  }
}

function scoreLineText(line: Exclude<ScoreLine, { kind: "notice" }>): string {
  switch (line.kind) {
    case "assignment":
      return `${ASSIGNMENT_FUNCTIONS[line.stage]}: ${line.resource} allocation score on ${line.node}: ${scoreText(line.score)}`;
    case "promotion":
      return line.node === null
        ? `${line.resource} promotion score (inactive): ${scoreText(line.score)}`
        : `${line.resource} promotion score on ${line.node}: ${scoreText(line.score)}`;
    case "capacity": {
      const moment = line.moment === "original" ? "Original" : "Remaining";
      return `${moment}: ${line.node} capacity:${amountsText(line.amounts)}`;
    }
    case "utilization":
      return `pcmk__assign_resource: ${line.resource} utilization on ${line.node}:${amountsText(line.amounts)}`;
  }
}

function amountsText(amounts: readonly UtilizationAmount[]): string {
  return amounts.map(({ name, value }) => ` ${name}=${value}`).join("");
}
