import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import type { LabCluster } from "./lab-cluster.ts";
import { shownStatus } from "./shown-status.ts";
import { SITE_JOURNAL } from "./site.ts";
import { RECOVERY_MS_MAX, type SiteCluster } from "./site-cluster.ts";
import { Troubled } from "./troubled.ts";

/** Something that goes wrong in a cluster that runs the site, and what has to come of it. All is well before; the caller mends. */
export interface Failure {
  readonly name: string;
  /** It is among those that the playground's cluster is tested with (`test/e2e/failures.test.ts`). */
  readonly isInPlayground?: boolean;
  run(site: SiteCluster, cluster: LabCluster): Promise<unknown>;
}

/** For clusters of any number of hosts that survive the loss of one. */
export const FAILURES: readonly Failure[] = [
  {
    name: "active host crashes",
    run: async (site, cluster) => {
      await site.expectFencedAndRecovered((victim) => cluster.host(victim).crash());
    },
  },
  {
    name: "power of the active host cut",
    isInPlayground: true,
    run: async (site, cluster) => {
      await site.expectFencedAndRecovered((victim) => cluster.host(victim).powerOff());
    },
  },
  {
    name: "quorated killed on the active host, what it started lives on",
    isInPlayground: true,
    run: async (site, cluster) => {
      await site.expectFencedAndRecovered((victim) => cluster.host(victim).service("quorated", "kill"));
    },
  },
  {
    name: "Corosync killed under the active host",
    run: async (site, cluster) => {
      await site.expectFencedAndRecovered((victim) => cluster.host(victim).service("corosync", "kill"));
    },
  },
  {
    name: "Corosync blocked on the active host",
    run: async (site, cluster) => {
      await site.expectFencedAndRecovered((victim) =>
        cluster.host(victim).must(["bash", "-c", "kill -STOP $(pidof corosync)"]),
      );
    },
  },
  {
    name: "Corosync killed on the active host and started again at once: all is found as it was, or fenced first",
    run: async (site, cluster) => {
      const host = cluster.host(site.active()!);
      await host.service("corosync", "kill");
      await host.service("corosync", "start");
      await cluster.until(`the daemon of ${host.name} to join again`, RECOVERY_MS_MAX, async () => {
        const services = readFileSync(join(host.logDirectory, "services.log"), "utf8");
        return /quorated ended with status 102(?!.*ended with status 102).*quorated started/s.test(services);
      });
      await cluster.mend();
    },
  },
  {
    name: "active host unplugged: the side with quorum fences it and takes over",
    isInPlayground: true,
    run: async (site, cluster) => {
      await site.expectFencedAndRecovered((victim) =>
        cluster.lab.partition([[victim], cluster.names.filter((name) => name !== victim)]),
      );
    },
  },
  {
    name: "active host frozen and fenced: it does not come back writing",
    run: async (site, cluster) => {
      const victim = await site.expectFencedAndRecovered((host) => cluster.host(host).freeze());
      await cluster.host(victim).thaw();
      await sleep(1000);
      const journal = readFileSync(cluster.host(site.active()!).path(SITE_JOURNAL), "utf8")
        .trimEnd()
        .split("\n");
      const firstOfNew = journal.findLastIndex((line) => line.endsWith(` ${victim}`)) + 1;
      expect(journal.slice(firstOfNew).length).toBeGreaterThan(5);
      expect(journal.slice(firstOfNew).every((line) => line.endsWith(` ${site.active()}`))).toBe(true);
    },
  },
  {
    name: "the DC crashes: another one leads and fences it",
    run: (site, cluster) => expectDcReplaced(site, (dc) => cluster.host(dc).crash()),
  },
  {
    name: "quorated killed on the DC: another one leads and fences it",
    isInPlayground: true,
    run: (site, cluster) => expectDcReplaced(site, (dc) => cluster.host(dc).service("quorated", "kill")),
  },
  {
    name: "half or more crash: without quorum the rest stops everything and fences nobody",
    isInPlayground: true,
    run: async (site, cluster) => {
      const last = site.active()!;
      const victims = cluster.names
        .filter((name) => name !== last)
        .slice(-Math.ceil(cluster.names.length / 2));
      await Promise.all(victims.map((name) => cluster.host(name).crash()));
      await cluster.until("everything to stop", RECOVERY_MS_MAX, async () =>
        cluster.watchers.every(({ hosts }) => hosts.length === 0),
      );
      for (const name of cluster.names)
        if (!victims.includes(name))
          expect((await cluster.ask(name, "node.status", {})).isQuorate).toBe(false);
      const shown = await shownStatus(cluster.host(last));
      expect(shown.hasQuorum).toBe(false);
      expect(shown.active.web).toEqual([]);
      for (const name of cluster.names)
        expect(shown.nodes[name], name).toEqual(victims.includes(name) ? ["unclean"] : ["online"]);
      await sleep(1000);
      for (const victim of victims) expect(cluster.host(victim).state).toBe("down");
    },
  },
  {
    name: "agent hangs on stop: the node is fenced before the resource starts elsewhere",
    isInPlayground: true,
    run: async (site, cluster) => {
      const host = cluster.other(site.active());
      const target = cluster.other(site.active(), host);
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
    },
  },
  {
    name: "agent fails to start on one node: the resource starts on another, nobody is fenced",
    isInPlayground: true,
    run: async (site, cluster) => {
      const [failing, last] = cluster.names.filter((name) => name !== site.active());
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
        const shown = await shownStatus(cluster.host(last!));
        expect(shown.failures).toEqual([`${troubled.id}_start_0 ${failing}`]);
        expect(shown.active).toMatchObject({ [troubled.id]: [last], web: [site.active()] });
        for (const name of cluster.names) expect(shown.nodes[name], name).toEqual(["online"]);
        expect(await cluster.successfulFencings(last!, failing!)).toBe(before);
        expect(troubled.violations).toEqual([]);
      } finally {
        await troubled.remove(last!);
      }
    },
  },
  {
    name: "quorated stopped in order on the active host: services move, nobody is fenced",
    isInPlayground: true,
    run: async (site, cluster) => {
      const host = site.active()!;
      const cutsBefore = site.powerCuts(host);
      await cluster.host(host).service("quorated", "stop");
      await site.untilElsewhere(host);
      expect(site.powerCuts(host)).toBe(cutsBefore);
      // Corosync still counts it in, and its daemon may come back.
      await cluster.until("the others to show it pending", RECOVERY_MS_MAX, async () => {
        const { nodes, active } = await shownStatus(cluster.host(cluster.other(host)));
        return nodes[host]!.includes("pending") && String(active.web) === site.active();
      });
      expect(await cluster.host(host).run(["crm_mon", "-1"])).toMatchObject({ status: 102, stdout: "" });
      await cluster.host(host).service("quorated", "start");
    },
  },
  {
    name: "maintenance mode, quorated restarted under the site: nothing is touched, everything is found again",
    isInPlayground: true,
    run: async (site, cluster) => {
      const host = site.active()!;
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
      const shown = await shownStatus(cluster.host(host));
      expect(shown.active.web).toEqual([host]);
      expect(shown.nodes[host]).toContain("online");
      await set("false");
      await cluster.untilIdle(host, RECOVERY_MS_MAX);
      expect(site.active()).toBe(host);
      expect(cluster.watchers.map(({ sightings }) => sightings.length)).toEqual(count);
    },
  },
  {
    name: "power of all hosts cut and back: the configuration is known, the site runs",
    isInPlayground: true,
    run: async (site, cluster) => {
      await Promise.all(cluster.lab.hosts.map((host) => host.powerOff()));
      await cluster.lab.powerOn();
      await cluster.untilAllOnline();
      await cluster.until("the site to run", RECOVERY_MS_MAX, async () => site.active() !== undefined);
      const epochs = await Promise.all(
        cluster.names.map(async (name) => (await cluster.cib(name)).get("epoch")),
      );
      expect(new Set(epochs).size).toBe(1);
    },
  },
];

async function expectDcReplaced(
  { cluster }: SiteCluster,
  harm: (dc: string) => Promise<unknown>,
): Promise<void> {
  const dc = (await cluster.dc(cluster.names[0]!))!;
  const via = cluster.other(dc);
  const before = await cluster.successfulFencings(via, dc);
  await harm(dc);
  await cluster.until("the old DC to be fenced by a new one", RECOVERY_MS_MAX, async () => {
    const now = await cluster.dc(via);
    return now !== null && now !== dc && (await cluster.successfulFencings(via, dc)) === before + 1;
  });
  expect((await shownStatus(cluster.host(via))).dc).toBe(await cluster.dc(via));
}
