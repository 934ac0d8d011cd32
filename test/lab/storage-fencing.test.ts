import { existsSync, readFileSync } from "node:fs";
import type { Host } from "@quorate/lab";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LabCluster, primitive } from "./lab-cluster.ts";
import { whySkipped } from "./test-lab.ts";

const DISK = "/dev/lab/data";
const MORE = "/dev/lab/more";
/** Every host sees it: one line for each attempt to write to the disk, in their order. */
const JOURNAL = "/run/lab/shared/journal";
const WAIT_MS_MAX = 60_000;
/** Far below the minute that a fencing may take, and below what a lost node's timers would need. */
const RECOVERY_MS_MAX = 30_000;

/** Writes as long as the disk lets it; the lab's switchboard is the disk that takes or refuses each write. */
const WRITER = `#!/usr/bin/python3
import socket, time
while True:
    with socket.socket(socket.AF_UNIX) as disk:
        disk.connect("/run/lab/shared/switchboard")
        disk.sendall(f"write {socket.gethostname()} data\\n".encode())
        disk.recv(100)
    time.sleep(0.05)
`;

/** A host that is cut off from the storage goes on running: what keeps the data whole is that the disk no longer takes its writes. */
describe.skipIf(whySkipped !== "")(
  `fence_scsi of Debian: three nodes and a disk that they share${whySkipped}`,
  () => {
    let cluster: LabCluster;
    let node1: Host;
    let node3: Host;

    beforeAll(async () => {
      cluster = await LabCluster.start({ sharedDisks: { data: { sizeMib: 16 }, more: { sizeMib: 16 } } });
      [node1, node3] = [cluster.host("node1"), cluster.host("node3")];
      for (const host of cluster.lab.hosts) host.writeFile("/etc/lab/writer", WRITER, 0o755);
    });

    afterAll(() => cluster?.stop());

    function journal(): string[] {
      const path = node1.path(JOURNAL);
      return existsSync(path) ? readFileSync(path, "utf8").trimEnd().split("\n") : [];
    }

    function hostsThatWrote(lines: readonly string[]): string[] {
      const names = lines.filter((line) => line.endsWith(" writes")).map((line) => line.split(" ")[0]!);
      return names.filter((name, index) => name !== names[index - 1]);
    }

    async function mayWrite(host: Host, disk = DISK): Promise<boolean> {
      return (await host.run(["sg_persist", "--may-write", disk])).status === 0;
    }

    async function keysOn(disk: string): Promise<number> {
      const stdout = await node1.must(["sg_persist", "--in", "--read-keys", disk]);
      return stdout.match(/^\s+0x/gm)?.length ?? 0;
    }

    /** When what runs was started, and with what: the ids and times of the starts in the history. */
    async function starts(): Promise<string[]> {
      const stdout = await node1.must(["cibadmin", "--query", "--xpath", "//lrm_rsc_op[@operation='start']"]);
      return [
        ...stdout.matchAll(/<lrm_rsc_op id="(\w+)_last_0".*? call-id="(\d+)".*? last-rc-change="(\d+)"/g),
      ]
        .map(([, ...facts]) => facts.join(" "))
        .sort();
    }

    function untilWrittenBy(isMeant: (host: string) => boolean, timeoutMs = WAIT_MS_MAX): Promise<void> {
      return cluster.until("writes from where they are meant to come", timeoutMs, async () => {
        const last = hostsThatWrote(journal()).at(-1);
        return last !== undefined && isMeant(last);
      });
    }

    test("every node is unfenced before anything starts on it", async () => {
      await cluster.configure(`<configuration>
        <crm_config><cluster_property_set id="cib-bootstrap-options"><nvpair id="option-stonith" name="stonith-enabled" value="true"/></cluster_property_set></crm_config>
        <resources>
          ${primitive("scsi", "stonith:fence_scsi", { devices: DISK, pcmk_host_list: cluster.names.join(" "), pcmk_reboot_action: "off" }, '<op id="scsi-monitor" name="monitor" interval="120s" timeout="40s"/>').replace("<operations>", '<meta_attributes id="scsi-meta"><nvpair id="scsi-provides" name="provides" value="unfencing"/></meta_attributes><operations>')}
          ${primitive("writer", "ocf:heartbeat:anything", { binfile: "/etc/lab/writer", pidfile: "/run/writer.pid" }, '<op id="writer-monitor" name="monitor" interval="5s" timeout="40s"/>')}
        </resources>
        <constraints><rsc_location id="writer-on-node3" rsc="writer" node="node3" score="100"/><rsc_location id="scsi-on-node1" rsc="scsi" node="node1" score="100"/></constraints></configuration>`);
      await untilWrittenBy((host) => host === "node3");
      await cluster.untilIdle("node1", WAIT_MS_MAX);
      for (const host of cluster.lab.hosts)
        expect([host.name, await mayWrite(host)]).toEqual([host.name, true]);
      expect(journal().filter((line) => line.endsWith(" refused"))).toEqual([]);
    });

    test("pcs stonith update-scsi-devices: every node gets access to another disk, and nothing is restarted", async () => {
      const before = await starts();
      await node1.must(["pcs", "stonith", "update-scsi-devices", "scsi", "add", MORE], { timeoutMs: 90_000 });
      await cluster.untilIdle("node1", WAIT_MS_MAX);
      expect(await keysOn(MORE)).toBe(cluster.lab.hosts.length);
      for (const host of cluster.lab.hosts)
        expect([host.name, await mayWrite(host, MORE)]).toEqual([host.name, true]);
      expect(await starts()).toEqual(before);

      const refused = await node1.run(["pcs", "stonith", "update-scsi-devices", "scsi", "add", "/dev/none"]);
      expect(refused.stderr).toContain("The devices are as they were before");
      await cluster.untilIdle("node1", WAIT_MS_MAX);
      expect(await node1.must(["pcs", "stonith", "config", "scsi"])).toContain(`${DISK},${MORE}\n`);

      // A join tells anew what each node knows of its resources.
      for (const action of ["stop", "start"] as const)
        await cluster.host("node2").service("quorated", action);
      await cluster.untilAllOnline();
      await cluster.untilIdle("node1", WAIT_MS_MAX);
      expect(await starts()).toEqual(before);
      expect(hostsThatWrote(journal())).toEqual(["node3"]);
    });

    test("stonith_admin --fence node3: its writes end, and the writer starts elsewhere at once", async () => {
      await node1.must(["stonith_admin", "--fence", "node3", "--timeout", "60"], { timeoutMs: 90_000 });
      expect(await mayWrite(node3)).toBe(false);
      await untilWrittenBy((host) => host !== "node3", RECOVERY_MS_MAX);
      expect(hostsThatWrote(journal())).toHaveLength(2);
    });

    test("the fenced node stays down with its part of the cluster until it is started by hand", async () => {
      await cluster.until("the daemon to end for good", WAIT_MS_MAX, async () =>
        (await node3.service("quorated", "status")).stdout.includes("ended with status 100"),
      );
      await cluster.until(
        "Corosync to end",
        WAIT_MS_MAX,
        async () => (await node3.service("corosync", "status")).status !== 0,
      );
      expect(hostsThatWrote(journal())).toHaveLength(2);
      expect(journal().at(-1)).not.toBe("node3 writes");

      await node3.powerCycle();
      await cluster.untilAllOnline();
      expect(await mayWrite(node3)).toBe(true);
      await untilWrittenBy((host) => host === "node3");
      expect(hostsThatWrote(journal())).toHaveLength(3);
    });

    test("a node that stood still and goes on writes nothing after its fencing", async () => {
      const before = hostsThatWrote(journal()).length;
      await node3.freeze();
      await untilWrittenBy((host) => host !== "node3");
      await node3.thaw();
      await cluster.until("node3 to be refused", WAIT_MS_MAX, async () =>
        journal().includes("node3 refused"),
      );
      await cluster.until("the daemon to end for good", WAIT_MS_MAX, async () =>
        (await node3.service("quorated", "status")).stdout.includes("ended with status 100"),
      );
      expect(hostsThatWrote(journal())).toHaveLength(before + 1);
    });
  },
);
