import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { ExecutionStatus, type Operation, type OperationResult } from "@quorate/ports";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createAgentCatalogue } from "../../src/index.ts";
import { SystemdManager } from "../../src/systemd/manager.ts";
import { Harness } from "../harness.ts";
import { realClock } from "../real-clock.ts";
import { FakeSystemd } from "./fake-systemd.ts";

let systemd: FakeSystemd;
let harness: Harness;
let socketPath: string;
let unitsDirectory: string;

beforeEach(async () => {
  systemd = new FakeSystemd();
  const scratch = new Harness();
  socketPath = scratch.path("bus");
  unitsDirectory = scratch.path("units");
  harness = new Harness({ systemBusSocket: socketPath, systemdUnitsDirectory: unitsDirectory });
  await systemd.listen(socketPath);
});

afterEach(async () => {
  harness.close();
  await systemd.close();
});

function run(
  action: string,
  differences: Partial<Operation> & { type?: string } = {},
): Promise<OperationResult> {
  const { type = "web", ...others } = differences;
  const agent = { class: "systemd", provider: "", type };
  return harness.run("", { agent, action, timeoutMs: 3000, ...others });
}

/** Waits until systemd was called so a number of times. */
async function called(member: string, count = 1): Promise<void> {
  while (systemd.calls.filter((call) => call.split(" ")[0] === member).length < count)
    await new Promise((resolve) => setTimeout(resolve, 5));
}

const OVERRIDE = "web.service.d/50-pacemaker.conf";

describe("an operation of class systemd", () => {
  it("starts a unit: override first, then reload, then the job", async () => {
    systemd.units.set("web.service", { activeState: "inactive" });
    expect(await run("start")).toMatchObject({ status: ExecutionStatus.done, rc: 0, exitReason: "" });
    expect(systemd.calls).toEqual([
      "Subscribe",
      "LoadUnit web.service",
      "Reload",
      "StartUnit web.service replace",
    ]);
    expect(readFileSync(`${unitsDirectory}/${OVERRIDE}`, "utf8")).toBe(
      "[Unit]\nDescription=Cluster Controlled web.service\nBefore=pacemaker.service pacemaker_remote.service quorated.service\n\n[Service]\nRestart=no\n",
    );
    expect(await run("monitor")).toMatchObject({ status: ExecutionStatus.done, rc: 0 });
  });

  it("stops a unit and gives it back to its own settings, those of others untouched", async () => {
    systemd.units.set("web.service", { activeState: "inactive" });
    await run("start");
    writeFileSync(`${unitsDirectory}/web.service.d/limits.conf`, "[Service]\n");
    expect(await run("stop")).toMatchObject({ status: ExecutionStatus.done, rc: 0 });
    expect(existsSync(`${unitsDirectory}/${OVERRIDE}`)).toBe(false);
    expect(existsSync(`${unitsDirectory}/web.service.d/limits.conf`)).toBe(true);
    expect(systemd.calls.slice(-3)).toEqual([
      "LoadUnit web.service",
      "Reload",
      "StopUnit web.service replace",
    ]);
    expect(await run("monitor")).toMatchObject({ rc: 7, exitReason: "inactive" });
  });

  it("names the unit that this repository ships in the override", () => {
    expect(existsSync(new URL("../../../../systemd/quorated.service", import.meta.url))).toBe(true);
  });

  it("believes the end of a job from systemd alone", async () => {
    systemd.units.set("web.service", { activeState: "active", jobResults: ["never"] });
    systemd.isForged = true;
    expect(await run("stop", { timeoutMs: 300 })).toMatchObject({ status: ExecutionStatus.timedOut });
  });

  it("knows systemd again after it has executed itself anew", async () => {
    systemd.units.set("web.service", { activeState: "inactive" });
    await run("start");
    systemd.changeOwner(":1.9");
    expect(await run("stop")).toMatchObject({ status: ExecutionStatus.done, rc: 0 });
  });

  it("tells all who wait for one job of its end", async () => {
    systemd.units.set("web.service", { activeState: "inactive", jobResults: ["never"] });
    const both = [run("start", { resourceId: "one" }), run("start", { resourceId: "two" })];
    const begun = () => systemd.calls.filter((call) => call.startsWith("StartUnit")).length;
    while (begun() < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    systemd.endJob("web.service", "failed");
    for (const result of await Promise.all(both))
      expect(result).toMatchObject({ status: ExecutionStatus.done, rc: 1 });
  });

  it("waits for another of the same unit to end that wants the opposite", async () => {
    systemd.units.set("web.service", { activeState: "active", jobResults: ["never"] });
    const stop = run("stop", { resourceId: "one" });
    while (!systemd.calls.join().includes("StopUnit")) await new Promise((resolve) => setTimeout(resolve, 5));
    const start = run("start", { resourceId: "two" });
    expect(await run("start", { resourceId: "three", timeoutMs: 100 })).toMatchObject({
      status: ExecutionStatus.timedOut,
    });
    expect(systemd.calls.join()).not.toContain("StartUnit");
    systemd.endJob("web.service", "done");
    for (const result of await Promise.all([stop, start]))
      expect(result).toMatchObject({ status: ExecutionStatus.done, rc: 0 });
    expect(systemd.calls.filter((call) => call.startsWith("StartUnit"))).toHaveLength(1);
  });

  it("that is cancelled while it waits begins no job, and holds nobody up", async () => {
    systemd.units.set("web.service", { activeState: "active", jobResults: ["never"] });
    const stop = run("stop", { resourceId: "one" });
    await called("StopUnit");
    const start = run("start", { resourceId: "two", intervalMs: 10_000 });
    const otherStop = run("stop", { resourceId: "three" });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(systemd.calls.filter((call) => call.startsWith("StopUnit"))).toHaveLength(1);
    expect(harness.executor.cancel("two", "start", 10_000)).toBe(true);
    expect(await start).toMatchObject({ status: ExecutionStatus.cancelled, rc: 0 });
    await called("StopUnit", 2);
    systemd.endJob("web.service", "done");
    for (const result of await Promise.all([stop, otherStop]))
      expect(result).toMatchObject({ status: ExecutionStatus.done, rc: 0 });
    expect(await run("start", { resourceId: "four" })).toMatchObject({ status: ExecutionStatus.done, rc: 0 });
    expect(systemd.calls.filter((call) => call.startsWith("StartUnit"))).toHaveLength(1);
  });

  it.each(["LoadUnit", "Reload"])(
    "that runs out of time while systemd owes it an answer to %s leaves nothing behind for the next",
    async (member) => {
      systemd.units.set("web.service", { activeState: "active" });
      systemd.holds = member;
      const start = run("start", { resourceId: "one", timeoutMs: 100 });
      await called(member);
      const stop = run("stop", { resourceId: "two" });
      expect(await start).toMatchObject({ status: ExecutionStatus.timedOut });
      systemd.answerHeld();
      expect(await stop).toMatchObject({ status: ExecutionStatus.done, rc: 0 });
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(existsSync(`${unitsDirectory}/${OVERRIDE}`)).toBe(false);
      expect(systemd.calls.filter((call) => /^St.*Unit /.test(call))).toEqual([
        "StopUnit web.service replace",
      ]);
    },
  );

  it("whose time is over when systemd can be reached begins no job any more", async () => {
    systemd.units.set("web.service", { activeState: "inactive" });
    systemd.holds = "Subscribe";
    const manager = new SystemdManager(socketPath, realClock);
    let isWanted = true;
    const job = manager.runJob("StartUnit", "web.service", { timeoutMs: 1000, isWanted: () => isWanted });
    await called("Subscribe");
    isWanted = false;
    systemd.answerHeld();
    expect(await job).toBe("canceled");
    expect(systemd.calls).toEqual(["Subscribe"]);
    manager.close();
  });

  it("goes on when the one that it waits for has run out of time", async () => {
    systemd.units.set("web.service", { activeState: "active", jobResults: ["never"] });
    const stop = run("stop", { resourceId: "one", timeoutMs: 300 });
    while (!systemd.calls.join().includes("StopUnit")) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await run("start", { resourceId: "two" })).toMatchObject({ status: ExecutionStatus.done, rc: 0 });
    expect(await stop).toMatchObject({ status: ExecutionStatus.timedOut });
  });

  it("tells the end of a job to one who joined it just before", async () => {
    systemd.units.set("web.service", { activeState: "inactive", jobResults: ["never"] });
    systemd.endsWhenJoined = "done";
    const both = [run("start", { resourceId: "one" }), run("start", { resourceId: "two" })];
    for (const result of await Promise.all(both))
      expect(result).toMatchObject({ status: ExecutionStatus.done, rc: 0 });
  });

  it("of class service: nobody knows whether there is such a unit while the bus is away", async () => {
    const agent = { class: "service", provider: "", type: "web" };
    expect(await run("monitor", { agent })).toMatchObject({ rc: 5 });
    await systemd.close();
    writeFileSync(socketPath, "");
    const result = await run("monitor", { agent });
    expect(result.status).toBe(ExecutionStatus.error);
    expect(result.rc).not.toBe(5);
  });

  it("has no service settings for other units", async () => {
    systemd.units.set("data.mount", { activeState: "inactive" });
    await run("start", { type: "data.mount" });
    expect(readFileSync(`${unitsDirectory}/data.mount.d/50-pacemaker.conf`, "utf8")).not.toContain(
      "[Service]",
    );
  });

  it("takes the end of a job that is told before the job's name", async () => {
    systemd.tellsJobsEarly = true;
    systemd.units.set("web.service", { activeState: "inactive", jobResults: ["failed"] });
    expect(await run("start")).toMatchObject({
      status: ExecutionStatus.done,
      rc: 1,
      exitReason: "systemd start job for web.service failed with result 'failed'",
    });
  });

  it.each([
    ["timeout", ExecutionStatus.timedOut, "systemd start job for web.service timed out"],
    ["dependency", ExecutionStatus.done, "systemd start job for web.service failed with result 'dependency'"],
    ["never", ExecutionStatus.timedOut, "start action for systemd unit web.service did not complete in time"],
  ])("whose job ends as %s", async (jobResult, status, exitReason) => {
    systemd.units.set("web.service", { activeState: "inactive", jobResults: [jobResult] });
    expect(await run("start", { timeoutMs: 400 })).toMatchObject({ status, rc: 1, exitReason });
  });

  it.each([
    ["active", 0, ""],
    ["reloading", 0, ""],
    ["inactive", 7, "inactive"],
    ["failed", 7, "failed"],
  ])("finds a unit %s", async (activeState, rc, exitReason) => {
    systemd.units.set("web.service", { activeState });
    expect(await run("monitor")).toMatchObject({ status: ExecutionStatus.done, rc, exitReason });
  });

  it("waits for a unit that is on its way", async () => {
    const unit = { activeState: "activating" };
    systemd.units.set("web.service", unit);
    setTimeout(() => {
      unit.activeState = "active";
    }, 200);
    expect(await run("monitor", { timeoutMs: 1000 })).toMatchObject({ status: ExecutionStatus.done, rc: 0 });
  });

  it("does not wait longer than its time", async () => {
    systemd.units.set("web.service", { activeState: "deactivating" });
    expect(await run("monitor", { timeoutMs: 300 })).toMatchObject({
      status: ExecutionStatus.timedOut,
      rc: 1,
      exitReason: "Investigate reason for timeout, and adjust configured operation timeout if necessary",
    });
  });

  it("with a unit that does not exist: not running, stopped, not installed", async () => {
    expect(await run("monitor")).toMatchObject({ rc: 7, exitReason: "inactive" });
    expect(await run("stop")).toMatchObject({ status: ExecutionStatus.done, rc: 0 });
    expect(await run("start")).toMatchObject({
      status: ExecutionStatus.notInstalled,
      rc: 5,
      exitReason: "systemd unit web.service not found",
    });
  });

  it.each(["promote", "reload"])("%s is not implemented", async (action) => {
    expect(await run(action)).toMatchObject({
      status: ExecutionStatus.error,
      rc: 3,
      exitReason: `Action ${action} not implemented for systemd resources`,
    });
  });

  it("does not start a unit whose override cannot be written", async () => {
    systemd.units.set("web.service", { activeState: "inactive" });
    mkdirSync(unitsDirectory);
    writeFileSync(`${unitsDirectory}/web.service.d`, "in the way");
    expect(await run("start")).toMatchObject({
      status: ExecutionStatus.error,
      rc: 1,
      exitReason: "Failed to create systemd override file for web.service",
    });
    expect(systemd.calls.join()).not.toContain("StartUnit");
  });

  it("never makes a path of a strange name", async () => {
    expect(await run("start", { type: "../../etc/x" })).toMatchObject({
      status: ExecutionStatus.notInstalled,
      rc: 5,
    });
    expect(systemd.calls).toEqual([]);
  });

  it("says so when there is no bus, and when the bus does not let it in", async () => {
    await systemd.close();
    expect(await run("start")).toMatchObject({
      status: ExecutionStatus.error,
      rc: 1,
      exitReason: "No DBus connection",
    });
    systemd = new FakeSystemd();
    systemd.letsUsersIn = false;
    await systemd.listen(socketPath);
    expect(await run("monitor")).toMatchObject({ rc: 1, exitReason: "No DBus connection" });
  });

  it("connects again after the bus was restarted", async () => {
    systemd.units.set("web.service", { activeState: "active" });
    expect(await run("monitor")).toMatchObject({ rc: 0 });
    systemd.dropConnections();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await run("monitor")).toMatchObject({ rc: 0 });
  });

  it("that waits for a job fails when the bus is lost", async () => {
    systemd.units.set("web.service", { activeState: "inactive", jobResults: ["never"] });
    const result = run("start");
    while (!systemd.calls.join().includes("StartUnit"))
      await new Promise((resolve) => setTimeout(resolve, 10));
    await new Promise((resolve) => setTimeout(resolve, 50));
    systemd.dropConnections();
    expect(await result).toMatchObject({ rc: 1, exitReason: expect.stringContaining("disconnected") });
  });

  it("can be cancelled", async () => {
    systemd.units.set("web.service", { activeState: "activating" });
    const result = run("monitor", { intervalMs: 10_000 });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(harness.executor.cancel("rsc", "monitor", 10_000)).toBe(true);
    expect(await result).toMatchObject({ status: ExecutionStatus.cancelled, rc: 0 });
  });
});

describe("class service", () => {
  const service = (type: string, action: string) =>
    run(action, { agent: { class: "service", provider: "", type } });

  it("is the unit where there is no init script", async () => {
    systemd.units.set("web.service", { activeState: "active" });
    expect(await service("web", "monitor")).toMatchObject({ rc: 0 });
  });

  it("is the init script where there are both", async () => {
    systemd.units.set("demo.service", { activeState: "active" });
    await service("demo", "monitor");
    expect(systemd.calls).toEqual([]);
  });

  it("is a missing init script where there is neither", async () => {
    expect(await service("nothing", "start")).toMatchObject({ status: ExecutionStatus.notInstalled, rc: 5 });
  });
});

describe("the catalogue", () => {
  it("lists and describes units", async () => {
    const catalogue = createAgentCatalogue({
      clock: realClock,
      systemBusSocket: socketPath,
      lsbDirectory: "/none",
    });
    for (const name of ["b.service", "a.timer", "c.scope", "d.mount"])
      systemd.units.set(name, { activeState: "inactive" });
    expect(catalogue.listStandards()).toContain("systemd");
    expect(await catalogue.listAgents("systemd", null)).toEqual(["a.timer", "b", "d.mount"]);
    expect(await catalogue.listAgents("service", null)).toEqual(["a.timer", "b", "d.mount"]);
    expect(await catalogue.named("b")).toContainEqual({ class: "systemd", provider: "", type: "b" });
    const described = await catalogue.describe({ class: "systemd", provider: "", type: "b" });
    expect(described).toMatchObject({
      ok: true,
      description: { shortText: "systemd unit file for b", longText: "About b.service", parameters: [] },
    });
    catalogue.close();
  });

  it("does without a bus", async () => {
    const catalogue = createAgentCatalogue({
      clock: realClock,
      systemBusSocket: "/none",
      lsbDirectory: "/none",
    });
    expect(catalogue.listStandards()).not.toContain("systemd");
    expect(await catalogue.listAgents("systemd", null)).toEqual([]);
    catalogue.close();
  });
});
