import type { ApiClient } from "@quorate/api";
import { type MonitorOptions, monitor } from "@quorate/scheduler";
import type { CibSession } from "../cluster/cib-session.ts";
import { withCib } from "../cluster/open-cib.ts";
import { defineCommand, UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { fencingSections } from "../fencing/fencing-sections.ts";
import { classicLocalTime } from "../input/local-time.ts";
import { parseSeconds } from "../input/parse-seconds.ts";
import { watchCluster } from "../monitor/watch-cluster.ts";
import {
  countOption,
  flagOption,
  optionalOption,
  type ParsedValues,
  valueOption,
} from "../options/option-table.ts";
import type { World } from "../world.ts";

const DISPLAY = "What to show";

const options = {
  oneShot: flagOption({ long: "one-shot", short: "1", help: "Show the status once and exit" }),
  interval: valueOption({
    long: "interval",
    short: "i",
    metavar: "TIME",
    help: "How often to look again (default 5s)",
  }),
  groupByNode: flagOption({
    long: "group-by-node",
    short: "n",
    help: "Resources under their nodes",
    heading: DISPLAY,
  }),
  inactive: flagOption({
    long: "inactive",
    short: "r",
    help: "Also resources that run nowhere",
    heading: DISPLAY,
  }),
  failcounts: flagOption({ long: "failcounts", short: "f", help: "Fail counts", heading: DISPLAY }),
  operations: flagOption({
    long: "operations",
    short: "o",
    help: "What was done, and in which order",
    heading: DISPLAY,
  }),
  timing: flagOption({
    long: "timing-details",
    short: "t",
    help: "What was done, when, and how long it took",
    heading: DISPLAY,
  }),
  attributes: flagOption({
    long: "show-node-attributes",
    short: "A",
    help: "Node attributes",
    heading: DISPLAY,
  }),
  fenceHistory: optionalOption({
    long: "fence-history",
    short: "m",
    metavar: "LEVEL",
    help: "Fencing: 0 nothing, 1 failures and what is pending (default), 2 successes too, 3 all that is remembered",
    heading: DISPLAY,
  }),
  hideHeaders: flagOption({
    long: "hide-headers",
    short: "D",
    help: "Leave out the cluster summary",
    heading: DISPLAY,
  }),
  detail: flagOption({
    long: "show-detail",
    short: "R",
    help: "Node ids, every clone instance, failures as the history has them",
    heading: DISPLAY,
  }),
  outputAs: valueOption({
    long: "output-as",
    metavar: "FORMAT",
    help: "How to print it",
    choices: ["console", "text"],
  }),
  verbose: countOption({ long: "verbose", short: "V", help: "Say more" }),
  quiet: flagOption({ long: "quiet", short: "Q", help: "Say less" }),
};

type Options = ParsedValues<typeof options>;

/** `crm_mon`: the state of the cluster, once or live. Source: crm_mon(8). */
export const main = defineCommand({
  name: "crm_mon",
  summary: "show the state of the cluster",
  usage: "[options]",
  examples: [
    { line: "crm_mon", explanation: "Watch the cluster" },
    { line: "crm_mon -1 -r -f", explanation: "Once, with what does not run and with fail counts" },
  ],
  options,
  run: ({ options: chosen, operands }, world) => {
    if (operands.length > 0) throw new UsageError(`surplus argument "${operands[0]}"`);
    const fenceLevel = fenceHistoryLevel(chosen.fenceHistory);
    const intervalMs = chosen.interval === null ? 5000 : parseSeconds("--interval", chosen.interval) * 1000;
    return withCib(world, async (cib, daemon) => {
      const draw = () => statusText(cib, daemon, chosen, fenceLevel, world);
      if (chosen.oneShot || chosen.outputAs === "text" || daemon === null) {
        world.stdout(await draw());
        return ExitCode.ok;
      }
      return watchCluster({ daemon, draw, intervalMs, world });
    });
  },
});

function fenceHistoryLevel(text: string | null): number {
  if (text === null) return 1;
  if (text === "") return 2;
  if (!/^[0-3]$/.test(text)) throw new UsageError(`--fence-history "${text}": write a level from 0 to 3`);
  return Number(text);
}

async function statusText(
  cib: CibSession,
  daemon: ApiClient | null,
  chosen: Options,
  fenceLevel: number,
  world: World,
): Promise<string> {
  const status = daemon === null ? null : await daemon.request("node.status", {});
  const diskProblem = status?.diskProblem ?? null;
  const records = daemon === null ? [] : await daemon.request("fencing.history", { target: null });
  const nowMs = world.nowMs();
  const shown: MonitorOptions = {
    showsSummary: !chosen.hideHeaders,
    showsInactive: chosen.inactive,
    groupsByNode: chosen.groupByNode,
    showsFailCounts: chosen.failcounts,
    showsOperations: chosen.operations || chosen.timing,
    showsTiming: chosen.timing,
    showsNodeAttributes: chosen.attributes,
    showsDetail: chosen.detail,
    viewer: status?.nodeName ?? null,
    timeText: classicLocalTime(new Date(nowMs)),
    moreSections: [
      ...fencingSections(records, fenceLevel),
      { title: "Disk of this Node", items: diskProblem === null ? [] : [diskProblem] },
    ],
  };
  return monitor(await cib.document(), Math.floor(nowMs / 1000), shown);
}
