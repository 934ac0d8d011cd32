import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { findMarkedProcesses, type ProcessMarker, reapMarkedProcesses } from "../src/index.ts";

const marker: ProcessMarker = { name: "QUORATE_TEST_MARK", value: `reaper ${process.pid}` };

afterEach(async () => {
  await reapMarkedProcesses(marker, { timeoutMs: 5000 });
});

/** Starts a marked shell in a session of its own and waits until it says that it is ready. */
async function startMarked(script: string, value = marker.value): Promise<number> {
  const child = spawn("sh", ["-c", script], {
    detached: true,
    env: { ...process.env, [marker.name]: value },
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  child.stdout.destroy();
  child.unref();
  return child.pid ?? 0;
}

describe("marked processes", () => {
  it("are found with their descendants, even those that threw the marker away", async () => {
    const pid = await startMarked("env -i sh -c 'echo ready; sleep 60; true'");
    await expect
      .poll(async () => (await findMarkedProcesses(marker)).map((entry) => entry.command))
      .toEqual(["sh", "sh", "sleep"]);
    expect((await findMarkedProcesses(marker))[0]?.pid).toBe(pid);
  });

  it("are killed, wherever they went, until none is left", async () => {
    await startMarked("trap '' TERM; setsid sh -c 'sleep 60; true' & echo ready; sleep 60; true");
    await startMarked("(setsid sleep 60 &) ; echo ready; exec sleep 60");
    await sleep(50);
    const result = await reapMarkedProcesses(marker, { timeoutMs: 5000 });
    expect(result.ok && result.killed.map((entry) => entry.command).sort()).toEqual([
      "sh",
      "sh",
      "sleep",
      "sleep",
      "sleep",
      "sleep",
    ]);
    expect(await findMarkedProcesses(marker)).toEqual([]);
  });

  it("that start new ones all the time do not escape", async () => {
    await startMarked("echo ready; while :; do setsid sh -c 'sleep 0.2 & sleep 30' & sleep 0.01; done");
    await sleep(300);
    const result = await reapMarkedProcesses(marker, { timeoutMs: 10_000 });
    expect(result.ok).toBe(true);
    await sleep(300);
    expect(await findMarkedProcesses(marker)).toEqual([]);
  }, 20_000);

  it("of another value are left alone", async () => {
    const other = { ...marker, value: `${marker.value} other` };
    const pid = await startMarked("echo ready; sleep 60; true", other.value);
    expect(await reapMarkedProcesses(marker, { timeoutMs: 5000 })).toEqual({ ok: true, killed: [] });
    expect((await findMarkedProcesses(other)).map((entry) => entry.pid)).toContain(pid);
    await reapMarkedProcesses(other, { timeoutMs: 5000 });
  });
});
