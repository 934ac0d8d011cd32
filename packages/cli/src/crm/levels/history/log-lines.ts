import type { Shell } from "../../shell/shell.ts";
import { runOnAll } from "../other-hosts.ts";
import { historyHosts } from "./fetched.ts";
import { hostsInSource, logFileOf, type ReportHost } from "./source.ts";
import { liveSpan } from "./view.ts";

/** A line of a log, as it was written. */
export interface LogLine {
  /** Milliseconds since 1970. */
  readonly ms: number;
  readonly host: string;
  readonly text: string;
}

/** How far clocks of hosts may be apart before a time without a year counts for one of the year before. */
const CLOCK_MS_MAX = 86_400_000;
const UNITS: readonly string[] = ["quorated", "corosync", "pacemaker_remote", "sbd"];

/**
 * The log of the cluster's hosts, or of those named, by time; of a report that of its hosts. A host that cannot be asked is told, and the
 * others count.
 */
export async function readLog(shell: Shell, named: readonly string[]): Promise<readonly LogLine[]> {
  const hosts = hostsInSource(shell);
  const logs = hosts === null ? await liveLogs(shell, named) : reportLogs(shell, hosts);
  const { fromS, toS, excluded } = shell.history;
  const [fromMs, toMs] = [(fromS ?? 0) * 1000, toS === null ? Number.POSITIVE_INFINITY : toS * 1000 + 999];
  return logs
    .flatMap(({ text, writtenMs }) => text.split("\n").flatMap((line) => lineOf(line, writtenMs)))
    .filter(({ ms, host }) => ms >= fromMs && ms <= toMs && (named.length === 0 || named.includes(host)))
    .filter(({ text }) => !excluded.some((pattern) => pattern.test(text)))
    .sort((one, other) => one.ms - other.ms);
}

interface Log {
  readonly text: string;
  /** When its last line was written, in milliseconds since 1970. */
  readonly writtenMs: number;
}

/** `2026-11-28T13:05:00.123456+0100 HOST PROGRAM[PID]: MESSAGE`, or as syslog has it: `Nov 28 13:05:00 HOST ...`. */
function lineOf(text: string, writtenMs: number): LogLine[] {
  const [, time, host] = /^(\d{4}-\d\d-\d\dT[\d:.,]+(?:Z|[+-]\d\d:?\d\d)) (\S+) /.exec(text) ?? [];
  if (time === undefined) return syslogLine(text, writtenMs);
  const ms = Date.parse(time.replace(/([+-]\d\d)(\d\d)$/, "$1:$2").replace(/(\.\d{3})\d+/, "$1"));
  return Number.isNaN(ms) ? [] : [{ ms, host: host!, text }];
}

/** Local time without a year: the last one in which it was not in the future when the log was written. */
function syslogLine(text: string, writtenMs: number): LogLine[] {
  const [, day, time, host] =
    /^([A-Z][a-z]{2} +\d{1,2}) (\d\d:\d\d:\d\d(?:\.\d{1,3})?)\d* (\S+) /.exec(text) ?? [];
  if (day === undefined) return [];
  const year = new Date(writtenMs).getFullYear();
  const times = [year + 1, year, year - 1].map((one) => Date.parse(`${day} ${one} ${time}`));
  const ms = times.find((one) => one <= writtenMs + CLOCK_MS_MAX);
  return ms === undefined ? [] : [{ ms, host: host!, text }];
}

function reportLogs({ world, messages }: Shell, hosts: readonly ReportHost[]): Log[] {
  return hosts.flatMap((host) => {
    const file = logFileOf(world, host);
    if (file !== null) return [{ text: world.readFile(file), writtenMs: world.changedMs(file) }];
    messages.warning(`no log in ${host.folder}: a report of this host would have journal.log there`);
    return [];
  });
}

async function liveLogs(shell: Shell, named: readonly string[]): Promise<Log[]> {
  const { world, history, messages } = shell;
  const { fromS } = liveSpan(shell);
  const until = history.toS === null ? "" : ` --until @${history.toS}`;
  const units = UNITS.map((unit) => `-u ${unit}`).join(" ");
  const command = `journalctl --no-pager -q -o short-iso-precise --since @${fromS}${until} ${units}`;
  const { own, all } = await historyHosts(shell);
  const isWanted = (host: string) => named.length === 0 || named.includes(host);
  const others = [...new Set([...all, ...named])].filter((host) => host !== own && isWanted(host));
  const answers = await runOnAll(shell, others, command);
  for (const { host, problem } of answers) {
    if (problem !== "") messages.warning(`no log of ${host}: ${problem}`);
  }
  const texts = answers.map(({ stdout }) => stdout);
  if (isWanted(own) && (history.nodes?.includes(own) ?? true))
    texts.push(world.filterText(command, "").output);
  return texts.map((text) => ({ text, writtenMs: world.nowMs() }));
}
