import type { AgentCatalogue } from "@quorate/executor";
import type { XmlElement } from "@quorate/xml";
import { CibError } from "../../cluster/cib-session.ts";
import { cibSource } from "../../cluster/cib-source.ts";
import { DaemonError } from "../../cluster/daemon.ts";
import type { Main } from "../../command.ts";
import { nearestName } from "../../options/nearest-name.ts";
import { FileError, type World } from "../../world.ts";
import { WorkingCopy } from "../configuration/working-copy.ts";
import { type LogicalLine, logicalLines, splitWords, type Words } from "../language/lines.ts";
import type { StatusDraft } from "../levels/cibstatus-level.ts";
import { type HistoryView, wholeView } from "../levels/history/log-lines.ts";
import type { Settings } from "../settings/settings.ts";
import { readCib } from "./cib-access.ts";
import { helpOfCommand, helpOfLevel, inColumns, namesIn } from "./help.ts";
import { findInLevel, isForOperators, type Level } from "./level.ts";
import { Messages } from "./messages.ts";

export interface ShellOptions {
  /** Go on where a person would have been asked, and commit what does not verify. */
  readonly isForced: boolean;
  /** Wait for the cluster to settle after each command that changes something. */
  readonly waits: boolean;
  /** Answer no where a person would be asked. */
  readonly answersNo: boolean;
}

export interface ShellStart {
  readonly settings: Settings;
  readonly answersNo: boolean;
  /** Whether the programs that are run are named on standard output. */
  readonly tracesRuns?: boolean;
  /** Where further scripts lie. */
  readonly scriptFolders?: readonly string[];
  /** Where `history` looks for inputs of the scheduler; null: where this host keeps its own. */
  readonly historyFolder?: string | null;
}

/** Of a terminal that does not tell how high it is. */
const ROWS_DEFAULT = 24;

/** Asks the person at the terminal a question that is answered with yes or no. */
export type Asker = (question: string) => Promise<boolean>;

/** One run of `crm`: where it is in the tree of levels, and what its commands share. */
export class Shell {
  readonly messages: Messages;
  /** The configuration that the level `template` works on. */
  template: string | null = null;
  /** The state of the cluster that the level `cibstatus` made up; null: as it is. */
  statusDraft: StatusDraft | null = null;
  /** What of the past the level `history` looks at. */
  readonly history: HistoryView = wholeView();
  #world: World;
  readonly settings: Settings;
  readonly start: Required<ShellStart>;
  /** What was run, and when that began, since 1970. */
  readonly #runs: { readonly words: string; readonly ms: number }[] = [];
  /** From the top to the current level. */
  readonly #path: Level[];
  #copy: WorkingCopy | null = null;
  #agents: Promise<AgentCatalogue> | null = null;
  #isDone = false;
  #isSession = false;
  #isPassing = false;
  #asker: Asker | null = null;

  constructor(world: World, top: Level, start: ShellStart) {
    this.#world = world;
    this.messages = new Messages(world);
    this.settings = start.settings;
    this.start = { tracesRuns: false, scriptFolders: [], historyFolder: null, ...start };
    this.#path = [top];
  }

  get options(): ShellOptions {
    return {
      isForced: this.settings.isOn("core.force"),
      waits: this.settings.isOn("core.wait"),
      answersNo: this.start.answersNo,
    };
  }

  /** The world, with the shadow CIB that this session works on in its environment. */
  get world(): World {
    return this.#world;
  }

  /** The agents of this machine: opened once, so that what they say of themselves is asked once. */
  agents(): Promise<AgentCatalogue> {
    this.#agents ??= this.#world.openAgents();
    return this.#agents;
  }

  /** Works on a shadow CIB from now on, or (null) on what is behind it. */
  useShadow(name: string | null): void {
    this.#world = { ...this.#world, env: { ...this.#world.env, CIB_shadow: name ?? "" } };
    this.#copy = null;
  }

  get level(): Level {
    return this.#path.at(-1)!;
  }

  get path(): readonly Level[] {
    return this.#path;
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  /** Whether a person types command after command: then nothing is committed or left that this person can still mend. */
  get isSession(): boolean {
    return this.#isSession;
  }

  /** Whether a level is being left that was entered for one command only. */
  get isPassing(): boolean {
    return this.#isPassing;
  }

  /** Makes this a session of a person, who can be asked. Goes on with one that was about to end. */
  beginSession(asker: Asker): void {
    this.#isSession = true;
    this.#isDone = false;
    this.#asker = asker;
  }

  /** Lets questions be put to a person who typed just one command. */
  letAsk(asker: Asker): void {
    this.#asker = asker;
  }

  /** The person's answer; `unasked` when nobody can be asked. `--force` answers yes, `--no` no. */
  async ask(question: string, unasked: boolean): Promise<boolean> {
    if (this.options.isForced) return true;
    if (this.options.answersNo) return this.#asker === null && unasked;
    return this.#asker === null ? unasked : this.#asker(question);
  }

  /** With `--wait`: waits until the cluster has done what the last command asked for. On a file or shadow there is nothing to wait for. */
  async settle(): Promise<boolean> {
    if (!this.options.waits || cibSource(this.world.env).kind !== "live") return true;
    const { main } = await import("../../commands/crm_resource.ts");
    return (await this.runTool("crm_resource", main, ["--wait"])) === 0;
  }

  /** The configuration that this session works on; read when it is first asked for. */
  async configuration(): Promise<WorkingCopy> {
    if (this.#copy === null) this.#noteProgram(["cibadmin", "--query"]);
    this.#copy ??= new WorkingCopy(await readCib(this.world), this.messages);
    return this.#copy;
  }

  /** The configuration when something has asked for it already. */
  get openConfiguration(): WorkingCopy | null {
    return this.#copy;
  }

  /** Forgets the working copy: the next command reads the CIB again. */
  forgetConfiguration(): void {
    this.#copy = null;
  }

  /** The CIB as it is now, changes of this session not included. */
  readCib(): Promise<XmlElement> {
    return readCib(this.world);
  }

  /** Runs another command of this program suite with its own messages and exit status. */
  runTool(programName: string, main: Main, args: readonly string[]): Promise<number> {
    this.#noteProgram([programName, ...args]);
    return main(args, { ...this.world, programName });
  }

  /** The same for a program of its own, which the shell starts without. */
  runOwn(programName: string, args: readonly string[]): Promise<number> {
    this.#noteProgram([programName, ...args]);
    return this.world.runOwn(programName, args);
  }

  #noteProgram(words: readonly string[]): void {
    if (this.start.tracesRuns) this.messages.print(`.EXT ${words.join(" ")}`);
    this.#note(words);
  }

  #note(words: readonly string[]): void {
    const text = words.join(" ");
    this.#runs.push({ words: text, ms: this.world.nowMs() });
    if (this.settings.isOn("core.debug")) this.messages.debug(text);
  }

  /** How long each thing took that was run, in milliseconds: what a command ran itself stands after it and is not part of its time. */
  timesText(): string {
    const ends = [...this.#runs.slice(1).map(({ ms }) => ms), this.world.nowMs()];
    return this.#runs.map(({ words, ms }, index) => `${ends[index]! - ms}\t${words}\n`).join("");
  }

  /** Prints a text; one that does not fit a person's terminal goes through the pager. */
  page(text: string): void {
    const { world, settings } = this;
    const rows = Number(world.env.LINES ?? "") || ROWS_DEFAULT;
    const [pager = "less", ...options] = (settings.get("core.pager") || world.env.PAGER || "less -FRX")
      .split(/\s+/)
      .filter((word) => word !== "");
    const isPaged = world.isInteractive() && text.split("\n").length >= rows;
    const isRead =
      isPaged &&
      world.withPrivateFile(`${text}\n`, (path) => world.runForeground(pager, [...options, path], {})) === 0;
    if (!isRead) this.messages.print(text);
  }

  /** Runs words as if typed at the top, then leaves all levels. True when all went well. */
  async runOnce(given: readonly string[]): Promise<boolean> {
    const split = this.settings.isOn("core.add_quotes")
      ? { ok: true as const, words: given }
      : splitWords(given.join(" "));
    if (!split.ok) {
      this.messages.error(split.message);
      return false;
    }
    const { words } = split;
    const isRun = await this.#runWords(words);
    const isEnteredOnly = this.#path.length > 1 && !this.#lastWasCommand;
    const isBatchRun = isEnteredOnly ? await this.runBatch(this.world.readStdin()) : true;
    return (await this.leaveAll()) && isRun && isBatchRun;
  }

  #lastWasCommand = false;

  /** Runs the lines of a text one after another; a failure does not stop it. */
  async runBatch(text: string): Promise<boolean> {
    let isGood = true;
    for (const line of logicalLines(text)) {
      if (this.#isDone) break;
      if (!(await this.runLine(line))) isGood = false;
    }
    return isGood;
  }

  /** Runs one typed line. */
  async runLine(line: LogicalLine): Promise<boolean> {
    const words = this.#rawWords(line.text) ?? splitWords(line.text);
    if (!words.ok) {
      this.messages.error(`${line.text}: ${words.message}`);
      return false;
    }
    const depth = this.#path.length;
    try {
      return await this.#runWords(words.words);
    } catch (error) {
      if (!(error instanceof CibError || error instanceof DaemonError || error instanceof FileError))
        throw error;
      this.messages.error(error.message);
      // The next line is meant for where this one was typed. A person sees where that is.
      if (!this.isSession && this.#path.length > depth) {
        this.#path.length = depth;
        this.#copy = null;
      }
      return false;
    }
  }

  /** The words of a command that takes the rest of its line as it is written; null for every other line. */
  #rawWords(text: string): Words | null {
    const words: string[] = [];
    let { level } = this;
    for (let left = text; ; ) {
      const [, word, rest] = /^(\S+)\s+(.*)$/s.exec(left) ?? [];
      if (word === undefined) return null;
      words.push(word);
      left = rest!;
      if (Object.hasOwn(level.levels, word)) level = level.levels[word]!;
      else if (Object.hasOwn(level.commands, word) && level.commands[word]!.isRaw === true)
        return { ok: true, words: [...words, left] };
      else return null;
    }
  }

  async #runWords(words: readonly string[]): Promise<boolean> {
    this.#lastWasCommand = false;
    const [first, ...rest] = words;
    if (first === undefined) return true;
    const everywhere = await this.#runEverywhere(first, rest);
    if (everywhere !== null) return everywhere;
    const found = findInLevel(this.level, first, ({ kind, word, name }) => {
      if (kind === "deprecated") this.#tellSuccessor(word, name);
      else this.messages.info(`"${word}" is accepted as "${name}"`);
    });
    switch (found.kind) {
      case "level": {
        this.#path.push(found.level);
        if (rest.length === 0) return true;
        const depth = this.#path.length;
        const isGood = await this.#runWords(rest);
        // A command below a level returns to where it was typed; entering a level stays there.
        return this.#lastWasCommand ? (await this.#returnFrom(depth)) && isGood : isGood;
      }
      case "command":
        this.#lastWasCommand = true;
        return this.#runCommand(found.name, found.command, rest);
      case "none":
        this.#lastWasCommand = true;
        this.messages.error(`${this.label(first)}: No such command${this.#suggest(first)}`);
        return false;
    }
  }

  /** Leaves a level that was entered for one command: whoever typed both at once meant the change. */
  async #returnFrom(depth: number): Promise<boolean> {
    this.#isPassing = true;
    try {
      return await this.#returnTo(depth - 1);
    } finally {
      this.#isPassing = false;
    }
  }

  /** Leaves the levels below a depth; what is pending there is committed. A session stays where that fails. */
  async #returnTo(depth: number): Promise<boolean> {
    let isGood = true;
    while (this.#path.length > depth) {
      if (await this.#up()) continue;
      isGood = false;
      if (this.isSession) break;
    }
    return isGood;
  }

  #suggest(word: string): string {
    const nearest = nearestName(word, [
      ...Object.keys(this.level.commands),
      ...Object.keys(this.level.levels),
    ]);
    return nearest === null ? "" : `. Did you mean "${nearest}"?`;
  }

  async #runCommand(
    name: string,
    command: Level["commands"][string],
    args: readonly string[],
  ): Promise<boolean> {
    const { atLeast = 0, atMost = atLeast } = command;
    if (args.includes("--help") || args.includes("-h")) {
      this.messages.print(helpOfCommand(this.level, name, command));
      return true;
    }
    if (args.length < atLeast || (atMost !== null && args.length > atMost)) {
      const count =
        atMost === atLeast
          ? `exactly ${atLeast}`
          : args.length < atLeast
            ? `at least ${atLeast}`
            : `at most ${atMost}`;
      this.messages.error(
        `${this.label(name)}: Expected ${command.usage === "" ? "no arguments" : command.usage}, takes ${count} arguments (${args.length} given)`,
      );
      return false;
    }
    if (this.settings.get("core.skill_level") === "operator" && !isForOperators(this.#path, command)) {
      this.messages.error(
        `${this.label(name)}: this needs the skill level administrator; yours is operator (crm options skill-level)`,
      );
      return false;
    }
    this.#note([this.label(name), ...args]);
    const isGood = await command.run(this, args);
    return isGood && command.isAwaited === true ? this.settle() : isGood;
  }

  /** Commands that every level has; null when the word is none of them. */
  async #runEverywhere(word: string, args: readonly string[]): Promise<boolean | null> {
    switch (word) {
      case "exit":
      case "bye":
        this.#tellSuccessor(word, "quit");
        this.#isDone = true;
        return true;
      case "quit":
        this.#isDone = true;
        return true;
      case "back":
      case "end":
        this.#tellSuccessor(word, "up");
        return this.#up();
      case "up":
      case "..":
        if (this.#path.length > 1) return this.#up();
        this.messages.error(`${word}: No such command at the top; quit ends the session`);
        return false;
      case "cd":
        return this.#changeLevel(args[0] ?? "/");
      case "ls":
        this.messages.print(inColumns(namesIn(this.level)));
        return true;
      case "help":
      case "?":
      case "--help":
      case "-h":
        return this.#help(args);
      default:
        return null;
    }
  }

  #tellSuccessor(word: string, name: string): void {
    this.messages.warning(`This command '${word}' is deprecated, please use '${name}'`);
    this.messages.info(`"${word}" is accepted as "${name}"`);
  }

  async #changeLevel(path: string): Promise<boolean> {
    if (path.startsWith("/") && !(await this.leaveAll()) && this.isSession) return false;
    for (const step of path.split("/").filter((part) => part !== "")) {
      if (step === "..") {
        if (!(await this.#up())) return false;
      } else if (Object.hasOwn(this.level.levels, step)) this.#path.push(this.level.levels[step]!);
      else {
        this.messages.error(`${step}: No such level`);
        return false;
      }
    }
    return true;
  }

  async #up(): Promise<boolean> {
    if (this.#path.length === 1) return true;
    const isLeft = (await this.level.leave?.(this)) ?? true;
    if (!isLeft && this.isSession) return false;
    this.#path.pop();
    return isLeft;
  }

  /** Leaves all levels; what is pending is committed. A session stays where that fails. */
  async leaveAll(): Promise<boolean> {
    return this.#returnTo(1);
  }

  #help(args: readonly string[]): boolean {
    let level = this.level;
    for (const [index, word] of args.entries()) {
      if (Object.hasOwn(level.levels, word)) level = level.levels[word]!;
      else if (Object.hasOwn(level.commands, word)) {
        this.page(helpOfCommand(level, word, level.commands[word]!));
        return true;
      } else {
        this.messages.error(
          `help: No help found for '${args.slice(index).join(" ")}'! 'help' lists what there is`,
        );
        return false;
      }
    }
    this.page(helpOfLevel(level));
    return true;
  }

  /** `configure.primitive`, as messages name a command. */
  label(name: string): string {
    return [...this.#path.slice(1).map((level) => level.name), name].join(".");
  }
}
