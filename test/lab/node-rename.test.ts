import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ipmiDevices, LabCluster } from "./lab-cluster.ts";
import { whySkipped } from "./test-lab.ts";

const CONF = "/etc/corosync/corosync.conf";
const SETTLE_MS_MAX = 90_000;

describe.skipIf(whySkipped !== "")(`a node gets another name: three nodes${whySkipped}`, () => {
  let cluster: LabCluster;

  beforeAll(async () => {
    cluster = await LabCluster.start({});
    await cluster.configure(
      `<configuration><resources>${ipmiDevices(cluster.lab.description, (name) => cluster.host(name).bmc.address)}</resources></configuration>`,
    );
    await cluster.untilIdle("node1", SETTLE_MS_MAX);
  });

  afterAll(() => cluster?.stop());

  test("in corosync.conf, while the cluster is stopped: its entry has the new name, and nobody is fenced", async () => {
    const node1 = cluster.host("node1");
    await node1.must(["crm_attribute", "--node", "node2", "--name", "rack", "--update", "7"]);
    for (const host of cluster.lab.hosts) await host.stopStack();
    for (const host of cluster.lab.hosts) {
      const text = readFileSync(host.path(CONF), "utf8");
      host.writeFile(CONF, text.replace(/(\bname: )node2\b/, "$1db2"));
    }
    for (const host of cluster.lab.hosts) await host.startStack();
    const online = async () => (await node1.run(["crm_node", "-p"])).stdout.trim().split(/\s+/).sort();
    await expect.poll(online, { timeout: SETTLE_MS_MAX, interval: 1000 }).toEqual(["db2", "node1", "node3"]);
    await cluster.untilIdle("node1", SETTLE_MS_MAX);
    expect(await node1.must(["crm_node", "-l"])).toBe("1 node1 member\n2 db2 member\n3 node3 member\n");
    const rack = ["crm_attribute", "--node", "db2", "--name", "rack", "--query", "--quiet"];
    expect(await node1.must(rack)).toBe("7\n");
    expect(await node1.must(["crm_mon", "-1"])).toContain("Online: [ db2 node1 node3 ]");
    expect((await node1.must(["stonith_admin", "--history", "*"])).trim()).not.toMatch(/reboot|off/);
  });
});
