import { FileCib } from "../../cluster/file-cib.ts";
import type { Main } from "../../command.ts";
import { ENDED_BY_SIGNAL } from "../../exit-codes.ts";
import type { World } from "../../world.ts";
import { CibEditor } from "./cib-editor.ts";
import type { GivenOptions, OptionName } from "./options.ts";
import { PcsUsageError, type Reports } from "./reports.ts";

/** A command with its help. Help, usage and the check of options come from this entry. */
export interface PcsCommand {
  /** Arguments after the command's words, one line for each form. */
  readonly usage: readonly string[];
  readonly help: string;
  readonly options: readonly OptionName[];
  /** Old commands work, but help does not list them. */
  readonly isHidden?: boolean;
  /** Resolves to the exit status; nothing means success. */
  run(call: PcsCall): Promise<number | undefined | void> | number | undefined | void;
}

export interface PcsGroup {
  readonly summary: string;
  readonly commands: Readonly<Record<string, PcsCommand | PcsGroup>>;
  /** What runs when no word, or (`takesOthers`) another word, follows. */
  readonly otherwise?: PcsCommand;
  readonly takesOthers?: boolean;
}

export function isGroup(entry: PcsCommand | PcsGroup): entry is PcsGroup {
  return "commands" in entry;
}

interface CallFields {
  readonly world: World;
  readonly args: readonly string[];
  readonly options: GivenOptions;
  readonly reports: Reports;
  readonly openCib: () => Promise<CibEditor>;
  readonly live: LiveAccess;
  readonly isLive: boolean;
}

/** One call of a command. */
export class PcsCall {
  readonly world: World;
  /** Words after the command's own. */
  readonly args: readonly string[];
  readonly options: GivenOptions;
  readonly reports: Reports;
  readonly #openCib: () => Promise<CibEditor>;
  readonly #live: LiveAccess;
  /** Whether the CIB is the cluster's: neither a file (`-f`, `CIB_file`) nor a shadow (`CIB_shadow`). */
  readonly isLive: boolean;

  constructor(fields: CallFields) {
    this.world = fields.world;
    this.args = fields.args;
    this.options = fields.options;
    this.reports = fields.reports;
    this.#openCib = fields.openCib;
    this.#live = fields.live;
    this.isLive = fields.isLive;
  }

  /** The same call with other words, for a command that does its work through another one. */
  withArgs(args: readonly string[]): PcsCall {
    return this.#with({ args });
  }

  /** The same call without words, on the CIB in a file, for a command that also shows another one than its own. Changes of it are not written. */
  onFile(path: string): PcsCall {
    return this.#with({
      args: [],
      options: new Map([...this.options, ["-f", path]]),
      openCib: () => CibEditor.open(FileCib.open(this.world, path, null), this.reports.isForced),
      isLive: false,
    });
  }

  #with(changes: Partial<CallFields>): PcsCall {
    return new PcsCall({
      world: this.world,
      args: this.args,
      options: this.options,
      reports: this.reports,
      openCib: this.#openCib,
      live: this.#live,
      isLive: this.isLive,
      ...changes,
    });
  }

  /** Runs another command of ours on the same CIB; what it complains of reads as this command's. Resolves to its exit status. */
  runTool(name: string, main: Main, args: readonly string[]): Promise<number> {
    return this.#tool(name, main, args, (piece) => this.world.stdout(piece));
  }

  /** As `runTool`, but ends as commands of pcs end: 1, whatever kept the tool from doing it; signals have their own. */
  async carryOut(name: string, main: Main, args: readonly string[]): Promise<number> {
    return ownStatus(await this.runTool(name, main, args));
  }

  /** As `carryOut`, with what the tool prints. */
  async toolText(
    name: string,
    main: Main,
    args: readonly string[],
  ): Promise<{ readonly status: number; readonly text: string }> {
    let text = "";
    const status = await this.#tool(name, main, args, (piece) => {
      text += piece;
    });
    return { status: ownStatus(status), text };
  }

  #tool(name: string, main: Main, args: readonly string[], stdout: (piece: string) => void): Promise<number> {
    const { world } = this;
    const file = this.value("-f");
    const env = file === null ? world.env : { ...world.env, CIB_file: file };
    const prefix = new RegExp(`^${name}: `, "gm");
    const stderr = (piece: string) => world.stderr(piece.replace(prefix, "Error: "));
    return main(args, { ...world, env, stdout, stderr, programName: name });
  }

  /** What a command without words prints for this call. @throws PcsError */
  async textOf(command: PcsCommand): Promise<string> {
    let text = "";
    const world: World = {
      ...this.world,
      stdout: (piece) => {
        text += piece;
      },
    };
    await command.run(this.#with({ world, args: [] }));
    return text;
  }

  /** Whether `-f` names a file; `isLive` also knows of files in the environment. */
  get isOnFile(): boolean {
    return this.options.has("-f");
  }

  get live(): LiveAccess {
    return this.#live;
  }

  has(option: OptionName): boolean {
    return this.options.has(option);
  }

  value(option: OptionName): string | null {
    return this.options.get(option) ?? null;
  }

  cib(): Promise<CibEditor> {
    return this.#openCib();
  }

  print(text: string): void {
    if (text !== "") this.world.stdout(text.endsWith("\n") ? text : `${text}\n`);
  }

  /** What was done, beside what the command prints as its result. */
  tell(text: string): void {
    if (text !== "") this.reports.info(text.trimEnd());
  }

  /** The words are not a form of this command. */
  usage(hint: string | null = null): never {
    throw new PcsUsageError(hint);
  }

  /** The words when there are at least `min` and at most `max`, else the usage. */
  expect(min: number, max: number = Number.POSITIVE_INFINITY): readonly string[] {
    if (this.args.length < min || this.args.length > max) this.usage();
    return this.args;
  }
}

/** The running cluster, for commands that act on it; connected when first asked. */
export interface LiveAccess {
  daemon(): Promise<import("@quorate/api").ApiClient>;
}

const SIGNAL_STATUSES: ReadonlySet<number> = new Set(Object.values(ENDED_BY_SIGNAL));

function ownStatus(status: number): number {
  return status === 0 || SIGNAL_STATUSES.has(status) ? status : 1;
}
