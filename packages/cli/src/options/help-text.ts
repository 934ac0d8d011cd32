import { type OptionSpec, type OptionTable, takesArgument } from "./option-table.ts";

/** What `--help` says besides the options. */
export interface HelpFrame {
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** After the name in the usage line, such as `[options]`. */
  readonly usage: string;
  readonly examples: readonly { readonly line: string; readonly explanation: string }[];
}

const LINE_WIDTH = 100;
const COLUMN_WIDTH_MAX = 32;

/** The whole text of `--help`, with a newline at the end. */
export function helpText(frame: HelpFrame, table: OptionTable): string {
  const lines = [`${frame.name}: ${frame.summary}`, "", `Usage: ${frame.name} ${frame.usage}`];
  for (const [heading, specs] of optionsByHeading(table)) {
    lines.push("", `${heading}:`);
    const width = Math.min(COLUMN_WIDTH_MAX, Math.max(...specs.map((spec) => synopsis(spec).length)) + 2);
    for (const spec of specs) lines.push(...optionLines(spec, width));
  }
  if (frame.examples.length > 0) {
    lines.push("", "Examples:");
    for (const { line, explanation } of frame.examples) lines.push("", `  ${explanation}:`, `    ${line}`);
  }
  return `${lines.join("\n")}\n`;
}

function optionsByHeading(table: OptionTable): Map<string, OptionSpec[]> {
  const headings = new Map<string, OptionSpec[]>();
  const last: OptionSpec[] = [];
  for (const spec of Object.values(table)) {
    if (spec.isHidden) continue;
    if (spec.heading === undefined) {
      last.push(spec);
      continue;
    }
    const group = headings.get(spec.heading) ?? [];
    group.push(spec);
    headings.set(spec.heading, group);
  }
  if (last.length > 0) headings.set("Options", last);
  return headings;
}

function synopsis(spec: OptionSpec): string {
  const short = spec.short === undefined ? "    " : `-${spec.short}, `;
  if (!takesArgument(spec)) return `  ${short}--${spec.long}`;
  return `  ${short}--${spec.long}${spec.kind === "optional" ? `[=${spec.metavar}]` : `=${spec.metavar}`}`;
}

function optionLines(spec: OptionSpec, width: number): string[] {
  const head = synopsis(spec);
  const text = takesArgument(spec) && spec.choices ? `${spec.help} (${spec.choices.join(", ")})` : spec.help;
  const wrapped = wrap(text, LINE_WIDTH - width);
  const indentation = " ".repeat(width);
  const rest = wrapped.slice(1).map((line) => indentation + line);
  return head.length + 2 > width
    ? [head, ...wrapped.map((line) => indentation + line)]
    : [head.padEnd(width) + wrapped[0], ...rest];
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
