import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BMC_PASSWORD, BMC_USER, type Host } from "@quorate/lab";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LabCluster, primitive } from "./lab-cluster.ts";
import { shownStatus } from "./shown-status.ts";
import { whySkipped } from "./test-lab.ts";

const RECOVERY_MS_MAX = 120_000;
const REMOTE = "remote1";

/** Tells where it runs and asks the cluster from there, as promotable agents do. */
const AGENT = `#!/bin/sh
pidfile=/run/beacon.pid
case $1 in
start)
  [ -e $pidfile ] && kill -0 "$(cat $pidfile)" && exit 0
  setsid sh -c 'while :; do date +%s%N >/run/beacon; sleep 0.1; done' </dev/null >/dev/null 2>&1 &
  echo $! >$pidfile;;
stop) [ -e $pidfile ] && kill "$(cat $pidfile)"; rm -f $pidfile; exit 0;;
monitor)
  [ -e $pidfile ] && kill -0 "$(cat $pidfile)" 2>/dev/null || exit 7
  attrd_updater -n beacon -U "$(crm_node -n)" -d 0 || exit 1;;
meta-data) echo '<resource-agent name="beacon" version="1.0"><version>1.0</version><parameters/><actions><action name="start" timeout="20s"/><action name="stop" timeout="20s"/><action name="monitor" timeout="20s" interval="2s"/><action name="meta-data" timeout="5s"/></actions></resource-agent>';;
*) exit 3;;
esac
`;

describe.skipIf(whySkipped !== "")(
  `remote node on real Corosync: two nodes and a host beside them${whySkipped}`,
  () => {
    let cluster: LabCluster;

    beforeAll(async () => {
      cluster = await LabCluster.start({
        hosts: ["node1", "node2"],
        outsiders: [REMOTE],
        corosync: { quorum: { two_node: 1 } },
      });
      for (const host of [...cluster.lab.hosts, remote()]) {
        host.writeFile("/usr/lib/ocf/resource.d/lab/beacon", AGENT, 0o755);
        host.writeFile("/etc/pacemaker/authkey", "the key that they share, and nobody else has\n", 0o600);
      }
      const quorated = join(import.meta.dirname, "../../bin/quorated");
      remote().writeFile(
        "/etc/lab/services/pacemaker_remote",
        `COMMAND='${quorated} --remote'\nRESTART=yes\nSTAY_DOWN='0 64 78'\n`,
      );
      await remote().service("pacemaker_remote", "start");
      const device = (name: string, address: string) =>
        primitive(
          `fence-${name}`,
          "stonith:fence_ipmilan",
          {
            ip: address,
            username: BMC_USER,
            password: BMC_PASSWORD,
            lanplus: "1",
            cipher: "3",
            power_wait: "0",
            pcmk_host_list: name,
          },
          `<op id="fence-${name}-monitor" name="monitor" interval="120s" timeout="40s"/>`,
        );
      await cluster.configure(`<configuration>
      <crm_config><cluster_property_set id="cib-bootstrap-options">
        <nvpair id="option-stonith-enabled" name="stonith-enabled" value="true"/>
      </cluster_property_set></crm_config>
      <resources>
        ${[...cluster.lab.hosts, remote()].map((host) => device(host.name, host.bmc.address)).join("")}
        ${primitive("beacon", "ocf:lab:beacon", {}, '<op id="beacon-monitor" name="monitor" interval="2s" timeout="20s"/>')}
      </resources>
      <constraints>
        <rsc_location id="beacon-remote" rsc="beacon" node="${REMOTE}" score="1000"/>
      </constraints>
    </configuration>`);
      await cluster
        .host("node1")
        .must(["pcs", "cluster", "node", "add-remote", REMOTE, "reconnect_interval=5s"]);
      await cluster.until(
        "the beacon on the remote host",
        RECOVERY_MS_MAX,
        async () => beacons()[0] === REMOTE,
      );
      await cluster.untilIdle("node1", RECOVERY_MS_MAX);
    });

    afterAll(() => cluster?.stop());

    function remote(): Host {
      return cluster.lab.outsiders[0]!;
    }

    /** The hosts on which the beacon runs, as their processes say. */
    function beacons(): string[] {
      return [...cluster.lab.hosts, remote()].filter((host) => pidOf(host) !== null).map(({ name }) => name);
    }

    function pidOf(host: Host): string | null {
      if (host.state !== "up") return null;
      try {
        return readFileSync(host.path("/run/beacon.pid"), "utf8").trim();
      } catch {
        return null;
      }
    }

    async function say(host: Host, ...command: string[]): Promise<string> {
      return (await host.must(command)).trim();
    }

    test("status shows it, and tools and agents on it reach the cluster as this node", async () => {
      expect(await say(cluster.host("node1"), "crm_mon", "-1")).toContain(`RemoteOnline: [ ${REMOTE} ]`);
      expect(await shownStatus(cluster.host("node2"))).toMatchObject({
        nodes: { node1: ["online"], [REMOTE]: ["online"] },
        active: { beacon: [REMOTE] },
      });
      expect(await say(remote(), "crm_mon", "-1")).toContain(`RemoteOnline: [ ${REMOTE} ]`);
      expect(await say(remote(), "crm_node", "-n")).toBe(REMOTE);
      await cluster.until("the agent's attribute", RECOVERY_MS_MAX, async () =>
        (await say(cluster.host("node2"), "attrd_updater", "-Q", "-n", "beacon", "-N", REMOTE)).includes(
          `value="${REMOTE}"`,
        ),
      );
      await remote().must(["crm_attribute", "--node", REMOTE, "--name", "rack", "--update", "7"]);
      expect(
        await say(
          cluster.host("node1"),
          "crm_attribute",
          "-N",
          REMOTE,
          "--name",
          "rack",
          "--query",
          "--quiet",
        ),
      ).toBe("7");
      expect(await say(cluster.host("node1"), "cibadmin", "-Q", "-o", "nodes")).toMatch(
        /<node id="remote1" (?=[^>]*type="remote")[^>]*uname="remote1"|<node id="remote1" uname="remote1" type="remote"/,
      );
      expect(await say(remote(), "cibadmin", "-Q", "-o", "resources")).toContain('id="beacon"');
    });

    test("node with the connection crashes: connected from elsewhere, what runs on the remote host is left alone", async () => {
      const pid = pidOf(remote());
      const victim = (await say(cluster.host("node1"), "crm_resource", "-r", REMOTE, "-W"))
        .split(" ")
        .at(-1)!;
      const other = cluster.other(victim);
      await cluster.host(victim).crash();
      await cluster.until("the connection elsewhere", RECOVERY_MS_MAX, async () => {
        const { stdout } = await cluster.host(other).run(["crm_resource", "-r", REMOTE, "-W"]);
        return stdout.trim().endsWith(other);
      });
      await cluster.untilIdle(other, RECOVERY_MS_MAX);
      expect(await cluster.successfulFencings(other, victim)).toBeGreaterThan(0);
      expect(await cluster.successfulFencings(other, REMOTE)).toBe(0);
      expect(pidOf(remote())).toBe(pid);
      expect(beacons()).toEqual([REMOTE]);
      await cluster.mend();
    });

    test("power of the remote host cut: fenced, then recovered on a node", async () => {
      await remote().powerOff();
      await cluster.until("the beacon elsewhere", RECOVERY_MS_MAX, async () => {
        const on = beacons();
        return on.length === 1 && on[0] !== REMOTE;
      });
      expect(await cluster.successfulFencings("node1", REMOTE)).toBeGreaterThan(0);
      await cluster.until("the host to have booted", RECOVERY_MS_MAX, async () => remote().state === "up");
      await remote().service("pacemaker_remote", "start");
      await cluster.until("the beacon back", RECOVERY_MS_MAX, async () => {
        const on = beacons();
        return on.length === 1 && on[0] === REMOTE;
      });
    });

    test("the remote daemon is stopped in order: what runs there moves away first", async () => {
      await remote().service("pacemaker_remote", "stop");
      expect(pidOf(remote())).toBeNull();
      // The connection stops, and the daemon with it, while the beacon starts elsewhere.
      await cluster.until("the beacon elsewhere", RECOVERY_MS_MAX, async () => beacons().length === 1);
      const on = beacons();
      await cluster.untilIdle("node1", RECOVERY_MS_MAX);
      expect(await shownStatus(cluster.host("node1"))).toMatchObject({
        nodes: { [REMOTE]: [] },
        active: { beacon: on, [REMOTE]: [] },
      });
      expect(await cluster.successfulFencings("node1", REMOTE)).toBe(1);
    });
  },
);
