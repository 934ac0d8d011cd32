import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { askSupervisor, type ControlReply, type ControlRequest, serveControl } from "../src/control.ts";

let directory: string;
let path: string;
let control: { close(): void };
let requests: ControlRequest[];
let handle: (request: ControlRequest) => Promise<ControlReply>;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "q-control-"));
  path = join(directory, "control.sock");
  requests = [];
  handle = async () => ({ ok: true });
  control = await serveControl(path, (request) => {
    requests.push(request);
    return handle(request);
  });
});

afterEach(() => {
  control.close();
  rmSync(directory, { recursive: true });
});

/** Sends bytes and collects what comes back until `lineCount` lines are there or the other side closes. */
function exchange(bytes: string, lineCount: number): Promise<string[]> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(path, () => socket.write(bytes));
    const lines = () => text.split("\n").slice(0, -1);
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => {
      text += chunk;
      if (lines().length >= lineCount) socket.destroy();
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(lines()));
  });
}

describe("control protocol", () => {
  test("a request a line, an answer a line, in one connection", async () => {
    handle = async (request) => ({ ok: true, node: "node" in request ? request.node : "none" });
    const lines = await exchange('{"do":"status","node":"node1"}\n{"do":"list"}\n', 2);
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { ok: true, node: "node1" },
      { ok: true, node: "none" },
    ]);
  });

  test("a request that comes in pieces", async () => {
    const answer = new Promise<string>((resolve) => {
      const socket = connect(path, async () => {
        for (const piece of ['{"do":', '"he', 'al"}', "\n"]) {
          socket.write(piece);
          await sleep(5);
        }
      });
      socket.on("data", (chunk) => {
        resolve(chunk.toString());
        socket.destroy();
      });
    });
    expect(JSON.parse(await answer)).toEqual({ ok: true });
    expect(requests).toEqual([{ do: "heal" }]);
  });

  test.each([
    ["not JSON", "reboot node1", "not a JSON object: reboot node1"],
    ["an empty line", "", "not a JSON object: "],
    ["null", "null", "not a JSON object: null"],
    ["a number", "5", "not a JSON object: 5"],
    ["a list", "[]", "not a JSON object: []"],
    ["no request", "{}", "unknown request null"],
    ["an unknown request", '{"do":"explode","node":"node1"}', 'unknown request "explode"'],
    ["a request that is no text", '{"do":{"a":1}}', "unknown request"],
    ["a name of an object's own", '{"do":"constructor"}', 'unknown request "constructor"'],
    ["no node", '{"do":"reboot"}', '"reboot" needs the name of a node as "node"'],
    ["a node that is no text", '{"do":"off","node":7}', '"off" needs the name of a node as "node"'],
  ])("%s: an answer that says so, and nothing is done", async (_, line, error) => {
    const [answer] = await exchange(`${line}\n`, 1);
    expect(JSON.parse(answer!)).toMatchObject({ ok: false, error: expect.stringContaining(error) });
    expect(requests).toEqual([]);
  });

  test("a line without end is cut off", async () => {
    expect(await exchange("x".repeat(100_000), 1)).toEqual([]);
    expect(await askSupervisor(path, { do: "list" })).toEqual({ ok: true });
  });

  test("a handler that fails is an answer, not the end", async () => {
    handle = () => Promise.reject(new Error("node1: these processes cannot be killed: sleep (pid 5)"));
    expect(await askSupervisor(path, { do: "off", node: "node1" })).toEqual({
      ok: false,
      error: "node1: these processes cannot be killed: sleep (pid 5)",
    });
  });

  test("who asked for the end is answered before it comes", async () => {
    handle = async () => {
      control.close();
      await sleep(20);
      return { ok: true };
    };
    expect(await askSupervisor(path, { do: "stop" })).toEqual({ ok: true });
    expect(await askSupervisor(path, { do: "list" })).toMatchObject({ ok: false });
  });

  test("a socket left by a dead supervisor is replaced", async () => {
    control.close();
    writeFileSync(path, "");
    control = await serveControl(path, async () => ({ ok: true }));
    expect(await askSupervisor(path, { do: "list" })).toEqual({ ok: true });
  });
});

describe("asking a supervisor", () => {
  test("that is not there", async () => {
    expect(await askSupervisor(join(directory, "none.sock"), { do: "list" })).toEqual({
      ok: false,
      error: `no playground is running in ${directory}; start one with: npm start`,
    });
  });

  test.each([
    ["ends before it answers", "", "the playground ended before it answered"],
    ["is something else", "HTTP/1.1 400 Bad Request\n", "is no playground: it answered HTTP/1.1 400"],
  ])("that %s", async (_, bytes, error) => {
    const other = join(directory, "other.sock");
    const server = createServer((socket) => socket.on("error", () => {}).end(bytes));
    await new Promise<void>((resolve) => server.listen(other, resolve));
    const reply = await askSupervisor(other, { do: "list" });
    expect(reply).toMatchObject({ ok: false, error: expect.stringContaining(error) });
    server.close();
  });
});
