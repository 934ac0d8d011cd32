import { statSync } from "node:fs";
import { join } from "node:path";
import { ManagementError, type SbdProblem, type SbdState } from "../protocol/contract.ts";
import { MANAGED_FILES } from "../protocol/managed-files.ts";
import { readIfThere } from "./files.ts";
import type { RunProgram, ServiceControl } from "./services.ts";

const SBD_MS_MAX = 30_000;
const NO_SUCH_PROGRAM = 127;

/** SBD on this machine: a daemon that resets it when it is told so through a shared disk, or when nobody feeds its watchdog. */
export class OwnSbd {
  readonly #root: string;
  readonly #run: RunProgram;
  readonly #services: ServiceControl;

  constructor(root: string, run: RunProgram, services: ServiceControl) {
    this.#root = root;
    this.#run = run;
    this.#services = services;
  }

  async isInstalled(): Promise<boolean> {
    return (await this.#run("sbd", ["-h"], SBD_MS_MAX)).status !== NO_SUCH_PROGRAM;
  }

  async state(): Promise<SbdState> {
    const isInstalled = await this.isInstalled();
    const service = isInstalled ? await this.#services.state("sbd") : { isActive: false, isEnabled: false };
    const settings = readIfThere(join(this.#root, MANAGED_FILES["sbd settings"].path));
    return { isInstalled, ...service, settings: settings?.toString("utf8") ?? null };
  }

  /** `watchdog`: null when it is not to be looked for. */
  async check(
    watchdog: string | null,
    devices: readonly string[],
  ): Promise<{ readonly isInstalled: boolean; readonly problems: readonly SbdProblem[] }> {
    const isInstalled = await this.isInstalled();
    const problems = devices.flatMap((path): SbdProblem[] => {
      const kind = problemOfDevice(path);
      return kind === null ? [] : [{ kind, path }];
    });
    if (isInstalled && watchdog !== null && !(await this.#watchdogs()).includes(watchdog))
      problems.push({ kind: "noWatchdog", path: watchdog });
    return { isInstalled, problems };
  }

  /** @throws ManagementError */
  async enable(): Promise<void> {
    if (!(await this.isInstalled()))
      throw new ManagementError("failed", "sbd is not installed; install the package sbd");
    await this.#services.enable("sbd");
  }

  /** Where it is not installed, or starts with nothing, that is done already. @throws ManagementError */
  async disable(): Promise<void> {
    if (!(await this.isInstalled()) || (await this.#services.state("sbd")).isEnabled === false) return;
    await this.#services.disable("sbd");
  }

  /** Paths of the watchdogs of this machine. Source of the form: sbd(8) 1.5, `[N] PATH` for each. */
  async #watchdogs(): Promise<readonly string[]> {
    const { output } = await this.#run("sbd", ["query-watchdog"], SBD_MS_MAX);
    return [...output.matchAll(/^\[\d+\] (\S+)$/gm)].map(([, path]) => path!);
  }
}

function problemOfDevice(path: string): "noDevice" | "notBlockDevice" | null {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return "noDevice";
  return found.isBlockDevice() ? null : "notBlockDevice";
}
