import { describe, expect, it } from "vitest";
import { main } from "../../src/commands/quorate.ts";
import { MemoryWorld } from "../memory-world.ts";

const CIB = `<cib crm_feature_set="3.20.5" validate-with="pacemaker-4.0" admin_epoch="0" epoch="1" num_updates="0" have-quorum="1">
  <configuration>
    <crm_config>
      <cluster_property_set id="cib-bootstrap-options">
        <nvpair id="fencing" name="stonith-enabled" value="false"/>
      </cluster_property_set>
    </crm_config>
    <nodes><node id="1" uname="alpha"/><node id="2" uname="beta"/></nodes>
    <resources><primitive id="db" class="ocf" provider="pacemaker" type="Dummy"/></resources>
    <constraints><rsc_location id="db-on-beta" rsc="db" node="beta" score="100"/></constraints>
  </configuration>
  <status>
    <node_state id="1" uname="alpha" in_ccm="true" crmd="online" join="member" expected="member"/>
    <node_state id="2" uname="beta" in_ccm="true" crmd="online" join="member" expected="member"/>
  </status>
</cib>
`;

function world(): MemoryWorld {
  const made = new MemoryWorld();
  made.files.set("cib.xml", CIB);
  return made;
}

describe("quorate explain", () => {
  it("tells why a resource goes where it goes", async () => {
    const run = await world().run(main, "quorate", "explain", "db", "-x", "cib.xml");
    expect(run.status).toBe(0);
    expect(run.stdout).toContain("beta was chosen for its score of 100, the best.");
    expect(run.stdout).toContain(`0 -> 100: location constraint "db-on-beta"`);
  });

  it("leaves the arithmetic out when it is asked to be brief", async () => {
    const run = await world().run(main, "quorate", "explain", "db", "-x", "cib.xml", "--brief");
    expect(run.stdout).toContain("* beta: 100, chosen");
    expect(run.stdout).not.toContain("0 -> 100");
  });

  it("gives the same as data", async () => {
    const run = await world().run(main, "quorate", "explain", "db", "-x", "cib.xml", "--output-as", "json");
    const [explanation] = JSON.parse(run.stdout) as [{ assignedNode: string; nodes: { steps: unknown }[] }];
    expect(explanation.assignedNode).toBe("beta");
    expect(explanation.nodes[1]?.steps).toEqual([
      { before: 0, after: 100, cause: { kind: "location", constraint: "db-on-beta" } },
    ]);
  });

  it("names the nearest resource when there is none of that name", async () => {
    const run = await world().run(main, "quorate", "explain", "bd", "-x", "cib.xml");
    expect(run.status).not.toBe(0);
    expect(run.stderr).toContain(`there is no resource "bd". Did you mean "db"?`);
  });

  it("wants to know which resource", async () => {
    const run = await world().run(main, "quorate", "explain", "-x", "cib.xml");
    expect(run.status).toBe(64);
    expect(run.stderr).toContain("name the resource to explain");
  });
});
