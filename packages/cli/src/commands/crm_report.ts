import { defineCommand, UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { countOption, flagOption, listOption, valueOption } from "../options/option-table.ts";
import { collectReport } from "../report/collect-report.ts";
import { maskerOf } from "../report/mask-secrets.ts";
import { reportTime } from "../report/report-span.ts";

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
  singleNode: flagOption({ long: "single-node", short: "S", help: "This host only (it always is)" }),
  corosync: flagOption({ long: "corosync", short: "C", help: "Accepted, without effect", isHidden: true }),
  cluster: valueOption({
    long: "cluster",
    short: "c",
    metavar: "TYPE",
    help: "Accepted, without effect",
    isHidden: true,
  }),
  sosMode: flagOption({ long: "sos-mode", help: "Accepted, without effect", isHidden: true }),
  nodes: listOption({
    long: "nodes",
    short: "n",
    metavar: "NODES",
    help: "Refused: run it on each host",
    isHidden: true,
  }),
  verbose: countOption({ long: "verbose", short: "V", help: "Name what goes into the report" }),
};

/** `crm_report`: what is needed to find out about a problem, in one archive. Options as crm_report(8) has them. */
export const main = defineCommand({
  name: "crm_report",
  summary: "collect the configuration, the state, logs and decisions of this host's cluster in one archive",
  usage: "--from TIME [options] [DEST]",
  examples: [
    { line: 'crm_report --from "2026-11-28 13:05" --to 13:30 outage', explanation: "Makes outage.tar.bz2" },
    { line: "crm_report --from 13:05 --as-directory --dest /tmp/outage", explanation: "A folder to look at" },
  ],
  options,
  forms: [],
  run: async ({ options: chosen, operands }, world) => {
    if (operands.length > 1) throw new UsageError(`surplus argument "${operands[1]}"`);
    if (chosen.nodes.length > 0)
      throw new UsageError(
        "a report is of this host only: run it on each host, for example with ssh NODE crm_report ...",
      );
    if (chosen.from === null)
      throw new UsageError('give the time before it began: --from "2026-11-28 13:05:00"');
    const nowMs = world.nowMs();
    const fromS = reportTime("--from", chosen.from, nowMs);
    const toS = chosen.to === null ? Math.floor(nowMs / 1000) : reportTime("--to", chosen.to, nowMs);
    if (toS <= fromS) throw new UsageError("--to must be later than --from");
    const dest = chosen.dest ?? operands[0] ?? `crm_report-${stamp(nowMs)}`;
    const form = chosen.asDirectory ? "directory" : chosen.gzip || /\.tar\.gz$/.test(dest) ? "gz" : "bz2";
    const base = dest.replace(/\.tar\.(?:gz|bz2)$/, "");
    const path = form === "directory" ? base : `${base}.tar.${form}`;
    if (world.fileExists(path)) throw new UsageError(`${path} is there already; name another destination`);
    const patterns =
      chosen.patterns.length === 0 ? ["CRIT:", "ERROR:", "\\berror:", "\\bcrit(?:ical)?:"] : chosen.patterns;
    const entries = await collectReport(world, {
      fromS,
      toS,
      logFiles: chosen.logFiles,
      searchesLogs: !chosen.noLogs,
      patterns: patterns.map((pattern) => asPattern("-L", pattern, (text) => new RegExp(text))),
      mask: asPattern("-p", chosen.mask.join("|"), () => maskerOf(chosen.mask)),
    });
    if (chosen.verbose > 0) for (const { name } of entries) world.stderr(`${name}\n`);
    world.writeArchive(path, form, base.split("/").at(-1)!, entries);
    world.stdout(`${path}\n`);
    world.stderr(
      "Passwords are masked as far as they were recognised; look before you give the report away.\n",
    );
    return ExitCode.ok;
  },
});

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
