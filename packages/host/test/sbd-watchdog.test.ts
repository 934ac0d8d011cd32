import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sbdWatchdog } from "../src/index.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "quorate-sbd-"));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

function watchdog(settings: string | null) {
  const file = join(directory, "settings");
  if (settings !== null) writeFileSync(file, settings);
  mkdirSync(join(directory, "proc/1"), { recursive: true });
  writeFileSync(join(directory, "proc/1/comm"), "systemd\n");
  return sbdWatchdog({ processDirectory: join(directory, "proc"), settingFiles: ["/none", file] });
}

function runSbd(): void {
  mkdirSync(join(directory, "proc/77"), { recursive: true });
  writeFileSync(join(directory, "proc/77/comm"), "sbd\n");
}

describe("the watchdog of sbd", () => {
  it("is there while sbd runs", () => {
    const own = watchdog("SBD_WATCHDOG_TIMEOUT=20\n");
    expect(own.timeoutMs).toBeNull();
    runSbd();
    expect(own.timeoutMs).toBe(20_000);
  });

  it.each([
    ['# SBD_WATCHDOG_TIMEOUT=9\nSBD_WATCHDOG_TIMEOUT="12"\n', 12_000],
    ["SBD_PACEMAKER=yes\n", 5000],
    ["SBD_WATCHDOG_TIMEOUT=0\n", 5000],
    [null, 5000],
  ])("has its time from the settings %j", (settings, timeoutMs) => {
    runSbd();
    expect(watchdog(settings).timeoutMs).toBe(timeoutMs);
  });
});
