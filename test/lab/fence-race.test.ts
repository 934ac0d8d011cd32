import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ipmiDevices, LabCluster } from "./lab-cluster.ts";
import { whySkipped } from "./test-lab.ts";

const WAIT_MS_MAX = 120_000;

describe.skipIf(whySkipped !== "")(`two nodes that lose sight of one another${whySkipped}`, () => {
  let cluster: LabCluster;

  beforeAll(async () => {
    cluster = await LabCluster.start({ hosts: ["node1", "node2"], corosync: { quorum: { two_node: 1 } } });
    const devices = ipmiDevices(cluster.lab.description, (name) => cluster.host(name).bmc.address);
    // Who wants to fence node1 waits, so that node1 wins.
    const delayed = devices.replace(
      "</instance_attributes>",
      '<nvpair id="fence-node1-delay" name="pcmk_delay_base" value="20s"/></instance_attributes>',
    );
    await cluster.configure(`<configuration>
      <crm_config><cluster_property_set id="cib-bootstrap-options"><nvpair id="option-stonith" name="stonith-enabled" value="true"/></cluster_property_set></crm_config>
      <resources>${delayed}</resources></configuration>`);
    await cluster.untilIdle("node1", WAIT_MS_MAX);
  });

  afterAll(() => cluster?.stop());

  test("both try to fence: the delay decides, the favoured one never loses power", async () => {
    const switches = (name: string) => cluster.host(name).console().split("bmc: set power 0").length - 1;
    await cluster.lab.partition([["node1"], ["node2"]]);
    await cluster.until(
      "node2 to be fenced",
      WAIT_MS_MAX,
      async () => (await cluster.successfulFencings("node1", "node2")) === 1,
    );
    await cluster.mend();
    expect(await cluster.successfulFencings("node1", "node2")).toBe(1);
    expect(switches("node2")).toBeGreaterThan(0);
    expect(switches("node1")).toBe(0);
  });
});
