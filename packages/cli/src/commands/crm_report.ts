import { defineCommand, UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { countOption, flagOption, listOption, valueOption } from "../options/option-table.ts";
import { collectReport, type ReportRequest } from "../report/collect-report.ts";
import { maskerOf } from "../report/mask-secrets.ts";
import { answer, askHosts, clusterHosts, isHostName, type Reach } from "../report/other-hosts.ts";
import { reportTime } from "../report/report-span.ts";
import { versionText } from "../version.ts";
import type { ArchiveEntry, World } from "../world.ts";

const options = {
  from: valueOption({
    long: "from",
    short: "f",
    metavar: "TIME",
    help: 'When it began, as "2026-11-28 13:05:00", or "13:05" for today',
  }),
  to: valueOption({ long: "to", short: "t", metavar: "TIME", help: "When it was over (default: now)" }),
  dest: valueOption({
    long: "dest",
    metavar: "DEST",
    help: "Where the report goes, without its ending (as the operand)",
  }),
  logFiles: listOption({
    long: "logfile",
    short: "l",
    metavar: "FILE",
    help: "A further log file; may be given several times",
  }),
  noLogs: flagOption({ long: "no-search", short: "M", help: "Do not look for log files" }),
  mask: listOption({
    long: "mask",
    short: "p",
    metavar: "PATTERN",
    help: "Mask values of these names, too (always masked: passw.* and other secrets)",
  }),
  patterns: listOption({
    long: "look-for",
    short: "L",
    metavar: "PATTERN",
    help: "Lines of logs that analysis.txt lists (default: CRIT: and ERROR:)",
  }),
  asDirectory: flagOption({ long: "as-directory", short: "d", help: "Leave a folder, no archive" }),
  gzip: flagOption({ long: "gzip", help: "Make a .tar.gz in place of a .tar.bz2" }),
  replaces: flagOption({ long: "replace", help: "Replace an archive of that name that is there" }),
  singleNode: flagOption({ long: "single-node", short: "S", help: "This host only" }),
  nodes: listOption({
    long: "nodes",
    short: "n",
    metavar: "NODES",
    help: "Hosts to collect from (default: those of the cluster, as far as this host knows them)",
  }),
  user: valueOption({
    long: "user",
    short: "u",
    metavar: "USER",
    help: "User on other hosts (default: root)",
  }),
  shell: valueOption({
    long: "rsh",
    short: "e",
    metavar: "COMMAND",
    help: "What runs commands on other hosts (default: ssh -T, without asking for passwords)",
  }),
  answers: flagOption({
    long: "answer",
    help: "Read a request of another host's crm_report, and answer it",
    isHidden: true,
  }),
  cts: valueOption({
    long: "cts",
    short: "T",
    metavar: "TEST",
    help: "Refused: there is no log of a test run to take a part of",
    isHidden: true,
  }),
  ctsLog: valueOption({ long: "cts-log", metavar: "FILE", help: "Refused, as --cts", isHidden: true }),
  corosync: flagOption({ long: "corosync", short: "C", help: "Accepted, without effect", isHidden: true }),
  cluster: valueOption({
    long: "cluster",
    short: "c",
    metavar: "TYPE",
    help: "Accepted, without effect",
    isHidden: true,
  }),
  depth: valueOption({
    long: "max-depth",
    short: "D",
    metavar: "DEPTH",
    help: "Accepted, without effect: files are where they are known to be",
    isHidden: true,
  }),
  features: flagOption({ long: "features", help: "As --version: nothing is left out of it", isHidden: true }),
  sosMode: flagOption({ long: "sos-mode", help: "As --single-node", isHidden: true }),
  verbose: countOption({ long: "verbose", short: "V", help: "Name what goes into the report" }),
};

/** `crm_report`: what is needed to find out about a problem, in one archive. Options as crm_report(8) has them. */
export const main = defineCommand({
  name: "crm_report",
  summary: "collect the configuration, the state, logs and decisions of the cluster's hosts in one archive",
  usage: "--from TIME [options] [DEST]",
  examples: [
    { line: 'crm_report --from "2026-11-28 13:05" --to 13:30 outage', explanation: "Makes outage.tar.bz2" },
    { line: "crm_report --from 13:05 --as-directory --dest /tmp/outage", explanation: "A folder to look at" },
    { line: "crm_report --from 13:05 --single-node", explanation: "Of this host only" },
  ],
  options,
  forms: [],
  run: async ({ options: chosen, operands }, world) => {
    if (operands.length > 1) throw new UsageError(`surplus argument "${operands[1]}"`);
    if (chosen.answers) return answerAnother(world);
    if (chosen.features) {
      world.stdout(versionText());
      return ExitCode.ok;
    }
    if (chosen.cts !== null || chosen.ctsLog !== null)
      throw new UsageError("there is no log of a test run here; give the time with --from and --to");
    if (chosen.from === null)
      throw new UsageError('give the time before it began: --from "2026-11-28 13:05:00"');
    const nowMs = world.nowMs();
    const fromS = reportTime("--from", chosen.from, nowMs);
    const toS = chosen.to === null ? Math.floor(nowMs / 1000) : reportTime("--to", chosen.to, nowMs);
    if (toS <= fromS) throw new UsageError("--to must be later than --from");
    const named = chosen.nodes.flatMap((words) => words.split(/[\s,]+/)).filter((word) => word !== "");
    const wrong = [...named, ...(chosen.user === null ? [] : [chosen.user])].find(
      (name) => !isHostName(name),
    );
    if (wrong !== undefined) throw new UsageError(`"${wrong}" is no name of a host or user`);
    const dest = chosen.dest ?? operands[0] ?? `crm_report-${stamp(nowMs)}`;
    const form = chosen.asDirectory ? "directory" : chosen.gzip || /\.tar\.gz$/.test(dest) ? "gz" : "bz2";
    const base = dest.replace(/\.tar\.(?:gz|bz2)$/, "");
    const path = form === "directory" ? base : `${base}.tar.${form}`;
    if (world.fileExists(path) && !(chosen.replaces && form !== "directory"))
      throw new UsageError(`${path} is there already; name another destination`);
    const patterns =
      chosen.patterns.length === 0 ? ["CRIT:", "ERROR:", "\\berror:", "\\bcrit(?:ical)?:"] : chosen.patterns;
    for (const pattern of patterns) asPattern("-L", pattern, (text) => new RegExp(text));
    asPattern("-p", chosen.mask.join("|"), () => maskerOf(chosen.mask));
    const request = {
      fromS,
      toS,
      logFiles: chosen.logFiles,
      searchesLogs: !chosen.noLogs,
      patterns,
      masked: chosen.mask,
    };
    const entries =
      chosen.singleNode || chosen.sosMode
        ? await collectReport(world, request)
        : await collectFromHosts(world, named, request, {
            shell: chosen.shell === null ? SSH : chosen.shell.split(/\s+/).filter((word) => word !== ""),
            user: chosen.user ?? "root",
          });
    if (entries.length === 0) {
      world.stderr(`${world.programName}: no host answered, so there is nothing to report\n`);
      return ExitCode.unavailable;
    }
    if (chosen.verbose > 0) for (const { name } of entries) world.stderr(`${name}\n`);
    if (world.fileExists(path)) world.removeFile(path);
    world.writeArchive(path, form, base.split("/").at(-1)!, entries);
    world.stdout(`${path}\n`);
    world.stderr(
      "Passwords are masked as far as they were recognised; look before you give the report away.\n",
    );
    return ExitCode.ok;
  },
});

/** Nobody is there to answer questions, and a host that is down must not hold up the report. */
const SSH = ["ssh", "-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10"] as const;

async function answerAnother(world: World): Promise<number> {
  const text = await answer(world, world.readStdin());
  if (text === null) throw new UsageError("what was read is no request of a crm_report");
  world.stdout(text);
  return ExitCode.ok;
}

/** A folder for each host when there are several; of those that could not be had, it is told, and the rest goes on. */
async function collectFromHosts(
  world: World,
  named: readonly string[],
  request: ReportRequest,
  reach: Reach,
): Promise<readonly ArchiveEntry[]> {
  const { own, all } = await clusterHosts(world);
  const wanted = [...new Set(named.length > 0 ? named : [own, ...all])];
  const others = wanted.filter((host) => host.toLowerCase() !== own.toLowerCase());
  if (others.length === 0) return collectReport(world, request);
  const [ofOthers, ofThis] = await Promise.all([
    askHosts(world, others, reach, request),
    wanted.length > others.length ? collectReport(world, request) : null,
  ]);
  const reports = [...(ofThis === null ? [] : [{ host: own, entries: ofThis, problem: "" }]), ...ofOthers];
  const entries = reports.flatMap(({ host, entries: found }) =>
    (found ?? []).map(({ name, text }) => ({ name: `${host}/${name}`, text })),
  );
  const missing = reports.filter((report) => report.entries === null);
  for (const { host, problem } of missing)
    world.stderr(`${world.programName}: nothing from ${host}: ${problem}\n`);
  if (entries.length > 0 && missing.length > 0) {
    const text = missing.map(({ host, problem }) => `${host}: ${problem}\n`).join("");
    entries.push({ name: "missing.txt", text });
  }
  return entries;
}

/** @throws UsageError when it is no regular expression */
function asPattern<T>(option: string, text: string, make: (text: string) => T): T {
  try {
    return make(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UsageError(`${option} "${text}" is no regular expression: ${error.message}`);
  }
}

/** `2026-11-28-130500`, local time. */
function stamp(nowMs: number): string {
  const now = new Date(nowMs);
  const two = (part: number) => String(part).padStart(2, "0");
  const day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join("-");
  return `${day}-${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
}
