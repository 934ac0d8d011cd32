import { statSync } from "node:fs";
import type { Lab } from "@quorate/lab";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestLab, whySkipped } from "./test-lab.ts";

const PASSWORD = "s3cret of the lab";
/** Commands wait for PAM, for Corosync and for resources, on two busy cores. */
const COMMAND_MS_MAX = 120_000;

describe.skipIf(whySkipped !== "")(`pcs on other hosts: four hosts without a cluster${whySkipped}`, () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await createTestLab({
      stack: "quorate",
      hosts: ["node1", "node2", "node3", "node4"],
      isClusterSetUp: false,
    });
    for (const host of lab.hosts) await host.must(["chpasswd"], { input: `hacluster:${PASSWORD}\n` });
  });

  afterAll(() => lab?.destroy());

  async function pcs(words: readonly string[], { via = "node1", input = "" } = {}) {
    const { status, stdout, stderr } = await lab
      .host(via)
      .run(["pcs", ...words], { input, timeoutMs: COMMAND_MS_MAX });
    return { status, output: stdout + stderr };
  }

  const auth = (...names: string[]) => ["host", "auth", ...names, "-u", "hacluster"];
  const audit = (host: string) => lab.host(host).must(["cat", "/var/log/quorate/pcsd-audit.log"]);

  test("only who knows the password is let in, and where it is wrong is said", async () => {
    await lab.host("node3").must(["chpasswd"], { input: "hacluster:another\n" });
    const first = await pcs([...auth("node1", "node2", "node3"), "-p", PASSWORD]);
    expect(first.status).toBe(1);
    expect(first.output).toContain("node1: Authorized\nnode2: Authorized\n");
    expect(first.output).toContain("Error: node3: Username and/or password is incorrect\n");
    expect((await pcs(["cluster", "setup", "web", "node1", "node3"])).output).toContain(
      "Host 'node3' is not known to pcs",
    );
    await lab.host("node3").must(["chpasswd"], { input: `hacluster:${PASSWORD}\n` });
    // Not on the command line this time.
    expect(await pcs(auth("node3"), { input: `${PASSWORD}\n` })).toEqual({
      status: 0,
      output: "node3: Authorized\n",
    });
    for (const host of ["node1", "node3"]) expect(await audit(host)).not.toContain(PASSWORD);
    expect(await audit("node3")).toMatch(/"from":"10\.77\.0\.1".*"what":"auth\.login".*"outcome":"refused"/);
  });

  test("three hosts become a cluster, start, and see one another", { timeout: 300_000 }, async () => {
    const setup = await pcs(["cluster", "setup", "web", "node1", "node2", "node3", "addr=10.77.0.3"]);
    expect(setup.status).toBe(0);
    for (const line of [
      "No addresses specified for host 'node1', using 'node1'",
      "Destroying cluster on hosts: 'node1', 'node2', 'node3'...",
      "node2: Successfully destroyed cluster",
      "Requesting remove 'pcsd settings' from 'node1', 'node2', 'node3'",
      "Sending 'corosync authkey', 'pacemaker authkey' to 'node1', 'node2', 'node3'",
      "node3: successful distribution of the file 'corosync authkey'",
      "Sending 'corosync.conf' to 'node1', 'node2', 'node3'",
      "node1: successful distribution of the file 'corosync.conf'",
    ])
      expect(setup.output).toContain(`${line}\n`);
    expect(setup.output).toMatch(/Cluster has been successfully set up\.\n$/);
    const confs = await Promise.all(
      lab.hosts.slice(0, 3).map((host) => host.must(["cat", "/etc/corosync/corosync.conf"])),
    );
    expect(confs[0]).toMatch(
      /crypto_cipher: aes256\n\s+crypto_hash: sha256\n\s+cluster_uuid: [0-9a-f]{32}\n/,
    );
    expect(new Set(confs).size).toBe(1);
    const mode = (path: string) => statSync(lab.host("node2").path(path)).mode & 0o777;
    expect(mode("/etc/corosync/authkey")).toBe(0o400);
    expect(mode("/var/lib/quorate/pcsd/known-hosts.json")).toBe(0o600);

    const started = await pcs(["cluster", "start", "--all", "--wait=90"]);
    expect(started).toMatchObject({
      status: 0,
      output: expect.stringContaining("node3: Starting Cluster..."),
    });
    expect(started.output).toContain("node3: Started");
    // The others got the tokens, too.
    expect((await pcs(["status", "pcsd"], { via: "node3" })).output).toBe(
      "  node1: Online\n  node2: Online\n  node3: Online\n",
    );
    expect((await pcs(["cluster", "enable", "--all"])).output).toContain("node2: Cluster Enabled\n");
    const node3 = lab.host("node3");
    await node3.powerCycle();
    // Asked of node3 itself: the others do not notice at once that it was away, and would tell what they saw before.
    const isBack = { timeout: 60_000, interval: 1000 };
    await expect
      .poll(async () => (await node3.run(["crm_node", "--list"])).stdout, isBack)
      .toContain("3 node3 member");
    await expect
      .poll(async () => (await pcs(["status", "pcsd"])).output, isBack)
      .toContain("node3: Online\n");
  });

  test("who is in a cluster is not taken out of it by the way", async () => {
    const again = await pcs(["cluster", "setup", "other", "node1", "node2"]);
    expect(again).toMatchObject({
      status: 1,
      output: expect.stringContaining("Some nodes are already in a cluster."),
    });
    expect((await pcs(["cluster", "destroy"])).output).toContain("use --force to override");
  });

  test("a node is added and removed while the cluster runs", { timeout: 300_000 }, async () => {
    await pcs([...auth("node4"), "-p", PASSWORD]);
    const added = await pcs(["cluster", "node", "add", "node4", "--start", "--wait=90"]);
    expect(added).toMatchObject({ status: 0, output: expect.stringContaining("node4: Cluster started") });
    expect(added.output).toContain("Sending updated corosync.conf to nodes...\n");
    expect((await pcs(["status", "pcsd"], { via: "node4" })).output).toContain("  node1: Online\n");
    const removed = await pcs(["cluster", "node", "remove", "node4"]);
    expect(removed).toMatchObject({
      status: 0,
      output: expect.stringContaining("node4: Successfully destroyed cluster\n"),
    });
    expect(await lab.host("node1").must(["crm_node", "--list"])).not.toContain("node4");
    expect(await lab.host("node2").must(["cat", "/etc/corosync/corosync.conf"])).not.toContain("node4");
    expect((await pcs(["cluster", "corosync", "node4"])).status).toBe(1);
  });

  test("what the cluster had before comes back: a checkpoint at once, a backup while it is stopped", {
    timeout: 300_000,
  }, async () => {
    const must = async (...words: string[]) => {
      const { status, output } = await pcs(words);
      expect({ words, status, output }).toMatchObject({ status: 0 });
      return output;
    };
    const property = async (via: string) =>
      (await pcs(["property", "config", "batch-limit"], { via })).output.match(/batch-limit: (\d+)/)?.[1];
    await must("property", "set", "batch-limit=7");
    await must("property", "set", "batch-limit=8");
    const numbers = [...(await must("config", "checkpoint")).matchAll(/^checkpoint (\d+): date /gm)];
    const with7: string[] = [];
    for (const [, number] of numbers)
      if ((await must("config", "checkpoint", "view", number!)).includes("batch-limit: 7"))
        with7.push(number!);
    expect(with7.length).toBeGreaterThan(0);
    const difference = await must("config", "checkpoint", "diff", with7.at(-1)!, "live");
    expect(difference).toContain("-  batch-limit: 7\n+  batch-limit: 8\n");
    await must("config", "checkpoint", "restore", with7.at(-1)!);
    expect(await property("node2")).toBe("7");

    await must("config", "backup", "/root/web");
    expect(await pcs(["config", "restore", "/root/web.tar.bz2"])).toMatchObject({
      status: 1,
      output: expect.stringContaining("Cluster is currently running on node node3."),
    });
    await must("property", "set", "batch-limit=9");
    await must("cluster", "stop", "--all");
    await lab.host("node3").must(["rm", "/etc/corosync/corosync.conf"]);
    expect(await must("config", "restore", "/root/web.tar.bz2")).toContain("node3: Succeeded\n");
    await must("cluster", "start", "--all", "--wait=90");
    for (const via of ["node1", "node2", "node3"]) expect(await property(via)).toBe("7");
    expect(await audit("node2")).toMatch(/"what":"cluster\.restore".*"outcome":"done"/);
  });

  test("stop, change quorum, destroy: on all hosts", { timeout: 300_000 }, async () => {
    const update = ["quorum", "update", "wait_for_all=1"];
    expect(await pcs(update)).toMatchObject({
      status: 1,
      output: expect.stringContaining("node1: corosync is running"),
    });
    const stopped = await pcs(["cluster", "stop", "--all"]);
    expect(stopped).toMatchObject({
      status: 0,
      output: expect.stringContaining("node3: Stopping Cluster (corosync)..."),
    });
    expect(await pcs(update)).toMatchObject({
      status: 0,
      output: expect.stringContaining("node2: Succeeded"),
    });
    expect(await lab.host("node3").must(["cat", "/etc/corosync/corosync.conf"])).toContain("wait_for_all: 1");
    const destroyed = await pcs(["cluster", "destroy", "--all", "--force"]);
    expect(destroyed).toMatchObject({
      status: 0,
      output: expect.stringContaining("node2: Successfully destroyed cluster"),
    });
    for (const host of lab.hosts) expect(await host.must(["ls", "/etc/corosync"])).toBe("");
    expect(await audit("node2")).toMatch(
      /"who":"hacluster".*"from":"10\.77\.0\.1 \(node1\)".*"what":"cluster\.destroy".*"outcome":"done"/,
    );
  });

  test("a token that was given back lets nobody in, and a host that is not itself is told nothing", async () => {
    expect(await pcs(["host", "deauth", "node2"])).toMatchObject({ status: 0 });
    expect((await pcs(["pcsd", "status", "node2"])).output).toBe("  node2: Unable to authenticate\n");
    // node3 learnt the same token at the set-up.
    expect((await pcs(["pcsd", "status", "node2"], { via: "node3" })).output).toBe(
      "  node2: Unable to authenticate\n",
    );
    await lab.host("node3").must(["rm", "/var/lib/quorate/pcsd/key.pem"]);
    await lab.host("node3").service("quorate-pcsd", "stop");
    await lab.host("node3").service("quorate-pcsd", "start");
    await expect
      .poll(async () => (await pcs([...auth("node3"), "-p", PASSWORD])).output, { timeout: 30_000 })
      .toContain("node3 shows another certificate");
    await pcs(["host", "deauth", "node3"]);
    expect((await pcs([...auth("node3"), "-p", PASSWORD])).output).toContain("node3: Authorized");
  });
});
