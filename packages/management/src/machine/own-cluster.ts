import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseCorosyncConf, viewCorosyncConf } from "@quorate/corosync-conf";
import {
  ManagementError,
  type Methods,
  type ReadableKind,
  type Restoring,
  SERVICES,
  type ServiceName,
  type ServiceState,
} from "../protocol/contract.ts";
import { MANAGED_FILES } from "../protocol/managed-files.ts";
import { type ClusterFiles, readClusterFiles, restoring, writeClusterFiles } from "./cluster-files.ts";
import { removeClusterFiles } from "./cluster-state.ts";
import { readIfThere } from "./files.ts";
import { killService } from "./kill-service.ts";
import { OwnQdevice, OwnQnetd } from "./own-qdevice.ts";
import { OwnSbd } from "./own-sbd.ts";
import { runProgram } from "./programs.ts";
import { type RunProgram, type ServiceControl, serviceControl } from "./services.ts";

const COMMAND_MS_MAX = 30_000;
/** Of a large cluster on a busy machine. */
const STATUS_MS_MAX = 50_000;
/** It takes a moment; where all hosts were busy it was seen to hang until it was asked again. */
const RELOAD_MS_MAX = 10_000;
const RELOAD_ATTEMPTS_MAX = 3;
/** How long Corosync takes from its start until it answers. */
const COROSYNC_START_MS_MAX = 30_000;

/** The cluster's part on this machine: what the service does here for another host, and `pcs` for its own. */
export class OwnCluster {
  readonly #root: string;
  readonly #services: ServiceControl;
  readonly #run: RunProgram;

  constructor(root: string, run: RunProgram = runProgram, services: ServiceControl = serviceControl(run)) {
    this.#root = root;
    this.#services = services;
    this.#run = run;
  }

  /** @throws ManagementError */
  async start(): Promise<void> {
    if (this.readConf() === null)
      throw new ManagementError(
        "failed",
        `there is no ${MANAGED_FILES["corosync.conf"].path}; make a cluster with 'pcs cluster setup'`,
      );
    await this.#services.start("corosync");
    await this.#untilCorosyncAnswers();
    await this.#services.start("quorated");
    // Last: without the device's vote the nodes may still have quorum.
    if (this.#hasQuorumDevice()) await this.qdevice.switch("start");
  }

  /** @throws ManagementError */
  async stop(service: ServiceName): Promise<void> {
    // It is Corosync's client: without it, it would end with an error.
    if (service === "corosync" && this.#hasQuorumDevice()) await this.qdevice.switch("stop");
    if ((await this.#services.state(service)).isActive) await this.#services.stop(service);
  }

  async enable(): Promise<void> {
    for (const name of SERVICES) await this.#services.enable(name);
    if (this.#hasQuorumDevice()) await this.qdevice.switch("enable");
  }

  async disable(): Promise<void> {
    for (const name of SERVICES) await this.#services.disable(name);
    if (this.#hasQuorumDevice()) await this.qdevice.switch("disable");
  }

  kill(): void {
    for (const name of SERVICES.toReversed()) killService(name);
  }

  /** Ends one daemon at once, as a test of what the cluster makes of it. */
  killDaemon(name: ServiceName | "sbd"): void {
    killService(name);
  }

  /** What SBD is told on this machine, and whether it is there. */
  get sbd(): OwnSbd {
    return new OwnSbd(this.#root, this.#run, this.#services);
  }

  /** This machine as a client of its cluster's quorum device. */
  get qdevice(): OwnQdevice {
    return new OwnQdevice({ root: this.#root, run: this.#run, services: this.#services });
  }

  /** This machine as a quorum device. */
  get qnetd(): OwnQnetd {
    return new OwnQnetd({ root: this.#root, run: this.#run, services: this.#services });
  }

  /** Stops the services in order, so that resources stop, and removes what the cluster left. @throws ManagementError, and then nothing was removed */
  async destroy(): Promise<void> {
    for (const name of SERVICES.toReversed()) await this.stop(name);
    await this.disable();
    // Without a cluster nobody would feed the watchdog.
    await this.sbd.disable();
    removeClusterFiles(this.#root);
  }

  /** What a backup of this node holds; fields of files that there are not are absent. */
  readFiles(): Partial<ClusterFiles> {
    return readClusterFiles(this.#root);
  }

  /** @throws ManagementError while the cluster runs here, or when the files are not what they must be; then nothing was written */
  restore(files: ClusterFiles): Promise<void> {
    return this.restorePacked(restoring(files));
  }

  /** As `restore`. */
  async restorePacked(packed: Restoring): Promise<void> {
    const running = Object.entries(await this.states()).filter(([, { isActive }]) => isActive);
    if (running.length > 0)
      throw new ManagementError(
        "failed",
        `the cluster runs here (${running.map(([name]) => name).join(", ")}); stop it with 'pcs cluster stop' first`,
      );
    writeClusterFiles(this.#root, packed);
  }

  states(): Promise<Record<ServiceName, ServiceState>> {
    return Promise.all(SERVICES.map((name) => this.#services.state(name))).then(
      (states) => Object.fromEntries(SERVICES.map((name, index) => [name, states[index]])) as never,
    );
  }

  stateOfService(name: ServiceName | "quorate-pcsd"): Promise<ServiceState> {
    return this.#services.state(name);
  }

  /** Text of corosync.conf; null when there is none. */
  readConf(): string | null {
    return this.readText("corosync.conf");
  }

  /** Null when there is no such file. */
  readText(kind: ReadableKind): string | null {
    return readIfThere(join(this.#root, MANAGED_FILES[kind].path))?.toString("utf8") ?? null;
  }

  /**
   * What a person is told of the cluster here.
   * @param pcs path of the program that tells it
   * @throws ManagementError where the cluster does not run
   */
  async statusText(
    pcs: string,
    { isFull, hidesInactive }: Methods["cluster.status"]["params"],
  ): Promise<string> {
    const options = [...(isFull ? ["--full"] : []), ...(hidesInactive ? ["--hide-inactive"] : [])];
    const { status, output } = await this.#run(pcs, ["status", ...options], STATUS_MS_MAX);
    if (status === 0) return output;
    throw new ManagementError("failed", `the cluster does not tell its status: ${output}`);
  }

  /** Of corosync.conf; null when there is none, or it cannot be read. */
  clusterName(): string | null {
    return this.#view()?.clusterName ?? null;
  }

  #hasQuorumDevice(): boolean {
    return (this.#view()?.quorum.device ?? null) !== null;
  }

  #view(): ReturnType<typeof viewCorosyncConf> | null {
    const text = this.readConf();
    const parsed = text === null ? null : parseCorosyncConf(text);
    return parsed?.ok === true ? viewCorosyncConf(parsed.document) : null;
  }

  /** @throws ManagementError */
  async reloadConf(): Promise<void> {
    for (let left = RELOAD_ATTEMPTS_MAX; ; left -= 1) {
      const { status, output } = await this.#run("corosync-cfgtool", ["-R"], RELOAD_MS_MAX);
      if (status === 0) return;
      // To take the same configuration once more does no harm.
      if (status === null && left > 1) continue;
      const said = status === null ? `it does not answer within ${RELOAD_MS_MAX / 1000} s` : output;
      throw new ManagementError("failed", `corosync did not take its configuration: ${said}`);
    }
  }

  async #untilCorosyncAnswers(): Promise<void> {
    const deadlineMs = performance.now() + COROSYNC_START_MS_MAX;
    for (;;) {
      const { status, output } = await this.#run("corosync-cfgtool", ["-s"], COMMAND_MS_MAX);
      if (status === 0) return;
      const isGone = !(await this.#services.state("corosync")).isActive;
      if (isGone || performance.now() > deadlineMs)
        throw new ManagementError(
          "failed",
          `corosync was started but does not ${isGone ? "run" : "answer"}; its log (/var/log/corosync/corosync.log) tells why: ${output}`,
        );
      await sleep(100);
    }
  }
}
