import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@quorate/host";
import type { Clock } from "@quorate/ports";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CommandService } from "../src/world/command-service.ts";

const PROGRAM = join(import.meta.dirname, "../testdata/commands-thread.mjs");

let directory: string;
let socketPath: string;
let log: string[];
let timers: (() => void)[];
/** Timers go off when the test says so. */
const clock: Clock = {
  ...systemClock,
  setTimer: (_, fire) => {
    timers.push(fire);
    return { cancel: () => void timers.splice(timers.indexOf(fire), 1) };
  },
};

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "quorate-service-"));
  socketPath = join(directory, "commands.sock");
  log = [];
  timers = [];
});
afterEach(() => rmSync(directory, { recursive: true }));

function service(program: string): CommandService {
  return new CommandService({
    program,
    lane: "short",
    socketPath,
    clock,
    log: (_, message) => void log.push(message),
  });
}

test("the thread listens after the start of the daemon, and is started anew when it fails", async () => {
  const commands = service(PROGRAM);
  for (const round of [1, 2]) {
    expect(existsSync(socketPath)).toBe(false);
    timers.shift()!();
    await vi.waitFor(() => expect(existsSync(socketPath)).toBe(true), 5000);
    connect(socketPath).on("error", () => {});
    await vi.waitFor(() => expect(timers).toHaveLength(1), 5000);
    expect(log).toHaveLength(round);
    expect(log.at(-1)).toMatch(/^the thread that runs commands failed: Error: a defect/);
  }
  commands.close();
  expect(timers).toEqual([]);
});

test("when the daemon ends, nobody can connect any more, and nothing is started", async () => {
  const commands = service(PROGRAM);
  timers.shift()!();
  await vi.waitFor(() => expect(existsSync(socketPath)).toBe(true), 5000);
  commands.close();
  expect(existsSync(socketPath)).toBe(false);
  expect(timers).toEqual([]);
  expect(log).toEqual([]);
});

test("where the program is not installed, commands run by themselves", () => {
  service(join(directory, "quorate-commands")).close();
  expect(timers).toEqual([]);
});
