import { pcs } from "@quorate/cli";
import { readSchedulerCib, readShow } from "./suite.ts";
import { CIB_FILE, type OfflineTool } from "./tool.ts";

interface PcsShow {
  readonly cib: string;
  readonly outputs: readonly {
    readonly args: readonly string[];
    readonly exit: number;
    readonly stdout: string;
    readonly crash?: unknown;
  }[];
}

export const pcsTool: OfflineTool = {
  name: "pcs",
  main: pcs,
  env: {},
  argv: ({ base, args }) => (base === null ? args : ["-f", CIB_FILE, ...args]),
  showChecks: (suite, name) => {
    const record = readShow(suite, name) as PcsShow;
    return record.outputs
      .filter((output) => !("crash" in output))
      .map((output) => ({
        id: `${name}: ${output.args.join(" ")}`,
        area: `show: ${output.args.join(" ")}`,
        cib: readSchedulerCib(suite, record.cib),
        args: output.args,
        exit: output.exit,
        stdout: output.stdout,
      }));
  },
};
