import type { ApiClient } from "@quorate/api";
import { CibError } from "../../cluster/cib-session.ts";
import { type CibSource, cibSource } from "../../cluster/cib-source.ts";
import { asDaemonError, DaemonError, useDaemon } from "../../cluster/daemon.ts";
import { FileCib } from "../../cluster/file-cib.ts";
import { LiveCib } from "../../cluster/live-cib.ts";
import type { Main } from "../../command.ts";
import { ExitCode } from "../../exit-codes.ts";
import { nearestName } from "../../options/nearest-name.ts";
import { showPlan } from "../../plan/plan-options.ts";
import { FileError, type World } from "../../world.ts";
import { CibEditor } from "./cib-editor.ts";
import { isGroup, type LiveAccess, PcsCall, type PcsCommand, type PcsGroup } from "./command.ts";
import { helpOf } from "./help.ts";
import { COMMON_OPTIONS, type OptionName, parseLine } from "./options.ts";
import { PcsError, PcsUsageError, Reports } from "./reports.ts";

const FAILURE = 1;

/** Under which name the commands are called. */
interface Program {
  readonly program: string;
  readonly version: string;
}

/** The release of pcs whose commands and outputs these are. */
const PCS: Program = { program: "pcs", version: "0.11.5\n" };

/** Makes the command of a table of commands. */
export function pcsMain(root: PcsGroup, { program, version }: Program = PCS): Main {
  const main: Main = async (argv, world) => {
    const parsed = parseLine(argv);
    if (!parsed.ok) {
      world.stderr(`Error: ${parsed.message}\n`);
      if (parsed.showsUsage) world.stderr(`\n${helpOf(root, [], program)}`);
      return FAILURE;
    }
    if (parsed.options.has("--version")) {
      world.stdout(version);
      return ExitCode.ok;
    }
    const asked = wordsOfHelp(root, parsed.words);
    const found = findCommand(root, asked ?? parsed.words);
    if (asked !== null || parsed.options.has("--help")) {
      world.stdout(helpOf(root, found.path, program));
      return ExitCode.ok;
    }
    if (found.command === null) {
      world.stderr(`${suggestion(found)}\n${helpOf(root, found.path, program)}`);
      return FAILURE;
    }
    const unsupported = [...parsed.options.keys()].find(
      (option) => !COMMON_OPTIONS.has(option) && !found.command!.options.includes(option),
    );
    if (unsupported !== undefined) {
      world.stderr(`Error: Option '${unsupported}' is not supported by this command\n`);
      return FAILURE;
    }
    if (parsed.options.has("--plan") || parsed.options.has("--plan-json")) {
      return showPlan(world, { program, argv, isJson: parsed.options.has("--plan-json") });
    }
    return runCommand(found.command, found.args, {
      options: parsed.options,
      world,
      usage: () => helpOf(root, found.path, program),
    });
  };
  return Object.assign(main, { description: { kind: "pcs", name: program, root } as const });
}

/** The words without `help`, where it stands in place of a command: `resource help move`. Null where nobody asks for help so. */
function wordsOfHelp(root: PcsGroup, words: readonly string[]): readonly string[] | null {
  const at = words.indexOf("help");
  const group = at < 0 ? null : groupAt(root, words.slice(0, at));
  return group === null || group.takesOthers === true ? null : words.toSpliced(at, 1);
}

function groupAt(root: PcsGroup, path: readonly string[]): PcsGroup | null {
  let group = root;
  for (const word of path) {
    const entry = Object.hasOwn(group.commands, word) ? group.commands[word]! : null;
    if (entry === null || !isGroup(entry)) return null;
    group = entry;
  }
  return group;
}

interface Found {
  readonly command: PcsCommand | null;
  /** Words of the command. */
  readonly path: readonly string[];
  readonly args: readonly string[];
  readonly group: PcsGroup;
}

function findCommand(root: PcsGroup, words: readonly string[]): Found {
  let group = root;
  const path: string[] = [];
  for (let index = 0; ; index++) {
    const word = words[index];
    const rest = words.slice(index);
    if (word === undefined || !Object.hasOwn(group.commands, word)) {
      const isTaken = word === undefined || group.takesOthers === true;
      return { command: (isTaken ? group.otherwise : null) ?? null, path, args: rest, group };
    }
    const entry = group.commands[word]!;
    path.push(word);
    if (!isGroup(entry)) return { command: entry, path, args: words.slice(index + 1), group };
    group = entry;
  }
}

function suggestion(found: Found): string {
  const word = found.args[0];
  const nearest = word === undefined ? null : nearestName(word, Object.keys(found.group.commands));
  return nearest === null ? "" : `'${word}' is no command here; did you mean '${nearest}'?\n`;
}

async function runCommand(
  command: PcsCommand,
  args: readonly string[],
  {
    options,
    world,
    usage,
  }: {
    readonly options: ReadonlyMap<OptionName, string | null>;
    readonly world: World;
    usage(): string;
  },
): Promise<number> {
  const reports = new Reports((line) => world.stderr(`${line}\n`), options.has("--force"));
  const file = options.get("-f") ?? null;
  const source: CibSource = file === null ? cibSource(world.env) : { kind: "file", path: file };
  const connection = new Connection(world);
  let fileCib: FileCib | null = null;
  let editor: Promise<CibEditor> | null = null;
  const openCib = (): Promise<CibEditor> => {
    editor ??= (async () => {
      if (source.kind === "live")
        return CibEditor.open(new LiveCib(world, await connection.daemon()), reports.isForced);
      fileCib = FileCib.open(world, source.path, null);
      return CibEditor.open(fileCib, reports.isForced);
    })();
    return editor;
  };
  const isLive = source.kind === "live";
  const call = new PcsCall({ world, args, options, reports, openCib, live: connection, isLive });
  try {
    const status = (await command.run(call)) ?? ExitCode.ok;
    (fileCib as FileCib | null)?.save();
    return status;
  } catch (thrown) {
    // The connection is lent to the command, which gets what the daemon refuses as its client says it.
    const error = asDaemonError(thrown);
    // What was committed stays, whatever came after.
    if (error instanceof PcsError) {
      (fileCib as FileCib | null)?.save();
      for (const line of error.lines) world.stderr(`Error: ${line}\n`);
      return error.exitCode;
    }
    if (error instanceof PcsUsageError) {
      if (error.hint !== null) world.stderr(`Hint: ${error.hint}\n`);
      world.stderr(`\n${usage()}`);
      return FAILURE;
    }
    if (error instanceof CibError || error instanceof DaemonError || error instanceof FileError) {
      const reason = error instanceof CibError ? error.reason : null;
      for (const line of [error.message, ...(reason?.trimEnd().split("\n") ?? [])])
        world.stderr(`Error: ${line}\n`);
      return FAILURE;
    }
    throw error;
  } finally {
    connection.close();
  }
}

/** The connection to this node's daemon, made when first needed. */
class Connection implements LiveAccess {
  readonly #world: World;
  #client: Promise<ApiClient> | null = null;
  #release: (() => void) | null = null;

  constructor(world: World) {
    this.#world = world;
  }

  daemon(): Promise<ApiClient> {
    this.#client ??= new Promise((resolve, reject) => {
      useDaemon(this.#world, (daemon) => {
        resolve(daemon);
        return new Promise<void>((release) => {
          this.#release = release;
        });
      }).catch(reject);
    });
    return this.#client;
  }

  close(): void {
    this.#release?.();
  }
}
