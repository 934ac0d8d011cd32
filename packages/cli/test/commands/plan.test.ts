import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import type { Main } from "../../src/command.ts";
import { main as attrdUpdater } from "../../src/commands/attrd_updater.ts";
import { main as cibadmin } from "../../src/commands/cibadmin.ts";
import { main as crm } from "../../src/commands/crm.ts";
import { main as crmResource } from "../../src/commands/crm_resource.ts";
import { main as crmSimulate } from "../../src/commands/crm_simulate.ts";
import { main as crmStandby } from "../../src/commands/crm_standby.ts";
import { main as pcs } from "../../src/commands/pcs.ts";
import { main as quoratePlan } from "../../src/commands/quorate-plan.ts";
import { main as stonithAdmin } from "../../src/commands/stonith_admin.ts";
import { MemoryWorld } from "../memory-world.ts";

const online = (id: number) =>
  `<node_state id="${id}" uname="node${id}" in_ccm="true" crmd="online" join="member" expected="member"/>`;

const START = `<cib crm_feature_set="3.20.5" validate-with="pacemaker-4.0" epoch="5" num_updates="3" admin_epoch="0" have-quorum="1" dc-uuid="1"><configuration>
<crm_config><cluster_property_set id="o"><nvpair id="o1" name="fencing-enabled" value="false"/></cluster_property_set></crm_config>
<nodes><node id="1" uname="node1"/><node id="2" uname="node2"/></nodes>
<resources><group id="site"><primitive class="ocf" provider="pacemaker" type="Dummy" id="ip"/><primitive class="ocf" provider="pacemaker" type="Dummy" id="web"/></group>
<primitive class="ocf" provider="pacemaker" type="Dummy" id="db"/></resources><constraints/><rsc_defaults><meta_attributes id="r"><nvpair id="r1" name="resource-stickiness" value="1"/></meta_attributes></rsc_defaults></configuration>
<status>${online(1)}${online(2)}</status></cib>`;

/** Where everything runs that can: `ip` and `web` on node1, `db` on node2. */
const CIB = await settled();

async function settled(): Promise<string> {
  const lone = new MemoryWorld();
  lone.files.set("start.xml", START);
  const words = ["--xml-file", "start.xml", "--simulate", "--save-output", "settled.xml"];
  expect((await lone.run(crmSimulate, "crm_simulate", ...words)).status).toBe(0);
  return lone.files.get("settled.xml")!;
}

let world: MemoryWorld;

beforeEach(() => {
  world = new MemoryWorld();
  world.files.set("cib.xml", CIB);
  world.env.CIB_file = "cib.xml";
});

const MOVES = `Plan: nothing was changed.
The cluster would:
  * move ip from node1 to node2
  * move web from node1 to node2
`;

describe("--plan", () => {
  test.each([
    ["crm_standby", crmStandby, ["--node", "node1", "--update", "on", "--plan"]],
    ["crm_resource", crmResource, ["--resource", "site", "--move", "--node", "node2", "--plan"]],
    ["pcs", pcs, ["node", "standby", "node1", "--plan"]],
    ["pcs", pcs, ["resource", "move", "site", "node2", "--plan"]],
    ["crm", crm, ["node", "standby", "node1", "--plan"]],
    ["crm", crm, ["--plan", "node", "standby", "node1"]],
    ["quorate-plan", quoratePlan, ["crm_standby", "--node", "node1", "--update", "on"]],
  ] as const)("of %s %# says the same in the same words", async (name, main, argv) => {
    const { status, stdout } = await world.run(main, name, ...argv);
    expect({ status, stdout }).toEqual({ status: 0, stdout: MOVES });
    expect([...world.files]).toEqual([["cib.xml", CIB]]);
  });

  test.each(["--plan-json", "--plan-j"])("as JSON is data: %s", async (option) => {
    const { stdout } = await world.run(pcs, "pcs", "resource", "disable", "web", option);
    expect(JSON.parse(stdout)).toMatchObject({
      format: 1,
      command: ["pcs", "resource", "disable", "web"],
      changesConfiguration: true,
      actions: [{ action: "stop", subject: "web", from: "node1", to: null, isNode: false, transition: 1 }],
      pending: [],
      cancelled: [],
    });
  });

  test("ends as the command would when it is refused", async () => {
    expect(await world.run(pcs, "pcs", "resource", "disable", "nope", "--plan")).toEqual({
      status: 1,
      stdout: "",
      stderr: "Error: bundle/clone/group/resource/tag 'nope' does not exist\n",
    });
  });

  test("tells what is pending anyway, and what the change prevents", async () => {
    world.files.set(
      "cib.xml",
      CIB.replace(
        "</resources>",
        '<primitive class="ocf" provider="pacemaker" type="Dummy" id="late"/></resources>',
      ),
    );
    const disabled = await world.run(pcs, "pcs", "resource", "disable", "late", "--plan");
    expect(disabled.stdout).toContain("It would no longer:\n  * start late on node2\n");
    const noop = await world.run(pcs, "pcs", "property", "set", "cluster-delay=61s", "--plan");
    expect(noop.stdout).toContain("no resource would be started, stopped or moved");
    expect(noop.stdout).toContain("It does this with or without the change:\n  * start late on node2\n");
  });

  test("of a running cluster reads its configuration and asks the daemon for nothing else", async () => {
    delete world.env.CIB_file;
    world.daemon = {
      "cib.request": () => ({ kind: "done", code: "ok", reason: null, data: CIB }) as never,
      "node.status": () => ({ nodeName: "node1" }) as never,
    };
    const { status, stdout } = await world.run(
      crmStandby,
      "crm_standby",
      "--node",
      "node1",
      "--update",
      "on",
      "--plan",
    );
    expect({ status, stdout }).toEqual({ status: 0, stdout: MOVES });
    expect(
      world.requests.map(({ method, params }) => [method, (params as { operation?: string }).operation]),
    ).toEqual([
      ["cib.request", "cib_query"],
      ["node.status", undefined],
    ]);
    // What concerns this node when none is named.
    const own = await world.run(pcs, "pcs", "cluster", "stop", "--plan");
    expect(own).toMatchObject({ status: 0, stdout: MOVES });
  });

  test.each([
    ["cluster", "kill"],
    ["cluster", "destroy", "--force"],
  ])("of what acts on the cluster or the machine is refused: %s %s", async (...words) => {
    const { status, stderr } = await world.run(pcs, "pcs", ...words, "--plan");
    expect(status).not.toBe(0);
    expect(stderr).toContain("cannot be planned; nothing was done");
  });

  test("never changes anything, whatever is planned", async () => {
    const node = fc.constantFrom("node1", "node2", "node3");
    const resource = fc.constantFrom("ip", "web", "db", "site", "none");
    const call = fc.oneof(
      fc.tuple(
        fc.constant("pcs"),
        fc.oneof(
          fc.tuple(
            fc.constant("resource"),
            fc.constantFrom("disable", "enable", "delete", "unmanage"),
            resource,
          ),
          fc.tuple(fc.constant("resource"), fc.constantFrom("move", "ban"), resource, node),
          fc.tuple(fc.constant("node"), fc.constantFrom("standby", "maintenance"), node),
        ),
      ),
      fc.tuple(
        fc.constant("crm"),
        fc.oneof(
          fc.tuple(fc.constant("resource"), fc.constantFrom("stop", "start", "unmanage"), resource),
          fc.tuple(fc.constant("configure"), fc.constant("delete"), resource),
          fc.tuple(fc.constant("node"), fc.constantFrom("standby", "maintenance"), node),
        ),
      ),
      fc.tuple(
        fc.constant("cibadmin"),
        fc.tuple(
          fc.constantFrom("--delete-all", "--delete"),
          fc.constant("--force"),
          fc.constant("--xpath"),
          resource.map((id) => `//*[@id='${id}']`),
        ),
      ),
    );
    const mains: Readonly<Record<string, typeof pcs>> = { pcs, crm, cibadmin };
    let plannedCount = 0;
    await fc.assert(
      fc.asyncProperty(call, async ([program, words]) => {
        const { status, stdout } = await world.run(mains[program]!, program, ...words, "--plan");
        if (status === 0 && stdout.includes("The cluster would:")) plannedCount++;
        expect([...world.files]).toEqual([["cib.xml", CIB]]);
        expect(world.requests).toEqual([]);
      }),
      { numRuns: 60 },
    );
    expect(plannedCount).toBeGreaterThan(10);
  });
});

describe("--plan of what no configuration tells", () => {
  const FENCED = CIB.replace(
    'name="fencing-enabled" value="false"',
    'name="fencing-enabled" value="true"',
  ).replace("</group>", '</group><primitive class="stonith" type="fence_dummy" id="fd"/>');
  const plan = (name: string, main: Main, ...argv: string[]) => world.run(main, name, ...argv, "--plan");

  test.each(["--fence", "--reboot"])(
    "stonith_admin %s: the node is fenced, and what it ran goes elsewhere",
    async (option) => {
      world.files.set("cib.xml", FENCED);
      const { status, stdout } = await plan("stonith_admin", stonithAdmin, option, "node1");
      expect(status).toBe(0);
      expect(stdout).toMatch(/\* fence \(reboot\) node1/);
      expect(stdout).toContain("* move web from node1 to node2");
      expect([...world.files]).toEqual([["cib.xml", FENCED]]);
    },
  );

  test("stonith_admin --confirm: it ran nothing any more", async () => {
    const { status, stdout } = await plan("stonith_admin", stonithAdmin, "--confirm", "node1");
    expect(status).toBe(0);
    expect(stdout).toContain("* start web on node2");
    expect(stdout).not.toContain("fence");
  });

  test("a mistyped node is named, and the rest of stonith_admin has no plan", async () => {
    const { status, stderr } = await plan("stonith_admin", stonithAdmin, "--fence", "noed1");
    expect({ status, stderr }).toEqual({
      status: 105,
      stderr: 'stonith_admin: there is no node "noed1"; did you mean node1?\n',
    });
    expect((await plan("stonith_admin", stonithAdmin, "--list-registered")).status).toBe(64);
  });

  test.each([
    ["pcs", pcs, ["stonith", "fence", "node1"]],
    ["crm", crm, ["node", "fence", "node1"]],
  ] as const)("%s plans it, too", async (name, main, argv) => {
    world.files.set("cib.xml", FENCED);
    const { status, stdout, stderr } = await plan(name, main, ...argv);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/\* fence \(reboot\) node1/);
  });

  test.each([
    ["pcs", pcs, ["cluster", "stop", "node1"]],
    ["crm", crm, ["cluster", "stop", "node1"]],
  ] as const)("%s %s: a node that leaves in order", async (name, main, argv) => {
    expect(await plan(name, main, ...argv)).toEqual({ status: 0, stdout: MOVES, stderr: "" });
    const all = await plan(name, main, "cluster", "stop", "--all");
    expect(all.stdout.match(/\* stop .*/g)).toHaveLength(3);
    const mistyped = await plan(name, main, "cluster", "stop", "noed1");
    expect(mistyped.status).not.toBe(0);
    expect(mistyped.stderr).toContain('there is no node "noed1"; did you mean node1?');
  });

  test.each([
    ["crm_resource", crmResource, ["--restart", "--resource", "ip"]],
    ["pcs", pcs, ["resource", "restart", "ip"]],
    ["crm", crm, ["resource", "restart", "ip"]],
  ] as const)("%s %j: what stops with it", async (name, main, argv) => {
    const { stdout, stderr } = await plan(name, main, ...argv);
    expect(stdout).toMatch(/\* stop ip on node1.*\n {2}\* stop web on node1/);
    expect(stderr).toBe("What stops is started again afterwards\n");
  });

  test.each([
    ["crm_resource", crmResource, ["--cleanup"]],
    ["crm_resource", crmResource, ["--refresh", "--resource", "web", "--node", "node1"]],
    ["pcs", pcs, ["resource", "cleanup", "web"]],
    ["crm", crm, ["resource", "cleanup", "web"]],
  ] as const)("%s %j: it may run again where it had failed", async (name, main, argv) => {
    const inject = ["--op-fail=web_monitor_10000@node1=1", "--op-inject=web_monitor_10000@node1=1"];
    await world.run(crmSimulate, "crm_simulate", "-x", "cib.xml", "-S", ...inject, "-O", "failed.xml");
    const limit = `<meta_attributes id="wm"><nvpair id="wm-t" name="migration-threshold" value="1"/></meta_attributes></primitive></group>`;
    const failed = world.files
      .get("failed.xml")!
      .replace(/(id="web"[^>]*?)(\/>)(\s*)<\/group>/, `$1>${limit}`);
    world.files.set("cib.xml", failed);
    const { stdout, stderr } = await plan(name, main, ...argv);
    expect(stderr).toContain(
      "As if the cluster, which looks again, found every resource where it was last seen",
    );
    expect(stdout).toContain("It would no longer:\n  * move ip from node1 to node2");
    expect(world.files.get("cib.xml")).toBe(failed);
  });

  test("attrd_updater: what rules make of the attribute", async () => {
    const rule = `<rsc_location id="l" rsc="db"><rule id="l-r" score="-INFINITY"><expression id="l-e" attribute="pingd" operation="lt" type="number" value="1"/></rule></rsc_location>`;
    world.files.set("cib.xml", CIB.replace("<constraints/>", `<constraints>${rule}</constraints>`));
    const update = ["--name", "pingd", "--node", "node2", "--update", "0"];
    const { status, stdout } = await plan("attrd_updater", attrdUpdater, ...update);
    expect(status).toBe(0);
    expect(stdout).toContain("* move db from node2 to node1");
    const query = await plan("attrd_updater", attrdUpdater, "--name", "pingd", "--query");
    expect(query).toMatchObject({ status: 0, stdout: "Plan: nothing was changed.\nNothing would change.\n" });
    const nowhere = await plan("attrd_updater", attrdUpdater, "--name", "pingd", "--update", "0");
    expect(nowhere.status).toBe(64);
    expect(nowhere.stderr).toContain("--node");
  });
});
