import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lockRunDirectory } from "../src/lock.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "q-lock-"));
});

afterEach(() => rmSync(directory, { recursive: true }));

test("one daemon at most has a run directory, by whatever path; others do not matter", async () => {
  const other = join(directory, "x".repeat(120));
  mkdirSync(other);
  symlinkSync(directory, join(other, "link"));
  expect(await lockRunDirectory(directory)).toEqual({ ok: true });
  for (const path of [directory, join(other, "link")]) {
    const second = await lockRunDirectory(path);
    expect(!second.ok && second.reason).toContain(`another quorated already runs for ${path}; stop it first`);
  }
  expect(await lockRunDirectory(other)).toEqual({ ok: true });
});

test("the lock of a killed daemon is gone with it", async () => {
  const source = `import(${JSON.stringify(join(import.meta.dirname, "../src/lock.ts"))}).then(({ lockRunDirectory }) => lockRunDirectory(${JSON.stringify(directory)})).then(({ ok }) => { console.log(ok); setInterval(() => {}, 1000); })`;
  const holder = spawn(process.execPath, ["--import", "tsx", "-e", source], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const said = await new Promise<string>((resolve) =>
    holder.stdout.on("data", (chunk) => resolve(String(chunk))),
  );
  expect(said.trim()).toBe("true");
  expect((await lockRunDirectory(directory)).ok).toBe(false);
  const ended = new Promise((resolve) => holder.on("exit", resolve));
  holder.kill("SIGKILL");
  await ended;
  let isLocked = false;
  for (let attempt = 0; !isLocked && attempt < 100; attempt++) {
    isLocked = (await lockRunDirectory(directory)).ok;
    if (!isLocked) await sleep(20);
  }
  expect(isLocked).toBe(true);
});
