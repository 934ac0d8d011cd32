import { ApiError } from "@quorate/api";
import type { FencingRecord } from "@quorate/ports";
import { beforeEach, describe, expect, test } from "vitest";
import { main as attrdUpdater } from "../../src/commands/attrd_updater.ts";
import { main as crmAttribute } from "../../src/commands/crm_attribute.ts";
import { main as crmMon } from "../../src/commands/crm_mon.ts";
import { main as crmNode } from "../../src/commands/crm_node.ts";
import { main as stonithAdmin } from "../../src/commands/stonith_admin.ts";
import { MemoryWorld } from "../memory-world.ts";

let world: MemoryWorld;

const STATUS = {
  version: "0.1.0",
  featureSet: "3.20.5",
  nodeId: 2,
  nodeName: "node2",
  clusterName: "test",
  state: "S_NOT_DC",
  dc: "node1",
  isQuorate: true,
  isShuttingDown: false,
  diskProblem: null,
};

beforeEach(() => {
  world = new MemoryWorld();
  world.daemon = {
    "node.status": () => STATUS,
    "node.list": () => [
      { nodeId: 1, name: "node1", state: "member", isOnline: true },
      { nodeId: 2, name: "node2", state: "member", isOnline: true },
      { nodeId: 3, name: "node3", state: "lost", isOnline: false },
    ],
  };
});

describe("crm_node", () => {
  const run = (...argv: string[]) => world.run(crmNode, "crm_node", ...argv);

  test.each([
    [["-n"], "node2\n"],
    [["-i"], "2\n"],
    [["-l"], "1 node1 member\n2 node2 member\n3 node3 lost\n"],
    [["-p"], "node1 node2\n"],
    [["-q"], "1\n"],
    [["-N", "3"], "node3\n"],
  ])("%j", async (argv, stdout) => {
    expect(await run(...argv)).toEqual({ status: 0, stdout, stderr: "" });
  });

  test("removing needs --force, and the daemon's refusal is told", async () => {
    expect(await run("-R", "node3")).toMatchObject({ status: 64 });
    world.daemon!["node.remove"] = () => {
      throw new ApiError("refused", "node1 is active; stop it first");
    };
    expect(await run("--force", "-R", "node1")).toEqual({
      status: 107,
      stdout: "",
      stderr: "crm_node: node1 is active; stop it first\n",
    });
  });

  test("with CIB_file, a node is removed from that file, and from nothing else", async () => {
    world.env.CIB_file = "cib.xml";
    world.files.set(
      "cib.xml",
      `<cib validate-with="pacemaker-4.0" epoch="1" num_updates="0" admin_epoch="0"><configuration><crm_config/>
       <nodes><node id="1" uname="node1"/><node id="3" uname="node3"/></nodes><resources/><constraints/></configuration>
       <status><node_state id="3" uname="node3"/></status></cib>`,
    );
    expect(await run("--force", "-R", "node3")).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(world.files.get("cib.xml")).toContain("node1");
    expect(world.files.get("cib.xml")).not.toContain("node3");
    expect(await run("--force", "-R", "node3")).toMatchObject({ status: 105 });
    expect(world.requests).toEqual([]);
  });

  test("no daemon: which one was sought, and what to do", async () => {
    world.daemon = null;
    const { status, stderr } = await run("-l");
    expect(status).toBe(102);
    expect(stderr).toContain(
      "no quorated is running at /run/quorate/quorated.sock; start it, or set QUORATE_ROOT",
    );
  });

  test.each([[[]], [["-l", "-n"]], [["-N", "x"]], [["-l", "surplus"]], [["--lsit"]]])(
    "%j is refused",
    async (argv) => {
      const { status, stderr } = await run(...argv);
      expect(status).toBe(64);
      expect(stderr).toMatch(/^crm_node: ./);
    },
  );
});

describe("attrd_updater", () => {
  const run = (...argv: string[]) => world.run(attrdUpdater, "attrd_updater", ...argv);

  test("update: this node unless the agent's environment or an option says another", async () => {
    world.daemon!["attributes.update"] = () => ({});
    await run("-n", "load", "-U", "5", "-d", "2s");
    world.env.OCF_RESKEY_CRM_meta_on_node = "node1";
    await run("-n", "load", "-D");
    await run("-n", "load", "-U", "value++", "-N", "node3", "-W", "cluster");
    const updates = world.requests
      .filter(({ method }) => method === "attributes.update")
      .map(({ params }) => params);
    expect(updates).toMatchObject([
      { name: "load", value: "5", node: "node2", delayMs: 2000, wait: "no" },
      { name: "load", value: null, node: "node1" },
      { name: "load", value: "value++", node: "node3", wait: "cluster" },
    ]);
  });

  test("query", async () => {
    world.daemon!["attributes.query"] = ({ name }: { name: string }) =>
      name === "load" ? [{ node: "node2", value: "5" }] : null;
    expect((await run("-n", "load", "-Q")).stdout).toBe('name="load" host="node2" value="5"\n');
    expect(await run("-n", "nothing", "-Q")).toEqual({
      status: 78,
      stdout: "",
      stderr: "Could not query value of nothing: attribute does not exist\n",
    });
  });

  test.each([
    [["-U", "1"]],
    [["-n", "a", "-P", "b", "-D"]],
    [["-P", "b", "-Q"]],
    [["-n", "a", "-U", "1", "-d", "soon"]],
  ])("%j is refused", async (argv) => {
    expect((await run(...argv)).status).toBe(64);
    expect(world.requests).toEqual([]);
  });
});

describe("crm_attribute on a cluster", () => {
  test("a transient attribute goes through the attribute manager, and of the CIB only the nodes are asked for", async () => {
    world.daemon!["cib.request"] = () => ({
      kind: "done",
      code: "ok",
      reason: null,
      data: `<nodes><node id="2" uname="node2"/></nodes>`,
    });
    world.daemon!["attributes.update"] = () => ({});
    world.env.OCF_RESOURCE_INSTANCE = "db";
    expect(await world.run(crmAttribute, "crm_attribute", "-p", "-v", "10")).toMatchObject({ status: 0 });
    expect(world.requests.at(-1)).toMatchObject({
      method: "attributes.update",
      params: { name: "master-db", value: "10", node: "node2" },
    });
    const queries = world.requests.filter(({ method }) => method === "cib.request");
    expect(queries).toMatchObject([{ params: { operation: "cib_query", section: "nodes" } }]);
  });

  test("a node without an entry is looked for in all the rest", async () => {
    const nodeState = `<node_state id="7" uname="node2"/>`;
    world.daemon!["cib.request"] = (params: unknown) => ({
      kind: "done",
      code: "ok",
      reason: null,
      data:
        (params as { readonly section: string | null }).section === null
          ? `<cib><configuration><nodes/></configuration><status>${nodeState}</status></cib>`
          : "<nodes/>",
    });
    const { status } = await world.run(crmAttribute, "crm_attribute", "-N", "node2", "-n", "rack", "-v", "9");
    expect(status).toBe(0);
    expect(world.requests.at(-1)).toMatchObject({
      params: { operation: "cib_modify", data: expect.stringContaining('<node id="7">') },
    });
  });

  test.each([
    [{ kind: "unavailable", reason: "no DC" }, 69, "Nothing was changed: no DC"],
    [{ kind: "outcomeUnknown", reason: "the DC left" }, 124, "may or may not be in effect: the DC left"],
    [
      { kind: "notDurable", failures: [{ node: "node3", code: "ENOSPC", message: "no space left" }] },
      73,
      "not on every disk, and may be lost when nodes fail: node3: no space left (ENOSPC)",
    ],
    [{ kind: "done", code: "permissionDenied", reason: null, data: null }, 4, "Permission denied"],
  ])("an answer of %j is told", async (answer, status, message) => {
    let isFirst = true;
    world.daemon!["cib.request"] = () => {
      if (!isFirst) return answer;
      isFirst = false;
      return { kind: "done", code: "ok", reason: null, data: "<cib><configuration/></cib>" };
    };
    const result = await world.run(crmAttribute, "crm_attribute", "-n", "a", "-v", "1");
    expect(result.status).toBe(status);
    expect(result.stderr).toContain(message);
  });
});

describe("stonith_admin", () => {
  const run = (...argv: string[]) => world.run(stonithAdmin, "stonith_admin", ...argv);
  const record: FencingRecord = {
    id: "uuid",
    target: "node3",
    action: "reboot",
    origin: "node1",
    delegate: "node1",
    client: "stonith_admin.7",
    state: "success",
    targetPid: null,
    completedMs: Date.UTC(2026, 10, 21, 2, 26, 11),
    exitReason: "",
  };

  test("fences, and says when it did not work", async () => {
    world.daemon!["fencing.fence"] = () => ({ isSuccess: true, status: 0, reason: "", record });
    expect(await run("--reboot", "node3", "-t", "30")).toMatchObject({ status: 0, stderr: "" });
    expect(world.requests.at(-1)?.params).toEqual({
      target: "node3",
      action: "reboot",
      timeoutS: 30,
      delayS: 0,
      toleranceS: 0,
      tag: null,
    });
    world.daemon!["fencing.fence"] = () => ({
      isSuccess: false,
      status: 10,
      reason: "No such device",
      record,
    });
    expect(await run("-F", "node3")).toEqual({
      status: 105,
      stdout: "",
      stderr: "stonith_admin: Couldn't fence node3: No such device\n",
    });
  });

  test("history", async () => {
    world.daemon!["fencing.history"] = () => [record];
    expect((await run("-H", "*")).stdout).toBe(
      "reboot of node3 successful: delegate=node1, client=stonith_admin.7, origin=node1, last-successful='2026-11-21 02:26:11Z'\n1 event found\n",
    );
  });

  test.each([[["-F", "a", "-B", "b"]], [[]], [["-F", "a", "-t", "soon"]]])("%j is refused", async (argv) => {
    expect((await run(...argv)).status).toBe(64);
    expect(world.requests).toEqual([]);
  });
});

describe("crm_mon on a cluster", () => {
  beforeEach(() => {
    world.daemon!["fencing.history"] = () => [];
    world.daemon!["cib.request"] = () => ({
      kind: "done",
      code: "ok",
      reason: null,
      data: `<cib have-quorum="1"><configuration><crm_config/><nodes><node id="2" uname="node2"/></nodes><resources/><constraints/></configuration><status/></cib>`,
    });
  });

  test("tells what the CIB does not know: fencing, and that this node's disk fails", async () => {
    world.daemon!["node.status"] = () => ({ ...STATUS, diskProblem: "no space left on the device (ENOSPC)" });
    const { stdout, status } = await world.run(crmMon, "crm_mon", "-1");
    expect(status).toBe(0);
    expect(stdout).toContain(" on node2\n");
    expect(stdout).toContain("Disk of this Node:\n  * no space left on the device (ENOSPC)\n");
    expect(stdout).not.toContain("Fencing");
  });

  test("goes into the background when the first page is there, and leaves its process id", async () => {
    const argv = ["-p", "mon.pid", "-d", "-i", "7", "--output-as=html", "--output-to=page.html"];
    expect(await world.run(crmMon, "crm_mon", ...argv)).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(world.files.get("page.html")).toMatch(/http-equiv="refresh" content="7"[\s\S]+node2/);
    expect(world.started).toEqual([{ program: null, args: ["--in-background", ...argv], env: {} }]);
    expect(world.files.get("mon.pid")).toBe("1\n");
  });

  test("does not go into the background without a daemon", async () => {
    world.daemon = null;
    const { status, stderr } = await world.run(crmMon, "crm_mon", "-d", "--output-to=page");
    expect(status).toBe(102);
    expect(stderr).toContain("no quorated is running");
    expect(world.started).toEqual([]);
  });

  test("in the background: without a daemon the page says so; a signal ends it, and the process id is gone", async () => {
    world.daemon = null;
    world.files.set("mon.pid", "7\n");
    let end = () => {};
    world.signal = new Promise((resolve) => {
      end = () => resolve("SIGTERM");
    });
    const argv = ["--in-background", "-p", "mon.pid", "-d", "-h", "page.html", "-i", "10ms"];
    const running = world.run(crmMon, "crm_mon", ...argv, "--output-to=page.html");
    await expect.poll(() => world.files.get("page.html")).toContain("Not connected to the cluster");
    expect(world.files.has("mon.pid")).toBe(true);
    end();
    expect((await running).status).toBe(0);
    expect(world.files.has("mon.pid")).toBe(false);
    expect(world.signals).toBe("free");
  });
});
