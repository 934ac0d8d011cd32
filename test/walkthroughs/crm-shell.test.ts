import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { whySkipped } from "../lab/test-lab.ts";
import { hasAddress } from "../lab/watcher.ts";
import { Walkthrough } from "./walkthrough.ts";

const ADDRESS = "10.77.0.60";
const [C, D] = ["dl380g5c", "dl380g5d"] as const;
/** Longer than the interval of the address's monitor, 10 s. */
const MONITOR_MS = 13_000;
const STATUS = "crm_mon -1r";

describe.skipIf(whySkipped !== "")(
  `walk-through: clones, maintenance, pending operations${whySkipped}`,
  () => {
    let person: Walkthrough;

    beforeAll(async () => {
      person = await Walkthrough.begin("5-clones-and-crm.md", {
        hosts: [C, D],
        corosync: { quorum: { two_node: 1 } },
      });
      const agent = readFileSync(join(import.meta.dirname, "agents/ClusterIP"), "utf8");
      for (const host of person.cluster.lab.hosts)
        host.writeFile("/usr/lib/ocf/resource.d/lab/ClusterIP", agent, 0o755);
      person.cluster.watch("the address", (host) => hasAddress(host, ADDRESS));
    });

    afterAll(() => person?.end());

    async function load(file: string): Promise<void> {
      person.write(C, file);
      await person.typeAsPlanned(C, `crm configure load update ${file}`);
    }

    /** Everything stops, and the configuration is empty: the next part starts from nothing. */
    async function startAnew(): Promise<void> {
      await person.typeAsPlanned(C, "crm configure property stop-all-resources=true");
      await person.typeAsPlanned(C, "crm configure erase");
    }

    /** Hosts of the instances of ClusterIP, sorted, from the files that its agent keeps. */
    async function instances(): Promise<string[]> {
      const found: string[] = [];
      for (const { name } of person.cluster.lab.hosts) {
        const files = await person.cluster
          .host(name)
          .run(["sh", "-c", "ls /run/resource-agents | grep ^ClusterIP"]);
        for (const line of files.stdout.split("\n")) if (line !== "") found.push(name);
      }
      return found;
    }

    test("a clone with dependants: the others follow it, and fail over when one node stops", async () => {
      await load("sample.crm");
      const shown = await person.type(C, STATUS);
      expect(shown).toMatch(/DummyVM1\t\(ocf:pacemaker:Dummy\):\t Started dl380g5c/);
      expect(shown).toMatch(/DummyVM2\t\(ocf:pacemaker:Dummy\):\t Started dl380g5d/);
      expect(shown).toContain("Clone Set: StorGr1-clone [StorGr1]:\n    * Started: [ dl380g5c dl380g5d ]");

      await person.type(D, "pcs cluster stop");
      await person.idle(C);
      const alone = await person.type(C, STATUS);
      expect(alone).toMatch(/DummyVM1\t\(ocf:pacemaker:Dummy\):\t Started dl380g5c/);
      expect(alone).toMatch(/DummyVM2\t\(ocf:pacemaker:Dummy\):\t Started dl380g5c/);
      expect(alone).toContain("Clone Set: StorGr1-clone [StorGr1]:\n    * Started: [ dl380g5c ]");
      await person.type(D, "pcs cluster start");
      await person.cluster.untilAllOnline();
      await startAnew();
    });

    test("a globally unique clone: two instances on one node when the other is in standby, and one goes back", async () => {
      await load("proxy.crm");
      const both = /ClusterIP:0\t.*Started dl380g5c\n.*ClusterIP:1\t.*Started dl380g5d/;
      expect(await person.type(C, STATUS)).toMatch(both);
      expect(await instances()).toEqual([C, D]);

      expect(await person.typeAsPlanned(C, `crm node standby ${D}`)).toBe("");
      expect(await person.type(C, STATUS)).toMatch(/Node dl380g5d: standby/);
      expect(await instances()).toEqual([C, C]);

      expect(await person.typeAsPlanned(C, `crm node online ${D}`)).toBe("");
      expect(await person.type(C, STATUS)).toMatch(both);
      expect(await instances()).toEqual([C, D]);

      for (const count of ["1", "2"]) {
        await person.typeAsPlanned(C, `crm resource meta ProxyIP set clone-node-max ${count}`);
        expect(await instances()).toEqual([C, D]);
      }
      await startAnew();
    });

    test("a virtual address is on its host's interface", async () => {
      await load("address.crm");
      expect(await person.type(C, STATUS)).toMatch(/ip\t\(ocf:heartbeat:IPaddr2\):\t Started dl380g5c/);
      const addresses = await person.type(C, "ip addr show eth0");
      expect(addresses).toMatch(/inet 10\.77\.0\.1\/24 .*\n[\s\S]*inet 10\.77\.0\.60\/24 /);
    });

    test("maintenance mode: nothing is noticed until it ends; then it is repaired", async () => {
      await person.typeAsPlanned(C, "crm configure property maintenance-mode=true");
      await person.type(C, `ip addr del ${ADDRESS}/24 dev eth0`);
      await sleep(MONITOR_MS);
      const shown = await person.type(C, STATUS);
      expect(shown).toMatch(/\*\*\* Resource management is DISABLED \*\*\*/);
      expect(shown).toMatch(
        /ip\t\(ocf:heartbeat:IPaddr2\):\t Started dl380g5c \((unmanaged, )?maintenance\)/,
      );
      expect(shown).not.toContain("Failed Resource Actions");
      await person.type(C, "crm configure property maintenance-mode=false");
      // One failure is enough to leave: migration-threshold is 1.
      await person.untilShown(C, STATUS, /ip\t\(ocf:heartbeat:IPaddr2\):\t Started dl380g5d\n/);
      await person.idle(C);
      expect(await person.type(D, "ip addr show eth0")).toContain(`inet ${ADDRESS}/24`);
      await person.type(C, "crm resource cleanup ip");
      await person.idle(C);
    });

    test("is-managed-default=false: nothing is started or stopped, but a failure is noticed and shown", async () => {
      await person.typeAsPlanned(C, "crm configure property is-managed-default=false");
      expect(await person.type(C, STATUS)).toMatch(
        /ip\t\(ocf:heartbeat:IPaddr2\):\t Started dl380g5d .*unmanaged/,
      );
      await person.type(D, `ip addr del ${ADDRESS}/24 dev eth0`);
      const shown = await person.untilShown(C, "crm_mon -1rf", "fail-count=");
      expect(shown).toMatch(/ip\t\(ocf:heartbeat:IPaddr2\):\t Stopped \(unmanaged\)/);
      expect(shown).toMatch(
        /Node: dl380g5d:\n {4}\* ip: migration-threshold=1 fail-count=1 last-failure='.*'\n/,
      );
      await sleep(MONITOR_MS / 2);
      for (const host of person.cluster.lab.hosts) expect(hasAddress(host, ADDRESS)).toBe(false);
      await person.type(C, "crm configure property is-managed-default=true");
      await person.type(C, "crm resource cleanup ip");
      await person.cluster.until("the address to be back", 60_000, async () =>
        person.cluster.lab.hosts.some((host) => hasAddress(host, ADDRESS)),
      );
      await startAnew();
    });

    test("an operation that is under way is shown as pending, and its end afterwards", async () => {
      await person.type(C, "crm configure op_defaults record-pending=true");
      for (const host of [C, D])
        await person.type(
          host,
          "sed -i '/^ip_start() {/a sleep 30' /usr/lib/ocf/resource.d/heartbeat/IPaddr2",
        );
      person.write(C, "address.crm");
      await person.type(C, "crm configure load update address.crm");
      const pending = await person.untilShown(C, "crm_resource --resource ip -O", /ip_start_0/);
      expect(pending).toMatch(
        /^ip\t\(ocf:heartbeat:IPaddr2\):\t Starting(?:.*): ip_start_0 \(node=dl380g5c, .*\): pending$/im,
      );
      const shown = await person.type(C, "crm_mon -1 -o");
      expect(shown).toMatch(/ip\t\(ocf:heartbeat:IPaddr2\):\t Starting dl380g5c/);
      expect(shown).toMatch(/Node: dl380g5c:\n.*ip: .*\n.*\* \(-1\) start: pending\n/);
      expect(shown).not.toContain("unknown");
      const done = await person.untilShown(C, "crm_mon -1 -o", /\(\d+\) monitor: interval="?10000ms/);
      expect(done).toMatch(/\* \(\d+\) start\n/);
      expect(await person.type(C, "crm_resource --resource ip -O")).toMatch(
        /ip_start_0 \(node=dl380g5c, .*rc=0, .*\): (Done|complete)$/m,
      );
    });

    test("the address was never on two hosts, and the guide shows what happened", () => {
      person.expectNeverTwice();
      person.expectGuide();
    });
  },
);
