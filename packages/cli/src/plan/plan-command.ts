import { parseXml, serializeXml, type XmlElement } from "@quorate/xml";
import { defaultNode } from "../attributes/target-node.ts";
import { CibError } from "../cluster/cib-session.ts";
import { DaemonError } from "../cluster/daemon.ts";
import { useCib } from "../cluster/open-cib.ts";
import { defineCommand, type Main, UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { nearestName } from "../options/nearest-name.ts";
import { flagOption } from "../options/option-table.ts";
import { FileError, type World } from "../world.ts";
import { type Plan, planOf } from "./plan.ts";
import { planJson, planText } from "./plan-text.ts";
import { PlanningWorld, type TriedFile } from "./planning-world.ts";

/** The commands that change a configuration, or what the cluster knows of its nodes. */
const PLANNABLE: Readonly<Record<string, () => Promise<{ readonly main: Main }>>> = {
  attrd_updater: async () => ({ main: (await import("./planned-attribute.ts")).attributeAsPlanned }),
  cibadmin: () => import("../commands/cibadmin.ts"),
  crm: () => import("../commands/crm.ts"),
  crm_attribute: () => import("../commands/crm_attribute.ts"),
  crm_failcount: () => import("../commands/crm_failcount.ts"),
  crm_master: () => import("../commands/crm_master.ts"),
  crm_node: () => import("../commands/crm_node.ts"),
  crm_resource: () => import("../commands/crm_resource.ts"),
  crm_shadow: () => import("../commands/crm_shadow.ts"),
  crm_standby: () => import("../commands/crm_standby.ts"),
  crm_ticket: () => import("../commands/crm_ticket.ts"),
  pcs: () => import("../commands/pcs.ts"),
  stonith_admin: () => import("../commands/stonith_admin.ts"),
};

/** Under this name a tried command finds the running cluster's configuration as a file. */
const LIVE = "the cluster's configuration";

const NOTHING: Plan = {
  changesConfiguration: false,
  actions: [],
  pending: [],
  cancelled: [],
  hasStatus: true,
};

const command = defineCommand({
  name: "quorate-plan",
  summary:
    "tell what the cluster would do after a command that changes its configuration, and change nothing",
  usage: "[--json] COMMAND [arguments]",
  examples: [
    {
      line: "quorate-plan crm_standby --node node1 --update on",
      explanation: "What moves when a node is in standby",
    },
    { line: "pcs resource disable web --plan", explanation: "The same from within the command" },
  ],
  options: { json: flagOption({ long: "json", help: "As JSON" }) },
  forms: [],
  run: async ({ options, operands }, world) => {
    const [program, ...argv] = operands;
    if (program === undefined) throw new UsageError("name the command to plan");
    if (!Object.hasOwn(PLANNABLE, program)) {
      const nearest = nearestName(program, Object.keys(PLANNABLE));
      throw new UsageError(
        `"${program}" cannot be planned${nearest === null ? `; the commands are ${Object.keys(PLANNABLE).join(", ")}` : `; did you mean ${nearest}?`}`,
      );
    }
    const { main } = await PLANNABLE[program]!();
    const trial = await tryCommand(world, main, program, argv);
    if (trial.status !== ExitCode.ok) {
      world.stderr(trial.said);
      return trial.status;
    }
    const plan =
      trial.tried === null
        ? NOTHING
        : planOf(trial.tried.before, trial.tried.after, Math.floor(world.nowMs() / 1000));
    if (options.json) world.stdout(planJson(plan, operands, linesOf(trial.said)));
    else {
      world.stderr(trial.said);
      world.stdout(planText(plan));
    }
    return ExitCode.ok;
  },
});

/** Options of its own end at the first word that is none: what follows belongs to the command that is planned. */
const run: Main = (argv, world) => {
  const start = argv.findIndex((word) => !word.startsWith("-"));
  return command(start < 0 ? argv : [...argv.slice(0, start), "--", ...argv.slice(start)], world);
};

/** `quorate-plan`, which also carries out `--plan` of the commands. */
export const main: Main = Object.assign(run, { description: command.description });

interface Trial {
  readonly status: number;
  /** What the command printed. */
  readonly said: string;
  readonly tried: { readonly before: XmlElement; readonly after: XmlElement } | null;
}

/** Runs a command on a copy. Messages of its own mistakes are in `said`. */
async function tryCommand(
  world: World,
  main: Main,
  program: string,
  argv: readonly string[],
): Promise<Trial> {
  const given = new Map<string, string>();
  let env = world.env;
  try {
    if (isAboutCluster(program, argv, env)) {
      const { text, node } = await useCib(world, { kind: "live" }, async (cib, daemon) => ({
        text: serializeXml(await cib.document()),
        node: await defaultNode(world, daemon),
      }));
      given.set(LIVE, text);
      // Beside a file there is no node that could be meant without being named.
      env = { ...env, CIB_file: LIVE, ...(node === null ? {} : { OCF_RESKEY_CRM_meta_on_node: node }) };
    }
    const planning = new PlanningWorld(world, given, env, program);
    const status = await runAsProcess(main, argv, planning);
    const said = planning.stderr + planning.stdout;
    return { status, said, tried: status === ExitCode.ok ? changedCib(planning.triedFiles()) : null };
  } catch (error) {
    if (!(error instanceof FileError || error instanceof CibError || error instanceof DaemonError))
      throw error;
    return { status: error.exitCode, said: `${program}: ${error.message}\n`, tried: null };
  }
}

/** What a command leaves to its process to tell, it tells. */
async function runAsProcess(main: Main, argv: readonly string[], planning: PlanningWorld): Promise<number> {
  try {
    return await main(argv, planning.world);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    planning.stderr += `${planning.world.programName}: ${error.message}\n`;
    return error.exitCode;
  }
}

/** Whether the command means the running cluster, and not a file or a shadow. */
function isAboutCluster(program: string, argv: readonly string[], env: World["env"]): boolean {
  if ((env.CIB_file ?? "") !== "") return false;
  if ((env.CIB_shadow ?? "") !== "" && program !== "crm_shadow") return false;
  const others = program === "pcs" ? /^-f/ : program === "crm" ? /^(-c|--cib(=.*)?)$/ : null;
  return others === null || !argv.some((word) => others.test(word));
}

function changedCib(files: readonly TriedFile[]): Trial["tried"] {
  for (const { before, after } of files) {
    const former = before === null ? null : cibIn(before);
    const next = after === null ? null : cibIn(after);
    if (former !== null && next !== null) return { before: former, after: next };
  }
  return null;
}

function cibIn(text: string): XmlElement | null {
  const parsed = parseXml(text);
  return parsed.ok && parsed.root.name === "cib" ? parsed.root : null;
}

function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}
