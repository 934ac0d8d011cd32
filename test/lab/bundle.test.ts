import type { Host } from "@quorate/lab";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DOCKER_UNIT } from "./docker.ts";
import { ipmiDevices, LabCluster } from "./lab-cluster.ts";
import { shownStatus } from "./shown-status.ts";
import { whySkipped } from "./test-lab.ts";

const CHANGE_MS_MAX = 120_000;
const BIN = new URL("../../bin/", import.meta.url).pathname;

/** Nothing but places for what a container is given of its host: an image with Node.js and Quorate in it, as far as the cluster can tell. */
const IMAGE = `set -e
mkdir -p image/etc image/run image/tmp image/var/lib image/usr && cd image
ln -sfn ../run var/run
for each in bin sbin lib lib64; do ln -sfn usr/$each $each; done
cp /etc/passwd /etc/group /etc/nsswitch.conf /etc/ld.so.cache etc
tar -c . | docker import - userland
`;

/** The agent's state is in the container, and how often it was started is seen from outside. */
const BUNDLE = `<bundle id="web">
  <docker image="userland" replicas="2" run-command="${BIN}pacemaker-remoted"/>
  <network ip-range-start="10.77.0.150" host-interface="eth0"><port-mapping id="web-port" port="8080"/></network>
  <storage>
    <storage-mapping id="web-usr" source-dir="/usr" target-dir="/usr" options="ro"/>
    <storage-mapping id="web-quorate" source-dir="${new URL("../../", import.meta.url).pathname}" target-dir="${new URL("../../", import.meta.url).pathname}" options="ro"/>
  </storage>
  <primitive id="page" class="ocf" provider="pacemaker" type="Dummy">
    <operations><op id="page-monitor" name="monitor" interval="2s"/></operations>
  </primitive>
</bundle>`;

describe.skipIf(whySkipped !== "")(`bundle: two containers of a real Docker engine${whySkipped}`, () => {
  let cluster: LabCluster;

  beforeAll(async () => {
    cluster = await LabCluster.start({
      kind: "full",
      hosts: ["node1", "node2"],
      corosync: { quorum: { two_node: 1 } },
    });
    for (const host of cluster.lab.hosts) {
      host.writeFile("/etc/systemd/system/docker.service", DOCKER_UNIT);
      host.writeFile(
        "/etc/systemd/system/resource-agents-deps.target.d/docker.conf",
        "[Unit]\nRequires=docker.service\nAfter=docker.service\n",
      );
      host.writeFile("/etc/pacemaker/authkey", "the key that they share, and nobody else has\n", 0o600);
      await host.must(["systemctl", "daemon-reload"]);
      await host.must(["systemctl", "start", "docker"], { timeoutMs: CHANGE_MS_MAX });
      await host.must(["sh", "-c", IMAGE], { timeoutMs: CHANGE_MS_MAX });
    }
    await cluster.configure(`<configuration>
      <crm_config><cluster_property_set id="cib-bootstrap-options">
        <nvpair id="option-stonith-enabled" name="stonith-enabled" value="true"/>
      </cluster_property_set></crm_config>
      <resources>${ipmiDevices(cluster.lab.description, (host) => cluster.host(host).bmc.address)}${BUNDLE}</resources>
    </configuration>`);
    await untilPagesRun(2);
  }, 300_000);

  afterAll(() => cluster?.stop());

  /** Names of the containers in which the page runs, as the containers of a host themselves know it. */
  async function pagesOn(host: Host): Promise<string[]> {
    if (host.state !== "up") return [];
    const { stdout } = await host.run(["docker", "ps", "--format", "{{.Names}}"]);
    const pages: string[] = [];
    for (const container of stdout.split("\n").filter((name) => name !== "")) {
      const state = await host.run(["docker", "exec", container, "test", "-e", "/run/Dummy-page.state"]);
      if (state.status === 0) pages.push(container);
    }
    return pages;
  }

  async function untilPagesRun(count: number): Promise<void> {
    await cluster.until(`${count} pages to run`, CHANGE_MS_MAX, async () => {
      const pages = await Promise.all(cluster.lab.hosts.map(pagesOn));
      return pages.flat().length === count;
    });
    await cluster.untilIdle(undefined, CHANGE_MS_MAX);
  }

  test("each host has one container with the page in it, which knows its name; every form of crm_mon shows it", async () => {
    const pages = await Promise.all(cluster.lab.hosts.map(pagesOn));
    expect(pages.flat().sort()).toEqual(["web-docker-0", "web-docker-1"]);
    for (const [index, host] of cluster.lab.hosts.entries()) {
      const [container] = pages[index]!;
      const name = `web-${container!.at(-1)}`;
      expect((await host.must(["docker", "exec", container!, `${BIN}crm_node`, "--name"])).trim()).toBe(name);
      await host.must(["docker", "exec", container!, `${BIN}attrd_updater`, "-n", "visits", "-U", "3"]);
      const shown = await shownStatus(host);
      // The first process of a container inherits what others leave behind, and lets go of it.
      await host.must(["docker", "exec", container!, "sh", "-c", "sh -c 'sleep 0.2 &'"]);
      await cluster.until("no dead process in the container", CHANGE_MS_MAX, async () => {
        const states = await host.must(["docker", "exec", container!, "sh", "-c", "cat /proc/[0-9]*/stat"]);
        return !/\bsleep\) /.test(states);
      });
      expect(shown.nodes[name]).toEqual(["online"]);
      expect(shown.active.page).toContain(name);
      expect(shown.active[container!]).toEqual([host.name]);
      expect(shown.failures).toEqual([]);
    }
    const text = await cluster.host("node1").must(["crm_mon", "-1"]);
    expect(text).toMatch(
      /\* Container bundle set: web \[userland\]:\n +\* web-0 \(10\.77\.0\.150\)\t ?\(ocf:pacemaker:Dummy\):\t Started node[12]\n/,
    );
  });

  test("a container that dies is started again, on its host, without anybody being fenced", async () => {
    const host = cluster.host("node2");
    const [container] = await pagesOn(host);
    await host.must(["docker", "kill", container!]);
    await untilPagesRun(2);
    expect(await pagesOn(host)).toEqual([container]);
    const shown = await shownStatus(host);
    expect(shown.failures.length).toBeGreaterThan(0);
    expect(shown.active.page).toHaveLength(2);
    expect(host.state).toBe("up");
    // Everything is looked for anew: where the connection was lost before, it is not there, and that is all.
    await host.must(["crm_resource", "--cleanup"]);
    await cluster.untilIdle(undefined, CHANGE_MS_MAX);
    expect((await shownStatus(host)).failures).toEqual([]);
  });

  test("a host that dies is fenced, and its replica comes back with it", async () => {
    await cluster.host("node1").crash();
    await cluster.mend();
    await untilPagesRun(2);
    expect((await shownStatus(cluster.host("node1"))).active.page).toHaveLength(2);
  });
});
