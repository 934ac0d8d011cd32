import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ipmiDevices, LabCluster, primitive } from "./lab-cluster.ts";
import { comesToReach, whySkipped } from "./test-lab.ts";

const ADDRESS = "10.77.0.200";
/** A host boots systemd, and two busy cores have three of them. */
const CHANGE_MS_MAX = 120_000;

describe.skipIf(whySkipped !== "")(`full hosts: three nodes with systemd${whySkipped}`, () => {
  let cluster: LabCluster;

  beforeAll(async () => {
    cluster = await LabCluster.start({ kind: "full", sharedDisks: { pages: { sizeMib: 16 } } });
    for (const host of cluster.lab.hosts) await host.must(["mkdir", "-p", "/srv/pages"]);
    await cluster.host("node1").must(["mkfs.ext4", "-q", "-F", "/dev/lab/pages"]);
    for (const host of cluster.lab.hosts) host.writeFile("/var/www/html/index.html", `from ${host.name}\n`);
    await cluster.configure(configuration(cluster));
    await cluster.until("the site to run", CHANGE_MS_MAX, async () => (await active()) !== null);
    await cluster.untilIdle("node1", CHANGE_MS_MAX);
  });

  afterAll(() => cluster?.stop());

  /** The one host where systemd itself says that the web server runs; null when there is none. */
  async function active(): Promise<string | null> {
    const hosts: string[] = [];
    for (const host of cluster.lab.hosts)
      if (host.state === "up" && (await host.service("nginx", "status")).status === 0) hosts.push(host.name);
    expect(hosts.length, `nginx runs on ${hosts.join(" and ")}`).toBeLessThan(2);
    return hosts[0] ?? null;
  }

  async function untilElsewhere(than: string): Promise<void> {
    await cluster.until(`the site elsewhere than on ${than}`, CHANGE_MS_MAX, async () => {
      const now = await active();
      return now !== null && now !== than;
    });
  }

  async function property(host: string, unit: string, name: string): Promise<string> {
    return (await cluster.host(host).must(["systemctl", "show", "--value", "--property", name, unit])).trim();
  }

  test("the daemon says when it is ready and gives signs of life; nothing has failed", async () => {
    for (const { name } of cluster.lab.hosts) {
      expect(await property(name, "quorated.service", "ActiveState")).toBe("active");
      expect(await property(name, "quorated.service", "StatusText")).toBe(`Node ${name} of cluster lab`);
      expect(await property(name, "quorated.service", "WatchdogTimestampMonotonic")).not.toBe("0");
      expect(await cluster.host(name).must(["systemctl", "--failed", "--quiet", "--plain"])).toBe("");
    }
  });

  test("a unit of systemd is the cluster's: it is served from the cluster's address, and its own restart is off", async () => {
    const host = (await active())!;
    const visitor = cluster.host(cluster.other(host));
    expect(await comesToReach(visitor, ADDRESS)).toBe(true);
    expect(await visitor.must(["curl", "-s", "--max-time", "5", `http://${ADDRESS}/`])).toBe(
      `from ${host}\n`,
    );
    expect(await property(host, "nginx.service", "DropInPaths")).toContain("50-pacemaker.conf");
    expect(await property(host, "nginx.service", "Description")).toBe("Cluster Controlled nginx.service");
    // What an agent mounts is there for the whole machine, not for the daemon's unit alone.
    expect(
      await cluster.host(host).must(["findmnt", "--noheadings", "--output", "FSTYPE", "/srv/pages"]),
    ).toBe("ext4\n");
  });

  test("a unit that fails is found failed and started anew in its place", async () => {
    const host = (await active())!;
    await cluster.host(host).service("nginx", "kill");
    await cluster.until("the failure to be counted", CHANGE_MS_MAX, async () =>
      (await cluster.host(host).must(["crm_failcount", "--query", "--resource", "web"])).includes("value=1"),
    );
    await cluster.until("the web server to run again", CHANGE_MS_MAX, async () => (await active()) === host);
    await cluster.untilIdle(host, CHANGE_MS_MAX);
  });

  test("systemctl stop quorated: services move first, Corosync stays, nobody is fenced; started, the node is back", async () => {
    const host = (await active())!;
    const via = cluster.other(host);
    expect((await cluster.host(host).service("quorated", "stop")).status).toBe(0);
    expect((await cluster.host(host).service("nginx", "status")).status).not.toBe(0);
    expect(await property(host, "corosync.service", "ActiveState")).toBe("active");
    await untilElsewhere(host);
    expect(await cluster.successfulFencings(via, host)).toBe(0);
    await cluster.host(host).service("quorated", "start");
    await cluster.untilAllOnline();
  });

  test("systemctl stop corosync stops the daemon first, in order", async () => {
    const host = (await active())!;
    const via = cluster.other(host);
    expect((await cluster.host(host).service("corosync", "stop")).status).toBe(0);
    expect(await property(host, "quorated.service", "ActiveState")).toBe("inactive");
    expect(await property(host, "quorated.service", "ExecMainStatus")).toBe("0");
    await untilElsewhere(host);
    expect(await cluster.successfulFencings(via, host)).toBe(0);
    await cluster.host(host).service("quorated", "start");
    expect(await property(host, "corosync.service", "ActiveState")).toBe("active");
    await cluster.untilAllOnline();
  });

  test("the daemon hangs: systemd ends it, and the next one is fenced or takes over; the site runs once", async () => {
    const host = cluster.other(await active());
    const drop = "/run/systemd/system/quorated.service.d/hang.conf";
    cluster.host(host).writeFile(drop, "[Service]\nWatchdogSec=4s\n");
    await cluster.host(host).must(["systemctl", "daemon-reload"]);
    await cluster.host(host).must(["systemctl", "restart", "quorated"]);
    await cluster.untilAllOnline();
    const before = await property(host, "quorated.service", "MainPID");
    await cluster.host(host).must(["kill", "-STOP", before]);
    await cluster.until("another daemon in place of the one that hung", CHANGE_MS_MAX, async () => {
      const now = await property(host, "quorated.service", "MainPID");
      return now !== "0" && now !== before;
    });
    await cluster.mend();
    expect(await active()).not.toBeNull();
  });

  test("the daemon is killed: systemd starts another one, the site runs once", async () => {
    const host = (await active())!;
    const via = cluster.other(host);
    const before = await cluster.successfulFencings(via, host);
    const killed = await property(host, "quorated.service", "MainPID");
    await cluster.host(host).must(["kill", "-KILL", killed]);
    // Whichever is faster: the others' fencing, which takes the machine with it, or the new daemon.
    await cluster.until("another daemon, or the host to be fenced", CHANGE_MS_MAX, async () => {
      if ((await cluster.successfulFencings(via, host)) > before) return true;
      const now = await property(host, "quorated.service", "MainPID");
      return now !== "0" && now !== killed;
    });
    await cluster.mend();
    await cluster.until("the site to run", CHANGE_MS_MAX, async () => (await active()) !== null);
  });

  test("power of the active host cut by its BMC: it is fenced, boots systemd and joins", async () => {
    const host = (await active())!;
    const via = cluster.other(host);
    const before = await cluster.successfulFencings(via, host);
    await cluster.host(host).crash();
    await untilElsewhere(host);
    expect(await cluster.successfulFencings(via, host)).toBe(before + 1);
    await cluster.mend();
  });

  describe("crm cluster crash_test", () => {
    const tested = (host: string, ...words: string[]) =>
      cluster.host(host).run(["crm", "cluster", "crash_test", ...words], { timeoutMs: 2 * CHANGE_MS_MAX });
    const record = async (host: string) =>
      JSON.parse(await cluster.host(host).must(["cat", "/var/lib/quorate/crash_test/crash_test.json"])).at(
        -1,
      );

    test("--fence-node has another node fenced, with --force only where nobody can be asked", async () => {
      const host = (await active())!;
      const via = cluster.other(host);
      const before = await cluster.successfulFencings(via, host);
      expect(await tested(via, "--fence-node", host)).toMatchObject({
        status: 1,
        stderr: expect.stringContaining("nothing was done"),
      });
      expect(await tested(via, "--fence-node", host, "--force")).toMatchObject({
        status: 0,
        stdout: expect.stringMatching(new RegExp(`${host} was fenced within`)),
      });
      expect(await cluster.successfulFencings(via, host)).toBe(before + 1);
      expect(await record(via)).toMatchObject({ isGood: true });
      await untilElsewhere(host);
      await cluster.mend();
    });

    test("--kill-pacemakerd and --kill-corosync: back, or fenced; the site runs once", async () => {
      for (const daemon of ["--kill-pacemakerd", "--kill-corosync"]) {
        const host = (await active())!;
        const { status } = await tested(host, daemon, "--force");
        await cluster.mend();
        await cluster.until("the site to run", CHANGE_MS_MAX, async () => (await active()) !== null);
        const { isGood } = await record(host);
        // Of a host that was fenced meanwhile the record says that the test was still going on.
        expect(isGood).toBe(status === 0 ? true : null);
      }
    });

    test("--split-brain-iptables: the host that is cut off is fenced by the others", async () => {
      const host = (await active())!;
      const via = cluster.other(host);
      const before = await cluster.successfulFencings(via, host);
      await tested(host, "--split-brain-iptables", "--force");
      await untilElsewhere(host);
      expect(await cluster.successfulFencings(via, host)).toBe(before + 1);
      await cluster.mend();
      expect(await record(host)).toMatchObject({ ended: null });
      expect(await cluster.host(host).must(["iptables", "--list-rules", "INPUT"])).toBe("-P INPUT ACCEPT\n");
    });
  });
});

function configuration({ lab }: LabCluster): string {
  const monitor = (id: string) => `<op id="${id}-monitor" name="monitor" interval="2s" timeout="40s"/>`;
  return `<configuration>
  <crm_config><cluster_property_set id="options"/></crm_config>
  <resources>
    ${ipmiDevices(lab.description, (name) => lab.host(name).bmc.address)}
    <group id="site">
      ${primitive("pages", "ocf:heartbeat:Filesystem", { device: "/dev/lab/pages", directory: "/srv/pages", fstype: "ext4" }, monitor("pages"))}
      ${primitive("ip", "ocf:heartbeat:IPaddr2", { ip: ADDRESS, cidr_netmask: "24" }, monitor("ip"))}
      ${primitive("web", "systemd:nginx", {}, monitor("web"))}
    </group>
  </resources>
</configuration>`;
}
