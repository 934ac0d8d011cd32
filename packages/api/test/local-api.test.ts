import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect as connectSocket, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ApiClient, ApiError, type ApiServer, connect, type Handlers, serve } from "../src/index.ts";

let directory: string;
let socketPath: string;
let server: ApiServer | null;
let logged: string[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "quorate-api-"));
  socketPath = join(directory, "quorated.sock");
  server = null;
  logged = [];
});

afterEach(async () => {
  await server?.close();
  rmSync(directory, { recursive: true });
});

/** Handlers that fail on any call which the test did not expect. */
function handlers(expected: Partial<Handlers>): Handlers {
  return new Proxy(expected, {
    get: (target, method: string) => target[method as keyof Handlers] ?? unexpected(method),
    getOwnPropertyDescriptor: (_, method) =>
      String(method).includes(".") ? { configurable: true, enumerable: true, value: null } : undefined,
  }) as Handlers;
}

function unexpected(method: string) {
  return () => Promise.reject(new Error(`unexpected call of ${method}`));
}

async function start(expected: Partial<Handlers>): Promise<ApiClient> {
  server = await serve({ socketPath, handlers: handlers(expected), log: (message) => logged.push(message) });
  return connect({ socketPath, clientName: "test", timeoutMs: 2000 });
}

describe("local API", () => {
  test("answers requests, in any order, with the caller's name known", async () => {
    const client = await start({
      "node.list": async (_, caller) => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return [{ nodeId: 1, name: caller.name, state: "member", isOnline: true }];
      },
      "fencing.devices": async ({ target }) => [`device-of-${target}`],
    });
    const [nodes, devices] = await Promise.all([
      client.request("node.list", {}),
      client.request("fencing.devices", { target: "node2" }),
    ]);
    expect(nodes).toEqual([{ nodeId: 1, name: "test", state: "member", isOnline: true }]);
    expect(devices).toEqual(["device-of-node2"]);
    client.close();
  });

  test("carries a message of many megabytes and characters of all sizes", async () => {
    const data = "ä€𝕏x".repeat(1_000_000);
    const client = await start({
      "cib.request": async (params) => ({ kind: "done", code: "ok", reason: null, data: params.data }),
    });
    const reply = await client.request("cib.request", {
      operation: "cib_query",
      section: null,
      xpath: null,
      data,
      flags: [],
    });
    expect(reply.kind === "done" && reply.data === data).toBe(true);
    client.close();
  });

  test("an ApiError of a handler reaches the client; a defect is hidden and logged", async () => {
    const client = await start({
      "node.remove": async ({ name }) => {
        throw new ApiError("refused", `${name} is active`);
      },
      "node.status": async () => {
        throw new Error("secret detail");
      },
    });
    await expect(client.request("node.remove", { name: "node1" })).rejects.toMatchObject({
      code: "refused",
      message: "node1 is active",
    });
    await expect(client.request("node.status", {})).rejects.toMatchObject({ code: "internal" });
    expect(logged.join()).toContain("secret detail");
    client.close();
  });

  test("parameters that are not what the contract says are refused before any handler sees them", async () => {
    const client = await start({});
    const ask = (params: unknown) => client.request("cib.request", params as never);
    const request = { operation: "cib_query", section: null, xpath: null, data: null, flags: [] };
    for (const [params, message] of [
      [[], "the parameters of cib.request must be an object"],
      ["x", "the parameters of cib.request must be an object"],
      [{}, 'cib.request: "operation" must be text'],
      [{ ...request, section: 5 }, 'cib.request: "section" must be text or null'],
      [{ ...request, flags: ["a", null] }, 'cib.request: "flags" must be a list of texts'],
      [{ ...request, flags: "force" }, 'cib.request: "flags" must be a list of texts'],
    ] as const)
      await expect(ask(params)).rejects.toMatchObject({ code: "badRequest", message });
    const cleanup = { kind: "erase", resource: null, node: null, operation: null, intervalMs: -1 };
    await expect(client.request("resource.cleanup", cleanup as never)).rejects.toMatchObject({
      message: 'resource.cleanup: "kind" must be one of cleanup, refresh',
    });
    await expect(client.on(5 as never, () => {})).resolves.toEqual({});
    client.close();
  });

  test("events reach only those who subscribed", async () => {
    const client = await start({ "daemon.shutdown": async () => ({}) });
    const other = await connect({ socketPath, clientName: "other", timeoutMs: 2000 });
    const seen: string[] = [];
    await client.on("cib.changed", (event) => seen.push(event.patchset));
    server!.publish("cib.changed", { patchset: "<diff/>" });
    await client.request("daemon.shutdown", {});
    expect(seen).toEqual(["<diff/>"]);
    client.close();
    other.close();
  });

  test("a request that is not answered in time, and one whose daemon goes away, fail by name", async () => {
    const client = await start({ "node.status": () => new Promise(() => {}) });
    await expect(client.request("node.status", {}, { timeoutMs: 30 })).rejects.toMatchObject({
      code: "timeout",
    });
    const pending = client.request("node.status", {});
    const lost = new Promise<void>((resolve) => client.onLost(resolve));
    await server!.close();
    server = null;
    await expect(pending).rejects.toMatchObject({ code: "connectionLost" });
    await lost;
  });

  test("a client that does not read does not keep the server from closing", async () => {
    const data = "x".repeat(20_000_000);
    const client = await start({
      "cib.request": async () => ({ kind: "done", code: "ok", reason: null, data }),
    });
    client.close();
    const deaf = connectSocket(socketPath);
    deaf.pause();
    const frame = (value: unknown) => {
      const body = Buffer.from(JSON.stringify(value));
      const head = Buffer.alloc(4);
      head.writeUInt32BE(body.length, 0);
      return Buffer.concat([head, body]);
    };
    const params = { operation: "cib_query", section: null, xpath: null, data: null, flags: [] };
    deaf.write(frame({ quorate: 1, name: "deaf", pid: 1 }));
    deaf.write(frame({ id: 1, method: "cib.request", params }));
    await new Promise((resolve) => setTimeout(resolve, 300));
    await server!.close();
    server = null;
    deaf.destroy();
  });

  test("nobody listening: the message says so", async () => {
    await expect(connect({ socketPath, clientName: "test", timeoutMs: 500 })).rejects.toThrow(
      /no quorated is running at .*quorated\.sock/,
    );
  });

  test("a listener that never greets: timeout", async () => {
    const mute = createServer(() => {});
    await new Promise<void>((resolve) => mute.listen(socketPath, resolve));
    await expect(connect({ socketPath, clientName: "test", timeoutMs: 50 })).rejects.toMatchObject({
      code: "timeout",
    });
    mute.close();
  });

  test("a socket left by a dead daemon is replaced, mode 0660", async () => {
    writeFileSync(socketPath, "");
    const client = await start({ "node.list": async () => [] });
    expect(await client.request("node.list", {})).toEqual([]);
    expect(statSync(socketPath).mode & 0o777).toBe(0o660);
    client.close();
  });

  test.each([
    ["random bytes", Buffer.from("GET / HTTP/1.1\r\n\r\n")],
    ["a frame beyond the limit", Buffer.from([0xff, 0xff, 0xff, 0xff, 1, 2, 3])],
    ["a frame that is not JSON", Buffer.from([0, 0, 0, 3, 0x7b, 0x7b, 0x7b])],
    ["no greeting", Buffer.from([0, 0, 0, 2, 0x7b, 0x7d])],
    ["a large frame before the greeting", Buffer.from([0, 1, 0, 0, 0x22])],
    ["null", Buffer.from([0, 0, 0, 4, 0x6e, 0x75, 0x6c, 0x6c])],
  ])("garbage (%s) closes that connection and harms no other", async (_, bytes) => {
    const client = await start({ "node.list": async () => [] });
    const closed = new Promise<void>((resolve) => {
      const socket = connectSocket(socketPath, () => socket.write(bytes));
      socket.on("close", () => resolve());
      socket.resume();
    });
    await closed;
    expect(logged.length).toBe(1);
    expect(await client.request("node.list", {})).toEqual([]);
    client.close();
  });
});
