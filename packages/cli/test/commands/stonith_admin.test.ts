import { join } from "node:path";
import { ApiError } from "@quorate/api";
import { createAgentCatalogue } from "@quorate/executor";
import { systemClock } from "@quorate/host";
import type { FencingRecord } from "@quorate/ports";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { main } from "../../src/commands/stonith_admin.ts";
import { MemoryWorld } from "../memory-world.ts";

let world: MemoryWorld;
const run = (...argv: string[]) => world.run(main, "stonith_admin", ...argv);

beforeEach(() => {
  world = new MemoryWorld();
});

describe("what needs no daemon", () => {
  beforeEach(() => {
    const fenceDirectories = [join(import.meta.dirname, "../../../executor/testdata/fence")];
    world.agents = createAgentCatalogue({ clock: systemClock, fenceDirectories });
  });

  afterEach(() => {
    world.agents?.close();
  });

  it("lists installed agents", async () => {
    const { status, stdout } = await run("--list-installed", "--text-fancy");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^fence_deaf\nfence_echo\n[\s\S]*\d+ fence devices found\n$/u);
  });

  it("has an agent judge parameters, secret ones from the environment", async () => {
    world.env.OCF_RESKEY_passwd = "hidden-word";
    const { status, stdout } = await run("-K", "-a", "fence_echo", "-o", "ip=a=b", "-e", "passwd");
    expect(status).toBe(0);
    expect(stdout).toContain("Validation of fence_echo succeeded\ngot action=validate-all\ngot ip=a=b\n");
    expect(await run("-K", "-a", "fence_echo", "-o", "exit=1", "--quiet")).toEqual({
      status: 1,
      stdout: "",
      stderr: "",
    });
    expect(await run("-K", "-a", "fence_none")).toMatchObject({ status: 105 });
  });

  it("tells programs what the agent says", async () => {
    const valid = (await run("-K", "-a", "fence_echo", "-o", "ip=1", "--output-as=xml")).stdout;
    expect(valid).toContain('<validate agent="fence_echo" valid="true">');
    expect(valid).toMatch(/<command code="0">\s*<output source="stdout">got action=validate-all\n/);
    const installed = (await run("-I", "--output-as=xml")).stdout;
    expect(installed).toMatch(
      /<list name="installed fence devices" count="\d+">\s*<item name="device">fence_deaf</,
    );
  });

  it("makes a page", async () => {
    const judged = ["-K", "-a", "fence_echo", "-o", "ip=<1>"];
    const { stdout } = await run(...judged, "--output-as=html", "--html-title=A & B");
    expect(stdout).toContain("<title>A &amp; B</title>");
    expect(stdout).toMatch(/<pre>Validation of fence_echo succeeded\n[\s\S]*got ip=&lt;1&gt;\n/);
    await run("-I", "--output-as=html", "--output-to=page.html");
    expect(world.files.get("page.html")).toMatch(/^<!DOCTYPE html>[\s\S]*<pre>fence_deaf\nfence_echo\n/);
  });

  it("says what is missing", async () => {
    expect(await run("-K")).toMatchObject({ status: 64, stderr: expect.stringContaining("--agent") });
    expect(await run("-K", "-a", "fence_echo", "-o", "=x")).toMatchObject({ status: 64 });
    expect(await run("-K", "-a", "fence_echo", "-e", "nothing")).toMatchObject({
      status: 64,
      stderr: expect.stringContaining("OCF_RESKEY_nothing is not set"),
    });
    expect(await run("-M", "-a", "fence_none")).toMatchObject({
      status: 105,
      stderr: expect.stringContaining("Can't get fence agent meta-data"),
    });
  });
});

describe("a node given by its id", () => {
  it("is fenced under its name; an id that nobody has is refused", async () => {
    world.daemon = {
      "node.list": () => [{ nodeId: 2, name: "node2" }],
      "fencing.fence": () => ({ isSuccess: true, reason: "", record: null }),
    };
    expect(await run("--reboot=2", "-n")).toMatchObject({ status: 0 });
    expect(world.requests.at(-1)?.params).toMatchObject({ target: "node2", action: "reboot" });
    expect(await run("--reboot=3", "-n")).toMatchObject({
      status: 64,
      stderr: expect.stringContaining('no node has the id "3"'),
    });
  });
});

describe("--confirm", () => {
  beforeEach(() => {
    world.daemon = {
      "node.list": () => [{ nodeId: 1, name: "node1" }],
      "fencing.confirm": ({ target }: { readonly target: string }) => {
        if (target !== "node1") throw new ApiError("notFound", `no node is called "${target}"`);
        return { isSuccess: true, reason: "", record: null };
      },
    };
  });

  it("takes a node by its name or by its id", async () => {
    expect(await run("--confirm", "node1")).toMatchObject({ status: 0 });
    expect(await run("--confirm=1", "-n")).toMatchObject({ status: 0 });
    expect(world.requests.at(-1)?.params).toEqual({ target: "node1", tag: null });
  });

  it("tells that the daemon refused a name, and refuses an id that nobody has", async () => {
    expect(await run("--confirm", "nod1")).toMatchObject({
      status: 105,
      stderr: expect.stringContaining('no node is called "nod1"'),
    });
    expect(await run("--confirm=3", "-n")).toMatchObject({ status: 64 });
  });
});

describe("one command at a time", () => {
  it("is refused beside a question that needs no daemon", async () => {
    world.daemon = {};
    for (const other of [["-I"], ["-M", "-a", "fence_x"], ["-K", "-a", "fence_x"]])
      expect(await run("--reboot", "node1", ...other)).toMatchObject({
        status: 64,
        stderr: expect.stringContaining("exactly one of"),
      });
    expect(world.requests).toEqual([]);
  });
});

describe("devices and history of a node given by its id", () => {
  it("are asked for under its name", async () => {
    world.daemon = {
      "node.list": () => [{ nodeId: 2, name: "node2" }],
      "fencing.devices": () => ["d"],
      "fencing.history": () => [],
    };
    await run("--list=2", "-n");
    await run("--history=2", "-n");
    await run("--history=*", "-n");
    const targets = world.requests.filter(({ method }) => method !== "node.list").map(({ params }) => params);
    expect(targets).toEqual([{ target: "node2" }, { target: "node2" }, { target: null }]);
  });
});

describe("devices and levels of a node", () => {
  const accept = () => ({});

  it("are registered and removed", async () => {
    world.daemon = {
      "fencing.registerDevice": accept,
      "fencing.removeDevice": accept,
      "fencing.registerLevel": accept,
      "fencing.removeLevel": accept,
    };
    await run("-R", "d", "-a", "fence_x", "-o", "ip=1", "-o", "plug=2");
    await run("-D", "d");
    await run("-r", "node1", "-i", "1", "-v", "a", "-v", "b,c");
    await run("-r", "@^node", "-i", "2", "-v", "a");
    await run("-d", "rack=1", "-i", "3");
    expect(world.requests.map(({ params }) => params)).toEqual([
      {
        device: "d",
        agent: "fence_x",
        parameters: [
          ["ip", "1"],
          ["plug", "2"],
        ],
      },
      { device: "d" },
      { kind: "name", name: "node1", value: "", index: 1, devices: ["a", "b", "c"] },
      { kind: "pattern", name: "^node", value: "", index: 2, devices: ["a"] },
      { kind: "attribute", name: "rack", value: "1", index: 3 },
    ]);
    expect(await run("-r", "node1", "-i", "10", "-v", "a")).toMatchObject({ status: 64 });
    expect(await run("-r", "node1", "-i", "1")).toMatchObject({ status: 64 });
  });

  it("tell what they control, and whether they work", async () => {
    world.daemon = {
      "fencing.targets": ({ device }: { device: string }) =>
        device === "d" ? { targets: ["node1", "node2"], reason: "" } : { targets: null, reason: "not here" },
      "fencing.monitor": ({ device }: { device: string }) =>
        device === "d" ? { status: 0, rc: 0, reason: "" } : { status: 10, rc: 7, reason: "not active" },
    };
    expect(await run("-s", "d")).toMatchObject({
      status: 0,
      stdout: "node1\nnode2\n2 fence targets found\n",
    });
    expect(await run("-s", "x")).toMatchObject({ status: 105, stderr: expect.stringContaining("not here") });
    expect(await run("-Q", "d")).toMatchObject({ status: 0 });
    expect(await run("-Q", "x")).toMatchObject({
      status: 105,
      stderr: expect.stringContaining("not active"),
    });
  });
});

describe("results for programs", () => {
  const record = (over: Partial<FencingRecord>): FencingRecord => ({
    id: "uuid",
    target: "node3",
    targetPid: null,
    action: "reboot",
    origin: "node1",
    delegate: "node2",
    client: "stonith_admin.7",
    state: "success",
    completedMs: Date.UTC(2026, 10, 21, 2, 26, 11),
    exitReason: "",
    ...over,
  });
  const contentOf = (stdout: string): string =>
    stdout
      .split("\n")
      .filter((line) => !/<\/?pacemaker-result|<status /.test(line))
      .join("\n");

  it("lists of devices and targets", async () => {
    world.daemon = {
      "fencing.devices": () => ["d1", "d2"],
      "fencing.targets": () => ({ targets: [], reason: "" }),
    };
    expect(contentOf((await run("-L", "--output-as=xml")).stdout)).toBe(
      `  <list name="registered fence devices" count="2">
    <item name="device">d1</item>
    <item name="device">d2</item>
  </list>
`,
    );
    expect((await run("-s", "d1")).stdout).toBe("0 fence targets found\n");
    expect(JSON.parse((await run("-L", "--output-as=json")).stdout).result[0]).toMatchObject({
      element: "list",
      children: [{ text: "d1" }, { text: "d2" }],
    });
  });

  it("a history that is cleaned up, and one that was clean", async () => {
    world.daemon = { "fencing.history": () => [record({})], "fencing.cleanHistory": () => ({}) };
    expect(await run("-H", "*", "-c")).toEqual({
      status: 0,
      stdout: "cleaning up fencing-history for node *\n",
      stderr: "",
    });
    world.daemon = { ...world.daemon, "node.list": () => [], "fencing.history": () => [] };
    expect(await run("-H", "node3", "-c")).toEqual({
      status: 0,
      stdout: "cleaning up fencing-history for node node3\n",
      stderr: "no fencing of node3 is on record: there was nothing to clean up\n",
    });
    expect(await run("-H", "node3", "-c", "--quiet")).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  it("the history: newest first, the last of each kind unless all is asked for", async () => {
    world.daemon = {
      "fencing.history": () => [
        record({ completedMs: Date.UTC(2026, 10, 21, 2, 0, 0) }),
        record({ state: "failed", delegate: "", exitReason: "no way", action: "off" }),
        record({}),
        record({ state: "pending", target: "node9", delegate: "" }),
      ],
      "fencing.gatherHistory": () => ({}),
    };
    expect((await run("-H", "*", "-b")).stdout).toBe(
      `gather fencing-history from all nodes
reboot of node9 pending: client=stonith_admin.7, origin=node1
reboot of node3 successful: delegate=node2, client=stonith_admin.7, origin=node1, last-successful='2026-11-21 02:26:11Z'
2 events found
`,
    );
    expect(world.requests[0]?.method).toBe("fencing.gatherHistory");
    expect((await run("-H", "*", "-V")).stdout).toContain(
      "turning off of node3 failed (no way): client=stonith_admin.7, origin=node1, completed='2026-11-21 02:26:11Z'\n",
    );
    expect(contentOf((await run("-H", "*", "-V", "--output-as=xml")).stdout)).toBe(
      `  <list name="fencing history" count="4">
    <fence_event action="reboot" target="node9" client="stonith_admin.7" origin="node1" status="pending" extended-status="pending"/>
    <fence_event action="reboot" target="node3" client="stonith_admin.7" origin="node1" status="success" delegate="node2" completed="2026-11-21 02:26:11Z"/>
    <fence_event action="off" target="node3" client="stonith_admin.7" origin="node1" status="failed" exit-reason="no way" completed="2026-11-21 02:26:11Z"/>
    <fence_event action="reboot" target="node3" client="stonith_admin.7" origin="node1" status="success" delegate="node2" completed="2026-11-21 02:00:00Z"/>
  </list>
`,
    );
  });

  it("the last fencing of a node, and that there was none", async () => {
    world.daemon = { "fencing.history": () => [record({}), record({ state: "failed" })] };
    expect(contentOf((await run("-h", "node3", "--output-as=xml")).stdout)).toBe(
      `  <last-fenced target="node3" when="2026-11-21 02:26:11Z"/>\n`,
    );
    expect((await run("-h", "node3")).stdout).toBe("Node node3 last fenced at: 2026-11-21 02:26:11Z\n");
    world.daemon = { "fencing.history": () => [record({ state: "failed" })] };
    expect((await run("-h", "node3")).stdout).toBe("Node node3 has never been fenced\n");
  });

  it.each([
    [10, 105],
    [2, 124],
    [3, 3],
    [4, 1],
  ])("a fencing that ended with status %i: exit status %i", async (status, exitCode) => {
    world.daemon = { "fencing.fence": () => ({ isSuccess: false, status, reason: "it did not work" }) };
    expect(await run("-B", "node3", "-T", "night.shift")).toMatchObject({
      status: exitCode,
      stderr: "stonith_admin: Couldn't reboot node3: it did not work\n",
    });
    expect(world.requests.at(-1)?.params).toMatchObject({ tag: "night.shift" });
  });
});
