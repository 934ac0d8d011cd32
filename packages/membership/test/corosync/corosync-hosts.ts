import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** Why real Corosync cannot be tested on this machine; null when it can. */
export function reasonToSkip(): string | null {
  if (process.platform !== "linux") return "real Corosync needs Linux";
  if (process.getuid?.() !== 0) return "real Corosync in namespaces needs root";
  for (const program of ["corosync", "ip", "unshare", "nsenter"]) {
    try {
      execFileSync("/bin/sh", ["-c", `command -v ${program}`], { stdio: "ignore" });
    } catch {
      return `${program} is not installed`;
    }
  }
  return null;
}

export interface CorosyncClusterOptions {
  readonly nodeCount: number;
  /** Lines of section quorum besides the provider. */
  readonly quorum?: readonly string[];
  /** Votes of each node; default 1. */
  readonly votes?: readonly number[];
}

/** Token loss is noticed after this and `consensus` of 1.2 times as much. */
const TOKEN_MS = 1000;

/**
 * Real Corosync daemons, each in namespaces of its own (network, mount, IPC, host name, processes), joined by bridges in one more namespace.
 * Everything ends with this process.
 */
export class CorosyncHosts {
  readonly nodeCount: number;
  readonly #options: CorosyncClusterOptions;
  readonly #directory = mkdtempSync(join(tmpdir(), "quorate-corosync-"));
  readonly #holders: ChildProcess[] = [];
  readonly #pids: number[] = [];
  readonly #daemons: (ChildProcess | null)[] = [];
  #switchPid = 0;

  private constructor(options: CorosyncClusterOptions) {
    this.#options = options;
    this.nodeCount = options.nodeCount;
  }

  static async create(options: CorosyncClusterOptions): Promise<CorosyncHosts> {
    const hosts = new CorosyncHosts(options);
    await hosts.#build();
    return hosts;
  }

  /** Starts a program on a host. */
  spawn(nodeId: number, command: string, parameters: readonly string[]): ChildProcess {
    return spawn("nsenter", [...this.#enter(nodeId), command, ...parameters], {
      stdio: ["pipe", "pipe", "inherit"],
    });
  }

  /** Runs a program on a host to its end. */
  run(nodeId: number, command: string, ...parameters: readonly string[]): string {
    return execFileSync("nsenter", [...this.#enter(nodeId), command, ...parameters], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  start(nodeId: number): void {
    if (this.#daemons[nodeId] != null) return;
    const daemon = spawn("nsenter", [...this.#enter(nodeId), "corosync", "-f"], { stdio: "ignore" });
    this.#daemons[nodeId] = daemon;
    daemon.once("exit", () => {
      if (this.#daemons[nodeId] === daemon) this.#daemons[nodeId] = null;
    });
  }

  /** Signals the daemon of a host. */
  signal(nodeId: number, signal: NodeJS.Signals): void {
    const daemon = this.#daemons[nodeId];
    if (daemon != null) signalSpawned(daemon, signal);
  }

  /** Stops every process of the host but the one that holds it. */
  freeze(nodeId: number): void {
    for (const pid of this.#processes(nodeId)) process.kill(pid, "SIGSTOP");
  }

  thaw(nodeId: number): void {
    for (const pid of this.#processes(nodeId)) process.kill(pid, "SIGCONT");
  }

  /** Waits until all daemons that run are in one ring, on a healed network. */
  async settled(): Promise<void> {
    for (let attempt = 0; attempt < 300; attempt++) {
      await pause(100);
      const running: number[] = [];
      for (let nodeId = 1; nodeId <= this.nodeCount; nodeId++)
        if (this.#daemons[nodeId] != null) running.push(nodeId);
      const rings = running.map((nodeId) => this.#ring(nodeId));
      if (rings.every((ring) => ring?.id === rings[0]?.id && ring?.nodeCount === running.length)) return;
    }
    throw new Error("the Corosync daemons did not form one ring within 30 s");
  }

  #ring(nodeId: number): { readonly id: string; readonly nodeCount: number } | null {
    const { stdout } = spawnSync("nsenter", [...this.#enter(nodeId), "corosync-quorumtool", "-s"], {
      encoding: "utf8",
      timeout: 5000,
    });
    const [, nodeCount] = /^Nodes:\s+(\d+)/m.exec(stdout) ?? [];
    const [, id] = /^Ring ID:\s+(\S+)/m.exec(stdout) ?? [];
    return id === undefined ? null : { id, nodeCount: Number(nodeCount) };
  }

  #processes(nodeId: number): number[] {
    const holder = this.#pids[nodeId]!;
    const space = readlinkSync(`/proc/${holder}/ns/pid`);
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name) && Number(name) !== holder)
      .map(Number)
      .filter((pid) => {
        try {
          return readlinkSync(`/proc/${pid}/ns/pid`) === space;
        } catch {
          return false;
        }
      });
  }

  partition(sets: readonly (readonly number[])[]): void {
    sets.forEach((set, index) => {
      for (const nodeId of set) this.#onSwitch("ip", "link", "set", `v${nodeId}`, "master", `br${index}`);
    });
  }

  heal(): void {
    this.partition([Array.from({ length: this.nodeCount }, (_, index) => index + 1)]);
  }

  log(nodeId: number): string {
    return readFileSync(join(this.#directory, `corosync-${nodeId}.log`), "utf8");
  }

  async close(): Promise<void> {
    for (const holder of this.#holders) {
      const ended = once(holder, "exit");
      holder.kill("SIGKILL");
      await ended;
    }
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #build(): Promise<void> {
    this.#switchPid = await this.#hold(["--net"], "");
    for (let index = 0; index < this.nodeCount; index++) {
      this.#onSwitch("ip", "link", "add", `br${index}`, "type", "bridge");
      this.#onSwitch("ip", "link", "set", `br${index}`, "up");
    }
    for (let nodeId = 1; nodeId <= this.nodeCount; nodeId++) await this.#buildHost(nodeId);
    this.heal();
  }

  async #buildHost(nodeId: number): Promise<void> {
    const pid = await this.#hold(
      ["--net", "--mount", "--ipc", "--uts", "--pid", "--mount-proc"],
      "for place in /dev/shm /run /var/lib/corosync /etc/corosync; do mount -t tmpfs tmpfs $place || exit 1; done",
    );
    this.#pids[nodeId] = pid;
    this.#onSwitch(
      "ip",
      "link",
      "add",
      `v${nodeId}`,
      "type",
      "veth",
      "peer",
      "name",
      "eth0",
      "netns",
      `${pid}`,
    );
    this.#onSwitch("ip", "link", "set", `v${nodeId}`, "up");
    this.run(nodeId, "hostname", `n${nodeId}`);
    this.run(nodeId, "ip", "link", "set", "lo", "up");
    this.run(nodeId, "ip", "address", "add", `10.0.0.${nodeId}/24`, "dev", "eth0");
    this.run(nodeId, "ip", "link", "set", "eth0", "up");
    writeFileSync(join(this.#directory, `conf-${nodeId}`), this.#configuration(nodeId));
    this.run(nodeId, "cp", join(this.#directory, `conf-${nodeId}`), "/etc/corosync/corosync.conf");
  }

  #configuration(localId: number): string {
    const { nodeCount, quorum = [], votes = [] } = this.#options;
    const nodes = Array.from(
      { length: nodeCount },
      (_, index) =>
        `  node {\n    ring0_addr: 10.0.0.${index + 1}\n    name: n${index + 1}\n    nodeid: ${index + 1}\n    quorum_votes: ${votes[index] ?? 1}\n  }\n`,
    );
    return `totem {
  version: 2
  cluster_name: contract
  transport: udpu
  token: ${TOKEN_MS}
  token_coefficient: 0
  merge: 100
}
nodelist {
${nodes.join("")}}
quorum {
  provider: corosync_votequorum
${quorum.map((line) => `  ${line}\n`).join("")}}
system {
  sched_rr: no
  move_to_root_cgroup: no
}
logging {
  to_stderr: no
  to_syslog: no
  to_logfile: yes
  logfile: ${this.#directory}/corosync-${localId}.log
}
`;
  }

  /** A process that holds namespaces open; resolves with its id. */
  async #hold(namespaces: readonly string[], prepare: string): Promise<number> {
    const script = `${prepare}\necho ready; exec sleep infinity`;
    const holder = spawn("unshare", [...namespaces, "--fork", "--kill-child", "sh", "-c", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#holders.push(holder);
    await once(holder.stdout!, "data");
    return childrenOf(holder.pid!)[0]!;
  }

  #enter(nodeId: number): string[] {
    return ["-t", `${this.#pids[nodeId]}`, "-n", "-m", "-i", "-u", "-p"];
  }

  #onSwitch(command: string, ...parameters: readonly string[]): void {
    execFileSync("nsenter", ["-t", `${this.#switchPid}`, "-n", command, ...parameters]);
  }
}

/** Signals a program that was started on a host: `nsenter` forks, and the program is its child. */
export function signalSpawned(process_: ChildProcess, signal: NodeJS.Signals): void {
  if (process_.exitCode !== null || process_.signalCode !== null) return;
  for (const child of childrenOf(process_.pid!)) process.kill(child, signal);
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return text === "" ? [] : text.split(" ").map(Number);
}
