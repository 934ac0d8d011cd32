import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { reapMarkedProcesses } from "@quorate/executor";
import { nodeMarker, type PlaygroundNode } from "./layout.ts";

export interface MachineOptions {
  readonly node: PlaygroundNode;
  /** The built launcher of the daemon. */
  readonly daemonPath: string;
  /** Holds the markers of the playground and the node. */
  readonly environment: Readonly<Record<string, string>>;
  /** Says what happened, for the live view. */
  readonly onEvent: (message: string) => void;
}

/** `on`: the machine runs (its daemon may have died). `off`: none of its processes is alive. */
export type PowerState = "on" | "off";

/** A process that is stuck in the kernel dies late; longer than this and the machine counts as not fenced. */
const REAP_TIMEOUT_MS = 10_000;

/**
 * One machine of the playground: all processes that carry its marker, the daemon among them. Its power switch is what makes fencing real here:
 * `powerOff` returns only when no process of the machine is left.
 */
export class Machine {
  readonly #options: MachineOptions;
  #daemon: ChildProcess | null = null;
  #power: PowerState = "off";
  #isRetired = false;
  /** Power operations happen one after another. */
  #switch: Promise<void> = Promise.resolve();

  constructor(options: MachineOptions) {
    this.#options = options;
  }

  get power(): PowerState {
    return this.#power;
  }

  get isDaemonRunning(): boolean {
    return this.#daemon !== null;
  }

  powerOn(): Promise<void> {
    return this.#queue(async () => {
      if (this.#power === "on") return;
      this.#power = "on";
      this.#startDaemon();
    });
  }

  /** @throws Error when a process survived every attempt to kill it */
  powerOff(): Promise<void> {
    return this.#queue(async () => {
      await this.#killAll();
      this.#power = "off";
    });
  }

  reboot(): Promise<void> {
    return this.#queue(async () => {
      await this.#killAll();
      this.#power = "on";
      this.#startDaemon();
    });
  }

  /** Ends the daemon alone, at once, as a crash would; what it started goes on running. */
  killDaemon(): boolean {
    return this.#daemon?.kill("SIGKILL") ?? false;
  }

  /** Starts a daemon that ended on a machine that is on; false when there is nothing to start. */
  async startDaemon(): Promise<boolean> {
    let isStarted = false;
    // In the queue of the power switch: a daemon must not be born behind the last look of a power-off.
    await this.#queue(async () => {
      if (this.#power === "off" || this.#daemon !== null) return;
      this.#startDaemon();
      isStarted = true;
    });
    return isStarted;
  }

  /** Asks the daemon to leave the cluster in order; resolves when it has ended. */
  async stopDaemon(): Promise<void> {
    const daemon = this.#daemon;
    if (daemon === null) return;
    const ended = new Promise<void>((resolve) => daemon.once("exit", () => resolve()));
    daemon.kill("SIGTERM");
    await ended;
  }

  /** No daemon starts from now on; resolves when the power operations under way are over. */
  async retire(): Promise<void> {
    this.#isRetired = true;
    await this.#switch;
  }

  #queue(work: () => Promise<void>): Promise<void> {
    const result = this.#switch.then(work);
    this.#switch = result.catch(() => undefined);
    return result;
  }

  async #killAll(): Promise<void> {
    const result = await reapMarkedProcesses(nodeMarker(this.#options.node), { timeoutMs: REAP_TIMEOUT_MS });
    if (!result.ok) {
      const survivors = result.survivors.map(({ pid, command }) => `${command} (pid ${pid})`).join(", ");
      throw new Error(`${this.#options.node.name}: these processes cannot be killed: ${survivors}`);
    }
    // What a machine keeps in memory is gone with its power: sockets, pid files, the agents' state files.
    await rm(join(this.#options.node.root, "run"), { recursive: true, force: true });
  }

  #startDaemon(): void {
    if (this.#isRetired) return;
    const { node, daemonPath, environment } = this.#options;
    mkdirSync(join(node.root, "run"), { recursive: true });
    const log = openSync(node.logFile, "a");
    // A process group of its own: Ctrl-C in the terminal of the playground is for the supervisor alone.
    const daemon = spawn(process.execPath, [daemonPath, "--root", node.root], {
      detached: true,
      stdio: ["ignore", log, log],
      env: { ...environment },
      cwd: node.root,
    });
    closeSync(log);
    this.#daemon = daemon;
    daemon.on("error", (error) => {
      if (daemon.pid === undefined && this.#daemon === daemon) this.#daemon = null;
      this.#options.onEvent(`${node.name}: the daemon cannot be started: ${error.message}`);
    });
    daemon.on("exit", (code, signal) => {
      if (this.#daemon === daemon) this.#daemon = null;
      this.#options.onEvent(`${node.name}: the daemon ended (${signal ?? `exit status ${code}`})`);
    });
  }
}
