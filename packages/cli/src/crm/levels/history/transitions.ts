import { parseXml } from "@quorate/xml";
import { cibSource } from "../../../cluster/cib-source.ts";
import type { Shell } from "../../shell/shell.ts";
import {
  decidedMs,
  inputFolders,
  inputsNamed,
  inputsOf,
  pathOf,
  type SchedulerInput,
} from "../scheduler-inputs.ts";
import { crmResource } from "../tools.ts";
import { type LogLine, readLog } from "./log-lines.ts";

/** A transition, as the log tells it. */
export interface Transition {
  /** The name of its input, without an ending. */
  readonly name: string;
  /** The DC that decided on it. */
  readonly host: string;
  readonly beginMs: number;
  /** Null: the log does not tell its end. */
  readonly endMs: number | null;
  /** Of all hosts, from its calculation to its end. */
  readonly lines: readonly LogLine[];
}

const CALCULATED = /Calculated transition (\d+)\b.*\/([^/]+)\.(?:bz2|xml)\s*$/;
const TROUBLE = /\b(?:error|ERROR|crit|CRIT|critical):/;
const FENCING = /Requesting fencing \(/;
/** What is done with a resource; a look at it does nothing with it. */
const ACTED = /Requesting execution of (?!monitor )\S+ operation for (\S+) on /;

export function transitionsIn(lines: readonly LogLine[]): readonly Transition[] {
  return lines.flatMap((first, place) => {
    const [, number, name] = CALCULATED.exec(first.text) ?? [];
    if (name === undefined) return [];
    const end = new RegExp(`\\bTransition ${number} \\(`);
    const ends = lines.findIndex((line, at) => at > place && line.host === first.host && end.test(line.text));
    const endMs = ends < 0 ? null : lines[ends]!.ms;
    const own = lines.slice(place, ends < 0 ? undefined : ends + 1);
    return [{ name, host: first.host, beginMs: first.ms, endMs, lines: own }];
  });
}

/** The last time that an input was carried out. Null when the log has nothing of it. */
export function transitionOf(lines: readonly LogLine[], file: string): Transition | null {
  const name = file.slice(file.lastIndexOf("/") + 1).replace(/\.(?:bz2|xml)$/, "");
  return transitionsIn(lines).findLast((transition) => transition.name === name) ?? null;
}

/** What is worth knowing of a transition: that there were errors, that a node was fenced, which resources it did something with. */
export function tagsOf({ lines }: Transition): readonly string[] {
  const some = (pattern: RegExp) => lines.some(({ text }) => pattern.test(text));
  const resources = lines.flatMap(({ text }) => ACTED.exec(text)?.[1]?.replace(/:\d+$/, "") ?? []);
  return [...(some(TROUBLE) ? ["error"] : []), ...(some(FENCING) ? ["fencing"] : []), ...new Set(resources)];
}

/** `transitions`: those of the time that is looked at. */
export async function listTransitions(shell: Shell): Promise<boolean> {
  const row = (...[time, name, node, tags]: readonly [string, string, string, string]) =>
    `${time.padEnd(32)}${name.padEnd(16)}${node.padEnd(16)}${tags}`.trimEnd();
  const rows = transitionsIn(await readLog(shell, [])).map((transition) => {
    const { name, host, beginMs, endMs } = transition;
    const time = `${dayOf(beginMs)} ${clockOf(beginMs)} - ${endMs === null ? UNKNOWN_TIME : clockOf(endMs)}`;
    return row(time, name, host, tagsOf(transition).join(" "));
  });
  shell.page([row("Time", "Name", "Node", "Tags"), ...rows].join("\n"));
  return true;
}

/** `latest`: what happened since the last decision of the scheduler; one that is being carried out is waited for. */
export async function latestTransition(
  shell: Shell,
  print: (lines: readonly LogLine[]) => boolean,
): Promise<boolean> {
  const isRunning = shell.history.folder === null && cibSource(shell.world.env).kind === "live";
  if (isRunning && !(await crmResource(shell, ["--wait"]))) return false;
  const lines = await readLog(shell, []);
  const begin = transitionsIn(lines).at(-1)?.lines[0];
  if (begin !== undefined) return print(lines.slice(lines.indexOf(begin)));
  shell.messages.error(
    'history.latest: the log of this time tells of no transition; "limit" chooses another time',
  );
  return false;
}

/** `peinputs [NUMBER|FROM:TO|NAME ...] [v]`: their paths, or a table of when and by whom what was changed. */
export async function listInputs(shell: Shell, words: readonly string[]): Promise<boolean> {
  const isTable = words.at(-1) === "v";
  const named = isTable ? words.slice(0, -1) : words;
  const chosen = named.length === 0 ? inputsOf(shell) : inputsNamed(shell, named);
  if (chosen.length === 0) {
    const hint = shell.history.folder === null ? '; "refresh" fetches those of other hosts' : "";
    shell.messages.error(
      `history.peinputs: no such input was kept in ${inputFolders(shell).join(", ")}${hint}`,
    );
    return false;
  }
  if (!isTable) for (const input of chosen) shell.messages.print(pathOf(input));
  else {
    const transitions = transitionsIn(await readLog(shell, []));
    shell.page([...TABLE_HEAD, ...chosen.map((input) => rowOf(shell, input, transitions))].join("\n"));
  }
  return true;
}

const TABLE_WIDTHS = [11, 9, 10, 14, 11, 11, 12, 0] as const;
const TABLE_HEAD = [
  tableRow("Date", "Start", "End", "Filename", "Client", "User", "Origin", "Tags"),
  tableRow("====", "=====", "===", "========", "======", "====", "======", "===="),
];

function tableRow(...cells: readonly string[]): string {
  return cells
    .map((cell, index) => `${cell} `.padEnd(TABLE_WIDTHS[index]!))
    .join("")
    .trimEnd();
}

function rowOf({ world }: Shell, input: SchedulerInput, transitions: readonly Transition[]): string {
  const stem = input.name.replace(/\.(?:bz2|xml)$/, "");
  const transition = transitions.findLast(({ name }) => name === stem);
  const beginMs = transition?.beginMs ?? decidedMs(world, input);
  const end = transition?.endMs ?? null;
  const parsed = parseXml(world.readFile(pathOf(input)));
  const changed = ["update-client", "update-user", "update-origin"].map((name) =>
    parsed.ok ? (parsed.root.get(name) ?? "") : "",
  );
  return tableRow(
    dayOf(beginMs),
    clockOf(beginMs),
    end === null ? UNKNOWN_TIME : clockOf(end),
    stem,
    ...changed,
    transition === undefined ? "" : tagsOf(transition).join(" "),
  );
}

const UNKNOWN_TIME = "--:--:--";
const two = (part: number) => String(part).padStart(2, "0");

/** Local time, as are those of the shell's other commands. */
export function dayOf(ms: number): string {
  const time = new Date(ms);
  return [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join("-");
}

export function clockOf(ms: number): string {
  const time = new Date(ms);
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(":");
}
