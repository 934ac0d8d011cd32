import { crm } from "@quorate/cli";
import { lineDiff } from "../line-diff.ts";
import type { MemoryRun } from "../memory-world.ts";
import { comparableXml } from "./compare.ts";
import { type OfflineSuite, readBase, readSchedulerCib, readShow } from "./suite.ts";
import { CIB_FILE, type OfflineTool, type ShowCheck } from "./tool.ts";

interface Output {
  readonly exit: number;
  readonly stdout: string;
  readonly crash?: unknown;
}

interface CrmShow {
  readonly cib: string;
  readonly show: Output;
  readonly load?: Output & { readonly configuration: string | null };
}

export const crmTool: OfflineTool = {
  name: "crm",
  main: crm,
  env: { CIB_file: CIB_FILE, TERM: "dumb" },
  argv: ({ args }) => args,
  showChecks: (suite, name) => {
    const record = readShow(suite, name) as CrmShow;
    if ("crash" in record.show) return [];
    const checks: ShowCheck[] = [
      {
        id: `${name}: show`,
        area: "show",
        cib: readSchedulerCib(suite, record.cib),
        args: ["-D", "plain", "configure", "show"],
        exit: record.show.exit,
        stdout: record.show.stdout,
      },
    ];
    const { load } = record;
    if (load !== undefined && !("crash" in load))
      checks.push(loadCheck(suite, name, record.show.stdout, load));
    return checks;
  },
};

/** The text that was shown, loaded into an empty CIB. */
function loadCheck(
  suite: OfflineSuite,
  name: string,
  text: string,
  load: NonNullable<CrmShow["load"]>,
): ShowCheck {
  const base = readBase(suite, "empty");
  return {
    id: `${name}: load`,
    area: "load of what was shown",
    cib: base,
    args: ["-F", "-D", "plain", "configure", "load", "replace", "in.txt"],
    files: new Map([["in.txt", text]]),
    exit: load.exit,
    stdout: load.stdout,
    judge: (run) => judgeConfiguration(load.configuration, run, base),
  };
}

function judgeConfiguration(expected: string | null, run: MemoryRun, base: string): readonly string[] {
  if (run.removed.has(CIB_FILE)) return ["the CIB is gone"];
  const after = run.written.get(CIB_FILE) ?? base;
  const actual = /<configuration>[\s\S]*<\/configuration>|<configuration\/>/.exec(after)?.[0];
  if (actual === undefined) return ["the CIB has no configuration"];
  const wanted = expected ?? /<configuration>[\s\S]*<\/configuration>/.exec(base)![0];
  const left = comparableXml(wanted);
  const right = comparableXml(actual);
  return left.join("\n") === right.join("\n")
    ? []
    : ["configuration:", ...lineDiff(left, right, (a, b) => a === b)];
}
