import { describe, expect, test } from "vitest";
import { main } from "../../src/commands/pcs.ts";
import { MemoryWorld } from "../memory-world.ts";

const DUMMY = 'class="ocf" provider="pacemaker" type="Dummy"';

/** A monitor with a check level stands in `a`. */
const CIB = `<cib crm_feature_set="3.20.5" validate-with="pacemaker-4.0" epoch="5" num_updates="0" admin_epoch="0">
  <configuration>
    <crm_config/><nodes><node id="1" uname="n1"><instance_attributes id="n1-set"><nvpair id="n1-rack" name="rack" value="1"/></instance_attributes></node><node id="r" uname="r1" type="remote"/></nodes>
    <resources>
      <primitive id="a" ${DUMMY}><operations><op id="a-m" name="monitor" interval="10s"><instance_attributes id="a-i"><nvpair id="a-l" name="OCF_CHECK_LEVEL" value="5"/></instance_attributes></op></operations></primitive>
      <group id="g"><primitive id="ga" ${DUMMY}/><primitive id="gb" ${DUMMY}/></group>
      <clone id="c"><primitive id="ca" ${DUMMY}/></clone>
      <primitive id="f" class="stonith" type="fence_dummy"/>
    </resources>
    <constraints>
      <rsc_location id="l" rsc="a"><rule id="l-r" boolean-op="and" score="5" role="Promoted"><expression id="l-e" attribute="x" operation="eq" value="4" type="integer"/><expression id="l-f" attribute="y" operation="defined"/></rule></rsc_location>
      <rsc_order id="b-order" first="c" then="ga"/><rsc_colocation id="d-colocation" rsc="ga" with-rsc="c"/><rsc_location id="a-location" rsc="c" node="n1" score="1"/>
    </constraints>
    <fencing-topology><fencing-level id="v" index="1" target="n1" devices="f"/></fencing-topology>
    <tags><tag id="t1"><obj_ref id="c"/></tag><tag id="t2"><obj_ref id="g"/><obj_ref id="a"/></tag></tags>
    <acls><acl_target id="alice"/><acl_group id="staff"/></acls>
  </configuration>
  <status/>
</cib>`;

async function pcs(line: string) {
  const world = new MemoryWorld();
  world.files.set("cib.xml", CIB);
  const { status, stdout, stderr } = await world.run(main, "pcs", "-f", "cib.xml", ...line.split(" "));
  return { status, stdout, stderr, cib: world.files.get("cib.xml")! };
}

// What pcs 0.11.5 does with the same configuration, its words aside.
describe("pcs as pcs does it: what goes leaves the tags", () => {
  test.each([
    ["resource unclone ca", '<tag id="t2">', 't1"'],
    ["resource ungroup g", '<obj_ref id="a"', '<obj_ref id="g"'],
  ])("%s", async (line, kept, gone) => {
    const { status, cib } = await pcs(line);
    expect([status, cib.includes(kept), cib.includes(gone)]).toEqual([0, true, false]);
  });

  test.each([
    ["resource delete ca", "'t1'"],
    ["resource delete c", "'t1'"],
    ["resource delete g", "'t2'"],
  ])("%s is refused: with it would go what tags hold", async (line, tag) => {
    const { status, stderr, cib } = await pcs(line);
    expect([status, stderr.includes(tag), cib]).toEqual([1, true, CIB]);
  });

  test("one of several in a group may go", async () => {
    expect((await pcs("resource delete ga")).status).toBe(0);
  });
});

describe("pcs as pcs does it: what is refused, and what is not", () => {
  test.each([
    ["constraint location a rule y eq 4 and defined x", 0],
    ["constraint location a rule defined y and x eq integer 4", 1],
    ["constraint location a rule defined y and x eq integer 4 --force", 0],
    ["constraint location a rule defined y or x eq integer 4", 0],
    ["constraint location g rule defined y and x eq integer 4", 0],
    ["acl role create alice", 0],
    ["acl role create staff", 1],
    ["acl group create alice", 0],
    ["acl group create a", 1],
    ["acl user create staff", 0],
    ["acl permission add alice read xpath /cib", 0],
    ["acl group create a/b", 1],
    ["tag create alice a", 0],
    ["constraint location t2 prefers n1", 1],
    ["constraint order t2 then c", 1],
    ["node standby r1", 0],
    ["property set load-threshold=50", 1],
    ["property set load-threshold=50%", 0],
    ["resource update c op monitor interval=9", 1],
    ["stonith level add 2 attrib%=x f", 1],
    ["stonith level clear target n1", 0],
    ["stonith level clear target n1 stonith f", 1],
    ["stonith level clear stonith f,f", 1],
    ["stonith level clear n1 f", 1],
    ["stonith level clear f", 0],
    ["resource op add a monitor interval=20s --force", 0],
    ["resource update a op timeout=5 monitor interval=9", 1],
    ["resource update a op monitor interval=9 role=promoted", 1],
    ["resource update a op monitor interval=9 role=Promoted", 0],
    ["resource disable a --no-strict", 1],
    ["resource defaults set create meta a=b meta c=d", 1],
    ["resource defaults set create foo=bar meta a=b --force", 1],
    ["resource defaults set create meta a=b rule defined x", 1],
    ["resource op defaults set create meta timeout=5s rule defined x and op monitor", 0],
  ])("%s: %i", async (line, status) => {
    const result = await pcs(line);
    expect([result.status, result.cib === CIB]).toEqual([status, status === 1]);
  });
});

test("constraint ref tells colocations first, then locations and orders", async () => {
  expect((await pcs("constraint ref c")).stdout).toBe(
    "Resource: c\n  d-colocation\n  a-location\n  b-order\n",
  );
});

test("an operation is replaced by one of the same role", async () => {
  expect((await pcs("resource update a op monitor interval=9 role=Promoted")).cib).toContain('id="a-m"');
  expect((await pcs("resource update a op monitor interval=9 role=Started")).cib).not.toContain('id="a-m"');
});

test("a new attribute of a node goes into pcs' own set, one that there is stays where it is", async () => {
  const { cib } = await pcs("node attribute n1 rack=2 x=1");
  expect(cib).toContain('<nvpair id="n1-rack" name="rack" value="2"/>');
  expect(cib).toContain('<nvpair id="nodes-1-x" name="x" value="1"/>');
});

test("with the last fencing level its section goes", async () => {
  expect((await pcs("stonith delete f")).cib).not.toContain("fencing-topology");
});

test("status nodes: remote nodes are told by what they are", async () => {
  expect((await pcs("status nodes")).stdout).toMatch(/Remote Nodes:\n(?: .*:\n){4} Offline: r1\n$/);
});

test("resource status of one in a group shows that one", async () => {
  expect((await pcs("resource status gb")).stdout).toBe(
    "  * Resource Group: g:\n    * gb\t(ocf:pacemaker:Dummy):\t Stopped\n",
  );
});

test("resource config: what is named is shown, sorted by name, also beside the group that it is in", async () => {
  const { stdout } = await pcs("resource config gb g a");
  expect(stdout.match(/^\w+: \w+/gm)).toEqual(["Resource: a", "Resource: gb", "Group: g"]);
});
