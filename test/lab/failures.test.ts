import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { LabCluster } from "./lab-cluster.ts";
import { prepareSite, SITE_ADDRESS, SITE_JOURNAL, SITE_LAB, siteConfiguration, watchSite } from "./site.ts";
import { reaches, whySkipped } from "./test-lab.ts";
import { Troubled } from "./troubled.ts";

/** From a failure to the site on another host: detection, a BMC that answers slowly on two busy cores, four agents. */
const RECOVERY_MS_MAX = 120_000;

describe.skipIf(whySkipped !== "")(`failures on real Corosync: three nodes with BMCs${whySkipped}`, () => {
  let cluster: LabCluster;

  beforeAll(async () => {
    cluster = await LabCluster.start(SITE_LAB);
    await prepareSite(cluster.lab.hosts);
    watchSite(cluster);
    await cluster.configure(
      siteConfiguration(cluster.lab.description, (name) => cluster.host(name).bmc.address),
    );
    await cluster.until("the site to run", RECOVERY_MS_MAX, async () => active() !== undefined);
    await cluster.untilIdle("node1", RECOVERY_MS_MAX);
  });

  afterAll(() => cluster?.stop());

  afterEach(async () => {
    for (const watcher of cluster.watchers) expect(watcher.violations, watcher.what).toEqual([]);
    await cluster.mend();
    await cluster.until("the site to run again", RECOVERY_MS_MAX, async () => active() !== undefined);
    await cluster.untilIdle("node1", RECOVERY_MS_MAX);
  });

  /** The host that the whole site runs on; undefined while there is none. */
  function active(): string | undefined {
    const hosts = cluster.watchers.map((watcher) => watcher.hosts);
    return hosts.every((each) => each.length === 1 && each[0] === hosts[0]![0]) ? hosts[0]![0] : undefined;
  }

  async function untilElsewhere(than: string): Promise<void> {
    await cluster.until(`the site elsewhere than on ${than}`, RECOVERY_MS_MAX, async () => {
      const now = active();
      return now !== undefined && now !== than;
    });
  }

  /** What is done to the active host gets it fenced once, by its BMC, before the site runs elsewhere. */
  async function expectFencedAndRecovered(harm: (host: string) => Promise<unknown>): Promise<string> {
    const victim = active()!;
    const via = cluster.other(victim);
    const before = await cluster.successfulFencings(via, victim);
    const cutsBefore = powerCuts(victim);
    await harm(victim);
    await cluster.until(`the site to leave ${victim}`, RECOVERY_MS_MAX, async () => active() !== victim);
    // On slow machines the victim may have booted and joined before anything was started, and is as good a place as any then.
    await cluster.until("the site to run again", RECOVERY_MS_MAX, async () => active() !== undefined);
    expect(await cluster.successfulFencings(via, victim)).toBe(before + 1);
    expect(powerCuts(victim) - cutsBefore).toBeLessThanOrEqual(1);
    expect(await reaches(cluster.host(via), SITE_ADDRESS)).toBe(true);
    return victim;
  }

  /** How often the BMC of a host was told to cut its power. */
  function powerCuts(host: string): number {
    return cluster.host(host).console().split("bmc: set power 0").length - 1;
  }

  test("active host crashes", async () => {
    await expectFencedAndRecovered((victim) => cluster.host(victim).crash());
  });

  test("power of the active host cut", async () => {
    await expectFencedAndRecovered((victim) => cluster.host(victim).powerOff());
  });

  test("quorated killed on the active host, what it started lives on", async () => {
    await expectFencedAndRecovered((victim) => cluster.host(victim).service("quorated", "kill"));
  });

  test("Corosync killed under the active host", async () => {
    await expectFencedAndRecovered((victim) => cluster.host(victim).service("corosync", "kill"));
  });

  test("Corosync blocked on the active host", async () => {
    await expectFencedAndRecovered((victim) =>
      cluster.host(victim).must(["bash", "-c", "kill -STOP $(pidof corosync)"]),
    );
  });

  test("Corosync killed on the active host and started again at once: all is found as it was, or fenced first", async () => {
    const host = cluster.host(active()!);
    await host.service("corosync", "kill");
    await host.service("corosync", "start");
    await cluster.until(`the daemon of ${host.name} to join again`, RECOVERY_MS_MAX, async () => {
      const services = readFileSync(join(host.logDirectory, "services.log"), "utf8");
      return /quorated ended with status 102(?!.*ended with status 102).*quorated started/s.test(services);
    });
    await cluster.mend();
  });

  test("active host unplugged: the side with quorum fences it and takes over", async () => {
    await expectFencedAndRecovered((victim) =>
      cluster.lab.partition([[victim], cluster.names.filter((name) => name !== victim)]),
    );
  });

  test("active host frozen and fenced: it does not come back writing", async () => {
    const victim = await expectFencedAndRecovered((host) => cluster.host(host).freeze());
    await cluster.host(victim).thaw();
    await sleep(1000);
    const journal = readFileSync(cluster.host(active()!).path(SITE_JOURNAL), "utf8").trimEnd().split("\n");
    const firstOfNew = journal.findLastIndex((line) => line.endsWith(` ${victim}`)) + 1;
    expect(journal.slice(firstOfNew).length).toBeGreaterThan(5);
    expect(journal.slice(firstOfNew).every((line) => line.endsWith(` ${active()}`))).toBe(true);
  });

  test.each([
    { what: "the DC crashes", harm: (host: string) => cluster.host(host).crash() },
    {
      what: "quorated killed on the DC",
      harm: (host: string) => cluster.host(host).service("quorated", "kill"),
    },
  ])("$what: another one leads and fences it", async ({ harm }) => {
    const dc = (await cluster.dc("node1"))!;
    const via = cluster.other(dc);
    const before = await cluster.successfulFencings(via, dc);
    await harm(dc);
    await cluster.until("the old DC to be fenced by a new one", RECOVERY_MS_MAX, async () => {
      const now = await cluster.dc(via);
      return now !== null && now !== dc && (await cluster.successfulFencings(via, dc)) === before + 1;
    });
  });

  test("two of three crash: without quorum the last one stops everything and fences nobody", async () => {
    const last = active()!;
    const victims = cluster.names.filter((name) => name !== last);
    await Promise.all(victims.map((name) => cluster.host(name).crash()));
    await cluster.until("everything to stop", RECOVERY_MS_MAX, async () =>
      cluster.watchers.every(({ hosts }) => hosts.length === 0),
    );
    expect((await cluster.ask(last, "node.status", {})).isQuorate).toBe(false);
    await sleep(2000);
    for (const victim of victims) expect(cluster.host(victim).state).toBe("down");
  });

  test("agent hangs on stop: the node is fenced before the resource starts elsewhere", async () => {
    const host = cluster.other(active());
    const target = cluster.other(active(), host);
    const before = await cluster.successfulFencings(target, host);
    const troubled = await Troubled.add(cluster, [host, target]);
    try {
      await cluster.until(`it to run on ${host}`, 60_000, async () => troubled.hosts.join() === host);
      await cluster.untilIdle(target, RECOVERY_MS_MAX);
      troubled.breakAction(host, "stop", "hangs");
      await cluster
        .host(target)
        .must(["crm_resource", "--move", "--resource", troubled.id, "--node", target]);
      await cluster.until(
        `it to run on ${target}`,
        RECOVERY_MS_MAX,
        async () => troubled.hosts.join() === target,
      );
      expect(await cluster.successfulFencings(target, host)).toBe(before + 1);
      expect(troubled.violations).toEqual([]);
      await cluster.mend();
    } finally {
      await troubled.remove(target);
    }
  });

  test("agent fails to start on one node: the resource starts on another, nobody is fenced", async () => {
    const [failing, last] = cluster.names.filter((name) => name !== active());
    const before = await cluster.successfulFencings(last!, failing!);
    const troubled = await Troubled.add(cluster, [failing!, last!], "start");
    try {
      await cluster.until(
        `it to run on ${last}`,
        RECOVERY_MS_MAX,
        async () => troubled.hosts.join() === last,
      );
      await cluster.untilIdle("node1", RECOVERY_MS_MAX);
      const failures = await cluster
        .host(last!)
        .must(["crm_failcount", "--query", "--resource", troubled.id, "--node", failing!]);
      expect(failures).toContain("value=INFINITY");
      expect(await cluster.successfulFencings(last!, failing!)).toBe(before);
      expect(troubled.violations).toEqual([]);
    } finally {
      await troubled.remove(last!);
    }
  });

  test("quorated stopped in order on the active host: services move, nobody is fenced", async () => {
    const host = active()!;
    const cutsBefore = powerCuts(host);
    await cluster.host(host).service("quorated", "stop");
    await untilElsewhere(host);
    expect(powerCuts(host)).toBe(cutsBefore);
    await cluster.host(host).service("quorated", "start");
  });

  test("maintenance mode, quorated restarted under the site: nothing is touched, everything is found again", async () => {
    const host = active()!;
    const count = cluster.watchers.map(({ sightings }) => sightings.length);
    const set = (value: string) =>
      cluster.host(host).must(["crm_attribute", "--name", "maintenance-mode", "--update", value]);
    await set("true");
    await cluster.untilIdle(host);
    await cluster.host(host).service("quorated", "stop");
    await cluster.host(host).service("quorated", "start");
    await cluster.untilAllOnline();
    await cluster.until("the site to be found", RECOVERY_MS_MAX, async () =>
      (await cluster.activeOn(cluster.other(host), "web")).includes(host),
    );
    await set("false");
    await cluster.untilIdle(host, RECOVERY_MS_MAX);
    expect(active()).toBe(host);
    expect(cluster.watchers.map(({ sightings }) => sightings.length)).toEqual(count);
  });

  test("power of all hosts cut and back: the configuration is known, the site runs", async () => {
    await Promise.all(cluster.lab.hosts.map((host) => host.powerOff()));
    await cluster.lab.powerOn();
    await cluster.untilAllOnline();
    await cluster.until("the site to run", RECOVERY_MS_MAX, async () => active() !== undefined);
    const epochs = await Promise.all(
      cluster.names.map(async (name) => (await cluster.cib(name)).get("epoch")),
    );
    expect(new Set(epochs).size).toBe(1);
  });
});
