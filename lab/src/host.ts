import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Bmc, whyNoBmc } from "./bmc.ts";
import { addressOf, hostNames, type LabDescription, roomAddress, type Stack } from "./description.ts";
import { CLOCK_FILE, ownClockSettings } from "./own-clock.ts";
import { binDirectory, machineDirectory, repositoryRoot } from "./places.ts";
import { type Ended, must, type RunOptions, runProgram } from "./processes.ts";
import type { Room } from "./room.ts";
import { sharedDiskMinors } from "./shared-disks.ts";
import { bootScript, ENABLED, serviceFile, servicesOf, startScript } from "./stacks/services.ts";
import { stackFiles } from "./stacks/stack-files.ts";
import { systemdFiles } from "./stacks/systemd-files.ts";
import { labCgroup, labDirectory } from "./state.ts";

/** What fills a disk, beside what the host itself sees of it. */
const BALLAST = "/run/lab/disk/ballast";

/** How long a host may take from power to a running init. */
const BOOT_MS_MAX = 90_000;
const SLOW_DISK_MS_MAX = 10_000;

/** One host of a lab. Operations may be called from any process that knows the lab's name. */
export class Host {
  readonly name: string;
  readonly nodeId: number;
  readonly bmc: Bmc;
  /** On the machine: its disk, its console, its logs. */
  readonly directory: string;
  readonly #description: LabDescription;
  readonly #stack: Stack;
  readonly #room: Room;
  readonly #group: string;

  constructor(description: LabDescription, room: Room, name: string) {
    this.name = name;
    this.nodeId = hostNames(description).indexOf(name) + 1;
    this.#description = description;
    this.#stack = description.outsiders.includes(name) ? "none" : description.stack;
    this.#room = room;
    this.directory = join(labDirectory(description.name), "hosts", name);
    this.bmc = new Bmc(room, this.directory, this.nodeId);
    this.#group = join(labCgroup(description.name), `host-${this.nodeId}`);
  }

  address(link = 0): string {
    return addressOf(this.nodeId, link);
  }

  /** The host's `/var/log` on the machine. It can be read whether or not the host has power. */
  get logDirectory(): string {
    return join(this.directory, "log");
  }

  /** The host's ports at the lab's switches. */
  get ports(): readonly string[] {
    return Array.from({ length: this.#description.linkCount }, (_, link) => this.port(link));
  }

  port(link: number): string {
    return `h${this.nodeId}l${link}`;
  }

  /** Makes the host's disk and what is on it before the first boot. */
  async create(): Promise<void> {
    mkdirSync(this.#group, { recursive: true });
    mkdirSync(join(this.directory, "files"), { recursive: true });
    const settings = {
      NAME: this.name,
      NODE_ID: this.nodeId,
      STATE: labDirectory(this.#description.name),
      KIND: this.#description.kind,
      CGROUP: this.#group,
      ADDRESSES: this.ports.map((_, link) => this.address(link)).join(" "),
      GATEWAY: roomAddress(),
      SHARED: sharedDirectories().join(" "),
      DISKS: [...sharedDiskMinors(this.#description)].map(([disk, minor]) => `${disk}:${minor}`).join(" "),
    };
    const lines = Object.entries(settings).map(([key, value]) => `${key}='${value}'\n`);
    lines.push(`export PATH='${hostPath(this.#stack)}'\n`);
    writeFileSync(join(this.directory, "host.env"), lines.join(""));
    writeFileSync(join(this.directory, "power"), "off\n");
    const services = servicesOf(this.#stack, binDirectory);
    const files = new Map(stackFiles(this.#description, binDirectory));
    for (const service of services)
      files.set(`/etc/lab/services/${service.name}`, { content: serviceFile(service) });
    files.set("/etc/hostname", { content: `${this.name}\n` });
    const { isStackStartedAtBoot, isClusterSetUp } = this.#description;
    const atBoot = services.filter(
      ({ isAlwaysOn }) => isAlwaysOn || (isStackStartedAtBoot && isClusterSetUp),
    );
    const machineId = createHash("md5").update(this.directory).digest("hex");
    files.set("/etc/machine-id", { content: `${machineId}\n` });
    if (this.#description.kind === "full")
      for (const [path, content] of systemdFiles(services, atBoot)) files.set(path, { content });
    else for (const { name } of atBoot) files.set(`${ENABLED}/${name}`, { content: "" });
    const stack = services.filter(({ isAlwaysOn }) => !isAlwaysOn);
    const start = startScript(stack, machineDirectory, this.#environment);
    files.set("/etc/lab/start-stack", { content: start, mode: 0o755 });
    const boot = bootScript(services, machineDirectory, this.#environment);
    files.set("/etc/lab/boot", { content: boot, mode: 0o755 });
    for (const [path, { content, mode }] of files) {
      const file = join(this.directory, "files", path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content, { mode: mode ?? 0o644 });
    }
    const disk = join(this.directory, "disk.img");
    await must("truncate", ["--size", `${this.#description.diskSizeMib}M`, disk]);
    await must("mkfs.ext4", ["-q", "-F", "-m", "0", "-O", "^has_journal", disk]);
    if (whyNoBmc === "") await this.bmc.start(machineDirectory);
  }

  /** Runs a program on the host. Status 255 and an explanation when the host is not up. */
  async run(command: readonly string[], options: RunOptions = {}): Promise<Ended> {
    const init = this.initPid;
    if (init === null) return { status: 255, stdout: "", stderr: `${this.name} is not up\n` };
    return runProgram(...this.#entry(init, command), options);
  }

  /**
   * Runs a program on the host that has to succeed.
   * @throws Error with what it said
   */
  async must(command: readonly string[], options: RunOptions = {}): Promise<string> {
    const { status, stdout, stderr } = await this.run(command, options);
    if (status !== 0)
      throw new Error(
        `${this.name}: ${command.join(" ")}: exit status ${status}\n${stderr}${stdout}`.trimEnd(),
      );
    return stdout;
  }

  /** Command and arguments that run a program on the host, for callers that start it themselves. */
  commandLine(command: readonly string[]): [string, string[]] {
    const init = this.initPid;
    if (init === null) throw new Error(`${this.name} is not up`);
    return this.#entry(init, command);
  }

  #entry(init: number, command: readonly string[]): [string, string[]] {
    // Into the control group first: what runs on a host is frozen with it and dies with it.
    const enter =
      'echo $$ >"$1/cgroup.procs" && shift && target=$1 && shift && exec nsenter --target "$target" --mount --uts --ipc --net --pid --wdns=/root -- "$@"';
    const env = [
      "env",
      "-i",
      `PATH=${hostPath(this.#stack)}`,
      "HOME=/root",
      "SHLVL=2",
      "LANG=C.UTF-8",
      ...this.#environment,
      `TERM=${process.env.TERM ?? "dumb"}`,
    ];
    return ["bash", ["--norc", "-c", enter, "lab", this.#group, String(init), ...env, ...command]];
  }

  /** PID of the host's init as the machine knows it; null while the host is not up. */
  get initPid(): number | null {
    try {
      const text = readFileSync(join(this.directory, "init.pid"), "utf8");
      return text !== "" && existsSync(`/proc/${text}/root`) ? Number(text) : null;
    } catch {
      return null;
    }
  }

  /** A path of the running host, as a path of the machine. */
  path(path: string): string {
    const init = this.initPid;
    if (init === null) throw new Error(`${this.name} is not up`);
    return join(`/proc/${init}/root`, path);
  }

  /** Writes a file of the running host. */
  writeFile(path: string, content: string, mode = 0o644): void {
    const file = this.path(path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content, { mode });
  }

  /** Command lines of the host's processes, dead ones left out. */
  commandLines(): string[] {
    const lines: string[] = [];
    for (const pid of processesIn(this.#group)) {
      try {
        lines.push(readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim());
      } catch {
        // It has ended since.
      }
    }
    return lines;
  }

  /** Whether the power is on, as its management controller sees it: a crashed host still has power. */
  get hasPower(): boolean {
    return readFileSync(join(this.directory, "power"), "utf8").trim() === "on";
  }

  /** In a word: `up`, `frozen`, `down` (power is on, nothing runs) or `off`. */
  get state(): "up" | "frozen" | "down" | "off" {
    if (!this.hasPower) return "off";
    if (this.initPid === null) return "down";
    return readFileSync(join(this.#group, "cgroup.freeze"), "utf8").trim() === "1" ? "frozen" : "up";
  }

  /** Switches the power on and waits until init runs. */
  async powerOn(): Promise<void> {
    await this.#power("on");
    await this.untilUp();
  }

  /** Cuts the power: no process of the host runs another instruction. */
  async powerOff(): Promise<void> {
    await this.#power("off");
  }

  /** The host is gone at once, and its power stays on: what a kernel that crashed looks like from outside. */
  async crash(): Promise<void> {
    await this.#power("crash");
  }

  async powerCycle(): Promise<void> {
    await this.#power("cycle");
    await this.untilUp();
  }

  async untilUp(): Promise<void> {
    const deadline = Date.now() + BOOT_MS_MAX;
    while (this.initPid === null) {
      if (Date.now() > deadline)
        throw new Error(`${this.name} does not boot; its console says:\n${this.console().slice(-2000)}`);
      await sleep(20);
    }
  }

  /** What the host's chassis and boot said, since the lab was made. */
  console(): string {
    const file = join(this.directory, "console.log");
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  async #power(action: string): Promise<void> {
    await must(join(machineDirectory, "power"), [this.directory, action]);
  }

  /** Starts Corosync and what is above it, on a host that did not do so at boot. */
  async startStack(): Promise<void> {
    if (this.#description.kind === "full")
      await this.must([
        "systemctl",
        "start",
        ...servicesOf(this.#stack, binDirectory).map(({ name }) => name),
      ]);
    else await this.must(["/etc/lab/start-stack"]);
  }

  /** Stops the stack in order, from above; all services by default. */
  async stopStack(): Promise<void> {
    for (const { name, isAlwaysOn } of [...servicesOf(this.#stack, binDirectory)].reverse())
      if (!isAlwaysOn) await this.service(name, "stop");
  }

  async service(name: string, action: "start" | "stop" | "kill" | "status"): Promise<Ended> {
    const command =
      this.#description.kind === "full"
        ? action === "kill"
          ? ["systemctl", "kill", "--signal=KILL", "--kill-whom=main", name]
          : ["systemctl", action, name]
        : [join(machineDirectory, "service"), name, action];
    return this.run(command, { timeoutMs: 120_000 });
  }

  /**
   * The host stands still, as a virtual machine that is paused: no process runs, nothing passes its ports. Its clocks go on.
   */
  async freeze(): Promise<void> {
    writeFileSync(join(this.#group, "cgroup.freeze"), "1");
    await this.#room.plug(this.ports, false);
    const deadline = Date.now() + 5_000;
    while (!/^frozen 1$/m.test(readFileSync(join(this.#group, "cgroup.events"), "utf8"))) {
      if (Date.now() > deadline) throw new Error(`${this.name} does not freeze`);
      await sleep(5);
    }
  }

  async thaw(): Promise<void> {
    await this.#room.plug(this.ports, true);
    writeFileSync(join(this.#group, "cgroup.freeze"), "0");
  }

  /** Settings that every program of the host has, beside what programs always have. */
  get #environment(): readonly string[] {
    return this.#description.hasOwnClocks ? ownClockSettings() : [];
  }

  /**
   * Sets the host's wall clock, seen from the machine's: 3600 is an hour ahead, -60 a minute behind. Its steady clock, by which
   * programs wait, goes on. Programs see the step within a second; files keep the machine's time.
   */
  stepClock(offsetS: number): void {
    if (!this.#description.hasOwnClocks)
      throw new Error("this lab was made without clocks of its hosts' own");
    this.writeFile(CLOCK_FILE, `${offsetS < 0 ? "" : "+"}${offsetS}\n`);
  }

  /** Fills the host's disk to the last block. `freeDisk` makes room again. */
  async fillDisk(): Promise<void> {
    const free = (await this.must(["df", "--output=avail", "--block-size=1", "/run/lab/disk"])).split(
      "\n",
    )[1]!;
    await this.run(["fallocate", "--length", free.trim(), BALLAST]);
    // What is left is less than a file system's bookkeeping; only writing finds out.
    await this.run(["dd", "if=/dev/zero", `of=${BALLAST}.rest`, "bs=1k", "status=none"]);
  }

  async freeDisk(): Promise<void> {
    await this.must(["rm", "-f", BALLAST, `${BALLAST}.rest`]);
  }

  /** Writes to the host's disk hang until `resumeDisk`, as on a storage path that is lost. Reads of what is cached go on. */
  async hangDisk(): Promise<void> {
    await this.must(["fsfreeze", "--freeze", "/run/lab/disk"]);
  }

  async resumeDisk(): Promise<void> {
    await this.must(["fsfreeze", "--unfreeze", "/run/lab/disk"]);
  }

  /** From now on each step that a program takes on the host's disk waits up to so long. Until the host loses its power. */
  async slowDisk(waitMs: number): Promise<void> {
    const init = this.initPid;
    if (init === null) throw new Error(`${this.name} is not up`);
    await this.speedUpDisk();
    const log = join(this.directory, "slow-disk.log");
    rmSync(log, { force: true });
    await this.#room.start(
      [join(machineDirectory, "slow-disk"), String(init), String(waitMs)],
      log,
      this.#slownessFile,
    );
    const deadlineMs = performance.now() + SLOW_DISK_MS_MAX;
    while (!(existsSync(log) && readFileSync(log, "utf8").includes("slow"))) {
      if (performance.now() > deadlineMs)
        throw new Error(`the disk of ${this.name} did not become slow; see ${log}`);
      await sleep(20);
    }
  }

  /** The disk is as fast as it was. */
  async speedUpDisk(): Promise<void> {
    if (!existsSync(this.#slownessFile)) return;
    const pid = Number(readFileSync(this.#slownessFile, "utf8"));
    rmSync(this.#slownessFile);
    try {
      process.kill(pid, "SIGTERM");
    } catch {
      // It has ended with the host.
    }
  }

  get #slownessFile(): string {
    return join(this.directory, "slow-disk.pid");
  }
}

/**
 * The search path of hosts: Quorate's commands win over the machine's, but not below the reference, whose agents call commands of
 * the same names. Node.js is found wherever it is.
 */
function hostPath(stack: Stack): string {
  return [
    ...(stack === "pacemaker" ? [] : [binDirectory]),
    dirname(process.execPath),
    "/usr/local/sbin",
    "/usr/local/bin",
    "/usr/sbin",
    "/usr/bin",
    "/sbin",
    "/bin",
  ].join(":");
}

/** Process ids of a control group and of the groups in it: systemd makes one for each service. */
function processesIn(group: string): string[] {
  const pids: string[] = [];
  try {
    for (const pid of readFileSync(join(group, "cgroup.procs"), "utf8").split("\n"))
      if (pid !== "") pids.push(pid);
    for (const entry of readdirSync(group, { withFileTypes: true }))
      if (entry.isDirectory()) pids.push(...processesIn(join(group, entry.name)));
  } catch {
    // The group is gone with its service.
  }
  return pids;
}

/** Directories that hosts need and that may lie outside the machine's root file system. */
function sharedDirectories(): string[] {
  const node = dirname(dirname(process.execPath));
  return node === "/usr" ? [repositoryRoot] : [repositoryRoot, node];
}
