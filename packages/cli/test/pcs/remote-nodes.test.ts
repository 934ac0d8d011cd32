import { beforeEach, describe, expect, test } from "vitest";
import { main } from "../../src/commands/pcs.ts";
import { MemoryWorld } from "../memory-world.ts";

const CIB = `<cib crm_feature_set="3.20.5" validate-with="pacemaker-4.0" epoch="5" num_updates="0" admin_epoch="0"><configuration>
<crm_config/><nodes><node id="1" uname="node1"/></nodes>
<resources>
<primitive id="rem" class="ocf" provider="pacemaker" type="remote"><instance_attributes id="rem-i"><nvpair id="rem-i1" name="server" value="192.0.2.50"/></instance_attributes></primitive>
<primitive id="vm1" class="ocf" provider="pacemaker" type="Dummy"><meta_attributes id="vm1-m"><nvpair id="vm1-m1" name="remote-node" value="guest1"/><nvpair id="vm1-m2" name="remote-addr" value="192.0.2.51"/><nvpair id="vm1-m3" name="priority" value="3"/></meta_attributes></primitive>
<primitive id="vm2" class="ocf" provider="pacemaker" type="Dummy"/>
</resources>
<constraints><rsc_location id="l" rsc="rem" node="node1" score="5"/></constraints></configuration><status/></cib>`;

let world: MemoryWorld;
beforeEach(() => {
  world = new MemoryWorld();
  world.files.set("cib.xml", CIB);
});

const run = (line: string) => world.run(main, "pcs", "-f", "cib.xml", "cluster", "node", ...line.split(" "));
const cib = () => world.files.get("cib.xml")!;

describe("guest nodes", () => {
  test("a resource becomes one, with its options first and in order", async () => {
    expect((await run("add-guest g9 vm2 remote-port=3333")).status).toBe(0);
    const pairs = [...cib().matchAll(/id="vm2-meta_attributes-([^"]+)" name="\1" value="([^"]*)"/g)];
    expect(pairs.map(([, name, value]) => `${name}=${value}`)).toEqual([
      "remote-addr=g9",
      "remote-node=g9",
      "remote-port=3333",
    ]);
  });

  test.each(["guest1", "192.0.2.51", "vm1"])("is a mere resource after remove-guest %s", async (name) => {
    expect((await run(`remove-guest ${name}`)).status).toBe(0);
    expect(cib()).not.toContain("remote-");
    expect(cib()).toContain('name="priority"');
  });

  test.each([
    ["add-guest g9 nosuch", "resource 'nosuch' does not exist"],
    ["add-guest g9 vm1", "the resource 'vm1' is already a guest node"],
    ["add-guest node1 vm2", "'node1' already exists"],
    ["add-guest vm2 vm2", "'vm2' already exists"],
    ["add-guest g9 vm2 remote-addr=192.0.2.51", "'192.0.2.51' already exists"],
    ["add-guest g9 vm2 remote-addr=192.0.2.50", "'192.0.2.50' already exists"],
    ["add-guest g9 vm2 port=3", "invalid guest option 'port'"],
    ["remove-guest rem", "guest node 'rem' does not appear to exist"],
    ["remove-remote vm1", "remote node 'vm1' does not appear to exist"],
    ["add-remote guest1", "'guest1' already exists"],
    ["add-remote rem 192.0.2.60", "'rem' already exists"],
  ])("%s is refused", async (line, text) => {
    const { status, stderr } = await run(line);
    expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining(text) });
    expect(cib()).toBe(CIB);
  });
});

test.each(["rem", "192.0.2.50"])(
  "remove-remote %s takes the resource and its constraints away",
  async (name) => {
    expect((await run(`remove-remote ${name}`)).status).toBe(0);
    expect(cib()).not.toContain('"rem"');
    expect(cib()).toContain('id="vm1"');
  },
);
