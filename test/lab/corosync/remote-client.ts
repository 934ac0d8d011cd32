import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Host } from "@quorate/lab";
import { build } from "esbuild";
import type { ContractClient } from "../../../packages/membership/test/contract/client.ts";
import { History, type HistoryEvent } from "../../../packages/membership/test/contract/history.ts";

interface Report {
  readonly events: HistoryEvent[];
  readonly counters: Pick<History, "acceptedCount" | "joinCount" | "leaveCount">;
  readonly damaged: string[];
  readonly isConnected: boolean;
  readonly waitingCount: number;
}

/** Below node_modules, where it finds koffi. */
const PROGRAM = fileURLToPath(new URL("../../../node_modules/.quorate/contract-client.mjs", import.meta.url));

/** Bundles the program of remote clients: they start often. */
export async function buildClientProgram(): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL("./client-process.ts", import.meta.url))],
    bundle: true,
    platform: "node",
    format: "esm",
    external: ["koffi"],
    outfile: PROGRAM,
    logLevel: "error",
  });
}

/** A client in a process on one of the hosts; `client-process.ts` is the other end. */
export class RemoteClient implements ContractClient {
  readonly history: History;
  readonly #process: ChildProcess;
  #last: Report | null = null;
  #sent = 0;
  #isEnded = false;

  constructor(host: Host, number: number) {
    this.history = new History(number, host.nodeId);
    const [command, parameters] = host.commandLine([
      process.execPath,
      PROGRAM,
      `${number}`,
      `${host.nodeId}`,
    ]);
    this.#process = spawn(command, parameters, { stdio: ["pipe", "pipe", "inherit"] });
    this.#process.stdin!.on("error", () => {});
    this.#process.once("exit", () => {
      this.#isEnded = true;
    });
    createInterface({ input: this.#process.stdout! }).on("line", (line) => this.#take(JSON.parse(line)));
  }

  get isConnected(): boolean {
    return !this.#isEnded && this.#last?.isConnected === true;
  }

  /** It ended, or is connected and everything it had to do was taken. */
  get isSettled(): boolean {
    return this.#isEnded || (this.isConnected && this.#last?.waitingCount === 0);
  }

  send(count: number, bytes: number): void {
    this.#sent += count;
    this.#tell(`send ${count} ${bytes}`);
  }

  leave(): void {
    this.#tell("leave");
  }

  rejoin(): void {
    this.#tell("rejoin");
  }

  /** It repeats by itself. */
  retry(): void {}

  kill(): void {
    this.history.killed();
    // What it sent last it could not tell.
    this.history.acceptedCount = this.#sent;
    this.#isEnded = true;
    killSpawned(this.#process);
  }

  async finish(): Promise<void> {
    this.history.finish(this.#last?.waitingCount ?? 0);
  }

  #tell(line: string): void {
    if (!this.#isEnded) this.#process.stdin!.write(`${line}\n`);
  }

  #take(report: Report): void {
    this.#last = report;
    this.history.events.push(...report.events);
    this.history.damaged.push(...report.damaged);
    if (!this.history.isKilled) Object.assign(this.history, report.counters);
  }
}

/** `nsenter` forks, and the program is its child; nobody tells it when its parent is killed. */
function killSpawned({ pid, exitCode, signalCode }: ChildProcess): void {
  if (exitCode !== null || signalCode !== null) return;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  for (const child of children === "" ? [] : children.split(" ")) process.kill(Number(child), "SIGKILL");
}
