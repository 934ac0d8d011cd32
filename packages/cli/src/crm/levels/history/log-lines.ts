import { clusterHosts } from "../../../report/other-hosts.ts";
import type { Shell } from "../../shell/shell.ts";
import { runOnAll } from "../other-hosts.ts";
import { inputFolder } from "../scheduler-inputs.ts";

/** A line of a log, as it was written. */
export interface LogLine {
  /** Milliseconds since 1970. */
  readonly ms: number;
  readonly host: string;
  readonly text: string;
}

/** What of the history is looked at. */
export interface HistoryView {
  /** Seconds since 1970; null: an hour ago, or for a report from its beginning. */
  fromS: number | null;
  /** Null: now, or for a report to its end. */
  toS: number | null;
  /** Lines that one of these matches are not shown. */
  excluded: readonly RegExp[];
  /** 1: also what went as it should. */
  detail: 0 | 1;
}

export function wholeView(): HistoryView {
  return { fromS: null, toS: null, excluded: [], detail: 0 };
}

const UNITS: readonly string[] = ["quorated", "corosync", "pacemaker_remote", "sbd"];
const SPAN_S_DEFAULT = 3600;

/**
 * The log of the cluster's hosts, or of those named, by time. Of a report (`crm -H REPORT/HOST`) it is that of its host. A host that cannot be asked is told,
 * and the others count.
 */
export async function readLog(shell: Shell, named: readonly string[]): Promise<readonly LogLine[]> {
  const texts = shell.start.historyFolder === null ? await liveLogs(shell, named) : [reportLog(shell)];
  const { fromS, toS, excluded } = shell.history;
  const [fromMs, toMs] = [(fromS ?? 0) * 1000, toS === null ? Number.POSITIVE_INFINITY : toS * 1000 + 999];
  return texts
    .flatMap((text) => text.split("\n").flatMap(lineOf))
    .filter(({ ms, host }) => ms >= fromMs && ms <= toMs && (named.length === 0 || named.includes(host)))
    .filter(({ text }) => !excluded.some((pattern) => pattern.test(text)))
    .sort((one, other) => one.ms - other.ms);
}

/** `2026-11-28T13:05:00.123456+0100 HOST PROGRAM[PID]: MESSAGE` */
function lineOf(text: string): LogLine[] {
  const [, time, host] = /^(\d{4}-\d\d-\d\dT[\d:.,]+(?:Z|[+-]\d\d:?\d\d)) (\S+) /.exec(text) ?? [];
  if (time === undefined) return [];
  const ms = Date.parse(time.replace(/([+-]\d\d)(\d\d)$/, "$1:$2").replace(/(\.\d{3})\d+/, "$1"));
  return Number.isNaN(ms) ? [] : [{ ms, host: host!, text }];
}

/** The folder of a report may be that of the host, or the one of the inputs in it. */
function reportLog(shell: Shell): string {
  const folder = inputFolder(shell).replace(/\/+$/, "");
  const files = [`${folder}/journal.log`, `${folder.replace(/\/pengine$/, "")}/journal.log`];
  const file = files.find((path) => shell.world.fileExists(path));
  if (file !== undefined) return shell.world.readFile(file);
  shell.messages.warning(`no log in ${folder}: a report of this host would have journal.log there`);
  return "";
}

async function liveLogs(shell: Shell, named: readonly string[]): Promise<string[]> {
  const { world, history, messages } = shell;
  const fromS = history.fromS ?? Math.floor(world.nowMs() / 1000) - SPAN_S_DEFAULT;
  const until = history.toS === null ? "" : ` --until @${history.toS}`;
  const units = UNITS.map((unit) => `-u ${unit}`).join(" ");
  const command = `journalctl --no-pager -q -o short-iso-precise --since @${fromS}${until} ${units}`;
  const { own, all } = await clusterHosts(world);
  const isWanted = (host: string) => named.length === 0 || named.includes(host);
  const others = [...new Set([...all, ...named])].filter((host) => host !== own && isWanted(host));
  const answers = await runOnAll(shell, others, command);
  for (const { host, problem } of answers) {
    if (problem !== "") messages.warning(`no log of ${host}: ${problem}`);
  }
  const texts = answers.map(({ stdout }) => stdout);
  if (isWanted(own)) texts.push(world.filterText(command, "").output);
  return texts;
}
