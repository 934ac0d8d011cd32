import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseCorosyncConf, viewCorosyncConf } from "@quorate/corosync-conf";
import { ManagementError, SERVICES, type ServiceName, type ServiceState } from "../protocol/contract.ts";
import { MANAGED_FILES } from "../protocol/managed-files.ts";
import { killService, removeClusterFiles } from "./cluster-state.ts";
import { readIfThere } from "./files.ts";
import { OwnSbd } from "./own-sbd.ts";
import { runProgram } from "./programs.ts";
import { type RunProgram, type ServiceControl, serviceControl } from "./services.ts";

const COMMAND_MS_MAX = 30_000;
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
  }

  /** @throws ManagementError */
  async stop(service: ServiceName): Promise<void> {
    if ((await this.#services.state(service)).isActive) await this.#services.stop(service);
  }

  async enable(): Promise<void> {
    for (const name of SERVICES) await this.#services.enable(name);
  }

  async disable(): Promise<void> {
    for (const name of SERVICES) await this.#services.disable(name);
  }

  kill(): void {
    for (const name of SERVICES.toReversed()) killService(name);
  }

  /** What SBD is told on this machine, and whether it is there. */
  get sbd(): OwnSbd {
    return new OwnSbd(this.#root, this.#run, this.#services);
  }

  /** Stops the services in order, so that resources stop, and removes what the cluster left. @throws ManagementError, and then nothing was removed */
  async destroy(): Promise<void> {
    for (const name of SERVICES.toReversed()) await this.stop(name);
    await this.disable();
    // Without a cluster nobody would feed the watchdog.
    await this.sbd.disable();
    removeClusterFiles(this.#root);
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
    return readIfThere(join(this.#root, MANAGED_FILES["corosync.conf"].path))?.toString("utf8") ?? null;
  }

  /** Of corosync.conf; null when there is none, or it cannot be read. */
  clusterName(): string | null {
    const text = this.readConf();
    const parsed = text === null ? null : parseCorosyncConf(text);
    return parsed?.ok === true ? viewCorosyncConf(parsed.document).clusterName : null;
  }

  /** @throws ManagementError */
  async reloadConf(): Promise<void> {
    const { status, output } = await this.#run("corosync-cfgtool", ["-R"], COMMAND_MS_MAX);
    if (status !== 0)
      throw new ManagementError("failed", `corosync did not take its configuration: ${output}`);
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
