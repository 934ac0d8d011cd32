import { beforeEach, describe, expect, test } from "vitest";
import { main as crm } from "../../src/commands/crm.ts";
import { main as crmResource } from "../../src/commands/crm_resource.ts";
import type { LooseAgentRun } from "../../src/world.ts";
import { MemoryWorld } from "../memory-world.ts";

const CIB = `<cib crm_feature_set="3.20.5" validate-with="pacemaker-4.0" epoch="5" num_updates="3" admin_epoch="0">
  <configuration>
    <crm_config>
      <cluster_property_set id="o"><nvpair id="o1" name="stonith-enabled" value="false"/></cluster_property_set>
    </crm_config>
    <nodes><node id="1" uname="n1"/></nodes>
    <resources>
      <template id="address" class="ocf" provider="heartbeat" type="IPaddr2">
        <instance_attributes id="address-i"><nvpair id="address-nic" name="nic" value="eth0"/></instance_attributes>
      </template>
      <primitive id="ip" template="address">
        <instance_attributes id="ip-i"><nvpair id="ip-ip" name="ip" value="192.0.2.1"/></instance_attributes>
      </primitive>
      <primitive id="f" class="stonith" type="fence_x"/>
      <group id="g"><primitive id="a" class="ocf" provider="heartbeat" type="Dummy"/></group>
    </resources>
    <constraints/>
  </configuration>
  <status/>
</cib>
`;

let world: MemoryWorld;
let asked: LooseAgentRun[];

beforeEach(() => {
  world = new MemoryWorld();
  world.files.set("cib.xml", CIB);
  world.env.CIB_file = "cib.xml";
  asked = [];
  world.runAgent = async (request) => {
    asked.push(request);
    const isGood = request.parameters.get("ip") !== "nonsense";
    return { status: 0, rc: isGood ? 0 : 6, reason: isGood ? "" : "no address", output: "" };
  };
});

describe("the parameters of a resource in a file", () => {
  test("crm_resource --validate asks the agent of this machine", async () => {
    const result = await world.run(crmResource, "crm_resource", "--validate", "--resource", "ip");
    expect(result).toMatchObject({
      status: 0,
      stdout: "Operation validate for ip (ocf:heartbeat:IPaddr2) returned 0 (OK)\n",
    });
    expect(asked).toEqual([
      expect.objectContaining({
        resource: "ip",
        action: "validate-all",
        parameters: new Map([
          ["ip", "192.0.2.1"],
          ["nic", "eth0"],
        ]),
      }),
    ]);
  });

  test("crm configure validate-all asks about what is being configured, and says nothing when all is well", async () => {
    expect(await world.run(crm, "crm", "configure", "validate-all", "ip")).toEqual({
      status: 0,
      stdout: "",
      stderr: "",
    });
    world.stdin = "set ip.ip nonsense\nvalidate-all ip\nrefresh\n";
    const result = await world.run(crm, "crm", "configure");
    expect(result.stderr).toBe(
      "ERROR: configure.validate-all: ip: ocf:heartbeat:IPaddr2 answers 6: no address\n",
    );
    expect(result.status).toBe(1);
    expect(world.files.get("cib.xml")).toBe(CIB);
  });

  test.each([
    ["nothing", "Not found: nothing"],
    ["g", "Not a primitive: g"],
    ["f", "f: Cannot run validate-all for agent: stonith:fence_x"],
  ])("%s has none", async (id, text) => {
    const result = await world.run(crm, "crm", "configure", "validate-all", id);
    expect(result).toMatchObject({ status: 1, stderr: `ERROR: configure.validate-all: ${text}\n` });
    expect(asked).toEqual([]);
  });
});
