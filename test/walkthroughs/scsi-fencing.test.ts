import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Host } from "@quorate/lab";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { whySkipped } from "../lab/test-lab.ts";
import { hasAddress, hasMount, hasProcess, type Watcher } from "../lab/watcher.ts";
import { WAIT_MS_MAX, Walkthrough } from "./walkthrough.ts";

const ADDRESS = "10.77.0.60";
const DISK = "/dev/disk/by-id/wwn-0x6001405de80b906d5904c9d841819705";
const PASSWORD = "cluster-secret-4711";
const [ZERO, ONE] = ["debian11-0", "debian11-1"] as const;
/** Longer than systemd would wait before it starts the daemon again. */
const RESTART_MS = 4000;

describe.skipIf(whySkipped !== "")(`walk-through: fencing by SCSI reservations${whySkipped}`, () => {
  let person: Walkthrough;
  let keys: Watcher;
  /** What runs with data: the promoted file system, the address, the web server. */
  let services: Watcher[];
  let deviceOn: string;

  beforeAll(async () => {
    person = await Walkthrough.begin("1-scsi-fencing.md", {
      hosts: [ZERO, ONE],
      corosync: { clusterName: "web_cluster", quorum: { two_node: 1 } },
      sharedDisks: { scsi: { sizeMib: 16 }, r0: { sizeMib: 16 }, shared: { sizeMib: 16 } },
    });
    const { lab } = person.cluster;
    for (const host of lab.hosts) {
      await host.must(["chpasswd"], { input: `hacluster:${PASSWORD}\n` });
      await host.must(["sh", "-c", `mkdir -p /dev/disk/by-id /srv/shared && ln -s /dev/lab/scsi ${DISK}`]);
      host.writeFile("/var/www/html/index.html", `from ${host.name}\n`);
    }
    for (const disk of ["r0", "shared"])
      await person.cluster.host(ZERO).must(["mkfs.ext4", "-q", `/dev/lab/${disk}`]);
    keys = person.cluster.watch("a key", hasKey);
    services = [
      person.cluster.watch("the address", (host) => hasAddress(host, ADDRESS)),
      person.cluster.watch("/mnt", (host) => hasMount(host, "/dev/lab/r0") || hasMount(host, backing(host))),
      person.cluster.watch("the web server", (host) => hasProcess(host, /^nginx: master/)),
    ];
    expect(
      (await person.type(ONE, `pcs host auth ${ZERO} ${ONE} -u hacluster -p ${PASSWORD}`))
        .trim()
        .split("\n")
        .sort(),
    ).toEqual([`${ZERO}: Authorized`, `${ONE}: Authorized`]);
    person.write(ZERO, "web.crm");
    await person.type(ZERO, "crm --force configure load update web.crm");
    await person.idle(ZERO);
  });

  afterAll(() => person?.end());

  /** The loop device behind a shared disk, as `mount` of a full host may show it. */
  function backing(host: Host): string {
    return host.path("/dev/lab/r0");
  }

  function reservation(): { keys: Record<string, string>; holder: string | null } {
    const file = person.cluster.host(ONE).path("/run/lab/shared/scsi/scsi");
    return existsSync(file)
      ? JSON.parse(readFileSync(file, "utf8") || '{"keys":{}}')
      : { keys: {}, holder: null };
  }

  function hasKey(host: Host): boolean {
    try {
      return host.name in reservation().keys;
    } catch {
      return false; // It is being written.
    }
  }

  function expectAllOn(shown: string, active: string): void {
    expect(shown).toMatch(new RegExp(`ClusterIP\\t\\(ocf:heartbeat:IPaddr2\\):\\t Started ${active}`));
    expect(shown).toMatch(new RegExp(`WebServer\\t\\(systemd:nginx\\):\\t Started ${active}`));
    expect(shown).toMatch(new RegExp(`fs_drbd_r0\\t\\(ocf:heartbeat:Filesystem\\):\\t Started ${active}`));
    expect(shown).toMatch(
      new RegExp(`drbd_r0-clone \\[drbd_r0\\] \\(promotable\\):\\n    \\* Promoted: \\[ ${active} \\]`),
    );
  }

  function expectStatus(shown: string): void {
    expectAllOn(shown, ZERO);
    expect(shown).toContain(`Online: [ ${ZERO} ${ONE} ]`);
    expect(shown).toContain("14 resource instances configured");
    expect(shown).toMatch(
      /drbd_r0\] \(promotable\):\n {4}\* Promoted: \[ debian11-0 \]\n {4}\* Unpromoted: \[ debian11-1 \]/,
    );
    expect(shown).toMatch(/drbd_r1\] \(promotable\):\n {4}\* Promoted: \[ debian11-0 debian11-1 \]/);
    expect(shown).toMatch(/shared_fs-clone \[shared_fs\]:\n {4}\* Started: \[ debian11-0 debian11-1 \]/);
    expect(shown).toMatch(/locking-clone \[locking\]:\n {4}\* Stopped: \[ debian11-0 debian11-1 \]/);
    expect(shown).toMatch(/scsi-shooter\t\(stonith:fence_scsi\):\t Started debian11-[01]/);
    expect(shown).toMatch(/Daemon Status:\n {2}corosync: active\/\w+\n {2}\S+: active\/\w+/);
  }

  test("without a fence device nothing starts; with it each node registers its key first", async () => {
    expect(services.flatMap(({ hosts }) => hosts)).toEqual([]);
    await person.type(
      ONE,
      `pcs stonith create scsi-shooter fence_scsi pcmk_host_list="debian11-0 debian11-1" devices=${DISK} meta provides=unfencing`,
    );
    await person.idle(ONE);
    const shown = await person.type(ONE, "pcs stonith config scsi-shooter");
    expect(shown).toContain("Resource: scsi-shooter (class=stonith type=fence_scsi)");
    expect(shown).toContain(`devices=${DISK}`);
    expect(shown).toMatch(/pcmk_host_list="debian11-0 debian11-1"/);
    expect(shown).toContain("provides=unfencing");
    expect(shown).toMatch(/monitor: scsi-shooter-monitor-interval-60s\n\s+interval=60s/);
    expect(Object.keys(reservation().keys).sort()).toEqual([ZERO, ONE]);
  });

  test("pcs status: everything on debian11-0, and what cannot run is told with its reason", async () => {
    const shown = await person.type(ONE, "pcs status");
    expectStatus(shown);
    // A probe that found nothing installed is no failed action of the status: it is in the history, and explains.
    expect(await person.type(ONE, `crm_mon -1Dt --resource o2cb --node ${ZERO}`)).toMatch(
      /\(\d+\) probe: last-rc-change=".*" exec-time=".*" queue-time=".*" rc=5 \(Not installed\)/,
    );
    const explained = await person.type(ONE, "quorate explain o2cb | grep Failed: | sort");
    for (const name of [ZERO, ONE])
      expect(explained).toContain(
        `o2cb_monitor_0 on ${name}, exit status 5: Setup problem: couldn't find command: `,
      );
    deviceOn = /scsi-shooter\t\(stonith:fence_scsi\):\t Started (\S+)/.exec(shown)![1]!;
    for (const service of services) {
      expect(service.hosts, service.what).toEqual([ZERO]);
      const firstKey = keys.sightings.find(({ hosts }) => hosts.includes(ZERO))!;
      expect(service.sightings.find(({ hosts }) => hosts.includes(ZERO))!.atMs).toBeGreaterThan(
        firstKey.atMs,
      );
    }
  });

  test("pcs stonith fence debian11-0: cut off from the disk, and everything runs on debian11-1", async () => {
    expect(await person.type(ONE, "pcs stonith fence debian11-0")).toBe("Node: debian11-0 fenced\n");
    expect(Object.keys(reservation().keys)).toEqual([ONE]);
    await person.idle(ONE);
    const shown = await person.type(ONE, "pcs status");
    expect(shown).toContain(`OFFLINE: [ ${ZERO} ]`);
    expectAllOn(shown, ONE);
    expect(await person.type(ONE, "df /mnt")).toMatch(/\/mnt$/m);
    expect(await person.type(ONE, `curl --silent --max-time 5 http://${ADDRESS}/`)).toBe("from debian11-1\n");

    await person.cluster.until(
      "the daemon of debian11-0 to end",
      WAIT_MS_MAX,
      async () => (await person.cluster.host(ZERO).service("quorated", "status")).status !== 0,
    );
    await sleep(RESTART_MS);
    const unit = await person.type(
      ZERO,
      "systemctl show quorated --property ActiveState,SubState,ExecMainStatus",
    );
    expect(unit.trim().split("\n").sort()).toEqual([
      "ActiveState=inactive",
      "ExecMainStatus=100",
      "SubState=dead",
    ]);
    const log = await person.type(ZERO, "journalctl --unit quorated --output cat | grep -w critical");
    expect(log).toMatch(/We were allegedly just fenced by /);
    expect(log).toMatch(/ending: this node was fenced by .*; it stays down until/);
    // It is cut off from the disk only: what it ran is stopped, so that the address is not on two hosts.
    for (const service of services) expect(service.hosts, service.describe()).toEqual([ONE]);

    // Nothing of the fenced node was taken over before its key was gone.
    const cutOff = keys.sightings.find(({ hosts }, index) => index > 0 && hosts.join() === ONE)!;
    for (const service of services) {
      const takenOver = service.sightings.find(({ hosts }) => hosts.includes(ONE))!;
      expect(takenOver.atMs, service.describe()).toBeGreaterThan(cutOff.atMs);
    }
  });

  test("pcs cluster start debian11-0: it unfences itself, and what prefers it moves back", async () => {
    expect(await person.type(ONE, "pcs cluster start debian11-0")).toBe("debian11-0: Starting Cluster...\n");
    await person.untilShown(ONE, "crm_mon -1", `Online: [ ${ZERO} ${ONE} ]`);
    await person.idle(ONE);
    const shown = await person.type(ONE, "pcs status");
    expectStatus(shown);
    expect(shown).toMatch(new RegExp(`scsi-shooter\\t\\(stonith:fence_scsi\\):\\t Started ${deviceOn}`));
    expect(Object.keys(reservation().keys).sort()).toEqual([ZERO, ONE]);
  });

  test("what is told of a change is what it does", async () => {
    await person.typeAsPlanned(ONE, "pcs resource disable fs_drbd_r0");
    await person.typeAsPlanned(ONE, "pcs resource enable fs_drbd_r0");
    await person.typeAsPlanned(ONE, `pcs node standby ${ZERO}`);
    for (const service of services) expect(service.hosts, service.describe()).toEqual([ONE]);
  });

  test("nothing was active on two nodes that could both write, and the guide shows what happened", () => {
    for (const service of services) {
      for (const { atMs, hosts } of service.sightings) {
        const writers = keys.sightings.findLast((sighting) => sighting.atMs <= atMs)?.hosts ?? [];
        expect(
          hosts.filter((host) => writers.includes(host)).length,
          `${service.describe()}\n${keys.describe()}`,
        ).toBeLessThan(2);
      }
    }
    person.expectGuide();
  });
});
