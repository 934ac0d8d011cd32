import { CibError } from "../cluster/cib-session.ts";
import { DaemonError } from "../cluster/daemon.ts";
import { defineCommand, type Main, UsageError } from "../command.ts";
import { chooseSource } from "../crm/levels/history/source.ts";
import { topLevel } from "../crm/levels/top-level.ts";
import { findSetting, Settings } from "../crm/settings/settings.ts";
import { askOnce, runInteractively } from "../crm/shell/interactive.ts";
import { Shell } from "../crm/shell/shell.ts";
import { ExitCode } from "../exit-codes.ts";
import { flagOption, listOption, type ParsedValues, valueOption } from "../options/option-table.ts";
import { FileError, type World } from "../world.ts";

const options = {
  force: flagOption({
    long: "force",
    short: "F",
    help: "Go on where you would be asked, and commit what does not verify",
  }),
  no: flagOption({ long: "no", short: "n", help: "Answer no where you would be asked" }),
  wait: flagOption({
    long: "wait",
    short: "w",
    help: "Wait until the cluster has done what a command asks for",
  }),
  file: valueOption({
    long: "file",
    short: "f",
    metavar: "FILE",
    help: "Read commands from FILE (`-`: standard input)",
  }),
  cib: valueOption({ long: "cib", short: "c", metavar: "NAME", help: "Work on the shadow CIB of this name" }),
  display: valueOption({
    long: "display",
    short: "D",
    metavar: "KIND",
    help: "How to show configurations: plain, color, color-always or uppercase (default: in color on a terminal)",
  }),
  history: valueOption({
    long: "history",
    short: "H",
    metavar: "REPORT",
    help: "Let `history` look into a report: its archive, its folder, that of a host in it, or that of the inputs",
  }),
  debug: flagOption({ long: "debug", short: "d", help: "Tell on standard error what is read and run" }),
  regression: flagOption({
    long: "regression-tests",
    short: "R",
    help: "Tell on standard output which commands are run, each with .EXT before it",
  }),
  scriptFolders: listOption({
    long: "scriptdir",
    metavar: "FOLDER",
    help: "Take further scripts from FOLDER (several with ; between)",
  }),
  profile: valueOption({
    long: "profile",
    short: "X",
    metavar: "FILE",
    help: "Write to FILE how long what took, in milliseconds",
  }),
  settings: listOption({
    long: "opt",
    short: "o",
    metavar: "OPTION=VALUE",
    help: "Set an option of the level options for this run; `options save` keeps it",
  }),
};

const command = defineCommand({
  name: "crm",
  isPlannable: true,
  summary: "the cluster's shell: configuration as text, resources, nodes",
  usage: "[options] [level ...] [command [arguments]]",
  examples: [
    { line: "crm", explanation: "An interactive session" },
    { line: "crm configure show", explanation: "The configuration as text" },
    { line: "crm configure load update FILE", explanation: "Take objects from a file" },
    { line: "crm resource move web node2", explanation: "Move a resource" },
  ],
  options,
  run: async ({ options: given, operands, argv }, outer) => {
    const env = given.cib === null ? outer.env : { ...outer.env, CIB_shadow: given.cib };
    const world = { ...outer, env };
    if (given.file !== null && operands.length > 0)
      throw new UsageError("--file and a command exclude each other");
    const settings = new Settings(world);
    const refusal = applyOptions(settings, given);
    if (refusal !== null) {
      world.stderr(`ERROR: ${refusal}\n`);
      return ExitCode.error;
    }
    const other = otherUser(settings, world);
    if (other !== null) return runAs(other, argv, world);
    const shell = new Shell(world, topLevel, {
      settings,
      answersNo: given.no,
      tracesRuns: given.regression,
      scriptFolders: given.scriptFolders.flatMap((folders) => folders.split(";")).filter((one) => one !== ""),
    });
    let isGood = false;
    try {
      const problem = given.history === null ? null : await chooseSource(shell, given.history);
      if (problem !== null) shell.messages.error(problem);
      isGood = problem === null && (await runWith(shell, given.file, operands));
    } catch (error) {
      if (!(error instanceof CibError || error instanceof DaemonError || error instanceof FileError))
        throw error;
      shell.messages.error(error.message);
      return ExitCode.error;
    } finally {
      if (given.profile !== null) world.writeFile(given.profile, shell.timesText());
    }
    return isGood ? ExitCode.ok : ExitCode.error;
  },
});

/** What the command line sets. @returns what is wrong with it, or null */
function applyOptions(settings: Settings, given: ParsedValues<typeof options>): string | null {
  for (const word of given.settings) {
    const at = word.indexOf("=");
    if (at < 0) return `Expected -o OPTION=VALUE, not "${word}"`;
    const name = word.slice(0, at);
    const refusal = settings.set(findSetting(name)?.key ?? name, word.slice(at + 1));
    if (refusal !== null) return `-o ${word}: ${refusal}`;
  }
  if (given.force) settings.setForNow("core.force", "yes");
  if (given.wait) settings.setForNow("core.wait", "yes");
  if (given.debug) settings.setForNow("core.debug", "yes");
  return given.display === null ? null : settings.setForNow("color.style", given.display);
}

/** Says to the shell that sudo runs that it is the other user's already. */
const SWITCHED = "QUORATE_CRM_SWITCHED";

/** The user who is to run the shell when that is not this one. */
function otherUser(settings: Settings, world: World): string | null {
  const user = settings.get("core.user");
  if (user === "" || world.env[SWITCHED] === "yes") return null;
  return world.filterText("id -un", "").output.trim() === user ? null : user;
}

function runAs(user: string, argv: readonly string[], world: World): number {
  return world.runForeground("sudo", [`--user=${user}`, `--preserve-env=${KEPT}`, "--", "crm", ...argv], {
    [SWITCHED]: "yes",
  });
}

/** What the commands of a shell read from the environment. */
const KEPT = [SWITCHED, "CIB_file", "CIB_shadow", "CIB_shadow_dir", "EDITOR", "VISUAL", "PAGER", "TERM"].join(
  ",",
);

async function runWith(shell: Shell, file: string | null, words: readonly string[]): Promise<boolean> {
  const { world } = shell;
  if (file !== null) {
    const isGood = await shell.runBatch(file === "-" ? world.readStdin() : world.readFile(file));
    return (await shell.leaveAll()) && isGood;
  }
  if (words.length > 0) {
    if (world.isInteractive()) shell.letAsk(askOnce);
    return shell.runOnce(words);
  }
  if (world.isInteractive()) return runInteractively(shell);
  const isGood = await shell.runBatch(world.readStdin());
  return (await shell.leaveAll()) && isGood;
}

/** Options with an argument, which may be the next word. */
const WITH_ARGUMENT: ReadonlySet<string> = new Set(
  Object.values(options).flatMap((option) =>
    option.kind === "flag" ? [] : [`-${option.short}`, `--${option.long}`],
  ),
);

/** The cluster's shell. Options of its own end at the first word that is none: what follows belongs to the command. */
const run: Main = (argv, world) => {
  // Elsewhere this option stands last, so people type it there.
  const last = argv.at(-1) ?? "";
  if (argv.length > 1 && (last === "--plan" || last === "--plan-json"))
    return run([last, ...argv.slice(0, -1)], world);
  let index = 0;
  while (index < argv.length && argv[index]!.startsWith("-") && argv[index] !== "-" && argv[index] !== "--") {
    index += WITH_ARGUMENT.has(argv[index]!) ? 2 : 1;
  }
  // Users of crmsh know it as the short name of --help.
  if (argv.slice(0, index).includes("-h")) return command(["--help"], world);
  const words = argv.slice(argv[index] === "--" ? index + 1 : index);
  return command([...argv.slice(0, index), "--", ...words], world);
};

export const main: Main = Object.assign(run, {
  description: { ...command.description, kind: "shell", top: topLevel } as const,
});
