import { existsSync } from "node:fs";
import type { Lab } from "@quorate/lab";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestLab, whySkipped } from "./test-lab.ts";

const PASSWORD = "s3cret of the lab";
/** Commands wait for systemd, for Corosync and for keys, on two busy cores. */
const COMMAND_MS_MAX = 120_000;
const PROGRAMS = ["/usr/sbin/corosync-qdevice", "/usr/bin/corosync-qnetd", "/usr/bin/certutil"];
const missing = PROGRAMS.filter((path) => !existsSync(path));
const why =
  whySkipped === "" && missing.length > 0
    ? ` (skipped: install corosync-qdevice and corosync-qnetd for ${missing.join(", ")})`
    : whySkipped;

describe.skipIf(why !== "")(`a quorum device of Debian's corosync-qnetd, and two nodes${why}`, () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await createTestLab({
      stack: "quorate",
      kind: "full",
      isClusterSetUp: false,
      hosts: ["node1", "node2", "node3"],
    });
    for (const host of lab.hosts) await host.must(["chpasswd"], { input: `hacluster:${PASSWORD}\n` });
    await must("node1", "host", "auth", "node1", "node2", "node3", "-u", "hacluster", "-p", PASSWORD);
    await must("node1", "cluster", "setup", "web", "node1", "node2", "--enable", "--start", "--wait=90");
  }, 300_000);

  afterAll(() => lab?.destroy());

  async function pcs(via: string, ...words: string[]) {
    const { status, stdout, stderr } = await lab
      .host(via)
      .run(["pcs", ...words], { timeoutMs: COMMAND_MS_MAX });
    return { status, output: stdout + stderr };
  }

  async function must(via: string, ...words: string[]): Promise<string> {
    const { status, output } = await pcs(via, ...words);
    expect(`${words.join(" ")}: ${status} ${status === 0 ? "" : output}`).toBe(`${words.join(" ")}: 0 `);
    return output;
  }

  const add = ["quorum", "device", "add", "model", "net", "algorithm=ffsplit", "host=node3"];
  const quorum = () => must("node1", "quorum", "status");

  test("a host without a device is refused, and nothing is changed", async () => {
    const { status, output } = await pcs("node1", ...add);
    expect(status).toBe(1);
    expect(output).toContain("run 'pcs qdevice setup model net --enable --start' on this host");
    expect(await lab.host("node2").must(["cat", "/etc/corosync/corosync.conf"])).not.toContain("device");
  });

  test("its vote counts in the running cluster, over connections with certificates", {
    timeout: 300_000,
  }, async () => {
    expect(await must("node3", "qdevice", "setup", "model", "net", "--enable", "--start")).toBe(
      "Quorum device 'net' initialized\nquorum device enabled\nStarting quorum device...\nquorum device started\n",
    );
    const added = await must("node1", ...add);
    for (const line of [
      "node2: Succeeded",
      "node2: corosync-qdevice enabled",
      "node1: corosync-qdevice started",
    ])
      expect(added).toContain(`${line}\n`);
    await expect.poll(quorum, { timeout: 60_000, interval: 1000 }).toMatch(/^Total votes: +3$/m);
    const device = async () => await must("node2", "quorum", "device", "status");
    await expect.poll(device, { timeout: 60_000, interval: 1000 }).toMatch(/^State:\s+Connected$/m);
    const seen = await must("node3", "qdevice", "status", "net", "--full", "web");
    expect(seen).toMatch(/^Cluster "web":$/m);
    expect(seen.match(/TLS active:\s+Yes \(client certificate verified\)/g)).toHaveLength(2);
    expect(await pcs("node3", "qdevice", "stop", "net")).toMatchObject({
      status: 1,
      output: expect.stringContaining("currently being used by cluster(s): 'web'"),
    });
  });

  test("the node that it votes for goes on alone", { timeout: 300_000 }, async () => {
    await lab.host("node2").powerOff();
    await expect
      .poll(quorum, { timeout: 60_000, interval: 1000 })
      .toMatch(/^Nodes: +1\n[\s\S]*^Total votes: +2$/m);
    expect(await quorum()).toMatch(/^Quorate: +Yes$/m);
    await lab.host("node2").powerOn();
    await must("node1", "cluster", "start", "--all", "--wait=90");
    await expect.poll(quorum, { timeout: 60_000, interval: 1000 }).toMatch(/^Total votes: +3$/m);
  });

  test("removed, it is asked no longer, and two nodes are two again", { timeout: 300_000 }, async () => {
    const removed = await must("node1", "quorum", "device", "remove");
    expect(removed).toContain("Removing qdevice certificates from nodes...\n");
    await expect.poll(quorum, { timeout: 60_000, interval: 1000 }).toMatch(/^Total votes: +2$/m);
    const conf = await lab.host("node2").must(["cat", "/etc/corosync/corosync.conf"]);
    expect(conf).not.toContain("device");
    expect(conf).toContain("two_node: 1");
    expect((await lab.host("node2").run(["ls", "/etc/corosync/qdevice/net/nssdb"])).status).not.toBe(0);
    await must("node3", "qdevice", "destroy", "net");
    expect((await lab.host("node3").run(["ls", "/etc/corosync/qnetd/nssdb"])).status).not.toBe(0);
  });
});
