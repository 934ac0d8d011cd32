import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ExecutionStatus, type FenceAgentResult } from "@quorate/ports";
import { parseXml } from "@quorate/xml";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findMarkedProcesses, reapMarkedProcesses } from "../../src/index.ts";
import { Harness, SHIPPED_AGENTS } from "../harness.ts";

let directory: string;
let socket: string;
let harness: Harness;
let supervisor: Server | null;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "quorate-fence-test-"));
  socket = join(directory, "supervisor.sock");
  harness = new Harness();
  supervisor = null;
});

afterEach(() => {
  supervisor?.close();
  harness.close();
  rmSync(directory, { recursive: true });
});

/** A supervisor that answers each request with what the function gives: a text to send as it is, or null to hang up. */
async function supervise(
  answer: (request: { do: string; node?: string }) => Promise<string | null> | string | null,
) {
  supervisor = createServer((connection) => {
    connection.on("data", async (chunk) => {
      const text = await answer(JSON.parse(chunk.toString("utf8")));
      if (text === null) {
        connection.end();
      } else {
        connection.write(text);
      }
    });
  }).listen(socket);
  await once(supervisor, "listening");
}

function fence(parameters: Readonly<Record<string, string>>): Promise<FenceAgentResult> {
  return new Promise((resolve) => {
    harness.executor.fenceAgents.run(
      {
        agent: "fence_playground",
        deviceId: "",
        parameters: new Map(Object.entries({ socket, ...parameters })),
        timeoutMs: 10_000,
      },
      resolve,
    );
  });
}

/** Runs the agent with command line options. */
async function byHand(args: readonly string[]) {
  const child = spawn(join(SHIPPED_AGENTS, "fence", "fence_playground"), args, {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  child.stderr.on("data", (chunk) => {
    output += chunk;
  });
  const [code] = await once(child, "close");
  return { code, output };
}

const line = (answer: unknown): string => `${JSON.stringify(answer)}\n`;

describe("fence_playground", () => {
  it("describes itself, with all actions that fencing needs", async () => {
    const result = await harness.metadata("fence_playground", "stonith", "");
    const parsed = parseXml(result.ok ? result.xml : "");
    expect(
      parsed.ok &&
        parsed.root
          .first("actions")!
          .all("action")
          .map((action) => action.get("name")),
    ).toEqual(expect.arrayContaining(["on", "off", "reboot", "status", "list", "monitor", "metadata"]));
  });

  it("lists, monitors and tells the status", async () => {
    await supervise((request) =>
      request.do === "list"
        ? line({ ok: true, nodes: ["node1", "node2"] })
        : line({ ok: true, node: request.node, power: request.node === "node1" ? "on" : "off" }),
    );
    expect(await fence({ action: "list" })).toMatchObject({ exitCode: 0, stdout: "node1,\nnode2,\n" });
    expect(await fence({ action: "monitor" })).toMatchObject({ exitCode: 0, stdout: "" });
    expect(await fence({ action: "status", plug: "node1" })).toMatchObject({ exitCode: 0 });
    expect(await fence({ action: "status", port: "node2" })).toMatchObject({ exitCode: 2 });
    expect(await byHand(["--action=status", "-n", "node2", `--socket=${socket}`])).toMatchObject({ code: 2 });
    expect(await fence({ action: "validate-all" })).toMatchObject({ exitCode: 0 });
  });

  it("kills all processes of a node and nothing else", async () => {
    const marker = (node: string) => ({ name: "QUORATE_PLAYGROUND_NODE", value: `${directory}:${node}` });
    for (const node of ["node1", "node2"]) {
      const env = { ...process.env, QUORATE_PLAYGROUND_NODE: marker(node).value };
      const child = spawn("sh", ["-c", "setsid sh -c 'sleep 60; true' & echo ready; wait"], {
        env,
        detached: true,
        stdio: ["ignore", "pipe", "ignore"],
      });
      await once(child.stdout, "data");
    }
    await supervise(async (request) => {
      const reaped = await reapMarkedProcesses(marker(request.node ?? ""), { timeoutMs: 5000 });
      return line(
        reaped.ok
          ? { ok: true, node: request.node, power: "off", confirmedOff: true }
          : { ok: false, error: "somebody is left" },
      );
    });
    expect(await fence({ action: "off", plug: "node2" })).toMatchObject({
      status: ExecutionStatus.done,
      exitCode: 0,
    });
    expect(await findMarkedProcesses(marker("node2"))).toEqual([]);
    expect((await findMarkedProcesses(marker("node1"))).length).toBeGreaterThan(1);
    await reapMarkedProcesses(marker("node1"), { timeoutMs: 5000 });
  });

  it.each([
    ["a refusal", line({ ok: false, error: "2 processes are left" }), "2 processes are left"],
    ["no confirmation", line({ ok: true, node: "node2", power: "off" }), "did not confirm"],
    [
      "a confirmation of another type",
      line({ ok: true, node: "node2", confirmedOff: "yes" }),
      "did not confirm",
    ],
    ["a confirmation for another node", line({ ok: true, node: "node3", confirmedOff: true }), "node3"],
    ["half an answer", '{"ok":true,"node":"node2","confirmedOff":true}', "does not answer within 1 s"],
    ["no JSON", "sure\n", "not a JSON object"],
    ["null", "null\n", "not a JSON object"],
    ["a closed connection", null, "without an answer"],
  ])("%s is a failure", async (_, answer, reason) => {
    await supervise(() => answer);
    for (const action of ["off", "reboot"]) {
      const result = await fence({ action, plug: "node2", power_timeout: "1" });
      expect(result).toMatchObject({ status: ExecutionStatus.done, exitCode: 1 });
      expect(result.stderr).toContain(reason);
    }
  });

  it("on needs the state on", async () => {
    await supervise((request) =>
      line({ ok: true, node: request.node, power: request.node === "a" ? "on" : "off" }),
    );
    expect(await fence({ action: "on", plug: "a" })).toMatchObject({ exitCode: 0 });
    expect(await fence({ action: "on", plug: "b" })).toMatchObject({ exitCode: 1 });
  });

  it("without a supervisor, a node, or a known action: a failure that says what is missing", async () => {
    expect((await fence({ action: "off", plug: "node2" })).stderr).toContain("cannot be reached");
    expect((await fence({ action: "off" })).stderr).toContain("no node given");
    expect((await fence({ action: "burn", plug: "node2" })).stderr).toContain('no action "burn"');
    expect((await fence({ action: "off", plug: "x", power_timeout: "1m" })).stderr).toContain(
      "power_timeout",
    );
    expect((await byHand(["--action=off", "--plug=node2"])).output).toContain("no supervisor given");
    writeFileSync(join(directory, "file"), "");
    expect((await fence({ action: "validate-all", socket: join(directory, "file") })).stderr).toContain(
      "is not a socket",
    );
  });
});
