import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Host } from "@quorate/lab";

/** What the watcher saw at one look at all hosts. */
export interface Sighting {
  readonly atMs: number;
  readonly hosts: readonly string[];
}

const LOOK_EVERY_MS = 20;

/**
 * Watches one thing that must never be on two hosts at once, apart from everything the cluster says of itself, and keeps each change of
 * the set of hosts that have it. A frozen host counts as having what it had: it may go on any time.
 */
export class Watcher {
  readonly what: string;
  readonly sightings: Sighting[] = [];
  readonly #done: Promise<void>;
  #isRunning = true;

  constructor(what: string, hosts: readonly Host[], has: (host: Host) => boolean) {
    this.what = what;
    this.#done = this.#watch(hosts, has);
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    await this.#done;
  }

  /** Moments at which more than one host had it. */
  get violations(): readonly Sighting[] {
    return this.sightings.filter(({ hosts }) => hosts.length > 1);
  }

  /** Hosts that have it right now. */
  get hosts(): readonly string[] {
    return this.sightings.at(-1)?.hosts ?? [];
  }

  describe(): string {
    return `${this.what}: ${this.sightings.map(({ atMs, hosts }) => `${(atMs / 1000).toFixed(2)}s [${hosts.join(" ")}]`).join(" ")}`;
  }

  async #watch(hosts: readonly Host[], has: (host: Host) => boolean): Promise<void> {
    while (this.#isRunning) {
      const now = hosts.filter(has).map(({ name }) => name);
      if (this.sightings.length === 0 || this.hosts.join() !== now.join())
        this.sightings.push({ atMs: performance.now(), hosts: now });
      await sleep(LOOK_EVERY_MS);
    }
  }
}

/** Whether an IPv4 address is on an interface of the host. */
export function hasAddress(host: Host, address: string): boolean {
  return new RegExp(`-- ${address.replaceAll(".", "\\.")}\n\\s*/32 host LOCAL`).test(
    fileOfHost(host, "net/fib_trie"),
  );
}

/** Whether a device is mounted on the host. */
export function hasMount(host: Host, device: string): boolean {
  return fileOfHost(host, "mounts")
    .split("\n")
    .some((line) => line.startsWith(`${device} `));
}

/** Whether the host has an interface whose name begins so. Each running container of Docker has one, `veth...`. */
export function hasInterface(host: Host, prefix: string): boolean {
  return fileOfHost(host, "net/dev")
    .split("\n")
    .some((line) => line.trimStart().startsWith(prefix));
}

/** Whether a process whose command line matches lives on the host. */
export function hasProcess(host: Host, pattern: RegExp): boolean {
  return host.commandLines().some((line) => pattern.test(line));
}

/** A file that the kernel makes for the host's init; empty when there is no init. */
function fileOfHost(host: Host, name: string): string {
  const init = host.initPid;
  if (init === null) return "";
  try {
    return readFileSync(`/proc/${init}/${name}`, "utf8");
  } catch {
    return "";
  }
}
