import { breakResource, setStandby } from "./cluster-actions.ts";
import { clusterPicture } from "./cluster-picture.ts";
import type { ViewParts } from "./plain-view.ts";

const REFRESH_MS = 400;
const EVENT_LINES = 8;
const TAB_WIDTH = 8;

const ENTER_SCREEN = "\u001b[?1049h\u001b[?25l";
const LEAVE_SCREEN = "\u001b[?25h\u001b[?1049l";
const HOME = "\u001b[H";
const CLEAR_TO_LINE_END = "\u001b[K";
const CLEAR_TO_SCREEN_END = "\u001b[J";

interface Key {
  readonly key: string;
  readonly label: string;
  /** Asks for a node first. */
  readonly needsNode: boolean;
  run(view: LiveViewParts, node: string): Promise<unknown>;
}

interface LiveViewParts extends ViewParts {
  readonly onQuit: () => void;
}

const KEYS: readonly Key[] = [
  {
    key: "k",
    label: "kill a daemon",
    needsNode: true,
    run: ({ playground }, node) => playground.carryOut({ do: "kill", node }),
  },
  {
    key: "c",
    label: "cut power",
    needsNode: true,
    run: ({ playground }, node) => playground.carryOut({ do: "off", node }),
  },
  {
    key: "o",
    label: "power on",
    needsNode: true,
    run: ({ playground }, node) => playground.carryOut({ do: "on", node }),
  },
  {
    key: "p",
    label: "unplug network",
    needsNode: true,
    run: ({ playground }, node) => playground.carryOut({ do: "partition", node }),
  },
  {
    key: "h",
    label: "heal network",
    needsNode: false,
    run: ({ playground }) => playground.carryOut({ do: "heal" }),
  },
  {
    key: "s",
    label: "standby",
    needsNode: true,
    run: ({ playground, world }, node) => setStandby(playground.layout.directory, node, true, world),
  },
  {
    key: "u",
    label: "unstandby",
    needsNode: true,
    run: ({ playground, world }, node) => setStandby(playground.layout.directory, node, false, world),
  },
  {
    key: "f",
    label: "fail the web server",
    needsNode: false,
    run: ({ playground, world }) => breakResource(playground.layout.directory, "web", world),
  },
  { key: "q", label: "quit", needsNode: false, run: async ({ onQuit }) => onQuit() },
];

/** The playground on a terminal: status, events, and a key for each way to break it. */
export class LiveView {
  readonly #parts: LiveViewParts;
  #timer: NodeJS.Timeout | null = null;
  #picture = "";
  /** The key that waits for the number of a node. */
  #pending: Key | null = null;
  readonly #onInput = (data: Buffer) => this.#typed(data.toString());

  constructor(parts: LiveViewParts) {
    this.#parts = parts;
  }

  start(): void {
    process.stdin.setRawMode(true);
    process.stdin.resume();
    process.stdin.on("data", this.#onInput);
    process.stdout.write(ENTER_SCREEN);
    this.#parts.events.onLine(() => this.#draw());
    this.#refresh();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#parts.events.onLine(() => {});
    process.stdin.off("data", this.#onInput);
    process.stdin.setRawMode(false);
    process.stdin.pause();
    process.stdout.write(LEAVE_SCREEN);
  }

  #refresh(): void {
    this.#timer = setTimeout(async () => {
      this.#picture = await clusterPicture(this.#parts.playground, this.#parts.world);
      if (this.#timer === null) return;
      this.#draw();
      this.#refresh();
    }, REFRESH_MS);
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
    this.#draw();
  }

  #run(key: Key, node: string): void {
    key
      .run(this.#parts, node)
      .catch((error: unknown) => this.#parts.events.add(`${key.label} ${node}: ${String(error)}`));
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
    const foot = [
      "",
      "What happened:",
      ...events.last(EVENT_LINES).map((line) => `  ${line}`),
      "",
      ...wrap(prompt, width),
    ];
    const room = Math.max(0, (process.stdout.rows ?? 40) - head.length - foot.length);
    const lines = [...head, ...this.#picture.trimEnd().split("\n").slice(0, room), ...foot];
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
