import type { Lab } from "@quorate/lab";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestLab, whySkipped } from "./test-lab.ts";

const PASSWORD = "s3cret of the lab";
const DISK = "/dev/lab/sbd";
/** Commands wait for systemd, for Corosync and for sbd, on two busy cores. */
const COMMAND_MS_MAX = 120_000;
/** In this time sbd must have read its disk, else it does not start: more than its 5 s, which two busy cores exceed now and then. */
const WATCHDOG_S = 12;

describe.skipIf(whySkipped !== "")(
  `SBD of Debian: three nodes with systemd and a disk that they share${whySkipped}`,
  () => {
    let lab: Lab;

    beforeAll(async () => {
      lab = await createTestLab({
        stack: "quorate",
        kind: "full",
        isClusterSetUp: false,
        sharedDisks: { sbd: { sizeMib: 4 } },
      });
      for (const host of lab.hosts) await host.must(["chpasswd"], { input: `hacluster:${PASSWORD}\n` });
      expect(await pcs("host", "auth", ...names(), "-u", "hacluster", "-p", PASSWORD)).toMatchObject({
        status: 0,
      });
      const setup = ["cluster", "setup", "web", ...names(), "--start", "--wait=90"];
      expect(await pcs(...setup)).toMatchObject({ status: 0 });
    }, 300_000);

    afterAll(() => lab?.destroy());

    const names = () => lab.hosts.map(({ name }) => name);

    async function pcs(...words: string[]) {
      const { status, stdout, stderr } = await lab
        .host("node1")
        .run(["pcs", ...words], { timeoutMs: COMMAND_MS_MAX });
      return { status, output: stdout + stderr };
    }

    const sbd = (...words: string[]) => pcs("stonith", "sbd", ...words);
    const table = async () => (await sbd("status")).output.split("\n").slice(2, 5);
    const all = (words: string) => names().map((name) => `${name}: ${words}`);

    test("a host without what it needs gets nothing", async () => {
      const wrong = await sbd("enable", `device=${DISK}`, "device=/dev/null@node2", "device=/dev/none@node3");
      expect(wrong).toMatchObject({ status: 1 });
      for (const line of [
        "Watchdog '/dev/watchdog' does not exist on node 'node1'",
        "node2: device '/dev/null' is not a block device",
        "node3: device '/dev/none' not found",
      ])
        expect(wrong.output).toContain(`Error: ${line}\n`);
      const node2 = lab.host("node2");
      await node2.must(["mv", "/usr/sbin/sbd", "/usr/sbin/sbd.away"]);
      const words = ["enable", `device=${DISK}`, "--no-watchdog-validation"];
      expect((await sbd(...words)).output).toContain(
        "Error: node2: Required cluster services not installed: 'sbd'\n",
      );
      expect(await table()).toEqual([
        "node1: YES |  NO |  NO",
        "node2:  NO |  NO |  NO",
        "node3: YES |  NO |  NO",
      ]);
      await node2.must(["mv", "/usr/sbin/sbd.away", "/usr/sbin/sbd"]);
      expect((await sbd("watchdog", "list")).output).toBe("No available watchdog\n");
    });

    test("it runs beside Corosync on all from the next start on, and hears what is left on the disk", {
      timeout: 400_000,
    }, async () => {
      const made = await sbd(
        "device",
        "setup",
        `device=${DISK}`,
        `watchdog-timeout=${WATCHDOG_S}`,
        `msgwait-timeout=${2 * WATCHDOG_S}`,
        "--force",
      );
      expect(made).toMatchObject({
        status: 0,
        output: expect.stringContaining("Device initialized successfully\n"),
      });
      await pcs("property", "set", "stonith-watchdog-timeout=0");
      // There is no watchdog here: sbd(8) has this for none.
      const enabled = await sbd(
        "enable",
        `device=${DISK}`,
        "watchdog=/dev/null",
        "--no-watchdog-validation",
        `SBD_WATCHDOG_TIMEOUT=${WATCHDOG_S}`,
      );
      expect(enabled).toMatchObject({ status: 0, output: expect.stringContaining("node3: sbd enabled\n") });
      expect((await pcs("property", "config")).output).not.toContain("watchdog-timeout");
      expect(await lab.host("node2").must(["cat", "/etc/default/sbd"])).toContain('SBD_OPTS="-n node2"\n');
      expect(await table()).toEqual(all("YES | YES |  NO"));
      const audit = await lab.host("node2").must(["cat", "/var/log/quorate/pcsd-audit.log"]);
      expect(audit).toMatch(
        /"what":"file\.write","detail":\{"files":\[\{"kind":"sbd settings"\}\]\},"outcome":"done"/,
      );
      expect(audit).toMatch(/"what":"sbd\.enable".*"outcome":"done"/);

      expect(await pcs("cluster", "stop", "--all")).toMatchObject({ status: 0 });
      expect(await pcs("cluster", "start", "--all", "--wait=90")).toMatchObject({ status: 0 });
      await expect.poll(table, { timeout: 60_000, interval: 1000 }).toEqual(all("YES | YES | YES"));
      expect(await sbd("device", "message", DISK, "node3", "test")).toEqual({ status: 0, output: "" });
      // Who has read a message clears it; one that nobody reads stays.
      const messages = async () => (await sbd("status")).output;
      await expect.poll(messages, { timeout: 30_000, interval: 1000 }).toMatch(/^\d+\tnode3\tclear\t/m);
      const shown = (await sbd("status", "--full")).output;
      expect(shown).toMatch(/^Timeout \(msgwait\) +: 24$/m);
      expect((await sbd("config")).output).toContain(`Devices:\n  node1: "${DISK}"\n`);
      // The cluster may not rely on watchdogs then.
      expect(await pcs("property", "set", "stonith-watchdog-timeout=10")).toMatchObject({ status: 1 });
    });

    test("a node whose sbd does not start stays out of the cluster", { timeout: 400_000 }, async () => {
      const node2 = lab.host("node2");
      const isOnline = async () =>
        /Online: \[.* node2 .*\]/.test(await lab.host("node1").must(["crm_mon", "-1"]));
      expect(await isOnline()).toBe(true);
      expect(await pcs("cluster", "stop", "node2")).toMatchObject({ status: 0 });
      await node2.must(["mv", "/usr/sbin/sbd", "/usr/sbin/sbd.away"]);
      // Not at once, else Corosync, which asks for it, does not even start.
      node2.writeFile("/usr/sbin/sbd", "#!/bin/sh\nsleep 2\nexit 1\n", 0o755);
      expect(await pcs("cluster", "start", "node2")).toMatchObject({ status: 1 });
      expect(await node2.must(["journalctl", "-u", "quorated", "-n", "20", "-o", "cat"])).toContain(
        "SBD is enabled here and does not run: this node could not be fenced",
      );
      expect(await isOnline()).toBe(false);
      await node2.must(["mv", "/usr/sbin/sbd.away", "/usr/sbin/sbd"]);
      await node2.must(["systemctl", "restart", "corosync"]);
      await expect.poll(isOnline, { timeout: 90_000, interval: 1000 }).toBe(true);
    });

    test("a node that comes later gets it, too", { timeout: 400_000 }, async () => {
      expect(await pcs("cluster", "node", "remove", "node3")).toMatchObject({ status: 0 });
      const add = ["cluster", "node", "add", "node3", "watchdog=/dev/null", "--no-watchdog-validation"];
      expect(await pcs(...add)).toMatchObject({
        status: 1,
        output: expect.stringContaining("No SBD device specified for node 'node3'"),
      });
      const added = await pcs(...add, `device=${DISK}`, "--start", "--wait=90");
      expect(added).toMatchObject({ status: 0, output: expect.stringContaining("node3: sbd enabled\n") });
      await expect.poll(table, { timeout: 60_000, interval: 1000 }).toEqual(all("YES | YES | YES"));
      expect(await lab.host("node3").must(["cat", "/etc/default/sbd"])).toContain('SBD_OPTS="-n node3"\n');
    });

    test("disabled, it is gone after the next start", { timeout: 400_000 }, async () => {
      expect(await sbd("disable")).toMatchObject({
        status: 0,
        output: expect.stringContaining("node1: sbd disabled\n"),
      });
      expect((await pcs("property", "config")).output).toContain("stonith-watchdog-timeout: 0\n");
      expect(await pcs("cluster", "stop", "--all")).toMatchObject({ status: 0 });
      expect(await pcs("cluster", "start", "--all", "--wait=90")).toMatchObject({ status: 0 });
      expect(await table()).toEqual(all("YES |  NO |  NO"));
    });
  },
);
