import type { AgentCatalogue } from "@quorate/executor";
import type { XmlElement } from "@quorate/xml";
import { cibSource } from "../../cluster/cib-source.ts";
import type { Main } from "../../command.ts";
import type { World } from "../../world.ts";
import { WorkingCopy } from "../configuration/working-copy.ts";
import type { StatusDraft } from "../levels/cibstatus-level.ts";
import { type HistoryView, wholeView } from "../levels/history/view.ts";
import type { Settings } from "../settings/settings.ts";
import { readCib } from "./cib-access.ts";
import { Messages } from "./messages.ts";

export interface SessionOptions {
  /** Go on where a person would have been asked, and commit what does not verify. */
  readonly isForced: boolean;
  /** Wait for the cluster to settle after each command that changes something. */
  readonly waits: boolean;
  /** Answer no where a person would be asked. */
  readonly answersNo: boolean;
}

export interface SessionStart {
  readonly settings: Settings;
  readonly answersNo: boolean;
  /** Whether the programs that are run are named on standard output. */
  readonly tracesRuns?: boolean;
  /** Where further scripts lie. */
  readonly scriptFolders?: readonly string[];
}

/** Of a terminal that does not tell how high it is. */
const ROWS_DEFAULT = 24;

/** Asks the person at the terminal a question that is answered with yes or no. */
export type Asker = (question: string) => Promise<boolean>;

/** What the commands of one run of `crm` share: the world, what is configured but not committed, the person who can be asked, and what was run. */
export class Session {
  readonly messages: Messages;
  /** The configuration that the level `template` works on. */
  template: string | null = null;
  /** The state of the cluster that the level `cibstatus` made up; null: as it is. */
  statusDraft: StatusDraft | null = null;
  /** What of the past the level `history` looks at. */
  readonly history: HistoryView = wholeView();
  #world: World;
  readonly settings: Settings;
  readonly start: Required<SessionStart>;
  /** What was run, and when that began, since 1970. */
  readonly #runs: { readonly words: string; readonly ms: number }[] = [];
  #copy: WorkingCopy | null = null;
  #agents: Promise<AgentCatalogue> | null = null;
  #asker: Asker | null = null;

  constructor(world: World, start: SessionStart) {
    this.#world = world;
    this.messages = new Messages(world);
    this.settings = start.settings;
    this.start = { tracesRuns: false, scriptFolders: [], ...start };
  }

  get options(): SessionOptions {
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
    this.note(words);
  }

  /** Notes what begins now, for the times and for who follows what is done. */
  note(words: readonly string[]): void {
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
}
