import type { OutputKind } from "./case.ts";

/**
 * The lines of an output that count, in the form in which they are compared: white space inside lines and blank
 * lines never do. The graph loses two attributes that depend on the build; dot lines between first and last
 * are sorted and made unique; score lines are sorted.
 */
export function comparableLines(kind: OutputKind, text: string): string[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  switch (kind) {
    case "summary":
    case "stderr":
      return lines.map(squeeze);
    case "exp":
      return lines.map((line) =>
        squeeze(line.replace(/crm_feature_set="[^"]*"/g, "").replace(/batch-limit="[0-9]*"/g, "")),
      );
    case "scores":
      return lines.sort(byCodeUnits).map(squeeze);
    case "dot": {
      if (lines.length < 2) return lines.map(squeeze);
      const between = [...new Set(lines.slice(1, -1))].sort(byCodeUnits);
      return [lines[0]!, ...between, lines[lines.length - 1]!].map(squeeze);
    }
  }
}

export function sameLines(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((line, index) => line === right[index]);
}

/** For `--show`: the text as a person reads it, in the order in which it is compared. */
export function readableLines(kind: OutputKind, text: string): string[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  switch (kind) {
    case "summary":
    case "stderr":
    case "exp":
      return lines.map((line) =>
        line.replace(/ *crm_feature_set="[^"]*" */g, " ").replace(/ *batch-limit="[0-9]*" */g, " "),
      );
    case "scores":
      return lines.sort(byCodeUnits);
    case "dot":
      return [lines[0] ?? "", ...[...new Set(lines.slice(1, -1))].sort(byCodeUnits), lines.at(-1) ?? ""];
  }
}

function squeeze(line: string): string {
  return line.replace(/\s+/g, "");
}

function byCodeUnits(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
