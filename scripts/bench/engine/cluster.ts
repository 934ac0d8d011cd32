import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { systemClock, systemRandom } from "@quorate/host";
import { Lab, processToken } from "@quorate/lab";
import { configureQuorum, ENGINE_LIMITS, QUORUM_DEFAULTS, startHub } from "@quorate/membership";
import { build } from "esbuild";
import { repositoryRoot } from "../../steps.ts";
import type { ClientSettings } from "./messages.ts";

/** Below node_modules, where it finds koffi. */
const PROGRAM = join(repositoryRoot, "node_modules/.quorate/bench-engine-client.mjs");

/** The node that answers pings. */
const ANSWERING = "n2";

/** The nodes of a bench, each a process, and what they run on. */
export interface BenchCluster {
  readonly clients: readonly BenchClient[];
  /** Memory of the engine's own daemons in bytes; empty when it has none. */
  daemonRssBytes(): Promise<readonly number[]>;
  close(): Promise<void>;
}

export class BenchClient {
  readonly #process: ChildProcess;
  readonly #waiting: ((answer: never) => void)[] = [];
  readonly #answers: unknown[] = [];

  constructor(command: string, parameters: readonly string[]) {
    this.#process = spawn(command, parameters, { stdio: ["pipe", "pipe", "inherit"] });
    createInterface({ input: this.#process.stdout! }).on("line", (line) => {
      const answer: unknown = JSON.parse(line);
      const waiting = this.#waiting.shift();
      if (waiting === undefined) this.#answers.push(answer);
      else waiting(answer as never);
    });
    this.#process.once("exit", (code) => {
      if (code !== null && code !== 0) throw new Error(`a client of the bench ended with status ${code}`);
    });
  }

  tell(command: string): void {
    this.#process.stdin!.write(`${command}\n`);
  }

  /** The next line it says. */
  answer<T>(): Promise<T> {
    if (this.#answers.length > 0) return Promise.resolve(this.#answers.shift() as T);
    return new Promise<T>((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  kill(): void {
    this.#process.stdin!.destroy();
    this.#process.kill("SIGKILL");
  }
}

async function buildClient(): Promise<void> {
  await build({
    entryPoints: [join(repositoryRoot, "scripts/bench/engine/client.ts")],
    bundle: true,
    platform: "node",
    format: "esm",
    external: ["koffi"],
    outfile: PROGRAM,
    logLevel: "error",
  });
}

function namesOf(nodeCount: number): string[] {
  return Array.from({ length: nodeCount }, (_, index) => `n${index + 1}`);
}

async function untilReady(clients: readonly BenchClient[]): Promise<void> {
  await Promise.all(clients.map((client) => client.answer()));
}

/** The embedded engine: its hub in this process, the nodes over loopback TCP. */
export async function embeddedCluster(nodeCount: number): Promise<BenchCluster> {
  await buildClient();
  const nodeList = namesOf(nodeCount).map((name, index) => ({ nodeId: index + 1, name, votes: 1 }));
  const quorum = configureQuorum(QUORUM_DEFAULTS, nodeList);
  if (!quorum.ok) throw new Error(quorum.errors.join("; "));
  const key = randomBytes(32);
  const none = { minMs: 0, maxMs: 0 };
  const hub = await startHub({
    clusterName: "bench",
    nodeList,
    quorum: quorum.settings,
    // What it costs itself: no delay is simulated.
    timing: {
      latency: none,
      lossDetection: { minMs: 1000, maxMs: 1000 },
      merge: { minMs: 10, maxMs: 10 },
      synchronization: none,
      nodeStart: none,
      nodeStop: none,
      clientDeath: none,
    },
    limits: ENGINE_LIMITS,
    sequences: { load: () => 0, save() {} },
    clock: systemClock,
    random: systemRandom,
    log() {},
    key,
    port: 0,
  });
  const clients = nodeList.map(({ name }) => {
    const settings: ClientSettings = {
      nodeName: name,
      nodeCount,
      answersPings: name === ANSWERING,
      hub: { port: hub.port, key: key.toString("hex") },
    };
    return new BenchClient(process.execPath, [PROGRAM, JSON.stringify(settings)]);
  });
  await untilReady(clients);
  return {
    clients,
    daemonRssBytes: async () => [],
    close: async () => {
      for (const client of clients) client.kill();
      await hub.close();
    },
  };
}

/** Real Corosync on hosts of the lab. */
export async function corosyncCluster(nodeCount: number): Promise<BenchCluster> {
  await buildClient();
  const lab = await Lab.create({
    name: `bench-${process.pid}`,
    hosts: namesOf(nodeCount),
    stack: "corosync",
    owner: processToken(process.pid),
  });
  const clients = lab.hosts.map((host) => {
    const settings: ClientSettings = {
      nodeName: host.name,
      nodeCount,
      answersPings: host.name === ANSWERING,
      hub: null,
    };
    return new BenchClient(...host.commandLine([process.execPath, PROGRAM, JSON.stringify(settings)]));
  });
  await untilReady(clients);
  return {
    clients,
    daemonRssBytes: () =>
      Promise.all(
        lab.hosts.map(async (host) => {
          const text = await host.must(["sh", "-c", "grep VmRSS /proc/$(pidof corosync)/status"]);
          return 1024 * Number(/\d+/.exec(text)![0]);
        }),
      ),
    close: async () => {
      await lab.destroy();
      for (const client of clients) client.kill();
    },
  };
}
