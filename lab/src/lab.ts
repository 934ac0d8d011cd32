import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DEFAULTS, hostNames, type LabDescription, problemsOf } from "./description.ts";
import { Host } from "./host.ts";
import { Room } from "./room.ts";
import { createSharedDisks } from "./shared-disks.ts";
import { labNames, processToken, readDescription, writeDescription } from "./state.ts";
import { removeLab } from "./tear-down.ts";

/** Hosts on this machine, with their networks. It lives on the machine, not in this object: any process can attach to it. */
export class Lab {
  readonly description: LabDescription;
  readonly room: Room;
  /** The cluster's hosts. */
  readonly hosts: readonly Host[];
  readonly outsiders: readonly Host[];

  private constructor(description: LabDescription) {
    this.description = description;
    this.room = new Room(description);
    const hostOf = (name: string) => new Host(description, this.room, name);
    this.hosts = description.hosts.map(hostOf);
    this.outsiders = description.outsiders.map(hostOf);
  }

  /**
   * Makes a lab and boots its hosts. What labs of dead owners left on the machine is removed first.
   * @throws Error when the description cannot be built, or a step fails; nothing is left of it then
   */
  static async create(
    wanted: Pick<LabDescription, "name" | "hosts"> & Partial<LabDescription>,
  ): Promise<Lab> {
    const description = { ...DEFAULTS, ...wanted };
    const problems = problemsOf(description);
    if (problems.length > 0) throw new Error(problems.join("\n"));
    await removeOrphans();
    writeDescription(description);
    const lab = new Lab(description);
    try {
      await lab.room.create();
      await createSharedDisks(description);
      await Promise.all(lab.#all.map((host) => host.create()));
      await lab.room.startSwitchboard();
      await lab.powerOn();
    } catch (error) {
      await lab.destroy();
      throw error;
    }
    return lab;
  }

  /** @throws Error when there is no such lab */
  static attach(name: string): Lab {
    const description = readDescription(name);
    if (description === null)
      throw new Error(`there is no lab named ${name}; existing: ${labNames().join(", ") || "none"}`);
    return new Lab(description);
  }

  /** @throws Error when the lab has no such host */
  host(name: string): Host {
    const host = this.#all.find((candidate) => candidate.name === name);
    if (host === undefined)
      throw new Error(
        `lab ${this.description.name} has no host ${name}; it has ${hostNames(this.description).join(", ")}`,
      );
    return host;
  }

  get #all(): readonly Host[] {
    return [...this.hosts, ...this.outsiders];
  }

  async powerOn(): Promise<void> {
    await Promise.all(this.#all.map((host) => host.powerOn()));
  }

  /**
   * Splits the networks: hosts of different parts do not reach one another, on any link. Hosts that no part names keep
   * reaching everyone. Replaces an earlier partition. The machine room, and with it the management controllers, stay reachable.
   */
  async partition(parts: readonly (readonly string[])[]): Promise<void> {
    const pairs = parts.flatMap((part, index) =>
      parts.slice(index + 1).flatMap((other) => part.flatMap((a) => other.flatMap((b) => this.#pairs(a, b)))),
    );
    await this.room.cut(() => ({ pairs }));
  }

  /** Cuts the cables between two hosts: those of one link, or all. Adds to what is cut already. */
  async cutLink(a: string, b: string, link?: number): Promise<void> {
    await this.room.cut(({ pairs }) => ({ pairs: [...pairs, ...this.#pairs(a, b, link)] }));
  }

  /** Undoes `partition`, `cutLink` and `losePackets`. */
  async heal(): Promise<void> {
    await this.room.cut(() => ({ pairs: [], lossPercent: 0 }));
  }

  /** From now on this part of the packets between hosts gets lost, by chance. */
  async losePackets(lossPercent: number): Promise<void> {
    await this.room.cut(() => ({ lossPercent }));
  }

  #pairs(a: string, b: string, only?: number): [string, string][] {
    const [one, other] = [this.host(a), this.host(b)];
    return one.ports.flatMap((port, link): [string, string][] =>
      only === undefined || only === link ? [[port, other.port(link)]] : [],
    );
  }

  /** Copies consoles and logs of all hosts to a directory, a folder each. Works whatever state the hosts are in. */
  collectLogs(directory: string): void {
    for (const host of this.#all) {
      const target = join(directory, host.name);
      mkdirSync(target, { recursive: true });
      if (existsSync(host.logDirectory)) cpSync(host.logDirectory, target, { recursive: true });
      writeFileSync(join(target, "console.log"), host.console());
    }
  }

  /** Ends all that runs in the lab and removes it from the machine. */
  async destroy(): Promise<void> {
    await removeLab(this.description.name);
  }
}

/** Removes the labs whose owner is gone. */
export function removeOrphans(): Promise<string[]> {
  return removeLabsWhere((owner) => processToken(Number.parseInt(owner, 10)) !== owner);
}

/** Removes the labs that this process owns: for one that is told to end before it has done so itself. */
export async function removeOwnLabs(): Promise<void> {
  const own = processToken(process.pid);
  await removeLabsWhere((owner) => owner === own);
}

async function removeLabsWhere(isMeant: (owner: string) => boolean): Promise<string[]> {
  const removed: string[] = [];
  for (const name of labNames()) {
    const owner = readDescription(name)?.owner;
    if (owner === null || owner === undefined || !isMeant(owner)) continue;
    await removeLab(name);
    removed.push(name);
  }
  return removed;
}
