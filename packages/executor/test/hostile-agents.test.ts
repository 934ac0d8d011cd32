import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Clock, ExecutionStatus, OcfCode } from "@quorate/ports";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Harness, isAlive, readPids } from "./harness.ts";
import { realClock } from "./real-clock.ts";

let harness: Harness;

beforeEach(() => {
  harness = new Harness({ extraEnvironment: { HOSTILE_MARK: "yes" }, binDirectory: "/opt/quorate/bin" });
});

afterEach(() => {
  harness.close();
});

describe("timeouts", () => {
  it("kill an agent that ignores SIGTERM, and report within a second (14.9)", async () => {
    const beganMs = performance.now();
    const result = await harness.run("ignores-term", { timeoutMs: 400 });
    expect(performance.now() - beganMs).toBeLessThan(1400);
    expect(result).toMatchObject({
      status: ExecutionStatus.timedOut,
      rc: OcfCode.genericError,
      exitReason: "Resource agent did not complete within 400ms",
    });
    expect(result.execTimeMs).toBeGreaterThanOrEqual(400);
    expect(harness.log.join("\n")).toMatch(/Resource agent rsc_start_0\[\d+\] timed out after 400ms/u);
  });

  it("kill children and grandchildren of the group, too (14.3)", async () => {
    const pidfile = harness.path("pids");
    const result = await harness.run("has-grandchildren", {
      timeoutMs: 500,
      parameters: new Map([["pidfile", pidfile]]),
    });
    expect(result.status).toBe(ExecutionStatus.timedOut);
    await sleep(50);
    const pids = readPids(pidfile);
    expect(pids).toHaveLength(2);
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it("kill the agent alone when the operation says so (on-fail=block)", async () => {
    const pidfile = harness.path("pids");
    const result = await harness.run("has-grandchildren", {
      timeoutMs: 500,
      killsGroup: false,
      parameters: new Map([["pidfile", pidfile]]),
    });
    expect(result.status).toBe(ExecutionStatus.timedOut);
    const survivors = readPids(pidfile).filter(isAlive);
    expect(survivors).toHaveLength(2);
    for (const pid of survivors) {
      process.kill(pid, "SIGKILL");
    }
  });

  it("0 is no limit", async () => {
    const result = await harness.run("closes-output", { timeoutMs: 0, action: "monitor" });
    expect(result).toMatchObject({ status: ExecutionStatus.done, rc: OcfCode.notRunning });
  });
});

describe("output", () => {
  it("the operation ends with the agent, not with children that hold its output (14.4)", async () => {
    const pidfile = harness.path("pids");
    const beganMs = performance.now();
    const result = await harness.run("holds-pipe", { parameters: new Map([["pidfile", pidfile]]) });
    expect(performance.now() - beganMs).toBeLessThan(2000);
    expect(result).toMatchObject({ status: ExecutionStatus.done, rc: OcfCode.ok, output: "started\n" });
    const children = readPids(pidfile);
    expect(children.filter(isAlive)).toHaveLength(1);
    process.kill(children[0]!, "SIGKILL");
  });

  it("that is closed early does not end the operation", async () => {
    const result = await harness.run("closes-output");
    expect(result.rc).toBe(OcfCode.notRunning);
    expect(result.execTimeMs).toBeGreaterThanOrEqual(290);
  });

  it("of more than a gigabyte is read to the end and kept within the bound", async () => {
    const before = process.memoryUsage.rss();
    let highest = before;
    const watch = setInterval(() => {
      highest = Math.max(highest, process.memoryUsage.rss());
    }, 20);
    const result = await harness.run("prints-without-end", { timeoutMs: 120_000 });
    clearInterval(watch);
    expect(result).toMatchObject({ status: ExecutionStatus.done, rc: OcfCode.genericError, exitReason: "" });
    expect(result.output.length).toBeLessThanOrEqual(8192);
    expect(harness.log).toContain("warning: rsc_start_0: output beyond 10485760 bytes was dropped");
    // Of ten megabytes that are kept, and what was read before memory is cleaned up.
    expect(highest - before).toBeLessThan(300 * 2 ** 20);
  }, 120_000);

  it("written in the moment of the exit is not lost", async () => {
    for (let round = 0; round < 20; round++) {
      const result = await harness.run("late-output");
      expect(result.output.slice(-8)).toBe("xthe end".slice(-8));
      expect(result.output.length).toBe(8192);
    }
  });

  it("can be opened by name, as /dev/stderr", async () => {
    const result = await harness.run("opens-stderr");
    expect(result.exitReason).toBe("written by name");
  });

  it("the last exit reason counts (14.5)", async () => {
    const result = await harness.run("gives-reasons");
    expect(result).toMatchObject({ rc: OcfCode.genericError, exitReason: "second reason" });
    expect(harness.log.filter((line) => line.startsWith("notice"))).toHaveLength(4);
  });
});

describe("the end of an agent", () => {
  it.each([
    ["0", OcfCode.ok],
    ["7", OcfCode.notRunning],
    ["9", OcfCode.failedPromoted],
    ["10", OcfCode.genericError],
    ["12", OcfCode.genericError],
    ["190", OcfCode.degraded],
    ["191", OcfCode.degradedPromoted],
    ["193", OcfCode.genericError],
    ["255", OcfCode.genericError],
  ])("exit code %s becomes %d (14.6)", async (code, rc) => {
    const result = await harness.run("exits-with", { parameters: new Map([["code", code]]) });
    expect(result).toMatchObject({ status: ExecutionStatus.done, rc, exitReason: "" });
  });

  it.each([
    ["KILL", "Killed"],
    ["TERM", "Terminated"],
    ["SEGV", "Segmentation fault"],
  ])("by signal %s", async (signal, text) => {
    const result = await harness.run("killed-by", { parameters: new Map([["signal", signal]]) });
    expect(result).toMatchObject({
      status: ExecutionStatus.error,
      rc: OcfCode.genericError,
      exitReason: `Resource agent interrupted by ${text} signal`,
    });
  });
});

describe("an agent that cannot be run", () => {
  const notInstalled = { status: ExecutionStatus.notInstalled, rc: OcfCode.notInstalled };
  it.each([
    ["no-such-agent", { ...notInstalled, exitReason: "no-such-agent: No such file or directory" }],
    ["is-a-directory", { ...notInstalled, exitReason: "is-a-directory: Is a directory" }],
    ["../hostile/exits-with", { ...notInstalled, exitReason: "../hostile/exits-with: Invalid argument" }],
    ["wrong-interpreter", notInstalled],
    ["no-interpreter", notInstalled],
    ["empty", notInstalled],
  ])("%s: not installed (14.10)", async (type, expected) => {
    for (const action of ["start", "monitor"]) {
      expect(await harness.run(type, { action })).toMatchObject(expected);
    }
  });

  it("not executable: not permitted, and root is no exception", async () => {
    expect(await harness.run("not-executable")).toMatchObject({
      status: ExecutionStatus.error,
      rc: OcfCode.insufficientPrivileges,
      exitReason: "not-executable: Permission denied",
    });
  });

  it("too many parameters for the system: an error that names it", async () => {
    const result = await harness.run("exits-with", {
      parameters: new Map([["huge", "x".repeat(3_000_000)]]),
    });
    expect(result).toMatchObject({ status: ExecutionStatus.error, rc: OcfCode.genericError });
    expect(result.exitReason).toMatch(/exits-with: Argument list too long$/u);
  });

  it("a parameter that no environment can hold is an error, not a crash", async () => {
    const result = await harness.run("exits-with", { parameters: new Map([["zero", "a\0b"]]) });
    expect(result.status).not.toBe(ExecutionStatus.done);
  });

  it.each([
    [{ class: "", provider: "", type: "x" }, ExecutionStatus.fatalError],
    [{ class: "ocf", provider: "", type: "Dummy" }, ExecutionStatus.fatalError],
    [{ class: "upstart", provider: "", type: "cron" }, ExecutionStatus.notInstalled],
  ])("%j", async (agent, status) => {
    const result = await harness.run("", { agent });
    expect(result.status).toBe(status);
    expect(result.exitReason).not.toBe("");
  });
});

describe("two hundred agents at once", () => {
  it("all end with their own result, those that hang by their time", { timeout: 120_000 }, async () => {
    const beganMs = performance.now();
    const results = await Promise.all(
      Array.from({ length: 200 }, (_, index) => {
        const hangs = index % 10 === 0;
        return harness.run(hangs ? "ignores-term" : "exits-with", {
          resourceId: `rsc${index}`,
          timeoutMs: hangs ? 1000 : 60_000,
          parameters: new Map([["code", String(index % 8)]]),
        });
      }),
    );
    for (const [index, result] of results.entries()) {
      const expected =
        index % 10 === 0
          ? { status: ExecutionStatus.timedOut, rc: OcfCode.genericError }
          : { status: ExecutionStatus.done, rc: index % 8 };
      expect(result.operation.resourceId).toBe(`rsc${index}`);
      expect(result).toMatchObject(expected);
    }
    expect(performance.now() - beganMs).toBeLessThan(60_000);
    expect(harness.executor.runningCount).toBe(0);
  });
});

describe("cancel of a run in flight", () => {
  it("kills the whole group and reports cancelled", async () => {
    const pidfile = harness.path("pids");
    const reported = harness.run("has-grandchildren", {
      action: "monitor",
      intervalMs: 1000,
      parameters: new Map([["pidfile", pidfile]]),
    });
    while (readPids(pidfile).length < 2) {
      await sleep(20);
    }
    expect(harness.executor.cancel("rsc", "monitor", 1000)).toBe(true);
    expect(await reported).toMatchObject({ status: ExecutionStatus.cancelled, rc: OcfCode.ok });
    await sleep(50);
    expect(readPids(pidfile).filter(isAlive)).toEqual([]);
  });

  it("before the process was started", async () => {
    const reported = harness.run("never-ends", { action: "monitor", intervalMs: 1000 });
    harness.executor.cancel("rsc", "monitor", 1000);
    expect((await reported).status).toBe(ExecutionStatus.cancelled);
  });
});

describe("environment", () => {
  async function shown(differences = {}): Promise<ReadonlyMap<string, string>> {
    const result = await harness.run("prints-environment", differences);
    return new Map(
      result.output.split("\n").map((line) => {
        const at = line.search(/[=:]/u);
        return [line.slice(0, at), line.slice(at + 1)] as const;
      }),
    );
  }

  it("is that of section 5", async () => {
    const environment = await shown({
      resourceId: "web",
      action: "monitor",
      parameters: new Map([
        ["port", "80"],
        ["with-dash", "kept"],
        ["CRM_meta_on-fail", "restart"],
        ["CRM_meta_timeout", "20000"],
        ["CRM_meta_op_target_rc", "7"],
        ["crm_feature_set", "3.20.5"],
        ["OCF_CHECK_LEVEL", "10"],
      ]),
    });
    expect(Object.fromEntries(environment)).toMatchObject({
      OCF_RESKEY_port: "80",
      "OCF_RESKEY_with-dash": "kept",
      OCF_RESKEY_CRM_meta_on_fail: "restart",
      OCF_RESKEY_CRM_meta_timeout: "20000",
      OCF_RESKEY_crm_feature_set: "3.20.5",
      OCF_CHECK_LEVEL: "10",
      OCF_ROOT: "/usr/lib/ocf",
      OCF_RA_VERSION_MAJOR: "1",
      OCF_RA_VERSION_MINOR: "1",
      OCF_EXIT_REASON_PREFIX: "ocf-exit-reason:",
      OCF_RESOURCE_INSTANCE: "web",
      OCF_RESOURCE_TYPE: "prints-environment",
      OCF_RESOURCE_PROVIDER: "hostile",
      LC_ALL: "C",
      HOSTILE_MARK: "yes",
    });
    expect(environment.has("OCF_RESKEY_CRM_meta_op_target_rc")).toBe(false);
    expect(environment.has("OCF_RESKEY_OCF_CHECK_LEVEL")).toBe(false);
    expect(environment.get("PATH")).toMatch(/^\/opt\/quorate\/bin:/u);
    expect(environment.get("arguments")).toBe(" 1 monitor");
    expect(environment.get("directory")).toBe(" /");
  });

  it("has no open files beyond the standard ones and those that this process was given itself", async () => {
    const result = await harness.run("prints-environment");
    const plain = spawnSync("ls", ["/proc/self/fd"], { encoding: "utf8" });
    expect(result.output).toContain(`\n${plain.stdout.trim().split("\n").join(" ")} \n`);
  });
});

describe("secrets", () => {
  it("that cannot be loaded: the agent does not run, except to stop", async () => {
    const parameters = new Map([
      ["code", "0"],
      ["password", "lrm://"],
    ]);
    expect(await harness.run("exits-with", { parameters })).toMatchObject({
      status: ExecutionStatus.noSecrets,
      rc: OcfCode.invalidArguments,
      exitReason: "Unable to load CIB secrets",
    });
    expect((await harness.run("exits-with", { parameters, action: "stop" })).rc).toBe(OcfCode.ok);
  });
});

describe("the executor itself", () => {
  it("keeps working when somebody removes its directory of pipes", async () => {
    await harness.run("exits-with", { parameters: new Map([["code", "0"]]) });
    for (const name of readdirSync(harness.directory)) {
      rmSync(harness.path(name), { recursive: true });
    }
    const result = await harness.run("exits-with", { parameters: new Map([["code", "0"]]) });
    expect(result.rc).toBe(OcfCode.ok);
  });

  it("runs many agents at once and leaves no open files behind", async () => {
    await harness.run("exits-with", { parameters: new Map([["code", "0"]]) });
    const before = readdirSync("/proc/self/fd").length;
    const results = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        harness.run("exits-with", { resourceId: `rsc${index}`, parameters: new Map([["code", "0"]]) }),
      ),
    );
    expect(results.map((result) => result.rc)).toEqual(results.map(() => OcfCode.ok));
    await sleep(50);
    expect(readdirSync("/proc/self/fd").length).toBeLessThanOrEqual(before + 1);
  });

  it("says that it has no pipes, rather than that an agent is not installed", async () => {
    const crippled = new Harness({ runDirectory: "/proc/none" });
    const result = await crippled.run("exits-with", { parameters: new Map([["code", "0"]]) });
    expect(result).toMatchObject({
      status: ExecutionStatus.error,
      rc: OcfCode.genericError,
      exitReason: expect.stringContaining("Cannot make pipes for its output"),
    });
    crippled.close();
  });

  it("reports a process that the kernel does not let go, 5 s after the kill", async () => {
    // Time flies: the grace is over before the kernel can report the end of the process.
    const clock: Clock = {
      ...realClock,
      setTimer: (delayMs, fire) => {
        if (delayMs !== 5000) {
          return realClock.setTimer(delayMs, fire);
        }
        queueMicrotask(fire);
        return { cancel: () => {} };
      },
    };
    const hasty = new Harness({ clock });
    const result = await hasty.run("ignores-term", { timeoutMs: 100 });
    expect(result).toMatchObject({ status: ExecutionStatus.timedOut, rc: OcfCode.genericError });
    expect(hasty.log.join("\n")).toMatch(/warning: rsc_start_0 \(\d+\) will not die!/u);
    hasty.close();
  });

  it("removes its pipes and notes when it is closed", async () => {
    await harness.run("exits-with", { parameters: new Map([["code", "0"]]) });
    expect(readdirSync(harness.directory)).toHaveLength(2);
    harness.executor.close();
    expect(readdirSync(harness.directory)).toEqual([]);
  });
});

describe("the fixture", () => {
  it("tests every hostile agent", () => {
    const source =
      readFileSync(import.meta.filename, "utf8") +
      readFileSync(`${import.meta.dirname}/metadata/agent-metadata.test.ts`, "utf8") +
      readFileSync(`${import.meta.dirname}/secrets.test.ts`, "utf8");
    const agents = readdirSync(`${import.meta.dirname}/../testdata/ocf/hostile`);
    expect(agents.filter((agent) => !source.includes(`"${agent}"`))).toEqual([]);
  });
});
