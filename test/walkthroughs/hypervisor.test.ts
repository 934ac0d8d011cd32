import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Host } from "@quorate/lab";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { whySkipped } from "../lab/test-lab.ts";
import { WAIT_MS_MAX, Walkthrough } from "./walkthrough.ts";

const PASSWORD = "vbox-secret-4711";
const HYPERVISOR = "10.77.0.3";
const STATUS = "crm_mon -frAD1";
/** The agent takes seconds. */
const LOOK_EVERY_MS = 200;
const STATE_OF_TEST = "/run/resource-agents/Dummy-test.state";

describe.skipIf(whySkipped !== "")(`walk-through: a failed stop, and the hypervisor${whySkipped}`, () => {
  let person: Walkthrough;
  let node1: Host;
  let node2: Host;
  /** Command lines of the cluster's hosts, seen since the configuration holds the password. */
  const seen = new Set<string>();
  let watch: NodeJS.Timeout;
  let bootsAfterFencing: readonly number[];

  beforeAll(async () => {
    person = await Walkthrough.begin("2-fence-vbox.md", {
      hosts: ["node1", "node2"],
      outsiders: ["hypervisor"],
      corosync: { clusterName: "cluster2", quorum: { two_node: 1, wait_for_all: 0 } },
      isStackStartedAtBoot: false,
    });
    [node1, node2] = [person.cluster.host("node1"), person.cluster.host("node2")];
    const hypervisor = person.cluster.host("hypervisor");
    await hypervisor.must(["useradd", "--create-home", "--shell", "/bin/bash", "hauser"]);
    await hypervisor.must(["chpasswd"], { input: `hauser:${PASSWORD}\n` });
    await hypervisor.must(["ssh-keygen", "-A"]);
    // The lab boots no further than it must: there is nobody to make sessions, and only root might log in. A login has 5 s.
    hypervisor.writeFile("/etc/ssh/sshd_config.d/lab.conf", "UsePAM no\nUseDNS no\n");
    await hypervisor.must(["systemctl", "restart", "ssh"]);
    const uuid = (digit: number) => `5f5c2b1e-0000-4000-8000-00000000000${digit}`;
    hypervisor.writeFile("/etc/vbox-guests", `CentOS83-1 ${uuid(1)} node1\nCentOS83-2 ${uuid(2)} node2\n`);
    // The agent's own record: where the resource is, apart from everything that the cluster says.
    person.cluster.watch("test", (host) => host.initPid !== null && isStarted(host));
  });

  afterAll(async () => {
    clearInterval(watch);
    await person?.end();
  });

  function isStarted(host: Host): boolean {
    try {
      return statSync(host.path(STATE_OF_TEST)).isFile();
    } catch {
      return false;
    }
  }

  function boots(host: Host): number {
    return host
      .console()
      .split("\n")
      .filter((line) => line.endsWith(`${host.name} boots`)).length;
  }

  test("the agent by hand: lists the guests, tells the status, reboots one", async () => {
    const agent = `-a ${HYPERVISOR} -l hauser -p ${PASSWORD} --login-timeout=30 --shell-timeout=30 --power-timeout=60`;
    const list = await person.type("node1", `fence_vbox -o list ${agent}`);
    expect(list.trim().split("\n").sort()).toEqual([
      "CentOS83-1,5f5c2b1e-0000-4000-8000-000000000001",
      "CentOS83-2,5f5c2b1e-0000-4000-8000-000000000002",
    ]);
    expect(await person.type("node1", `fence_vbox -o status -n CentOS83-2 ${agent}`)).toContain("Status: ON");
    const before = boots(node2);
    expect(await person.type("node1", `fence_vbox -o reboot -n CentOS83-2 ${agent}`)).toContain(
      "Success: Rebooted",
    );
    await node2.untilUp();
    expect(boots(node2)).toBe(before + 1);
    await person.type("node2", "systemctl start quorated");
    await person.cluster.untilAllOnline();
  });

  test("one resource, and the status in full", async () => {
    person.write("node1", "test.crm");
    expect(await person.typeAsPlanned("node1", "crm configure load update test.crm")).toBe("");
    // -D leaves the header out.
    const header = await person.type("node1", "crm_mon -frA1");
    expect(header).toMatch(/Stack: corosync/);
    expect(header).toMatch(/Current DC: node[12] \(version \S+\) - partition with quorum/);
    expect(header).toMatch(/Last updated: .* on node1/);
    expect(header).toMatch(/Last change: .* by root via crm on node1/);
    expect(header).toContain("2 nodes configured");
    expect(header).toContain("1 resource instance configured");
    const shown = await person.type("node1", STATUS);
    expect(header).toContain(shown.trim());
    expect(shown).toContain("Online: [ node1 node2 ]");
    expect(shown).toMatch(/test\t\(ocf:heartbeat:Dummy\):\t Started node1/);
    expect(shown.trimEnd()).toMatch(/Migration Summary:$/);
  });

  test("a fence device for each node; the password is in no log and no process list", async () => {
    watch = setInterval(() => {
      for (const host of [node1, node2]) for (const line of host.commandLines()) seen.add(line);
    }, LOOK_EVERY_MS);
    person.write("node1", "fencing.crm");
    await person.typeAsPlanned("node1", "crm configure load update fencing.crm");
    const shown = await person.type("node1", STATUS);
    expect(await person.type("node1", "crm_mon -1")).toContain("3 resource instances configured");
    expect(shown).toMatch(/test\t\(ocf:heartbeat:Dummy\):\t Started node1/);
    expect(shown).toMatch(/fence_node1\t\(stonith:fence_vbox\):\t Started node2/);
    expect(shown).toMatch(/fence_node2\t\(stonith:fence_vbox\):\t Started node1/);
    expect(shown).not.toContain("Failed");
    expect(await person.type("node1", "crm configure show fence_node1")).not.toContain(PASSWORD);
  });

  test("the stop takes longer than it may: the node is fenced, and only then the resource starts elsewhere", async () => {
    await person.type(
      "node1",
      "sed -i '/^dummy_stop() {/a sleep 32' /usr/lib/ocf/resource.d/heartbeat/Dummy",
    );
    const before = boots(node1);
    const beganMs = Date.now();
    // It does not come back from this: the host is switched off meanwhile.
    const stopping = node1.run(["systemctl", "stop", "quorated"], { timeoutMs: WAIT_MS_MAX });
    person.typed.push({ host: "node1", line: "systemctl stop quorated", output: "" });
    // Whoever leads asks for it, and node2 anew when that was node1: one run of the agent answers both.
    await person.cluster.until("node1 to be fenced", WAIT_MS_MAX, async () => {
      return (await person.cluster.successfulFencings("node2", "node1")) > 0;
    });
    expect(Date.now() - beganMs).toBeGreaterThan(30_000);
    await stopping;
    await node1.untilUp();
    expect(boots(node1)).toBe(before + 1);
    bootsAfterFencing = [boots(node1), boots(node2)];
    const shown = await person.untilShown("node2", STATUS, /test\t\(ocf:heartbeat:Dummy\):\t Started node2/);
    expect(shown).toContain("Online: [ node2 ]");
    expect(shown).toContain("OFFLINE: [ node1 ]");
    expect(shown).toMatch(/fence_node1\t\(stonith:fence_vbox\):\t Started node2/);
    expect(shown).toMatch(/fence_node2\t\(stonith:fence_vbox\):\t Stopped/);
    expect(await person.type("node2", "stonith_admin --last node1")).toMatch(/^Node node1 last fenced at: /);
    for (const record of await person.cluster.ask("node2", "fencing.history", { target: "node1" }))
      expect(record).toMatchObject({ state: "success", delegate: "node2" });
  });

  test("node1 starts its cluster again and joins cleanly", async () => {
    await person.type("node1", "sed -i '/^sleep 32$/d' /usr/lib/ocf/resource.d/heartbeat/Dummy");
    await person.type("node1", "systemctl start quorated");
    await person.cluster.untilAllOnline();
    const shown = await person.type("node2", STATUS);
    expect(shown).toContain("Online: [ node1 node2 ]");
    expect(shown).toMatch(/test\t\(ocf:heartbeat:Dummy\):\t Started node[12]/);
    expect(shown).toMatch(/fence_node1\t\(stonith:fence_vbox\):\t Started node2/);
    expect(shown).toMatch(/fence_node2\t\(stonith:fence_vbox\):\t Started node1/);
    expect([boots(node1), boots(node2)]).toEqual(bootsAfterFencing);
    expect(await person.cluster.successfulFencings("node2", "node2")).toBe(0);
  });

  test("the password was nowhere to be seen, the resource never twice, and the guide shows what happened", () => {
    expect([...seen].join("\n")).toMatch(/^\S*python3 .*fence_vbox$/m);
    expect([...seen].filter((line) => line.includes(PASSWORD))).toEqual([]);
    for (const host of [node1, node2])
      for (const file of readdirSync(host.logDirectory, { recursive: true, encoding: "utf8" })) {
        const path = join(host.logDirectory, file);
        if (statSync(path, { throwIfNoEntry: false })?.isFile())
          expect(readFileSync(path).includes(PASSWORD), path).toBe(false);
      }
    person.expectNeverTwice();
    person.expectGuide();
  });
});
