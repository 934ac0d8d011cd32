import type { Level } from "../shell/level.ts";
import { cibLevel } from "./cib-level.ts";
import { clusterLevel } from "./cluster-level.ts";
import { configureLevel } from "./configure/configure-level.ts";
import { corosyncLevel } from "./corosync-level.ts";
import { historyLevel } from "./history-level.ts";
import { nodeLevel } from "./node-level.ts";
import { raLevel } from "./ra-level.ts";
import { resourceLevel } from "./resource-level.ts";

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
  },
  deprecated: {},
  commands: {
    status: {
      usage: "[bynode] [inactive] [ops] [timing] [failcounts] [verbose] [quiet] [xml] [full]",
      help: "Show the state of the cluster",
      atMost: null,
      run: async (shell, args) => {
        const { main } = await import("../../commands/crm_mon.ts");
        return (
          (await shell.runTool("crm_mon", main, [
            "--one-shot",
            "--inactive",
            ...args.flatMap(monitorOption),
          ])) === 0
        );
      },
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
      run: async (shell, args) => (await shell.world.runOwn("crm_report", args)) === 0,
    },
  },
};

const MONITOR_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  bynode: ["--group-by-node"],
  inactive: ["--inactive"],
  ops: ["--operations"],
  timing: ["--timing-details"],
  failcounts: ["--failcounts"],
  verbose: ["--verbose"],
  quiet: ["--quiet"],
  xml: ["--output-as=xml"],
  html: ["--output-as=html"],
  full: ["--inactive", "--operations", "--timing-details", "--failcounts", "--show-node-attributes"],
};

/** The option of `crm_mon` that a word stands for; the word itself when it is one. */
function monitorOption(word: string): readonly string[] {
  return MONITOR_OPTIONS[word] ?? [word];
}
