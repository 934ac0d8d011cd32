import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findMarkedProcesses, reapMarkedProcesses } from "../../src/index.ts";
import { Harness, isAlive, SHIPPED_AGENTS } from "../harness.ts";
import { AgentUnderTest } from "./agent-under-test.ts";

const path = join(SHIPPED_AGENTS, "ocf", "quorate", "http");

let directory: string;
let http: AgentUnderTest;
/** Holds a port that nobody else gets meanwhile; closed before the agent uses it. */
let placeholder: Server;
let port: number;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "quorate-http-test-"));
  placeholder = await listen();
  const address = placeholder.address();
  port = address !== null && typeof address === "object" ? address.port : 0;
  http = new AgentUnderTest(path, {
    HA_RSCTMP: directory,
    OCF_RESKEY_port: String(port),
    OCF_RESKEY_CRM_meta_on_node: "node<1>",
    OCF_RESKEY_CRM_meta_timeout: "2000",
  });
});

afterEach(() => {
  placeholder.close();
  http.run("stop");
  rmSync(directory, { recursive: true });
});

function listen(): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => resolve(server));
  });
}

const pidFile = () => join(directory, "http-test.state");
const pid = () => Number(readFileSync(pidFile(), "utf8"));
const release = () => new Promise((resolve) => placeholder.close(resolve));

describe("ocf:quorate:http", () => {
  it("serves a page and its health, in a session of its own", async () => {
    await release();
    expect(http.run("start").code).toBe(0);
    const page = await (await fetch(`http://127.0.0.1:${port}/`)).text();
    expect(page).toContain("This page comes from node&lt;1&gt;");
    const health = await (await fetch(`http://127.0.0.1:${port}/health`)).json();
    expect(health).toMatchObject({ status: "ok", resource: "test", node: "node<1>", pid: pid() });
    expect((await fetch(`http://127.0.0.1:${port}/none`)).status).toBe(404);
    const status = readFileSync(`/proc/${pid()}/stat`, "latin1");
    const [, , , session] = status.slice(status.lastIndexOf(")") + 2).split(" ");
    expect(Number(session)).toBe(pid());
  });

  it("refuses to start on a port that is taken, with the reason", () => {
    expect(http.run("start")).toMatchObject({
      code: 1,
      reason: `the server ended at once: port ${port} on 127.0.0.1 is taken by another process`,
    });
    expect(http.run("monitor").code).toBe(7);
  });

  it("refuses a wrong port and an address that is not here", async () => {
    await release();
    expect(http.run("start", { port: "0" })).toMatchObject({ code: 6 });
    expect(http.run("start", { port: "http" })).toMatchObject({ code: 6 });
    expect(http.run("start", { address: "192.0.2.1" })).toMatchObject({
      code: 1,
      reason: expect.stringContaining("192.0.2.1 is not an address of this machine"),
    });
  });

  it("monitor: killed is not running, deaf is a failure, a lost pid file hides nothing", async () => {
    await release();
    http.run("start");
    const serverPid = pid();
    rmSync(pidFile());
    expect(http.run("monitor").code).toBe(0);
    process.kill(serverPid, "SIGSTOP");
    expect(http.run("monitor")).toMatchObject({
      code: 1,
      reason: expect.stringContaining("does not answer within 5 s"),
    });
    process.kill(serverPid, "SIGCONT");
    expect(http.run("monitor").code).toBe(0);
    process.kill(serverPid, "SIGKILL");
    await sleep(50);
    expect(http.run("monitor").code).toBe(7);
  }, 20_000);

  it("a pid file that names somebody else's process does no harm", async () => {
    await release();
    writeFileSync(pidFile(), `${process.pid}\n`);
    expect(http.codes(["monitor", "stop", "start", "monitor"])).toEqual([7, 0, 0, 0]);
  });

  it("stop kills a server that does not end by itself, and comes back when it is gone", async () => {
    await release();
    http.run("start");
    const serverPid = pid();
    process.kill(serverPid, "SIGSTOP");
    expect(http.run("stop").code).toBe(0);
    expect(isAlive(serverPid)).toBe(false);
  });

  it("start replaces a server that hangs", async () => {
    await release();
    http.run("start");
    const serverPid = pid();
    process.kill(serverPid, "SIGSTOP");
    expect(http.run("start").code).toBe(0);
    expect(isAlive(serverPid)).toBe(false);
    expect(pid()).not.toBe(serverPid);
  }, 20_000);

  it("started by the executor, it outlives the agent, and the node's power switch reaches it", async () => {
    await release();
    const marker = { name: "QUORATE_TEST_NODE", value: directory };
    const harness = new Harness({
      extraEnvironment: { HA_RSCTMP: directory, [marker.name]: marker.value },
    });
    const agent = { class: "ocf", provider: "quorate", type: "http" };
    const parameters = new Map([["port", String(port)]]);
    const run = (action: string) => harness.run("http", { resourceId: "web", agent, action, parameters });
    expect((await run("start")).rc).toBe(0);
    expect((await run("monitor")).rc).toBe(0);
    expect(await findMarkedProcesses(marker)).toHaveLength(1);
    expect(await reapMarkedProcesses(marker, { timeoutMs: 5000 })).toMatchObject({ ok: true });
    expect((await run("monitor")).rc).toBe(7);
    expect((await run("stop")).rc).toBe(0);
    harness.close();
  });
});
