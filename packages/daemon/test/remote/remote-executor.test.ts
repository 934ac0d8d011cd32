import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { encodeFrame, FrameReader, type Handlers } from "@quorate/api";
import { createExecutor, type Executor } from "@quorate/executor";
import { systemClock } from "@quorate/host";
import type { Operation, OperationResult, RemoteAttempt, RemoteConnection } from "@quorate/ports";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { RemoteExecutor } from "../../src/remote/remote-executor.ts";
import { TlsRemoteHosts } from "../../src/remote/remote-hosts.ts";
import { PSK_IDENTITY, readRemoteKey, readRemoteSettings, TLS_OPTIONS } from "../../src/remote/settings.ts";

const AGENT = `#!/bin/sh
state=$OCF_RESKEY_state
case $1 in
start) [ -n "$OCF_RESKEY_delay" ] && sleep "$OCF_RESKEY_delay"; : >"$state";;
stop) rm -f "$state";;
monitor) [ -e "$state" ] || exit 7;;
meta-data) echo '<resource-agent name="Thing" version="1.0"><version>1.1</version><parameters/><actions/></resource-agent>';;
esac
`;

const root = mkdtempSync(join(tmpdir(), "quorate-remote-"));
const keyFile = join(root, "authkey");
const events: [string, unknown][] = [];
let executor: Executor;
let remote: RemoteExecutor;
let port: number;
const hosts: TlsRemoteHosts[] = [];

beforeAll(async () => {
  writeFileSync(keyFile, "x".repeat(4096));
  mkdirSync(join(root, "ocf/test"), { recursive: true });
  writeFileSync(join(root, "ocf/test/Thing"), AGENT);
  chmodSync(join(root, "ocf/test/Thing"), 0o755);
  port = await freePort();
  executor = createExecutor({ clock: systemClock, log: () => {}, ocfDirectories: [join(root, "ocf")] });
  remote = await RemoteExecutor.listen({
    settings: { keyFile, port, address: "127.0.0.1" },
    executor,
    log: () => {},
    event: (...event) => void events.push(event),
  });
});

afterEach(async () => {
  for (const each of hosts.splice(0)) each.close();
  await expect.poll(() => remote.nodeName).toBeNull();
});

afterAll(() => {
  remote.close();
  executor.close();
  rmSync(root, { recursive: true });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port: free } = server.address() as { port: number };
      server.close(() => resolve(free));
    });
  });
}

function attempt(localName: string, key = keyFile, handlers: Handlers | null = null): Promise<RemoteAttempt> {
  const each = new TlsRemoteHosts({
    keyFile: key,
    localName,
    clusterName: "test",
    log: () => {},
    handlers: () => handlers,
  });
  hosts.push(each);
  return new Promise((resolve) => {
    each.connect({ node: "r1", server: "127.0.0.1", port }, 5000, resolve);
  });
}

async function connected(localName: string, handlers: Handlers | null = null) {
  const result = await attempt(localName, keyFile, handlers);
  if (result.kind !== "connected") throw new Error(result.reason);
  return result;
}

function operation(
  action: string,
  more: Partial<Operation> = {},
  parameters: Record<string, string> = {},
): Operation {
  return {
    resourceId: "thing",
    agent: { class: "ocf", provider: "test", type: "Thing" },
    action,
    intervalMs: 0,
    timeoutMs: 10_000,
    startDelayMs: 0,
    parameters: new Map(Object.entries({ state: join(root, "state"), ...parameters })),
    killsGroup: true,
    transitionKey: "1:2:0:uuid",
    ...more,
  };
}

function run(connection: RemoteConnection, wanted: Operation): Promise<OperationResult> {
  return new Promise((resolve) => {
    connection.agents.execute(wanted, resolve);
  });
}

function lost(connection: RemoteConnection): Promise<string> {
  return new Promise((resolve) => {
    connection.subscribe({ lost: (kind) => resolve(kind), shutdownRequested: () => {} });
  });
}

/** A client that has the key and says what it likes. */
function stranger(...frames: readonly Buffer[]): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const key = readRemoteKey(keyFile);
    if (!key.ok) throw new Error(key.reason);
    const told: unknown[] = [];
    const reader = new FrameReader();
    const socket = connectTls({
      host: "127.0.0.1",
      port,
      ...TLS_OPTIONS,
      pskCallback: () => ({ psk: key.key, identity: PSK_IDENTITY }),
      checkServerIdentity: () => undefined,
    });
    socket.on("secureConnect", () => {
      for (const frame of frames) socket.write(frame);
    });
    socket.on("data", (chunk) => {
      const read = reader.push(chunk);
      if (read.ok) told.push(...read.values);
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(told));
  });
}

describe("remote executor over TLS", () => {
  test("runs agents for whoever has its key: single and recurring operations, metadata, a sign of life", async () => {
    const { connection, host } = await connected("n1");
    expect(host.isKnown).toBe(false);
    const result = await run(connection, operation("start"));
    expect(result).toMatchObject({ status: 0, rc: 0, operation: { transitionKey: "1:2:0:uuid" } });
    const results: number[] = [];
    connection.agents.execute(operation("monitor", { intervalMs: 50 }), ({ rc }) => void results.push(rc));
    await expect.poll(() => results).toEqual([0]);
    rmSync(join(root, "state"));
    await expect.poll(() => results).toEqual([0, 7]);
    const metadata = await new Promise<{ ok: boolean }>((resolve) => {
      connection.agents.metadata({ class: "ocf", provider: "test", type: "Thing" }, resolve);
    });
    expect(metadata.ok).toBe(true);
    expect(await new Promise((resolve) => connection.ping(5000, resolve))).toBe(true);
  });

  test("another key, or none, is refused at once", async () => {
    const other = join(root, "other-key");
    writeFileSync(other, "y".repeat(4096));
    expect(await attempt("n1", other)).toMatchObject({
      kind: "refused",
      reason: expect.stringContaining("has another key"),
    });
    expect(await attempt("n1", join(root, "missing"))).toMatchObject({
      kind: "refused",
      reason: expect.stringContaining("cannot read the key file"),
    });
  });

  test("a second node takes over: the first is told, what is under way goes on and is named to the second", async () => {
    const first = await connected("n1");
    const end = lost(first.connection);
    first.connection.agents.execute(operation("start", {}, { delay: "0.3" }), () => {
      throw new Error("a lost connection must not report");
    });
    await expect.poll(() => executor.runningCount).toBe(1);
    const second = await connected("n2");
    expect(await end).toBe("replaced");
    expect(second.host).toEqual(expect.objectContaining({ isKnown: true, unsettled: ["thing"] }));
    expect(await run(second.connection, operation("monitor"))).toMatchObject({ rc: 0 });
  });

  test("tools on the remote host are answered by the cluster", async () => {
    const caller = { name: "crm_node", pid: 7, user: { uid: 0, name: "root", groups: [] } };
    await expect(remote.request("node.list", {}, caller)).rejects.toThrow(/no cluster is connected/);
    const asked: unknown[] = [];
    const handlers = {
      "node.list": async (_: unknown, who: unknown) => {
        asked.push(who);
        return [{ nodeId: 1, name: "n1", state: "member", isOnline: true }];
      },
    } as unknown as Handlers;
    await connected("n1", handlers);
    expect(await remote.request("node.list", {}, caller)).toHaveLength(1);
    expect(asked).toEqual([caller]);
    await expect(remote.request("nonsense", {}, caller)).rejects.toMatchObject({ code: "unknownMethod" });
    hosts[0]!.publish("cib.changed", { patchset: "<diff/>" });
    await expect.poll(() => events).toEqual([["cib.changed", { patchset: "<diff/>" }]]);
  });

  test("whatever is sent to it, it says what is wrong and goes on", async () => {
    const greeting = { quorateRemote: 1, cluster: "test", from: "n9", node: "r1" };
    expect(
      await stranger(encodeFrame({ quorateRemote: 99, cluster: "c", from: "f", node: "n" })),
    ).toMatchObject([{ refusal: "it speaks version 99, this host speaks 1" }]);
    expect(await stranger(encodeFrame(["?"]))).toMatchObject([{ refusal: "its greeting cannot be read" }]);
    const huge = Buffer.alloc(4);
    huge.writeUInt32BE(0x7fff_ffff);
    expect(await stranger(huge)).toEqual([]);
    const odd = [null, 7, { kind: "execute", id: 1 }, { kind: "toString" }, { kind: "cancel", resource: 1 }];
    const talk = stranger(encodeFrame(greeting), ...odd.map((value) => encodeFrame(value)), huge);
    expect(await talk).toMatchObject([{ refusal: null }]);
    const { connection } = await connected("n1");
    expect(await run(connection, operation("stop"))).toMatchObject({ rc: 0 });
  });

  test("asks before it goes down, and waits until the cluster has let it go", async () => {
    const { connection } = await connected("n1");
    let isDown = false;
    const asked = new Promise<void>((resolve) => {
      connection.subscribe({ lost: () => {}, shutdownRequested: resolve });
    });
    void remote.shutdown().then(() => {
      isDown = true;
    });
    await asked;
    connection.answerShutdown(true);
    expect(await new Promise((resolve) => connection.ping(5000, resolve))).toBe(true);
    expect(isDown).toBe(false);
    connection.close();
    await expect.poll(() => isDown).toBe(true);
  });
});

describe("settings", () => {
  test("environment before files, and a port that is none is named", () => {
    mkdirSync(join(root, "etc/default"), { recursive: true });
    writeFileSync(
      join(root, "etc/default/pacemaker"),
      '# PCMK_remote_port=1\nPCMK_remote_port="4000"\nexport PCMK_remote_address=127.0.0.1 # here\n',
    );
    expect(readRemoteSettings(root, {})).toEqual({
      keyFile: join(root, "/etc/pacemaker/authkey"),
      port: 4000,
      address: "127.0.0.1",
    });
    expect(readRemoteSettings(root, { PCMK_remote_port: "5000", PCMK_authkey_location: "/k" })).toMatchObject(
      {
        keyFile: "/k",
        port: 5000,
      },
    );
    expect(() => readRemoteSettings(root, { PCMK_remote_port: "70000" })).toThrow(/from 1 to 65535/);
  });
});
