import { describe, expect, test } from "vitest";
import { main } from "../../src/commands/pcs.ts";
import { MemoryCluster } from "../memory-cluster.ts";
import { MemoryWorld } from "../memory-world.ts";

const PARAMETERS =
  '<instance_attributes id="i"><nvpair id="i-s" name="state" value="/run/a"/></instance_attributes>';
const CIB = `<cib crm_feature_set="3.20.5" validate-with="pacemaker-4.0" epoch="5" num_updates="3" admin_epoch="0" have-quorum="1" dc-uuid="1">
  <configuration>
    <crm_config><cluster_property_set id="o"><nvpair id="o1" name="stonith-enabled" value="false"/></cluster_property_set></crm_config>
    <nodes><node id="1" uname="n1"/></nodes>
    <resources>
      <primitive id="a" class="ocf" provider="pacemaker" type="Dummy">${PARAMETERS}</primitive>
      <group id="g"><primitive id="b" class="lsb" type="b"/></group>
    </resources>
    <constraints/>
  </configuration>
  <status><node_state id="1" uname="n1" in_ccm="true" crmd="online" join="member" expected="member"/></status>
</cib>`;

interface AgentRun {
  readonly resource: string;
  readonly action: string;
  readonly parameters: readonly (readonly [string, string])[];
}

/** A cluster whose agents all answer with `rc`. */
function clusterWith(rc: number): MemoryWorld {
  const world = new MemoryWorld();
  world.daemon = {
    ...new MemoryCluster(CIB).answers,
    "node.status": () => ({ nodeName: "n1" }),
    "agent.run": () => ({ rc, status: 0, exitReason: "", output: "said by the agent\n" }),
  };
  return world;
}

function agentRuns(world: MemoryWorld): AgentRun[] {
  return world.requests
    .filter(({ method }) => method === "agent.run")
    .map(({ params }) => params as AgentRun);
}

const run = (world: MemoryWorld, line: string) => world.run(main, "pcs", ...line.split(" "));

describe("pcs resource debug-*", () => {
  test.each([
    ["debug-start", "start", "force-start"],
    ["debug-stop", "stop", "force-stop"],
    ["debug-promote", "promote", "force-promote"],
    ["debug-demote", "demote", "force-demote"],
    ["debug-monitor", "monitor", "force-check"],
  ])(
    "%s runs the agent's %s with the resource's parameters, and ends as it did",
    async (word, action, name) => {
      for (const rc of [0, 7]) {
        const world = clusterWith(rc);
        const { status, stdout } = await run(world, `resource ${word} a`);
        expect(agentRuns(world)).toEqual([
          expect.objectContaining({
            resource: "a",
            type: "Dummy",
            action,
            parameters: [["state", "/run/a"]],
          }),
        ]);
        expect(status).toBe(rc);
        expect(stdout).toContain(`Operation ${name} for a (ocf:pacemaker:Dummy) returned ${rc} (`);
        expect(stdout).toContain("said by the agent\n");
      }
    },
  );

  test.each([
    ["debug-start g", "it is a group"],
    ["debug-start nosuch", "unable to find a resource 'nosuch'"],
  ])("%s is refused, and no agent is run", async (words, message) => {
    const world = clusterWith(0);
    expect(await run(world, `resource ${words}`)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(message),
    });
    expect(agentRuns(world)).toEqual([]);
  });
});

test.each(["debug-start a", "debug-stop a", "restart a"])("%s needs the running cluster", async (words) => {
  const world = new MemoryWorld();
  world.files.set("cib.xml", CIB);
  const expected = { status: 1, stdout: "", stderr: expect.stringContaining("needs the running cluster") };
  world.env.CIB_file = "cib.xml";
  expect(await run(world, `resource ${words}`)).toMatchObject(expected);
  expect(world.files.get("cib.xml")).toBe(CIB);
});

describe("pcs resource restart", () => {
  test.each([
    ["a", "a is not running and so cannot be restarted"],
    ["a n1", "a node can be named for clones and bundles"],
    ["nosuch", "nosuch"],
    ["a --wait=soon", "soon"],
  ])("restart %s is refused, and nothing is written", async (words, message) => {
    const world = clusterWith(0);
    const { status, stderr } = await run(world, `resource restart ${words}`);
    expect(status).not.toBe(0);
    expect(stderr).toContain(message);
    const operations = world.requests.map(({ params }) => (params as { operation: string }).operation);
    expect(operations.filter((operation) => operation !== "cib_query")).toEqual([]);
  });
});

describe("pcs stonith fence", () => {
  test.each([
    ["fence n2", "reboot"],
    ["fence n2 --off", "off"],
  ])("%s asks for %s, and says so only when it was done", async (words, action) => {
    for (const isSuccess of [true, false]) {
      const world = new MemoryWorld();
      world.daemon = { "fencing.fence": () => ({ isSuccess, reason: "no device" }) };
      const result = await run(world, `stonith ${words}`);
      expect(world.requests).toEqual([
        { method: "fencing.fence", params: expect.objectContaining({ target: "n2", action }) },
      ]);
      expect(result.stdout).toBe("");
      expect(result.stderr.includes("Node: n2 fenced\n")).toBe(isSuccess);
      expect(result.status === 0).toBe(isSuccess);
    }
  });
});
