import { parseXml, serializeXml } from "@quorate/xml";
import { CibError } from "../cluster/cib-session.ts";
import { DaemonError } from "../cluster/daemon.ts";
import { useCib } from "../cluster/open-cib.ts";
import type { Main } from "../command.ts";
import { main as crmMon } from "../commands/crm_mon.ts";
import { main as crmNode } from "../commands/crm_node.ts";
import { main as crmVerify } from "../commands/crm_verify.ts";
import { versionText } from "../version.ts";
import { type ArchiveEntry, FileError, type World } from "../world.ts";
import { maskerOf } from "./mask-secrets.ts";

/** What a report is about, as it also travels to other hosts. */
export interface ReportRequest {
  readonly fromS: number;
  readonly toS: number;
  /** Further log files. */
  readonly logFiles: readonly string[];
  readonly searchesLogs: boolean;
  /** What makes a line of a log worth looking at first: regular expressions. */
  readonly patterns: readonly string[];
  /** Names, as regular expressions, whose values are masked besides those of secrets. */
  readonly masked: readonly string[];
}

export const COROSYNC_CONF = "/etc/corosync/corosync.conf";
const CIB_ON_DISK = "/var/lib/quorate/cib/cib.xml";
const INPUTS = "/var/lib/quorate/pengine";
/** Whose words matter. */
const UNITS = ["quorated", "quorate-pcsd", "corosync", "pacemaker", "pacemaker_remote", "sbd"] as const;

/** Everything of this host that tells about the cluster in a span of time. What cannot be had is named in `missing.txt`, and the rest goes on. */
export async function collectReport(world: World, request: ReportRequest): Promise<readonly ArchiveEntry[]> {
  const entries: ArchiveEntry[] = [];
  const missing: string[] = [];
  const mask = maskerOf(request.masked);
  const patterns = request.patterns.map((pattern) => new RegExp(pattern));
  const add = (name: string, text: string) => entries.push({ name, text: mask(text) });
  const root = world.env.QUORATE_ROOT ?? "";

  const cib = await currentCib(world, `${root}${CIB_ON_DISK}`);
  if (cib === null) missing.push("cib.xml: the daemon does not answer, and there is no copy on disk");
  else {
    add(cib.isLive ? "cib.xml" : "cib-on-disk.xml", cib.text);
    const file = { ...world, readFile: () => cib.text, fileExists: () => true };
    add("crm_verify.txt", await said(file, "crm_verify", crmVerify, ["--xml-file", "cib.xml", "-V"]));
  }
  if (cib?.isLive) {
    add(
      "crm_mon.txt",
      await said(world, "crm_mon", crmMon, [
        "--one-shot",
        "--inactive",
        "--show-detail",
        "--failcounts",
        "--operations",
      ]),
    );
    add("members.txt", await said(world, "crm_node", crmNode, ["--list"]));
  } else missing.push("crm_mon.txt, members.txt: the daemon does not answer");

  const conf = `${root}${COROSYNC_CONF}`;
  const confText = readOrNull(world, conf);
  if (confText === null) missing.push(`corosync.conf: ${conf} is not there`);
  else add("corosync.conf", confText);
  for (const command of ["corosync-quorumtool -siH", "corosync-cfgtool -sb", "corosync-cmapctl"]) {
    const [program] = command.split(" ") as [string];
    const { status, output } = world.filterText(`${command} 2>&1`, "");
    if (status === 127) missing.push(`${program}.txt: there is no such program here`);
    else add(`${program}.txt`, output);
  }

  const logs: ArchiveEntry[] = [];
  const { output: journal } = world.filterText(
    `journalctl --no-pager -q -o short-iso-precise --since @${request.fromS} --until @${request.toS} ${UNITS.map((unit) => `-u ${unit}`).join(" ")} 2>/dev/null`,
    "",
  );
  if (journal.trim() !== "") logs.push({ name: "journal.log", text: journal });
  else missing.push("journal.log: the journal has no lines of the cluster in this time, or there is none");
  const found = request.searchesLogs && confText !== null ? logFilesIn(confText) : [];
  for (const path of [...new Set([...found, ...request.logFiles])]) {
    const text = readOrNull(world, path);
    if (text === null) missing.push(`${path}: it cannot be read`);
    else logs.push({ name: `logs/${path.replace(/^\/+/, "").replaceAll("/", "_")}`, text });
  }
  for (const { name, text } of logs) add(name, text);
  const lines = logs.flatMap(({ name, text }) =>
    text
      .split("\n")
      .filter((line) => patterns.some((pattern) => pattern.test(line)))
      .map((line) => `${name}: ${line}`),
  );
  add(
    "analysis.txt",
    lines.length === 0 ? "No line matches the patterns that were looked for.\n" : `${lines.join("\n")}\n`,
  );

  for (const { name, text } of inputsOfSpan(world, `${root}${INPUTS}`, request, missing))
    add(`pengine/${name}`, text);
  add("version.txt", `${versionText()}${world.filterText("uname -a", "").output}`);
  if (missing.length > 0) entries.push({ name: "missing.txt", text: `${missing.join("\n")}\n` });
  return entries;
}

interface FoundCib {
  readonly text: string;
  readonly isLive: boolean;
}

async function currentCib(world: World, file: string): Promise<FoundCib | null> {
  try {
    const text = await useCib(world, { kind: "live" }, async (cib) => serializeXml(await cib.document()));
    return { text, isLive: true };
  } catch (error) {
    if (!(error instanceof CibError || error instanceof DaemonError || error instanceof FileError))
      throw error;
    const text = readOrNull(world, file);
    return text === null ? null : { text, isLive: false };
  }
}

/** What a command of ours prints, complaints and all. */
async function said(world: World, program: string, main: Main, args: readonly string[]): Promise<string> {
  let text = "";
  const hear = (piece: string) => {
    text += piece;
  };
  const status = await main(args, { ...world, programName: program, stdout: hear, stderr: hear });
  return status === 0 ? text : `${text}(exit status ${status})\n`;
}

function readOrNull(world: World, path: string): string | null {
  try {
    return world.fileExists(path) ? world.readFile(path) : null;
  } catch (error) {
    if (error instanceof FileError) return null;
    throw error;
  }
}

function logFilesIn(conf: string): string[] {
  return [...conf.matchAll(/^\s*logfile:\s*(\S+)/gm)].map(([, path]) => path!);
}

/** Saved inputs of the scheduler say themselves when they were decided on; one that does not is taken along. */
function inputsOfSpan(
  world: World,
  folder: string,
  { fromS, toS }: ReportRequest,
  missing: string[],
): ArchiveEntry[] {
  if (!world.fileExists(folder)) return [];
  const entries: ArchiveEntry[] = [];
  for (const name of world.listFiles(folder).filter((one) => /\.(?:bz2|xml)$/.test(one))) {
    const text = readOrNull(world, `${folder}/${name}`);
    if (text === null) {
      missing.push(`pengine/${name}: it cannot be read`);
      continue;
    }
    const parsed = parseXml(text);
    const decidedS = parsed.ok ? Number.parseInt(parsed.root.get("execution-date") ?? "", 10) : Number.NaN;
    if (Number.isNaN(decidedS) || (decidedS >= fromS && decidedS <= toS))
      entries.push({ name: name.replace(/\.bz2$/, ".xml"), text });
  }
  return entries;
}
