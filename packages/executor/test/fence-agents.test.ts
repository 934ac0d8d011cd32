import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { ExecutionStatus, type FenceAgentResult } from "@quorate/ports";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Harness, isAlive, readPids } from "./harness.ts";

let harness: Harness;

beforeEach(() => {
  harness = new Harness();
});

afterEach(() => {
  harness.close();
});

function fence(
  agent: string,
  parameters: Readonly<Record<string, string>> = {},
  timeoutMs = 10_000,
): Promise<FenceAgentResult> {
  return new Promise((resolve) => {
    harness.executor.fenceAgents.run(
      { agent, deviceId: "device", parameters: new Map(Object.entries(parameters)), timeoutMs },
      resolve,
    );
  });
}

describe("fence agents", () => {
  it("get their parameters on standard input and no arguments", async () => {
    const result = await fence("fence_echo", { action: "reboot", plug: "node 2", empty: "" });
    expect(result).toEqual({
      status: ExecutionStatus.done,
      exitCode: 0,
      stdout: "got action=reboot\ngot plug=node 2\ngot empty=\n",
      stderr: "arguments: 0\n",
      reason: "",
    });
    expect(harness.log.filter((line) => line.startsWith("warning"))).toEqual([
      expect.stringMatching(/fence_echo\[\d+\] stderr: \[ arguments: 0 \]$/u),
    ]);
  });

  it("report their exit code", async () => {
    expect(await fence("fence_echo", { exit: "2" })).toMatchObject({
      status: ExecutionStatus.done,
      exitCode: 2,
    });
  });

  it("need not read their input, however long it is", async () => {
    expect(await fence("fence_deaf", { long: "x".repeat(500_000) })).toMatchObject({ exitCode: 0 });
    const result = await fence("fence_echo", { long: "x".repeat(500_000) });
    expect(result.stdout).toHaveLength(500_000 + "got long=\n".length);
  });

  it("are killed with their children at the timeout", async () => {
    const pidfile = harness.path("pids");
    const result = await fence("fence_hangs", { pidfile }, 300);
    expect(result).toMatchObject({
      status: ExecutionStatus.timedOut,
      exitCode: -1,
      reason: "Fence agent did not complete within 300ms",
    });
    await sleep(50);
    expect(readPids(pidfile)).toHaveLength(1);
    expect(readPids(pidfile).filter(isAlive)).toEqual([]);
  });

  it("keep secrets to themselves: by name, and from files of the node", async () => {
    mkdirSync(harness.path("secrets/device"), { recursive: true });
    writeFileSync(harness.path("secrets/device/ip"), "hidden-address\n");
    writeFileSync(harness.path("secrets/device/ip.sign"), "a7a2ef5ac5d9aee1fd34d0e0a4a1d5c9\n");
    expect(await fence("fence_echo", { ip: "lrm://" })).toMatchObject({
      status: ExecutionStatus.noSecrets,
      exitCode: -1,
      reason: "Unable to load CIB secrets",
    });
    const sum = createHash("md5").update("hidden-address\n").digest("hex");
    writeFileSync(harness.path("secrets/device/ip.sign"), `${sum}\n`);
    const parameters = { ip: "lrm://", passwd: "s3cr3t!", complains: "s3cr3t! at hidden-address" };
    const result = await fence("fence_echo", parameters);
    expect(result.stdout).toContain("got ip=hidden-address\ngot passwd=s3cr3t!\n");
    expect(result.stderr).toContain("******** at ********");
    expect(`${result.stderr}${harness.log.join("\n")}`).not.toMatch(/s3cr3t!|hidden-address/u);
  });

  it("that are not there, and parameters that would become two", async () => {
    expect(await fence("fence_none")).toMatchObject({
      status: ExecutionStatus.notInstalled,
      exitCode: -1,
      reason: "fence_none: No such file or directory",
    });
    expect(await fence("fence_echo", { plug: "a\naction=off" })).toMatchObject({
      status: ExecutionStatus.fatalError,
      exitCode: -1,
    });
  });
});
