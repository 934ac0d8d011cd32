import { statSync } from "node:fs";
import { dirname } from "node:path";
import type { Host, Lab } from "@quorate/lab";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestLab, whySkipped } from "./test-lab.ts";

const PASSWORD = "s3cret of the lab";
const SECRET = "s e'c%r$et";
/** Commands wait for Corosync and for services, on two busy cores. */
const COMMAND_MS_MAX = 120_000;
const TEST_MS_MAX = 300_000;
const CONF = "/etc/corosync/corosync.conf";

/** Root of each host gets onto the others with a key, as crmsh's users have it; each host knows the others' keys. */
async function connectBySsh(hosts: readonly Host[]): Promise<void> {
  const [first] = hosts as [Host];
  await first.must([
    "bash",
    "-ec",
    "rm -rf /root/.ssh; ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519",
  ]);
  const [secret, open] = await Promise.all(
    ["", ".pub"].map((ending) => first.must(["cat", `/root/.ssh/id_ed25519${ending}`])),
  );
  // The lab boots no further than it must: nobody makes sessions for PAM. Quorate's commands are not where Debian's are.
  const path = (await first.must(["printenv", "PATH"])).trim();
  const settings = `UsePAM no\nUseDNS no\nPermitRootLogin prohibit-password\nSetEnv PATH=${path}\n`;
  const known: string[] = [];
  for (const host of hosts) {
    await host.must(["chpasswd"], { input: `root:${PASSWORD}\nhacluster:${PASSWORD}\n` });
    await host.must(["ssh-keygen", "-A"]);
    host.writeFile("/etc/ssh/sshd_config.d/lab.conf", settings);
    host.writeFile("/root/.ssh/authorized_keys", open!, 0o600);
    host.writeFile("/root/.ssh/id_ed25519", secret!, 0o600);
    known.push(`${host.name} ${await host.must(["cat", "/etc/ssh/ssh_host_ed25519_key.pub"])}`);
  }
  for (const host of hosts) {
    host.writeFile("/root/.ssh/known_hosts", known.join(""));
    await host.must(["systemctl", "restart", "ssh"]);
  }
}

describe.skipIf(whySkipped !== "")(`crm on other hosts, over ssh${whySkipped}`, () => {
  let lab: Lab;

  beforeAll(async () => {
    // With systemd: logs are in the journal, services are units.
    lab = await createTestLab({ stack: "quorate", kind: "full", isClusterSetUp: false });
    await connectBySsh(lab.hosts);
  });

  afterAll(() => lab?.destroy());

  async function typed(words: readonly string[], via: string) {
    const { status, stdout, stderr } = await lab.host(via).run(words, { timeoutMs: COMMAND_MS_MAX });
    return { status, output: stdout + stderr };
  }

  const crm = (words: readonly string[], via = "node1") => typed(["crm", ...words], via);

  const told = (...lines: readonly string[]) => ({
    status: 0,
    output: lines.map((line) => `${line}\n`).join(""),
  });

  const members = (via: string) => lab.host(via).must(["crm_node", "--list"]);

  async function untilAllAreMembers(): Promise<void> {
    for (const { name } of lab.hosts) {
      expect(await crm(["cluster", "wait_for_startup"], name)).toEqual(told());
      await expect
        .poll(() => members(name), { timeout: COMMAND_MS_MAX, interval: 300 })
        .toBe("1 node1 member\n2 node2 member\n3 node3 member\n");
    }
  }

  test("init makes a cluster of two hosts, join brings a third into it", {
    timeout: TEST_MS_MAX,
  }, async () => {
    const auth = ["pcs", "host", "auth", "node1", "node2", "node3", "-u", "hacluster", "-p", PASSWORD];
    expect(await typed(auth, "node1")).toMatchObject({ status: 0 });
    expect(await crm(["cluster", "init", "-y", "-n", "web", "-N", "node2"])).toMatchObject({
      status: 0,
      output: expect.stringContaining("Cluster has been successfully set up.\n"),
    });
    for (const via of ["node1", "node2"])
      expect(await crm(["cluster", "wait_for_startup"], via)).toEqual(told());
    expect(await crm(["cluster", "join", "-y", "-c", "node1"], "node3")).toMatchObject({
      status: 0,
      output: expect.stringContaining("node3: Succeeded\n"),
    });
    await untilAllAreMembers();
    expect(await lab.host("node3").must(["systemctl", "is-enabled", "quorated"])).toBe("enabled\n");
  });

  test("run, copy and diff reach all hosts, or those named", { timeout: TEST_MS_MAX }, async () => {
    expect(await crm(["cluster", "run", "hostname"])).toEqual(
      told("this host: node1", "node2: node2", "node3: node3"),
    );
    expect(await crm(["cluster", "run", "echo $(hostname) 'two  words'; exit 3", "node3"])).toEqual({
      status: 1,
      output: "node3: node3 two  words\nERROR: cluster.run: node3: the command ended with 3\n",
    });
    lab.host("node1").writeFile("/etc/site.conf", "welcome = yes\n", 0o640);
    expect(await crm(["cluster", "diff", "/etc/site.conf", "node2"])).toEqual({
      status: 1,
      output: "ERROR: cluster.diff: node2: cat: /etc/site.conf: No such file or directory\n",
    });
    expect(await crm(["cluster", "copy", "/etc/site.conf"])).toEqual(
      told("INFO: /etc/site.conf: copied to node2", "INFO: /etc/site.conf: copied to node3"),
    );
    expect(statSync(lab.host("node3").path("/etc/site.conf")).mode & 0o777).toBe(0o640);
    lab.host("node3").writeFile("/etc/site.conf", "welcome = no\n");
    expect(await crm(["cluster", "diff", "/etc/site.conf"])).toEqual(
      told(
        "INFO: /etc/site.conf: the same on node2",
        "--- this host",
        "+++ node3",
        "@@ -1 +1 @@",
        "-welcome = yes",
        "+welcome = no",
      ),
    );
    const sums = (await crm(["cluster", "diff", "/etc/site.conf", "--checksum"])).output.match(
      /[0-9a-f]{64}/g,
    )!;
    expect(sums.map((sum) => sum === sums[0])).toEqual([true, true, false]);
  });

  test("corosync.conf is changed here, pulled there, pushed to all, and read again", {
    timeout: TEST_MS_MAX,
  }, async () => {
    expect(await crm(["corosync", "set", "totem.token", "3210"])).toEqual(told());
    const differs = await crm(["corosync", "diff"]);
    expect(differs).toMatchObject({ status: 0, output: expect.stringContaining("-    token: 3210\n") });
    expect(await crm(["corosync", "pull", "node1"], "node2")).toEqual(told());
    expect(await crm(["corosync", "diff", "node2"])).toEqual(told(`INFO: ${CONF}: the same on node2`));
    expect(await crm(["corosync", "push", "node3"])).toEqual(told(`INFO: ${CONF}: copied to node3`));
    expect(await crm(["corosync", "diff"], "node2")).toEqual(
      told(`INFO: ${CONF}: the same on node1`, `INFO: ${CONF}: the same on node3`),
    );
    expect(await crm(["corosync", "set", "totem.token", "4321"])).toEqual(told());
    expect(await crm(["corosync", "push"])).toMatchObject({ status: 0 });
    expect(await crm(["corosync", "reload"])).toMatchObject({ status: 0 });
    for (const host of lab.hosts)
      await expect
        .poll(() => host.must(["corosync-cmapctl", "-g", "totem.token"]), { timeout: COMMAND_MS_MAX })
        .toBe("totem.token (u32) = 4321\n");
  });

  test("rename gives the cluster another name, which Corosync has after a restart of all", {
    timeout: TEST_MS_MAX,
  }, async () => {
    expect(await crm(["cluster", "rename", "shop{"])).toMatchObject({ status: 1 });
    expect(await crm(["cluster", "rename", "shop"], "node2")).toMatchObject({
      status: 0,
      output: expect.stringContaining("restart --all"),
    });
    expect((await crm(["configure", "show", "cib-bootstrap-options"])).output).toContain("cluster-name=shop");
    expect(await crm(["cluster", "restart", "--all"])).toMatchObject({ status: 0 });
    await untilAllAreMembers();
    for (const host of lab.hosts)
      expect(await host.must(["corosync-cmapctl", "-g", "totem.cluster_name"])).toBe(
        "totem.cluster_name (str) = shop\n",
      );
  });

  test("a secret is on all hosts, for root alone, and the agent gets it", {
    timeout: TEST_MS_MAX,
  }, async () => {
    for (const line of [
      "property fencing-enabled=false",
      "primitive login ocf:pacemaker:Dummy",
      "primitive other ocf:heartbeat:Dummy",
    ])
      expect(await crm(["--wait", "configure", ...line.split(" ")])).toMatchObject({ status: 0 });
    expect(await crm(["resource", "secret", "login", "set", "passwd", SECRET])).toMatchObject({ status: 0 });
    expect((await crm(["configure", "show", "login"])).output).toContain("params passwd");
    for (const host of lab.hosts) {
      const file = host.path("/var/lib/pacemaker/lrm/secrets/login/passwd");
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
      expect(await crm(["resource", "secret", "login", "show", "passwd"], host.name)).toEqual(told(SECRET));
    }
    expect((await typed(["cibadmin", "--query"], "node2")).output).toContain('name="passwd" value="lrm://"');
    // Its agent knows no such parameter: nothing is left behind.
    expect(await crm(["resource", "secret", "other", "set", "passwd", SECRET])).toMatchObject({ status: 1 });
    for (const host of lab.hosts)
      expect((await host.run(["find", "/var/lib/pacemaker/lrm/secrets/other", "-type", "f"])).stdout).toBe(
        "",
      );
    expect(await crm(["resource", "secret", "login", "unstash", "passwd"])).toMatchObject({ status: 0 });
    for (const host of lab.hosts)
      expect((await host.run(["find", "/var/lib/pacemaker/lrm/secrets", "-type", "f"])).stdout).toBe("");
  });

  test("an action of an agent runs on all hosts while the resource is in maintenance", {
    timeout: TEST_MS_MAX,
  }, async () => {
    const action = ["maintenance", "action", "other", "monitor", "ssh"];
    expect(await crm(action)).toMatchObject({
      status: 1,
      output: expect.stringContaining("Not in maintenance mode."),
    });
    await crm(["--wait", "resource", "maintenance", "other", "on"]);
    const { status, output } = await crm(action);
    expect(status).toBe(1);
    expect(output.match(/^ERROR: node\d: /gm)).toHaveLength(2);
    await crm(["--wait", "resource", "maintenance", "other", "off"]);
  });

  test("health asks all hosts, and finds the service that does not run", {
    timeout: TEST_MS_MAX,
  }, async () => {
    const isGood = ["cluster", "configuration", "resources", "node2", "node3"].map(
      (what) => `INFO: ${what}: good`,
    );
    expect(await crm(["cluster", "health"])).toEqual(told(...isGood));
    const node3 = lab.host("node3");
    await node3.service("quorated", "stop");
    expect(await crm(["cluster", "health"])).toMatchObject({
      status: 1,
      output: expect.stringContaining("ERROR: node3: quorated not active\n"),
    });
    await node3.service("quorated", "start");
    expect(await crm(["cluster", "wait_for_startup"], "node3")).toEqual(told());
  });

  test("a report has a folder for each host; history and cib import read it", {
    timeout: TEST_MS_MAX,
  }, async () => {
    const report = await typed(
      ["crm_report", "-f", new Date(Date.now() - 3_600_000).toISOString(), "/tmp/outage"],
      "node1",
    );
    expect(report).toMatchObject({ status: 0, output: expect.stringContaining("/tmp/outage.tar.bz2\n") });
    const node1 = lab.host("node1");
    await node1.must(["tar", "-C", "/tmp", "-xjf", "/tmp/outage.tar.bz2"]);
    const files = (await node1.must(["find", "/tmp/outage", "-type", "f"])).split("\n");
    for (const { name } of lab.hosts)
      for (const file of [
        "cib.xml",
        "corosync.conf",
        "journal.log",
        "crm_mon.txt",
        "logs/var_log_corosync_corosync.log",
      ])
        expect(files).toContain(`/tmp/outage/${name}/${file}`);
    expect(await node1.must(["grep", "-c", "node3 corosync\\[", "/tmp/outage/node3/journal.log"])).not.toBe(
      "0\n",
    );
    expect((await node1.run(["grep", "-rF", SECRET, "/tmp/outage"])).stdout).toBe("");
    const decided = files.find((file) => file.includes("/pengine/pe-input-1."))!;
    const folder = dirname(decided);
    expect((await crm(["-H", folder, "history", "peinputs"])).output).toContain(`${decided}\n`);
    expect((await crm(["-H", folder, "history", "show", "1"])).status).toBe(0);
    expect((await crm(["-H", folder, "history", "log"])).output).toContain("quorated[");
    expect(await crm(["cib", "import", decided, "outage"])).toMatchObject({ status: 0 });
    expect((await crm(["cib", "list"])).output).toContain("outage");
    // The same, of the hosts themselves.
    const live = (await crm(["history", "log"])).output;
    for (const { name } of lab.hosts) expect(live).toMatch(new RegExp(`^\\S+ ${name} quorated\\[`, "m"));
  });

  test("remove takes a host out of the cluster", { timeout: TEST_MS_MAX }, async () => {
    expect(await crm(["cluster", "remove", "node3"])).toMatchObject({ status: 0 });
    expect(await members("node1")).toBe("1 node1 member\n2 node2 member\n");
    expect((await crm(["cluster", "run", "hostname"])).output).not.toContain("node3");
  });
});
