import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { endLeftoverAgents } from "../src/index.ts";
import { Harness, isAlive, readPids } from "./harness.ts";

it("agents that a dead daemon has left are ended before anything else is run, and nobody else is", async () => {
  const harness = new Harness();
  const pidFile = harness.path("pids");
  const driver = join(import.meta.dirname, "leftovers-driver.ts");
  const daemon = spawn(process.execPath, ["--import", "tsx", driver, harness.directory, pidFile], {
    stdio: "inherit",
  });
  for (let tries = 0; readPids(pidFile).length < 4 && tries < 400; tries++) await sleep(50);
  daemon.kill("SIGKILL");
  await sleep(100);
  const pids = readPids(pidFile);
  expect(pids.length).toBeGreaterThanOrEqual(4);
  expect(pids.every(isAlive)).toBe(true);

  // The number of a process that has ended may belong to another one by now.
  mkdirSync(harness.path("agents"), { recursive: true });
  writeFileSync(harness.path(`agents/${process.pid}`), "12345\nmine_start_0\n");
  writeFileSync(harness.path("agents/garbage"), "x");
  const lines: string[] = [];
  endLeftoverAgents(harness.directory, (level, message) => lines.push(`${level}: ${message}`));
  await sleep(200);
  expect(pids.filter(isAlive)).toEqual([]);
  expect(lines.map((line) => line.replace(/\d+\)/u, "N)")).sort()).toEqual([
    "warning: Ending agent one_start_0 (process N), which an earlier run of this daemon has left",
    "warning: Ending agent two_start_0 (process N), which an earlier run of this daemon has left",
  ]);
  endLeftoverAgents(harness.directory, () => expect.unreachable());
  harness.close();
});

it("an agent that has ended is not remembered", async () => {
  const harness = new Harness();
  await harness.run("exits-with");
  endLeftoverAgents(harness.directory, (_, message) => expect.unreachable(message));
  harness.close();
});
