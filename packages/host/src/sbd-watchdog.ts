import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Watchdog } from "@quorate/ports";

export interface SbdOptions {
  /** Where processes are seen; default `/proc`. */
  readonly processDirectory?: string;
  /** Files with `SBD_WATCHDOG_TIMEOUT=SECONDS`, the first that says it counts. Default: those of Debian and of Red Hat. */
  readonly settingFiles?: readonly string[];
  /** Default: the environment of this process; `PCMK_panic_action` is read from it. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

const WATCHDOG_TIMEOUT_DEFAULT_S = 5;
const SYSRQ_KEYS: Readonly<Record<string, string>> = { reboot: "b", crash: "c", off: "o" };

/** The watchdog that sbd feeds on this machine, if it runs. Source: fencer specification, 7; sbd(8). */
export function sbdWatchdog(options: SbdOptions = {}): Watchdog {
  const processDirectory = options.processDirectory ?? "/proc";
  const settingFiles = options.settingFiles ?? ["/etc/default/sbd", "/etc/sysconfig/sbd"];
  return {
    get timeoutMs() {
      return findSbd(processDirectory).length === 0 ? null : readTimeoutS(settingFiles) * 1000;
    },
    panic: () => panic(findSbd(processDirectory), options.environment ?? process.env),
  };
}

/** Without sbd nobody feeds the watchdog any more; without a watchdog the kernel is told directly. */
function panic(sbdPids: readonly number[], environment: Readonly<Record<string, string | undefined>>): void {
  for (const pid of sbdPids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has just ended by itself: the watchdog fires all the same.
    }
  }
  if (sbdPids.length > 0) return;
  const wanted = environment.PCMK_panic_action ?? "reboot";
  const action = wanted.replace(/^sync-/u, "");
  if (wanted !== action) writeQuietly("/proc/sysrq-trigger", "s");
  writeQuietly("/proc/sys/kernel/sysrq", "1");
  writeQuietly("/proc/sysrq-trigger", SYSRQ_KEYS[action] ?? "b");
}

function writeQuietly(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch {
    // What comes next is tried anyway.
  }
}

function findSbd(processDirectory: string): readonly number[] {
  const pids: number[] = [];
  for (const name of readdirSync(processDirectory)) {
    if (!/^\d+$/u.test(name)) continue;
    try {
      const command = readFileSync(join(processDirectory, name, "comm"), "utf8").trim();
      if (command === "sbd") pids.push(Number(name));
    } catch {
      // Gone already.
    }
  }
  return pids;
}

function readTimeoutS(settingFiles: readonly string[]): number {
  for (const file of settingFiles) {
    try {
      const match = /^\s*SBD_WATCHDOG_TIMEOUT=["']?(\d+)/mu.exec(readFileSync(file, "utf8"));
      if (match !== null && Number(match[1]) > 0) return Number(match[1]);
    } catch {
      // The other distribution's place.
    }
  }
  return WATCHDOG_TIMEOUT_DEFAULT_S;
}
