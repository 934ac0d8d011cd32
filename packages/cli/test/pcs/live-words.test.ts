import { describe, expect, test } from "vitest";
import { main } from "../../src/commands/pcs.ts";
import { MemoryCluster } from "../memory-cluster.ts";
import { MemoryWorld } from "../memory-world.ts";

const NODES = ["n1", "n2"];
const RUNNING: Readonly<Record<string, readonly string[]>> = { a: ["n1"], b: ["n1"], c: NODES, s: NODES };

function primitive(id: string, type = "Dummy"): string {
  return `<primitive id="${id}" class="ocf" provider="pacemaker" type="${type}"/>`;
}

/** The digest is that of no parameters. */
function result(id: string, operation: string, rc: number): string {
  return `<lrm_rsc_op id="${id}_last_0" operation_key="${id}_${operation}_0" operation="${operation}" call-id="1" rc-code="${rc}" op-status="0" op-digest="f2317cad3d54cec5d7d7aa7d0bf35cf8" interval="0" transition-key="1:1:${rc}:u" transition-magic="0:${rc};1:1:${rc}:u"/>`;
}

function state(node: string): string {
  const resources = Object.entries(RUNNING).map(([id, places]) => {
    const last =
      id === "s" && node === "n1"
        ? result(id, "promote", 0)
        : places.includes(node)
          ? result(id, "start", 0)
          : result(id, "monitor", 7);
    return `<lrm_resource id="${id}" class="ocf" provider="pacemaker" type="${id === "s" ? "Stateful" : "Dummy"}">${last}</lrm_resource>`;
  });
  const id = node.slice(1);
  return `<node_state id="${id}" uname="${node}" in_ccm="true" crmd="online" join="member" expected="member"><transient_attributes id="${id}"><instance_attributes id="t${id}"><nvpair id="t${id}-m" name="master-s" value="${node === "n1" ? 10 : 5}"/></instance_attributes></transient_attributes><lrm id="${id}"><lrm_resources>${resources.join("")}</lrm_resources></lrm></node_state>`;
}

const CIB = `<cib crm_feature_set="3.20.5" validate-with="pacemaker-4.0" epoch="5" num_updates="3" admin_epoch="0" have-quorum="1" dc-uuid="1">
  <configuration>
    <crm_config><cluster_property_set id="o"><nvpair id="o1" name="stonith-enabled" value="false"/></cluster_property_set></crm_config>
    <nodes><node id="1" uname="n1"/><node id="2" uname="n2"/></nodes>
    <resources>${primitive("a")}${primitive("b")}<clone id="cc">${primitive("c")}</clone><clone id="ss"><meta_attributes id="ss-m"><nvpair id="ss-p" name="promotable" value="true"/></meta_attributes>${primitive("s", "Stateful")}</clone></resources>
    <constraints><rsc_order id="k" first="a" then="b"/></constraints>
    <rsc_defaults><meta_attributes id="d"><nvpair id="d-s" name="resource-stickiness" value="100"/></meta_attributes></rsc_defaults>
  </configuration>
  <status>${NODES.map(state).join("")}</status>
</cib>`;

function running(text = CIB): {
  readonly cluster: MemoryCluster;
  readonly world: MemoryWorld;
  run(line: string): ReturnType<MemoryWorld["run"]>;
} {
  const cluster = new MemoryCluster(text);
  const world = new MemoryWorld();
  world.daemon = { ...cluster.answers, "node.status": () => ({ nodeName: "n1" }) };
  return { cluster, world, run: (line) => world.run(main, "pcs", ...line.split(" ")) };
}

describe("pcs --wait says where the resources run", () => {
  test.each([
    ["resource enable a", "resource 'a' is running on node 'n1'"],
    ["resource meta a priority=1", "resource 'a' is running on node 'n1'"],
    ["resource meta cc priority=1", "resource 'cc' is running on nodes 'n1', 'n2'"],
    ["resource clear ss", "resource 'ss' is promoted on node 'n1'; unpromoted on node 'n2'"],
  ])("%s", async (line, place) => {
    for (const [wait, limit] of [
      ["--wait", ""],
      ["--wait=30", " (timeout: 30 seconds)"],
    ]) {
      expect(await running().run(`${line} ${wait}`)).toEqual({
        status: 0,
        stdout: "",
        stderr: `Waiting for the cluster to apply configuration changes${limit}...\n${place}\n`,
      });
    }
  });
});

describe("pcs --wait fails when the resource is not as it should be", () => {
  const UNMANAGED = CIB.replace(
    'type="Dummy"/><primitive',
    'type="Dummy"><meta_attributes id="a-m"><nvpair id="a-m-i" name="is-managed" value="false"/></meta_attributes></primitive><primitive',
  );

  test.each([
    ["disable", UNMANAGED, "Error: resource 'a' is running on node 'n1'\n"],
    [
      "enable",
      UNMANAGED.replace(/<status>(.|\n)*<\/status>/, "<status/>"),
      "Error: resource 'a' is not running on any node\n",
    ],
  ])("%s", async (word, text, message) => {
    const { status, stderr } = await running(text).run(`resource ${word} a --wait=1`);
    expect(status).toBe(1);
    expect(stderr).toContain("Warning: 'a' is unmanaged\n");
    expect(stderr).toContain(message);
  });
});

test.each(["debug-start c", "debug-promote s"])("%s acts on what runs here already", async (words) => {
  const { world, run } = running();
  world.daemon!["agent.run"] = () => ({ rc: 0, status: 0, exitReason: "", output: "" });
  expect(await run(`resource ${words}`)).toMatchObject({ status: 0 });
});

describe("pcs resource disable looks ahead", () => {
  test.each(["--safe", "--no-strict", "--safe --no-strict"])(
    "%s changes nothing that others need",
    async (options) => {
      const { cluster, run } = running();
      const before = cluster.text;
      const { status, stdout, stderr } = await run(`resource disable a ${options}`);
      expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
      expect(stderr).toMatch(/so nothing was changed: 'b'\n\nSimulation result:\n(.|\n)*Stop +a /);
      expect(cluster.text).toBe(before);
    },
  );

  test("--safe and --simulate exclude each other", async () => {
    expect(await running().run("resource disable a --safe --simulate")).toMatchObject({
      status: 1,
      stdout: "",
    });
  });

  test("--force is told", async () => {
    const { cluster, run } = running();
    expect(await run("resource safe-disable a --force")).toMatchObject({
      status: 0,
      stderr: expect.stringContaining("Warning: with --force"),
    });
    expect(cluster.text).toContain('name="target-role" value="Stopped"');
  });
});

describe("pcs resource move --strict", () => {
  test("refuses what would move others too, and changes nothing", async () => {
    const { cluster, run } = running();
    const before = cluster.text;
    expect(await run("resource move a n2 --strict")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("so nothing was changed: 'b'"),
    });
    expect(cluster.text).toBe(before);
  });
});

describe("pcs resource ban", () => {
  test.each([
    ["a n2", "This will prevent a from running on n2 until the constraint is removed\n"],
    ["ss n2 --promoted", "This will prevent ss from being promoted on n2 until the constraint is removed\n"],
  ])("%s says what it forbids", async (words, message) => {
    const { status, stderr } = await running().run(`resource ban ${words}`);
    expect(status).toBe(0);
    expect(stderr).toContain(message);
  });
});

test("pcs resource relocate show tells what is meant to be done, not how", async () => {
  const { stdout } = await running().run("resource relocate show");
  expect(stdout).toMatch(/^Current cluster status:\n/);
  expect(stdout).toContain("Transition Summary:\n");
  expect(stdout).not.toContain("Executing Cluster Transition");
});

test.each([
  ["resource", "NO resources configured\n"],
  ["resource --hide-inactive", "NO resources configured\n"],
  ["stonith", "NO stonith devices configured\n"],
])("pcs %s of a cluster without any", async (line, stdout) => {
  const empty = CIB.replace(/<resources>.*<\/resources>/, "<resources/>").replace(/<rsc_order.*?>/, "");
  expect(await running(empty.replace(/<status>.*<\/status>/, "<status/>")).run(line)).toEqual({
    status: 0,
    stdout,
    stderr: "",
  });
});

describe("a command that fails ends with 1, whatever tool it uses", () => {
  test.each([
    "status",
    "status --full",
    "status cluster",
    "status xml",
    "resource cleanup",
    "resource refresh a",
    "resource restart a",
    "stonith fence n2",
    "stonith confirm n2 --force",
    "stonith history",
    "stonith history cleanup",
  ])("%s without a daemon", async (line) => {
    const { status, stdout, stderr } = await new MemoryWorld().run(main, "pcs", ...line.split(" "));
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    if (line !== "status xml") expect(stderr).toMatch(/^Error: /m);
  });

  test.each(["resource cleanup nosuch", "resource refresh a node=nosuch", "resource restart a n1"])(
    "%s",
    async (line) => {
      expect(await running().run(line)).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(/^Error: /),
      });
    },
  );
});

test("what is inside of a clone is restarted as the clone", async () => {
  const { stderr } = await running().run("resource restart c n3");
  expect(stderr).toContain("Warning: 'c' is part of 'cc', which is restarted as a whole\n");
  expect(stderr).toContain("n3");
});

test("pcs stonith confirm says that it was done, and history update what is known", async () => {
  const world = new MemoryWorld();
  world.daemon = {
    ...new MemoryCluster(CIB).answers,
    "node.list": () => [{ nodeId: 2, name: "n2", state: "lost", isOnline: false }],
    "fencing.confirm": () => ({ isSuccess: true, reason: "" }),
    "fencing.gatherHistory": () => ({}),
    "fencing.history": () => [],
  };
  expect(await world.run(main, "pcs", "stonith", "confirm", "n2", "--force")).toMatchObject({
    status: 0,
    stdout: "Node: n2 confirmed fenced\n",
  });
  expect(await world.run(main, "pcs", "stonith", "history", "update")).toEqual({
    status: 0,
    stdout: "",
    stderr: "gather fencing-history from all nodes\n0 events found\n",
  });
});
