import { describe, expect, test } from "vitest";
import { main } from "../../src/commands/pcs.ts";
import { MemoryWorld } from "../memory-world.ts";

const OPERATIONS = `<operations><op id="a-m" name="monitor" interval="10s"/></operations>`;
const GUEST = `<meta_attributes id="a-meta"><nvpair id="a-remote" name="remote-node" value="guest"/></meta_attributes>`;
const cib = (
  schema: string,
) => `<cib crm_feature_set="3.20.5" validate-with="pacemaker-${schema}" epoch="5" num_updates="3" admin_epoch="0">
  <configuration>
    <crm_config><cluster_property_set id="o"><nvpair id="o-n" name="cluster-name" value="site"/></cluster_property_set></crm_config>
    <nodes><node id="1" uname="n1"/></nodes>
    <resources>
      <primitive id="a" class="ocf" provider="pacemaker" type="Dummy">${GUEST}${OPERATIONS}</primitive>
      <primitive id="f" class="stonith" type="fence_x"/>
    </resources>
    <constraints/>
    <fencing-topology><fencing-level id="fl" target="n1" index="1" devices="f"/></fencing-topology>
    <op_defaults><meta_attributes id="od"><rule id="od-r" boolean-op="and" score="INFINITY"><op_expression id="od-e" name="monitor"/></rule><nvpair id="od-t" name="timeout" value="9s"/></meta_attributes></op_defaults>
  </configuration>
  <status/>
</cib>`;

function world(schema = "4.0"): MemoryWorld {
  const made = new MemoryWorld();
  made.files.set("cib.xml", cib(schema));
  return made;
}

const run = (on: MemoryWorld, line: string) => on.run(main, "pcs", "-f", "cib.xml", ...line.split(" "));

describe("pcs on a file", () => {
  test("an operation of another role is another operation; one of the same role needs --force", async () => {
    const on = world();
    expect(await run(on, "stonith op add a monitor interval=45s role=Stopped")).toMatchObject({ status: 0 });
    const before = on.files.get("cib.xml");
    expect((await run(on, "stonith op add a monitor interval=50s role=Started")).status).toBe(1);
    expect((await run(on, "stonith op add a monitor interval=45s role=Promoted --force")).status).toBe(1);
    expect(on.files.get("cib.xml")).toBe(before);
    const forced = await run(on, "stonith op add a monitor interval=50s role=Started --force");
    expect(forced).toMatchObject({ status: 0 });
    expect(on.files.get("cib.xml")).toContain('id="a-monitor-interval-45s"');
  });

  test.each(["set cluster-name=x", "unset cluster-name", "set cluster-name=x --force", "unset dc-version"])(
    "property %s is refused: the cluster writes it itself",
    async (line) => {
      const on = world();
      expect((await run(on, `property ${line}`)).status).toBe(1);
      expect(on.files.get("cib.xml")).toBe(cib("4.0"));
    },
  );

  test("update with the name of an operation alone leaves the operation as it is", async () => {
    const on = world();
    expect(await run(on, "resource update a op monitor")).toMatchObject({ status: 0 });
    expect(on.files.get("cib.xml")).toContain('interval="10s"');
  });

  test("a guest node gets its entry with its first attribute", async () => {
    const on = world();
    expect(await run(on, "node attribute guest rack=r1")).toMatchObject({ status: 0 });
    expect(on.files.get("cib.xml")).toMatch(/<node id="guest" type="remote" uname="guest">/);
    expect((await run(on, "node attribute gest rack=r1")).status).toBe(1);
  });

  test("a rule about operations upgrades a schema that does not know such rules, once it is known to be good", async () => {
    const on = world("3.0");
    const line = "resource op defaults set create meta timeout=8s rule op";
    expect((await run(on, line)).status).toBe(1);
    expect(on.files.get("cib.xml")).toBe(cib("3.0"));
    expect((await run(on, `${line} start`)).status).toBe(0);
    expect(on.files.get("cib.xml")).toContain('admin_epoch="1"');
    expect(on.files.get("cib.xml")).toContain("op_expression");
  });

  test("config tells each thing once, with the ids of rules", async () => {
    const on = world();
    on.files.set("/etc/corosync/corosync.conf", "totem {\n  version: 2\n}\n");
    const { stdout } = await run(on, "config");
    expect(stdout.match(/Level 1 - f/g)).toHaveLength(1);
    expect(stdout).toContain("Rule: boolean-op=and score=INFINITY (id:od-r)");
    expect(stdout).toContain("Tags:\n No tags defined\n");
  });

  test.each([
    "stonith level add 2 attrib%rack f",
    "stonith level clear target n9",
    "stonith level clear stonith nothing",
    "property set no-quorum-policy=STOP",
    "constraint location a rule score=5 date in_range to 2030-01-01",
    "resource create b ocf:pacemaker:Dummy op",
  ])("%s: refused, and nothing is changed", async (line) => {
    const on = world();
    expect((await run(on, line)).status).toBe(1);
    expect(on.files.get("cib.xml")).toBe(cib("4.0"));
  });
});
