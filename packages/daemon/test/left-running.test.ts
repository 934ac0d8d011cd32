import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Agents, ExecutionStatus, OcfCode, type Operation, type OperationResult } from "@quorate/ports";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LeftRunning, LeftRunningError, RememberingAgents } from "../src/left-running.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "q-left-"));
});

afterEach(() => rmSync(directory, { recursive: true }));

/** Resources that are up or down; those in `stuck` do not stop, and those in `promoted` are to be demoted first. */
class Machine implements Agents {
  readonly up = new Set<string>();
  readonly stuck = new Set<string>();
  readonly promoted = new Set<string>();
  readonly calls: string[] = [];
  readonly parameters: ReadonlyMap<string, string>[] = [];
  readonly runningCount = 0;

  execute(operation: Operation, report: (result: OperationResult) => void): number {
    const { action, resourceId, parameters } = operation;
    this.calls.push(`${action} ${resourceId}`);
    this.parameters.push(parameters);
    const isPromoted = this.promoted.has(resourceId);
    const isStuck = action === "stop" && (this.stuck.has(resourceId) || isPromoted);
    if (action === "demote") this.promoted.delete(resourceId);
    if (action === "start") this.up.add(resourceId);
    if (action === "stop" && !isStuck) this.up.delete(resourceId);
    const isDown = action === "monitor" && !this.up.has(resourceId);
    const result = {
      operation,
      callId: this.calls.length,
      status: isStuck ? ExecutionStatus.timedOut : ExecutionStatus.done,
      rc: isStuck
        ? OcfCode.genericError
        : isDown
          ? OcfCode.notRunning
          : isPromoted && action === "monitor"
            ? OcfCode.promoted
            : OcfCode.ok,
      ...{ exitReason: "", lastRunS: 0, lastChangeS: 0, execTimeMs: 0, queueTimeMs: 0, output: "" },
    };
    queueMicrotask(() => report(result));
    return result.callId;
  }

  cancel = () => false;
  metadata = () => {};
  forgetMetadata = () => {};
  cancelAll = () => {};
  close = () => {};
}

function ask(
  agents: Agents,
  action: string,
  resourceId: string,
  agentClass = "ocf",
): Promise<OperationResult> {
  return new Promise((resolve) => {
    agents.execute(
      {
        resourceId,
        agent: { class: agentClass, provider: "heartbeat", type: "Dummy" },
        action,
        intervalMs: 0,
        timeoutMs: 30_000,
        startDelayMs: 0,
        parameters: new Map([["secret", `of ${resourceId}`]]),
        killsGroup: true,
        transitionKey: "",
      },
      resolve,
    );
  });
}

const names = (agents: RememberingAgents) => agents.running.map(({ resourceId }) => resourceId);

test("what was started or found running is remembered until it is stopped; fence devices are not", async () => {
  const machine = new Machine();
  const agents = new RememberingAgents(machine);
  machine.up.add("found").add("stays");
  machine.stuck.add("stays");
  for (const [action, resource] of [
    ["monitor", "found"],
    ["monitor", "absent"],
    ["start", "disk"],
    ["start", "web"],
    ["start", "gone"],
    ["stop", "gone"],
    ["start", "stays"],
    ["stop", "stays"],
  ] as const)
    await ask(agents, action, resource);
  await ask(agents, "start", "fence", "stonith");
  expect(names(agents)).toEqual(["found", "disk", "web", "stays"]);
  await ask(agents, "start", "disk");
  expect(names(agents)).toEqual(["found", "web", "stays", "disk"]);
});

test("it is stopped in reverse, with its own parameters, and only what is there", async () => {
  const machine = new Machine();
  const agents = new RememberingAgents(machine);
  for (const resource of ["disk", "moved", "web"]) await ask(agents, "start", resource);
  machine.up.delete("moved");
  machine.calls.length = 0;
  const left = new LeftRunning(
    directory,
    () => {},
    () => machine,
  );
  expect(await left.stop(agents.running)).toEqual([]);
  expect(machine.calls).toEqual(["monitor web", "stop web", "monitor moved", "monitor disk", "stop disk"]);
  expect(machine.parameters.at(-1)!.get("secret")).toBe("of disk");
  expect(readdirSync(directory)).toEqual([]);
  await left.stopNoted();
});

test("what is promoted is demoted first", async () => {
  const machine = new Machine();
  const agents = new RememberingAgents(machine);
  await ask(agents, "start", "db");
  machine.promoted.add("db");
  machine.calls.length = 0;
  const left = new LeftRunning(
    directory,
    () => {},
    () => machine,
  );
  expect(await left.stop(agents.running)).toEqual([]);
  expect(machine.calls).toEqual(["monitor db", "demote db", "stop db"]);
});

test("what cannot be stopped keeps the node from joining, until it is gone", async () => {
  const machine = new Machine();
  const agents = new RememberingAgents(machine);
  for (const resource of ["disk", "web"]) await ask(agents, "start", resource);
  machine.stuck.add("disk");
  const make = () =>
    new LeftRunning(
      directory,
      () => {},
      () => machine,
    );
  expect(await make().stop(agents.running)).toEqual(["disk (no result within 30 s)"]);
  expect(statSync(join(directory, "left-running.json")).mode & 0o777).toBe(0o600);
  const joining = make().stopNoted();
  await expect(joining).rejects.toThrow(LeftRunningError);
  await expect(joining).rejects.toThrow(/disk \(no result within 30 s\).* or reboot this machine/);
  machine.up.delete("disk");
  machine.calls.length = 0;
  await make().stopNoted();
  expect(machine.calls).toEqual(["monitor disk"]);
  expect(readdirSync(directory)).toEqual([]);
});

test("a note that nobody can read keeps the node from joining", async () => {
  const machine = new Machine();
  for (const text of ["", "{", '{"version":2,"left":[]}', '{"version":1}']) {
    writeFileSync(join(directory, "left-running.json"), text);
    const left = new LeftRunning(
      directory,
      () => {},
      () => machine,
    );
    await expect(left.stopNoted()).rejects.toThrow(/cannot read .*left-running\.json.*Reboot this machine/);
  }
});
