import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** One command that was typed on a host, and what it printed. */
export interface Typed {
  readonly host: string;
  readonly line: string;
  readonly output: string;
}

/** What is of one host and what is of another that is like it. */
export type Pair = readonly [string, string];

const DIRECTORY = join(import.meta.dirname, "../../docs/walkthroughs");

/** What differs from one run to the next, and what it is compared as. */
const CHANGING: readonly (readonly [RegExp, string])[] = [
  [/\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}/g, "DATE"],
  [/\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?( ?[+-]\d\d:?\d\d|Z)?/g, "DATE"],
  [/\b(exec|queue|exec-time|queue-time|queued)=\d+ms/g, "$1=TIME"],
  [/\b(exec|queued?|exec-time|queue-time)='?\d+(\.\d+)?m?s'?/g, "$1=TIME"],
  [/Current DC: \S+ \(version \S+\)/g, "Current DC"],
  [/\b(exec-time|queue-time)="\d+ms"/g, "$1=TIME"],
  [/^(\/dev\/\S+)(?: +\d+){3} +\d+%/gm, "$1 SIZES"],
  [/(Last updated: DATE) on \S+/g, "$1"],
  [/(Failed|returned .*) at DATE after [\d.]+m?s/g, "$1 at DATE"],
  [/call(=|: ?|-id=)'?\d+'?/g, "call"],
  [/^\s+\* \((\d+)\) /gm, "  * (N) "],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, "UUID"],
  [/\bcluster_uuid: [0-9a-f]{32}\b/g, "cluster_uuid: UUID"],
  [/^\d\d:\d\d:\d\d /gm, "TIME "],
  [/@if\d+/g, "@if"],
  [/\b(client=[\w-]+)\.\d+/g, "$1.PID"],
  [/^(Ring ID: +)[\d.a-f]+$/gm, "$1RING"],
  [/\bPID: \d+|\bpid \d+|\(\d+\)$/g, "PID"],
  [/[ \t]+$/gm, ""],
  [/^(.*) {2,}/gm, "$1 "],
];

function timeless(text: string): string {
  const changed = CHANGING.reduce((so, [pattern, word]) => so.replace(pattern, word), text).trimEnd();
  // Hosts that are asked at once answer in any order.
  return changed.replace(/(?:^[\w.-]+: .*(?:\n|$)){2,}/gm, (lines) => {
    const end = lines.endsWith("\n") ? "\n" : "";
    return lines.trimEnd().split("\n").sort().join("\n") + end;
  });
}

/** The text, if two hosts had changed places. Lists of names and tables by ID are in order again. */
export function exchange(text: string, pairs: readonly Pair[]): string {
  if (pairs.length === 0) return text;
  const others = new Map(pairs.flatMap(([one, other]) => [[one, other] as const, [other, one] as const]));
  const names = [...others.keys()].map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return text
    .replace(new RegExp(names.join("|"), "g"), (name) => others.get(name)!)
    .replace(/\[ ([^\]\n]*) \]/g, (_, list: string) => `[ ${list.split(" ").sort().join(" ")} ]`)
    .replace(/(?:^ +\d+ +\d+ .*\n){2,}/gm, (rows) => `${rows.trimEnd().split("\n").sort().join("\n")}\n`);
}

/**
 * A page of docs/walkthroughs. Its `console` blocks hold commands behind `HOST# ` and what they print: the page is true when a run
 * typed each of them, in the page's order, and got what the page shows, dates and durations aside. Its `text NAME` blocks are the files that
 * the run used.
 */
export class Guide {
  readonly #path: string;
  readonly #text: string;

  constructor(file: string) {
    this.#path = join(DIRECTORY, file);
    this.#text = readFileSync(this.#path, "utf8");
  }

  /** A file that the page shows: the block of that name, ` ```text NAME `. */
  file(name: string): string {
    for (const [, shown, content] of this.#text.matchAll(/^```text (\S+)\n([\s\S]*?)^```$/gm))
      if (shown === name) return content!;
    throw new Error(`${this.#path} shows no file ${name}`);
  }

  /**
   * Compares the page with a run. With `WRITE_GUIDES=1` the output of a run that typed all of it is written into the page instead.
   * @returns what is not true, one entry each
   */
  compare(run: readonly Typed[]): string[] {
    const problems: string[] = [];
    let next = 0;
    const blocks = this.#text.replace(/^```console\n([\s\S]*?)^```$/gm, (_, block: string) => {
      const steps = block.split(/^(?=[\w.-]+# )/m).map((step) => {
        const [, host, line, shown] = /^([\w.-]+)# (.*)\n([\s\S]*)$/.exec(step) ?? [];
        const found = run.findIndex(
          (typed, index) => index >= next && typed.host === host && typed.line === line,
        );
        if (found < 0) {
          problems.push(`no run typed after what comes before: ${step.split("\n")[0]}`);
          return step;
        }
        next = found + 1;
        const { output } = run[found]!;
        if (timeless(shown!) !== timeless(output))
          problems.push(
            `${host}# ${line}\n--- the page shows\n${timeless(shown!)}\n--- the run printed\n${timeless(output)}`,
          );
        return `${host}# ${line}\n${output.trimEnd()}${output.trim() === "" ? "" : "\n"}`;
      });
      return `\`\`\`console\n${steps.join("")}\`\`\``;
    });
    const missing = problems.filter((problem) => problem.startsWith("no run typed"));
    if (process.env.WRITE_GUIDES !== "1") return problems;
    if (missing.length === 0) writeFileSync(this.#path, blocks);
    return missing;
  }
}
