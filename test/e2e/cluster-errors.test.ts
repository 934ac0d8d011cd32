import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "@quorate/host";
import { connectToHub } from "@quorate/membership";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testConfiguration } from "./configuration.ts";
import { bin, expectPlainWords, run, startProgram } from "./programs.ts";
import { TestCluster } from "./test-cluster.ts";

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await TestCluster.start((layout) => testConfiguration(layout));
}, 90_000);

afterAll(() => cluster?.stop());

function onNode(node: string) {
  return { env: { QUORATE_ROOT: cluster.node(node).root } };
}

function logOf(node: string): string {
  return readFileSync(cluster.node(node).logFile, "utf8");
}

/** All daemons run, nobody was fenced, `web` runs once. */
async function expectUnharmed(): Promise<void> {
  for (const { name } of cluster.playground.state()) {
    expect(await cluster.dc(name)).not.toBeNull();
    expect((await cluster.ask(name, "node.list", {})).every(({ isOnline }) => isOnline)).toBe(true);
  }
  const history = await cluster.ask("node1", "fencing.history", { target: null });
  expect(history, history.length === 0 ? "" : cluster.describe()).toEqual([]);
  expect(cluster.watcher.nodes).toHaveLength(1);
  expect(cluster.watcher.violations).toEqual([]);
}

describe("a second daemon on the same node", () => {
  test("ends with 100 and says what to do; the first one is unharmed", async () => {
    const { root } = cluster.node("node2");
    const second = await run("quorated", ["--root", root]);
    expect(second.status).toBe(100);
    expect(second.stderr).toContain(`another quorated already runs for ${join(root, "run/quorate")}`);
    expect(second.stderr).toContain("--root");
    expectPlainWords(second.stderr);
    await expectUnharmed();
  });
});

/** Works, but its metadata is broken. */
const BABBLE = `#!/bin/sh
state=$HA_RSCTMP/$OCF_RESOURCE_INSTANCE
case $1 in
meta-data) echo '<resource-agent><actions>' ;;
monitor) [ -e "$state" ] || exit 7 ;;
start) : >"$state" ;;
stop) rm -f "$state" ;;
esac
exit 0
`;

describe("agents", () => {
  const agents: Readonly<Record<string, { text: string; mode: number }>> = {
    locked: { text: "#!/bin/sh\nexit 0\n", mode: 0o644 },
    empty: { text: "", mode: 0o755 },
    interpreter: { text: "#!/no/such/interpreter\n", mode: 0o755 },
    babble: { text: BABBLE, mode: 0o755 },
    strange: { text: "#!/bin/sh\necho 'ocf-exit-reason:the disk is on fire' >&2\nexit 201\n", mode: 0o755 },
  };

  const expected: readonly (readonly [resource: string, type: string, shown: RegExp])[] = [
    ["r-missing", "missing", /r-missing.*:\s+Stopped \(Not installed\)/i],
    ["r-empty", "empty", /r-empty.*:\s+Stopped \(Not installed\)/i],
    ["r-interpreter", "interpreter", /r-interpreter.*:\s+Stopped \(Not installed\)/i],
    [
      "r-locked",
      "locked",
      /r-locked stop on node\d could not be executed \(Error: locked: Permission denied\)/,
    ],
    ["r-strange", "strange", /r-strange stop on node\d returned 'Error occurred' \(the disk is on fire\)/],
  ];

  test("missing, not executable, empty, no interpreter, strange: clear in crm_mon; the others run; mended, they run", async () => {
    // Agents are searched for in the agents of the machine, too; the nodes get a root of their own.
    for (const { name, root } of cluster.playground.layout.nodes) {
      const directory = join(root, "ocf/broken");
      mkdirSync(directory, { recursive: true });
      for (const [type, { text, mode }] of Object.entries(agents)) {
        writeFileSync(join(directory, type), text);
        chmodSync(join(directory, type), mode);
      }
      const file = join(root, "etc/quorate/quorated.conf");
      writeFileSync(
        file,
        readFileSync(file, "utf8").replace(/^(ocf-roots = .*)$/m, `$1:${join(root, "ocf")}`),
      );
      await cluster.playground.machines.get(name)!.stopDaemon();
    }
    for (const { name } of cluster.playground.layout.nodes) await cluster.do({ do: "start", node: name });
    await cluster.until("web to run again", 60_000, async () => cluster.watcher.nodes.length === 1);
    await cluster.untilIdle();

    // A stop that fails would get the node fenced, and these cannot be stopped.
    const primitives = [...expected.map(([id, type]) => [id, type]), ["r-babble", "babble"]].map(
      ([id, type]) =>
        `<primitive id="${id}" class="ocf" provider="broken" type="${type}"><operations><op id="${id}-stop" name="stop" interval="0" on-fail="block"/></operations></primitive>`,
    );
    await cluster.change(
      "node1",
      "cib_modify",
      "resources",
      `<resources>${primitives.join("")}</resources>`,
      ["can-create"],
    );
    await cluster.until(
      "the good one to run",
      30_000,
      async () => (await cluster.activeOn("node1", "r-babble")).length === 1,
    );
    await cluster.untilIdle();
    const { status, stdout, stderr } = await run("crm_mon", ["-1", "-r"], onNode("node1"));
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    for (const [, , shown] of expected) expect(stdout).toMatch(shown);
    // Why it is not installed stands in the log of each node, as in the classic cluster.
    expect(logOf("node1")).toContain("r-missing_monitor_0");
    expect(logOf("node1")).toContain("(missing: No such file or directory)");
    expect(logOf("node1")).toMatch(/\/broken\/interpreter or its interpreter: No such file or directory/);
    expect(logOf("node1")).toMatch(/\/broken\/empty: Exec format error/);
    expectPlainWords(stdout);
    await expectUnharmed();

    // Mended and cleaned up, they all run.
    for (const { root } of cluster.playground.layout.nodes) {
      for (const [, type] of expected) {
        rmSync(join(root, "ocf/broken", type), { force: true });
        writeFileSync(join(root, "ocf/broken", type), BABBLE, { mode: 0o755 });
      }
    }
    const cleanup = await run("crm_resource", ["--cleanup"], onNode("node1"));
    expect(cleanup).toMatchObject({ status: 0, stderr: "" });
    const ids = [...expected.map(([id]) => id), "r-babble"];
    await cluster.until("all to run", 30_000, async () => {
      const view = await cluster.view("node1");
      return ids.every((id) => view.resource(id)?.active.length === 1);
    });
    await cluster.untilIdle();
    expect((await run("crm_mon", ["-1"], onNode("node1"))).stdout).not.toContain("Failed Resource Actions");

    for (const id of ids) {
      await cluster.change("node1", "cib_delete", "resources", `<primitive id="${id}"/>`);
    }
    await cluster.untilIdle();
    await expectUnharmed();
  });
});

describe("strangers", () => {
  const hubPort = () => {
    const text = readFileSync(join(cluster.node("node1").root, "etc/quorate/quorated.conf"), "utf8");
    return Number(/engine-address = .*:(\d+)/.exec(text)![1]);
  };

  /** Sends bytes to a port or socket; resolves when the other side has closed. */
  function shout(to: { port: number } | { path: string }, bytes: string | Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: "127.0.0.1", ...to } as never, () => socket.write(bytes));
      const timer = setTimeout(() => {
        socket.destroy();
        reject(new Error("the stranger was not cut off"));
      }, 20_000);
      socket.on("error", () => {});
      socket.on("data", () => {});
      socket.on("close", () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  const NOISE = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 7919) % 251));

  test("noise, HTTP and a wrong key on the engine's port: cut off, logged, nobody is harmed", async () => {
    const port = hubPort();
    await shout({ port }, NOISE);
    await shout({ port }, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await shout({ port }, Buffer.alloc(2000, 0xff));
    const engine = await connectToHub({
      port,
      key: Buffer.alloc(32, 1),
      nodeName: "node1",
      clock: systemClock,
      log: () => {},
    });
    const reason = await new Promise<string>((resolve) => {
      engine.connect({
        connected: () => resolve("connected"),
        lost: resolve,
        delivered: () => {},
        configurationChanged: () => {},
        ringChanged: () => {},
        quorumChanged: () => {},
      });
    });
    expect(reason).toContain("its key is not the key of this hub");
    const told = cluster.events.join("\n");
    expect(told).toMatch(/closed the connection of .*127\.0\.0\.1/);
    expect(told).toContain("its key is not the key of this hub");
    await expectUnharmed();
  });

  test("noise on a daemon's socket: cut off, logged, the daemon goes on", async () => {
    const path = cluster.node("node1").socket;
    await shout({ path }, NOISE);
    await shout({ path }, "GET / HTTP/1.1\r\n\r\n");
    await shout({ path }, frame("{"));
    await shout({ path }, frame('{"quorate":99}'));
    await shout({ path }, Buffer.concat([frame('{"quorate":1,"name":"x","pid":1}'), frame("[]")]));
    expect(logOf("node1")).toContain("local API: closing a connection");
    await expectUnharmed();
  });

  test("a request that is no request: refused, no daemon of the cluster dies of it", async () => {
    const request = { operation: "cib_modify", section: null, xpath: null, data: "<cib/>", flags: [] };
    for (const wrong of [
      { section: 5 },
      { data: 7 },
      { flags: null },
      { operation: "cib_explode" },
      { xpath: "//[" },
    ]) {
      const reply = await cluster
        .ask("node1", "cib.request", { ...request, ...wrong } as never)
        .catch((error: Error) => error);
      if (reply instanceof Error) expect(reply.message).toMatch(/^cib\.request: "\w+" must be/);
      else expect(reply).toMatchObject({ kind: "done", code: expect.not.stringMatching(/^ok$/) });
    }
    await expectUnharmed();
  });
});

describe("tools and a daemon that ends", () => {
  test("a tool that waits is told, and told that the outcome is unknown", async () => {
    const [active] = cluster.watcher.nodes;
    const node = ["node1", "node2", "node3"].find((name) => name !== active)!;
    const live = startProgram(bin("crm_mon"), ["--interval", "1s"], onNode(node));
    await cluster.until("crm_mon to show something", 10_000, async () => live.stdout().includes("Node List"));
    // It asks once more while the daemon stands still, and is then answered never.
    const pid = Number([...logOf(node).matchAll(/starting, version .*, pid (\d+)/g)].at(-1)![1]);
    process.kill(pid, "SIGSTOP");
    const waiting = startProgram(bin("crm_attribute"), ["-n", "waits", "-v", "1"], onNode(node));
    await sleep(500);
    await cluster.do({ do: "kill", node });
    const [monitor, change] = await Promise.all([live.ended, waiting.ended]);
    expect(monitor.status).toBe(102);
    expect(monitor.stderr).toContain("the daemon of this node ended");
    expect(change.status).toBe(102);
    expectPlainWords(monitor.stderr + change.stderr);
    await cluster.until(`${node} to be back`, 60_000, async () => {
      const nodes = await cluster.ask(active!, "node.list", {});
      return nodes.every(({ isOnline }) => isOnline) && (await cluster.dc(node)) !== null;
    });
    expect(cluster.watcher.violations).toEqual([]);
  });
});

function frame(body: string): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(Buffer.byteLength(body));
  return Buffer.concat([head, Buffer.from(body)]);
}
