import { nearestName } from "../../options/nearest-name.ts";
import type { Level } from "../shell/level.ts";
import type { Shell } from "../shell/shell.ts";
import { cibLevel } from "./cib-level.ts";
import { cibstatusLevel } from "./cibstatus-level.ts";
import { clusterLevel } from "./cluster-level.ts";
import { configureLevel } from "./configure/configure-level.ts";
import { corosyncLevel } from "./corosync-level.ts";
import { historyLevel } from "./history/history-level.ts";
import { maintenanceLevel } from "./maintenance-level.ts";
import { nodeLevel } from "./node-level.ts";
import { optionsLevel } from "./options-level.ts";
import { raLevel } from "./ra-level.ts";
import { reportArguments } from "./report-arguments.ts";
import { resourceLevel } from "./resource-level.ts";
import { scriptLevel } from "./script-level.ts";
import { siteLevel } from "./site-level.ts";

/** The options of `crm_mon` that a word of `status` stands for. */
const MONITOR_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  full: ["--group-by-node", "--inactive", "--operations", "--timing-details", "--failcounts"],
  bynode: ["--group-by-node"],
  inactive: ["--inactive"],
  ops: ["--operations"],
  timing: ["--timing-details"],
  failcounts: ["--failcounts"],
  verbose: ["--verbose"],
  quiet: ["--quiet"],
  html: ["--output-as=html"],
  xml: ["--output-as=xml"],
  simple: ["--simple-status"],
  tickets: ["--tickets"],
  noheaders: ["--hide-headers"],
  detail: ["--show-detail"],
  brief: ["--brief"],
};

/** The top of the shell. */
export const topLevel: Level = {
  name: "",
  help: "crm: the cluster's shell",
  levels: {
    configure: configureLevel,
    resource: resourceLevel,
    node: nodeLevel,
    ra: raLevel,
    cib: cibLevel,
    cluster: clusterLevel,
    corosync: corosyncLevel,
    history: historyLevel,
    cibstatus: cibstatusLevel,
    maintenance: maintenanceLevel,
    options: optionsLevel,
    script: scriptLevel,
    site: siteLevel,
  },
  deprecated: {},
  commands: {
    status: {
      usage: "[KIND ...]",
      help: `Show the state of the cluster. Kinds: ${Object.keys(MONITOR_OPTIONS).join(", ")}`,
      atMost: null,
      run: showStatus,
    },
    verify: {
      usage: "",
      help: "Check the configuration",
      run: async (shell) => configureLevel.commands.verify!.run(shell, []),
    },
    report: {
      usage: "[OPTION ...] [DESTINATION]",
      help: "Collect what is needed to find out about a problem",
      atMost: null,
      run: async (shell, args) => (await shell.runOwn("crm_report", reportArguments(shell, args))) === 0,
    },
  },
};

/** Without words everything there is; with words what they ask for. */
async function showStatus(shell: Shell, args: readonly string[]): Promise<boolean> {
  const odd = args.find((arg) => !arg.startsWith("-") && !Object.hasOwn(MONITOR_OPTIONS, arg));
  if (odd !== undefined) {
    const known = Object.keys(MONITOR_OPTIONS);
    const nearest = nearestName(odd, known);
    shell.messages.error(
      `status: "${odd}" is not known here. ${nearest === null ? `Known are ${known.join(", ")}` : `Did you mean "${nearest}"?`}`,
    );
    return false;
  }
  const { main } = await import("../../commands/crm_mon.ts");
  const options = args.length === 0 ? ["--inactive"] : args.flatMap((arg) => MONITOR_OPTIONS[arg] ?? [arg]);
  const isShown = (await shell.runTool("crm_mon", main, ["--one-shot", ...options])) === 0;
  // What follows, in a session as in a script, stands apart.
  if (!options.some((option) => option.startsWith("--output-as"))) shell.messages.print("");
  return isShown;
}
