import { CibError } from "../../cluster/cib-session.ts";
import { DaemonError } from "../../cluster/daemon.ts";
import { nearestName } from "../../options/nearest-name.ts";
import { FileError, type World } from "../../world.ts";
import { type LogicalLine, logicalLines, splitWords, type Words } from "../language/lines.ts";
import { helpOfCommand, helpOfLevel, inColumns, namesIn } from "./help.ts";
import { findInLevel, isForOperators, type Level } from "./level.ts";
import { type Asker, Session, type SessionStart } from "./session.ts";

/** One run of `crm`: where it is in the tree of levels, and what that makes of the words that are typed. */
export class Shell extends Session {
  /** From the top to the current level. */
  readonly #path: Level[];
  #isDone = false;
  #isSession = false;
  #isPassing = false;

  constructor(world: World, top: Level, start: SessionStart) {
    super(world, start);
    this.#path = [top];
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
    this.letAsk(asker);
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
        this.forgetConfiguration();
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
    this.note([this.label(name), ...args]);
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
