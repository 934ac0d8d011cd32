import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bmcAddress, hostNames, type LabDescription, roomAddress, roomMac } from "./description.ts";
import { machineDirectory } from "./places.ts";
import { must, runProgram } from "./processes.ts";
import { labCgroup, labDirectory } from "./state.ts";

/** What is cut in the lab's networks. Kept in a file, so that every command sees what the others did. */
interface Cuts {
  /** Pairs of ports between which nothing passes, in both directions. */
  readonly pairs: readonly (readonly [string, string])[];
  /** Management controllers that cannot be reached, by node id. */
  readonly bmcs: readonly number[];
  /** Part of the packages between hosts that gets lost, in percent. */
  readonly lossPercent: number;
}

const NO_CUTS: Cuts = { pairs: [], bmcs: [], lossPercent: 0 };

/**
 * The machine room of a lab: a network namespace of its own with a switch for each link, so that nothing of the
 * machine's network, its firewall included, has to do with the lab, and labs side by side may use the same addresses.
 */
export class Room {
  readonly #directory: string;
  readonly #description: LabDescription;

  constructor(description: LabDescription) {
    this.#description = description;
    this.#directory = labDirectory(description.name);
  }

  get #pidFile(): string {
    return join(this.#directory, "room.pid");
  }

  /** Runs a program in the room: it reaches all hosts on all networks, whatever is cut between them. */
  run = (command: string, args: readonly string[], options = {}) =>
    runProgram(
      "nsenter",
      ["--target", readFileSync(this.#pidFile, "utf8").trim(), "--net", "--", command, ...args],
      options,
    );

  /** Starts a program in the room, that stays until the lab goes or somebody ends it. */
  async start(command: readonly string[], logFile: string, pidFile: string): Promise<void> {
    const script =
      'echo $$ >"$1/cgroup.procs"; echo $$ >"$4"; room=$2 log=$3; shift 4; exec nsenter --target "$room" --net -- "$@" </dev/null >>"$log" 2>&1';
    const room = readFileSync(this.#pidFile, "utf8").trim();
    const child = spawn(
      "bash",
      ["--norc", "-c", script, "lab", this.#group, room, logFile, pidFile, ...command],
      {
        detached: true,
        stdio: "ignore",
      },
    );
    child.unref();
    await once(child, "spawn");
  }

  get #group(): string {
    return join(labCgroup(this.#description.name), "room");
  }

  /** Starts what stand-ins on hosts use to reach the power switches. */
  async startSwitchboard(): Promise<void> {
    const shared = join(this.#directory, "shared");
    mkdirSync(shared, { recursive: true });
    const command = [join(machineDirectory, "switchboard"), this.#directory];
    await this.start(
      command,
      join(this.#directory, "switchboard.log"),
      join(this.#directory, "switchboard.pid"),
    );
  }

  async create(): Promise<void> {
    const group = this.#group;
    mkdirSync(group, { recursive: true });
    // The room's keeper holds the namespace; its first line is its PID, written once the namespace is there.
    const keeper = `echo $$ >"${group}/cgroup.procs"; exec setsid unshare --net -- bash -c 'echo $$ >"${this.#pidFile}"; exec sleep infinity' </dev/null >/dev/null 2>&1 &`;
    await must("bash", ["-c", `(${keeper}) ; until [ -s "${this.#pidFile}" ]; do sleep 0.01; done`]);
    const commands = ["link set lo up"];
    for (let link = 0; link < this.#description.linkCount; link++)
      commands.push(
        // An address of its own: a bridge without one takes its ports', and changes it when a host is unplugged.
        `link add switch${link} address ${roomMac(link)} type bridge`,
        `address add ${roomAddress(link)}/24 dev switch${link}`,
        `link set switch${link} up`,
      );
    hostNames(this.#description).forEach((_, index) => {
      commands.push(`address add ${bmcAddress(index + 1)}/24 dev switch0`);
    });
    await this.#must("ip", ["-batch", "-"], { input: `${commands.join("\n")}\n` });
    await this.#apply(NO_CUTS);
  }

  /** Changes what is cut. */
  async cut(change: (cuts: Cuts) => Partial<Cuts>): Promise<void> {
    const cuts = this.#cuts();
    await this.#apply({ ...cuts, ...change(cuts) });
  }

  /** Takes a host's cables out of the switches, or puts them back. The host's own ends keep their carrier. */
  async plug(ports: readonly string[], isPlugged: boolean): Promise<void> {
    for (const [link, port] of ports.entries()) {
      const master = isPlugged ? ["master", `switch${link}`] : ["nomaster"];
      await this.run("ip", ["link", "set", port, ...master]);
    }
  }

  async #apply(cuts: Cuts): Promise<void> {
    writeFileSync(join(this.#directory, "cuts.json"), JSON.stringify(cuts));
    await this.#must("nft", ["-f", "-"], { input: rules(cuts) });
  }

  #cuts(): Cuts {
    return JSON.parse(readFileSync(join(this.#directory, "cuts.json"), "utf8")) as Cuts;
  }

  async #must(command: string, args: readonly string[], options: { input: string }): Promise<void> {
    const { status, stdout, stderr } = await this.run(command, args, options);
    if (status !== 0)
      throw new Error(`${command} in the room of the lab: ${stderr}${stdout}\n${options.input}`);
  }
}

/** The switches' rules, replaced in one transaction: no packet sees half of a partition. */
function rules({ pairs, bmcs, lossPercent }: Cuts): string {
  const forward = [
    ...pairs.flatMap(([a, b]) => [
      `iifname "${a}" oifname "${b}" drop`,
      `iifname "${b}" oifname "${a}" drop`,
    ]),
    ...(lossPercent > 0 ? [`numgen random mod 100 < ${lossPercent} drop`] : []),
  ];
  const input = bmcs.map((nodeId) => `ip daddr ${bmcAddress(nodeId)} drop`);
  const chain = (name: string, lines: readonly string[]) =>
    `chain ${name} { type filter hook ${name} priority 0; policy accept;\n${lines.join("\n")}\n}`;
  return `table bridge lab
delete table bridge lab
table bridge lab {
${chain("forward", forward)}
${chain("input", input)}
}
`;
}
