import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** What the watcher saw at one look at the process table. */
interface Sighting {
  readonly atMs: number;
  readonly nodes: readonly string[];
}

const LOOK_EVERY_MS = 20;

/**
 * Watches the real server processes of one `ocf:quorate:http` resource, apart from everything the cluster says of itself, and keeps each change
 * of the set of nodes where they live.
 */
export class Watcher {
  readonly sightings: Sighting[] = [];
  readonly #directory: string;
  readonly #resource: string;
  #isRunning = true;
  readonly #done: Promise<void>;

  constructor(directory: string, resource: string) {
    this.#directory = directory;
    this.#resource = resource;
    this.#done = this.#watch();
  }

  /** Ends the watch. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    await this.#done;
  }

  /** Moments at which the service was active on more than one node. */
  get violations(): readonly Sighting[] {
    return this.sightings.filter(({ nodes }) => nodes.length > 1);
  }

  /** Nodes where the service lives right now. */
  get nodes(): readonly string[] {
    return this.sightings.at(-1)?.nodes ?? [];
  }

  async #watch(): Promise<void> {
    while (this.#isRunning) {
      const nodes = serversOf(this.#directory, this.#resource);
      const last = this.sightings.at(-1);
      if (last === undefined || last.nodes.join() !== nodes.join()) {
        this.sightings.push({ atMs: performance.now(), nodes });
      }
      await sleep(LOOK_EVERY_MS);
    }
  }
}

/** Names of the nodes with a living server of the resource, one entry for each process, sorted. */
function serversOf(directory: string, resource: string): string[] {
  const nodes: string[] = [];
  for (const pid of readdirSync("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    let commandLine: string[];
    try {
      commandLine = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    } catch {
      continue;
    }
    const isServer = commandLine.includes("serve") && commandLine.includes(`--resource=${resource}`);
    if (!isServer) continue;
    const pidFile =
      commandLine.find((word) => word.startsWith("--pid-file="))?.slice("--pid-file=".length) ?? "";
    if (!pidFile.startsWith(`${directory}/`)) continue;
    nodes.push(pidFile.slice(directory.length + 1).split("/")[0]!);
  }
  return nodes.sort();
}
