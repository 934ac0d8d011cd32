import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ipmiDevices, LabCluster, primitive } from "./lab-cluster.ts";
import { whySkipped } from "./test-lab.ts";

/** Corosync forms its ring and agents run, on two busy cores. */
const WAIT_MS_MAX = 60_000;

describe.skipIf(whySkipped !== "")(
  `waiting for all: three nodes, one does not come back${whySkipped}`,
  () => {
    let cluster: LabCluster;

    beforeAll(async () => {
      cluster = await LabCluster.start({ corosync: { quorum: { wait_for_all: 1 } } });
      const devices = ipmiDevices(cluster.lab.description, (name) => cluster.host(name).bmc.address);
      await cluster.configure(
        `<configuration><resources>${devices}${primitive("db", "ocf:pacemaker:Dummy", {}, "")}</resources></configuration>`,
      );
      await cluster.untilIdle("node1", WAIT_MS_MAX);
    });

    afterAll(() => cluster?.stop());

    async function pcs(line: string) {
      const { status, stdout, stderr } = await cluster.host("node1").run(["pcs", ...line.split(" ")]);
      return { status, output: stdout + stderr };
    }

    const flags = async () =>
      /^Quorate: +(\w+)/m.exec((await cluster.host("node1").run(["corosync-quorumtool", "-s"])).stdout)?.[1];

    test("it goes on without that node when somebody answers for its being off", async () => {
      expect(await pcs("quorum unblock --force")).toEqual({
        status: 1,
        output: "Error: cluster is not waiting for nodes to establish quorum\n",
      });
      await Promise.all(cluster.lab.hosts.map((host) => host.powerOff()));
      expect(cluster.host("node1").state).toBe("off");
      await Promise.all(["node1", "node2"].map((name) => cluster.host(name).powerOn()));
      await cluster.until("two of three to see one another, without quorum", WAIT_MS_MAX, async () => {
        const { stdout } = await cluster.host("node1").run(["crm_node", "--list"]);
        return /node1 member/.test(stdout) && /node2 member/.test(stdout);
      });
      expect(await flags()).toBe("No");
      const danger =
        "If node(s) 'node3' are not powered off or they do have access to shared resources, data corruption and/or cluster failure may occur";
      expect(await pcs("quorum unblock")).toEqual({
        status: 1,
        output: `Error: ${danger}, use --force to override\n`,
      });
      expect(await flags()).toBe("No");

      expect(await pcs("quorum unblock --force")).toEqual({
        status: 0,
        output: `Node: node3 confirmed fenced\nWarning: ${danger}\nQuorum unblocked\nWaiting for nodes canceled\n`,
      });
      await cluster.until("db to run again", WAIT_MS_MAX, async () =>
        /is running on/.test(
          (await cluster.host("node1").run(["crm_resource", "--locate", "-r", "db"])).stdout,
        ),
      );
      expect(await flags()).toBe("Yes");
      // Nobody asked a device to fence what was confirmed.
      const { output } = await pcs("stonith history show node3");
      expect(output).toContain("a human");
      expect(output).not.toContain("fence-node3");
      expect((await pcs("quorum unblock --force")).output).toContain("cluster is not waiting");

      await cluster.mend();
      expect(await flags()).toBe("Yes");
    }, 300_000);
  },
);
