import { existsSync } from "node:fs";
import { ManagementError, type ServiceName, type ServiceState } from "../protocol/contract.ts";
import { type Ended, runProgram } from "./programs.ts";

/** systemd's own test of whether it is the init of this machine. Source: sd_booted(3). */
const SYSTEMD_MARK = "/run/systemd/system";
/** A node moves its resources away before it stops. The cluster's own limit, shutdown-escalation, is 20 minutes by default. */
const STOP_MS_MAX = 30 * 60_000;
const START_MS_MAX = 120_000;
const ASK_MS_MAX = 30_000;

/** That of a node for its quorum device, and that of the device. */
type SwitchedService = ServiceName | "corosync-qdevice" | "corosync-qnetd";
/** The unit of sbd starts and stops with Corosync's, and refuses to do so by itself. Source: sbd.service of sbd 1.5. */
type BootService = SwitchedService | "sbd";

/** The services of this machine, whichever init it has. */
export interface ServiceControl {
  /** @throws ManagementError */
  start(name: SwitchedService): Promise<void>;
  stop(name: SwitchedService): Promise<void>;
  enable(name: BootService): Promise<void>;
  disable(name: BootService): Promise<void>;
  state(name: BootService | "quorate-pcsd"): Promise<ServiceState>;
}

export type RunProgram = typeof runProgram;

export function serviceControl(
  run: RunProgram = runProgram,
  hasSystemd: boolean = existsSync(SYSTEMD_MARK),
): ServiceControl {
  return hasSystemd ? systemdControl(run) : classicControl(run);
}

function systemdControl(run: RunProgram): ServiceControl {
  const act = async (verb: string, name: string, timeoutMs: number, ...options: string[]): Promise<void> =>
    must(
      await run("systemctl", [verb, ...options, `${name}.service`], timeoutMs),
      `unable to ${verb} ${name}; 'systemctl status ${name}' on that host tells more`,
    );
  return {
    start: async (name) => {
      // One that gave up may be started again by whoever asks for it.
      await run("systemctl", ["reset-failed", `${name}.service`], ASK_MS_MAX);
      await act("start", name, START_MS_MAX);
    },
    stop: (name) => act("stop", name, STOP_MS_MAX),
    enable: (name) => act("enable", name, ASK_MS_MAX),
    disable: (name) => act("disable", name, ASK_MS_MAX),
    state: async (name) => {
      const [active, enabled] = await Promise.all([
        run("systemctl", ["is-active", `${name}.service`], ASK_MS_MAX),
        run("systemctl", ["is-enabled", `${name}.service`], ASK_MS_MAX),
      ]);
      return {
        isActive: /^(active|activating|reloading|deactivating)$/.test(active.output),
        isEnabled: enabled.status === 0,
      };
    },
  };
}

/** The commands of a machine with scripts for its services, as Debian has them: service(8), update-rc.d(8). */
function classicControl(run: RunProgram): ServiceControl {
  const service = async (name: SwitchedService, verb: "start" | "stop", timeoutMs: number): Promise<void> =>
    must(await run("service", [name, verb], timeoutMs), `unable to ${verb} ${name}`);
  const boot = async (name: BootService, verb: "enable" | "disable"): Promise<void> =>
    must(await run("update-rc.d", [name, verb], ASK_MS_MAX), `unable to ${verb} ${name}`);
  return {
    start: (name) => service(name, "start", START_MS_MAX),
    stop: (name) => service(name, "stop", STOP_MS_MAX),
    enable: (name) => boot(name, "enable"),
    disable: (name) => boot(name, "disable"),
    state: async (name) => {
      const { status } = await run("service", [name, "status"], ASK_MS_MAX);
      return { isActive: status === 0, isEnabled: null };
    },
  };
}

function must({ status, output }: Ended, problem: string): void {
  if (status === 0) return;
  const said = output === "" ? "" : `: ${output.replace(/\s+/g, " ").slice(0, 500)}`;
  throw new ManagementError("failed", `${problem}${said}`);
}
