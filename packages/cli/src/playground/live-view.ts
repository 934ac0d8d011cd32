import { writeSync } from "node:fs";
import type { ControlReply } from "@quorate/playground";
import { ExitCode } from "../exit-codes.ts";
import type { World } from "../world.ts";
import { breakResource, setStandby } from "./cluster-actions.ts";
import { clusterPicture } from "./cluster-picture.ts";
import type { ViewParts } from "./plain-view.ts";

const REFRESH_MS = 400;
/** The picture comes first; on a small terminal fewer events are shown, and the summary is left out. */
const EVENT_LINES_MAX = 8;
const EVENT_LINES_MIN = 2;
const ROWS_FOR_SUMMARY = 36;
const TAB_WIDTH = 8;

const ENTER_SCREEN = "\u001b[?1049h\u001b[?25l";
const LEAVE_SCREEN = "\u001b[?25h\u001b[?1049l";
const ESCAPE = "\u001b";
const HOME = "\u001b[H";
const CLEAR_TO_LINE_END = "\u001b[K";
const CLEAR_TO_SCREEN_END = "\u001b[J";

interface Key {
  readonly key: string;
  readonly label: string;
  /** Asks for a node first. */
  readonly needsNode: boolean;
  /** Resolves to what went wrong; null when nothing did. */
  run(view: LiveViewParts, node: string): Promise<string | null>;
}

interface LiveViewParts extends ViewParts {
  readonly onQuit: () => void;
}

const KEYS: readonly Key[] = [
  machineKey("k", "kill a daemon", "kill"),
  machineKey("c", "cut power", "off"),
  machineKey("o", "power on", "on"),
  machineKey("p", "unplug network", "partition"),
  {
    key: "h",
    label: "heal network",
    needsNode: false,
    run: ({ playground }) => playground.carryOut({ do: "heal" }).then(problemOf),
  },
  {
    key: "s",
    label: "standby",
    needsNode: true,
    run: (parts, node) =>
      told(parts, `${node}: put on standby`, (directory, world) => setStandby(directory, node, true, world)),
  },
  {
    key: "u",
    label: "unstandby",
    needsNode: true,
    run: (parts, node) =>
      told(parts, `${node}: no longer on standby`, (directory, world) =>
        setStandby(directory, node, false, world),
      ),
  },
  {
    key: "f",
    label: "fail the web server",
    needsNode: false,
    run: (parts) =>
      told(parts, "web: its server was killed", (directory, world) => breakResource(directory, "web", world)),
  },
  {
    key: "q",
    label: "quit",
    needsNode: false,
    run: async ({ onQuit }) => {
      onQuit();
      return null;
    },
  },
];

function machineKey(key: string, label: string, action: "kill" | "off" | "on" | "partition"): Key {
  return {
    key,
    label,
    needsNode: true,
    run: ({ playground }, node) => playground.carryOut({ do: action, node }).then(problemOf),
  };
}

function problemOf(reply: ControlReply): string | null {
  return reply.ok ? null : reply.error;
}

/** Carries out a command whose messages would spoil the screen; says what was done among the events. */
async function told(
  { playground, events, world }: LiveViewParts,
  done: string,
  command: (directory: string, world: World) => Promise<number>,
): Promise<string | null> {
  let problem = "";
  const silent: World = {
    ...world,
    stdout: () => {},
    stderr: (text) => {
      problem += text;
    },
  };
  if ((await command(playground.layout.directory, silent)) !== ExitCode.ok) return problem.trim();
  events.add(done);
  return null;
}

/** The playground on a terminal: status, events, and a key for each way to break it. */
export class LiveView {
  readonly #parts: LiveViewParts;
  #timer: NodeJS.Timeout | null = null;
  #picture = "";
  /** The key that waits for the number of a node. */
  #pending: Key | null = null;
  readonly #onInput = (data: Buffer) => this.#received(data.toString());
  readonly #onResize = () => this.#draw();
  readonly #onInputEnd = () => this.#parts.onQuit();
  /** Also when the process ends unexpectedly: a terminal in raw mode is of no use to anyone. */
  readonly #restore = () => {
    process.stdin.setRawMode(false);
    writeSync(process.stdout.fd, LEAVE_SCREEN);
  };

  constructor(parts: LiveViewParts) {
    this.#parts = parts;
  }

  start(): void {
    process.stdin.setRawMode(true);
    process.stdin.resume();
    process.stdin.on("data", this.#onInput);
    process.stdin.on("end", this.#onInputEnd);
    process.stdout.on("resize", this.#onResize);
    process.on("exit", this.#restore);
    process.stdout.write(ENTER_SCREEN);
    this.#parts.events.onLine(() => this.#draw());
    this.#draw();
    this.#refresh();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#parts.events.onLine(() => {});
    process.stdin.off("data", this.#onInput);
    process.stdin.off("end", this.#onInputEnd);
    process.stdout.off("resize", this.#onResize);
    process.off("exit", this.#restore);
    this.#restore();
    process.stdin.pause();
  }

  #refresh(): void {
    this.#timer = setTimeout(async () => {
      const isBrief = this.#rowCount < ROWS_FOR_SUMMARY;
      this.#picture = await clusterPicture(this.#parts.playground, this.#parts.world, { isBrief });
      if (this.#timer === null) return;
      this.#draw();
      this.#refresh();
    }, REFRESH_MS);
  }

  /** Fast fingers and pasted text come as one chunk; arrows and the like as one that starts with an escape. */
  #received(text: string): void {
    if (text.startsWith(ESCAPE)) this.#pending = null;
    else for (const character of text) this.#typed(character);
    this.#draw();
  }

  #typed(text: string): void {
    if (text === "\u0003" || text === "\u0004") {
      this.#parts.onQuit();
      return;
    }
    if (this.#pending !== null) {
      const names = [...this.#parts.playground.machines.keys()];
      const key = this.#pending;
      this.#pending = null;
      const node = names[Number(text) - 1];
      if (node !== undefined) this.#run(key, node);
    } else {
      const key = KEYS.find((candidate) => candidate.key === text);
      if (key?.needsNode) this.#pending = key;
      else if (key !== undefined) this.#run(key, "");
    }
  }

  #run(key: Key, node: string): void {
    const what = node === "" ? key.label : `${key.label} ${node}`;
    const complain = (problem: string) => this.#parts.events.add(`${what}: ${problem}`);
    key.run(this.#parts, node).then(
      (problem) => {
        if (problem !== null) complain(problem);
      },
      (error: unknown) => complain(error instanceof Error ? error.message : String(error)),
    );
  }

  get #rowCount(): number {
    return process.stdout.rows ?? 40;
  }

  #draw(): void {
    const { playground, events, webPort } = this.#parts;
    const width = process.stdout.columns ?? 80;
    const names = [...playground.machines.keys()];
    const prompt =
      this.#pending === null
        ? KEYS.map(({ key, label }) => `[${key}] ${label}`).join("  ")
        : `${this.#pending.label}: which node? ${names.map((name, index) => `[${index + 1}] ${name}`).join("  ")}`;
    const head = [
      `Quorate playground   http://127.0.0.1:${webPort}/   logs: ${playground.layout.directory}/*.log`,
      "",
    ];
    const keys = wrap(prompt, width);
    const picture = this.#picture.trimEnd().split("\n");
    const room = Math.max(0, this.#rowCount - head.length - "\n\n\n".length - keys.length);
    const eventCount = Math.max(EVENT_LINES_MIN, Math.min(EVENT_LINES_MAX, room - picture.length));
    const happened = events.last(eventCount).map((line) => `  ${line}`);
    const shown = picture.slice(0, Math.max(0, room - happened.length));
    const lines = [...head, ...shown, "", "What happened:", ...happened, "", ...keys];
    // A tab would move over what stood there before without erasing it.
    const text = lines.map((line) => expandTabs(line).slice(0, width) + CLEAR_TO_LINE_END).join("\r\n");
    process.stdout.write(HOME + text + CLEAR_TO_SCREEN_END);
  }
}

function expandTabs(line: string): string {
  let text = "";
  for (const character of line)
    text += character === "\t" ? " ".repeat(TAB_WIDTH - (text.length % TAB_WIDTH)) : character;
  return text;
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [""];
  for (const word of text.split("  ")) {
    const last = lines[lines.length - 1]!;
    if (last !== "" && last.length + word.length + 2 > width) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last}  ${word}`;
  }
  return lines;
}
