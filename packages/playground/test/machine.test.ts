import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findMarkedProcesses, reapMarkedProcesses } from "@quorate/executor";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { layoutOf, nodeMarker, type PlaygroundNode } from "../src/layout.ts";
import { Machine } from "../src/machine.ts";

let directory: string;
let node: PlaygroundNode;
let events: string[];
let machine: Machine;

/** Stands in for the daemon: starts a service that outlives it, leaves in order on SIGTERM. */
const DAEMON = `
const { spawn } = require("node:child_process");
const { writeFileSync, appendFileSync } = require("node:fs");
const root = process.argv[process.argv.indexOf("--root") + 1];
appendFileSync(root + "/starts", process.pid + "\\n");
writeFileSync(root + "/run/state", "in memory");
spawn("sleep", ["600"], { detached: true, stdio: "ignore" }).unref();
process.on("SIGTERM", () => process.exit(0));
setInterval(() => {}, 1000);
`;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "q-machine-"));
  node = layoutOf(directory, ["node1"]).nodes[0]!;
  mkdirSync(node.root);
  const daemonPath = join(directory, "daemon.cjs");
  writeFileSync(daemonPath, DAEMON);
  chmodSync(daemonPath, 0o755);
  events = [];
  const { name, value } = nodeMarker(node);
  machine = new Machine({
    node,
    daemonPath,
    environment: { PATH: process.env.PATH!, [name]: value },
    onEvent: (message) => events.push(message),
  });
});

afterEach(async () => {
  await machine.retire();
  await reapMarkedProcesses(nodeMarker(node), { timeoutMs: 10_000 });
  rmSync(directory, { recursive: true, force: true });
});

async function until(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadlineMs = performance.now() + 15_000; !(await isTrue()); await sleep(20))
    if (performance.now() > deadlineMs) throw new Error(`waited in vain for ${what}: ${events.join("; ")}`);
}

const startCount = () => {
  const file = join(node.root, "starts");
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").length : 0;
};

const services = async () =>
  (await findMarkedProcesses(nodeMarker(node))).filter(({ command }) => command === "sleep").length;

async function on(): Promise<void> {
  await machine.powerOn();
  await until("daemon and service", async () => (await services()) === 1);
}

describe("machine", () => {
  test("is off at first; on starts the daemon, once", async () => {
    expect([machine.power, machine.isDaemonRunning]).toEqual(["off", false]);
    await on();
    await machine.powerOn();
    expect([machine.power, machine.isDaemonRunning, startCount()]).toEqual(["on", true, 1]);
  });

  test("off: no process is left, and what was in memory is gone", async () => {
    await on();
    await machine.powerOff();
    expect(machine.power).toBe("off");
    expect(await findMarkedProcesses(nodeMarker(node))).toEqual([]);
    expect(existsSync(join(node.root, "run"))).toBe(false);
    await until("the end to be told", () => events.includes("node1: the daemon ended (SIGKILL)"));
    expect(machine.isDaemonRunning).toBe(false);
  });

  test("killed daemon: the machine stays on, the service stays alive; it starts again only when asked", async () => {
    await on();
    expect(machine.killDaemon()).toBe(true);
    await until("the daemon to end", () => !machine.isDaemonRunning);
    expect([machine.power, await services(), machine.killDaemon()]).toEqual(["on", 1, false]);
    expect(await machine.startDaemon()).toBe(true);
    expect(await machine.startDaemon()).toBe(false);
    await until("the second start", () => startCount() === 2);
  });

  test("stopped daemon: leaves in order, the machine stays on", async () => {
    await on();
    await machine.stopDaemon();
    expect([machine.power, machine.isDaemonRunning, await services()]).toEqual(["on", false, 1]);
    expect(events).toContain("node1: the daemon ended (exit status 0)");
    await machine.stopDaemon();
  });

  test("off: no daemon can be started", async () => {
    expect(await machine.startDaemon()).toBe(false);
    expect([machine.power, startCount()]).toEqual(["off", 0]);
  });

  test("reboot: everything of before is gone, a new daemon runs; also from off", async () => {
    await on();
    await machine.reboot();
    await until("the second start", () => startCount() === 2);
    await until("its service", async () => (await services()) === 1);
    await machine.powerOff();
    await machine.reboot();
    await until("the third start", () => startCount() === 3);
    expect(machine.power).toBe("on");
  });

  test("what is asked at the same time happens one after another: the last word holds", async () => {
    await Promise.all([machine.powerOn(), machine.powerOff(), machine.reboot(), machine.powerOff()]);
    expect(machine.power).toBe("off");
    expect(await findMarkedProcesses(nodeMarker(node))).toEqual([]);
  });

  test("retired: a reboot under way starts nothing behind the last look", async () => {
    await on();
    const reboot = machine.reboot();
    await machine.retire();
    await reboot;
    await machine.startDaemon();
    expect(await findMarkedProcesses(nodeMarker(node))).toEqual([]);
    expect(startCount()).toBe(1);
  });
});
