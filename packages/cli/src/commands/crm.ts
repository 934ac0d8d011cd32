import { CibError } from "../cluster/cib-session.ts";
import { DaemonError } from "../cluster/daemon.ts";
import { defineCommand, type Main, UsageError } from "../command.ts";
import { topLevel } from "../crm/levels/top-level.ts";
import { askOnce, runInteractively } from "../crm/shell/interactive.ts";
import { Shell } from "../crm/shell/shell.ts";
import { ExitCode } from "../exit-codes.ts";
import { flagOption, valueOption } from "../options/option-table.ts";
import { FileError } from "../world.ts";

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
    choices: ["plain", "color", "color-always", "uppercase"],
    help: "How to display the configuration; it is always plain",
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
  run: async ({ options: given, operands }, outer) => {
    const env = given.cib === null ? outer.env : { ...outer.env, CIB_shadow: given.cib };
    const world = { ...outer, env };
    if (given.file !== null && operands.length > 0)
      throw new UsageError("--file and a command exclude each other");
    const shell = new Shell(world, topLevel, {
      isForced: given.force,
      waits: given.wait,
      answersNo: given.no,
    });
    try {
      const isGood = await runWith(shell, given.file, operands);
      return isGood ? ExitCode.ok : ExitCode.error;
    } catch (error) {
      if (!(error instanceof CibError || error instanceof DaemonError || error instanceof FileError))
        throw error;
      shell.messages.error(error.message);
      return ExitCode.error;
    }
  },
});

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
const WITH_ARGUMENT: ReadonlySet<string> = new Set(["-f", "--file", "-c", "--cib", "-D", "--display"]);

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
  const words = argv.slice(argv[index] === "--" ? index + 1 : index);
  return command([...argv.slice(0, index), "--", ...words], world);
};

export const main: Main = Object.assign(run, {
  description: { ...command.description, kind: "shell", top: topLevel } as const,
});
