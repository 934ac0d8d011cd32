import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LabCluster } from "./lab-cluster.ts";
import { shownStatus } from "./shown-status.ts";
import { prepareSite, SITE_LAB, siteConfiguration, watchSite } from "./site.ts";
import { whySkipped } from "./test-lab.ts";

const WAIT_MS_MAX = 120_000;

describe.skipIf(whySkipped !== "")(
  `two servers with 2 votes, two clients with 1, expected_votes 8, no-quorum-policy=stop${whySkipped}`,
  () => {
    let cluster: LabCluster;

    beforeAll(async () => {
      cluster = await LabCluster.start({
        ...SITE_LAB,
        hosts: ["server1", "server2", "client1", "client2"],
        corosync: {
          votes: { server1: 2, server2: 2, client1: 1, client2: 1 },
          quorum: { expected_votes: 8 },
        },
      });
      await prepareSite(cluster.lab.hosts);
      watchSite(cluster);
      await cluster.configure(
        siteConfiguration(cluster.lab.description, (name) => cluster.host(name).bmc.address, {
          properties: { "no-quorum-policy": "stop" },
          constraints: '<rsc_location id="site-prefers" rsc="site" node="server1" score="100"/>',
        }),
      );
      await cluster.until("the site on server1", WAIT_MS_MAX, async () => runsOn("server1"));
      await cluster.untilIdle("server1", WAIT_MS_MAX);
    });

    afterAll(() => cluster?.stop());

    function runsOn(host: string): boolean {
      return cluster.watchers.every(({ hosts }) => hosts.join() === host);
    }

    async function prefer(host: string): Promise<void> {
      await cluster.change(
        "server1",
        "cib_modify",
        "constraints",
        `<constraints><rsc_location id="site-prefers" rsc="site" node="${host}" score="100"/></constraints>`,
      );
      await cluster.until(`the site on ${host}`, WAIT_MS_MAX, async () => runsOn(host));
      await cluster.untilIdle("server1", WAIT_MS_MAX);
    }

    async function votes(host: string): Promise<string> {
      const status = (await cluster.host(host).run(["corosync-quorumtool", "-s"])).stdout;
      return ["Expected votes", "Total votes", "Quorum"]
        .map((name) => new RegExp(`^${name}: +(\\d+)`, "m").exec(status)?.[1])
        .join("/");
    }

    /** Our commands beside Corosync's own, both on the host; the date may differ by a second. */
    async function expectSameLayouts(host: string): Promise<void> {
      const pairs = [
        [["quorate", "quorum", "status"], "-s"],
        [["pcs", "quorum", "status"], "-p"],
        [["pcs", "status", "corosync"], "-l"],
      ] as const;
      for (const [ours, option] of pairs) {
        const timeless = (text: string) => text.replace(/^Date: .*/m, "").trimEnd();
        const shown = await cluster.host(host).run(ours);
        const classic = await cluster.host(host).run(["corosync-quorumtool", option]);
        expect(timeless(shown.stdout), ours.join(" ")).toBe(timeless(classic.stdout));
        if (option === "-s") expect(shown.status).toBe(classic.status);
      }
    }

    test("quorum is 5 of 6 votes that are there and 8 that are expected", async () => {
      expect(await votes("server1")).toBe("8/6/5");
      expect((await cluster.ask("server1", "node.status", {})).isQuorate).toBe(true);
      await expectSameLayouts("server1");
    });

    test("crm_mon tells the same in all forms: a node in standby, a ticket", async () => {
      const say = (...words: string[]) => cluster.host("server2").must(words);
      await say("crm_standby", "--node", "client2", "--update", "on");
      await say("crm_ticket", "--ticket", "site-a", "--grant", "--force");
      await cluster.untilIdle("server1", WAIT_MS_MAX);
      const shown = await shownStatus(cluster.host("client1"));
      expect(shown).toMatchObject({
        hasQuorum: true,
        dc: await cluster.dc("client1"),
        nodes: { server1: ["online"], client1: ["online"], client2: ["online", "standby"] },
        active: { web: ["server1"], disk: ["server1"] },
        failures: [],
        tickets: ["site-a granted"],
      });
      await say("crm_ticket", "--ticket", "site-a", "--cleanup", "--force");
      await say("crm_standby", "--node", "client2", "--delete");
      await cluster.untilIdle("server1", WAIT_MS_MAX);
    });

    test("a client is lost: the site goes on, the client is fenced and comes back", async () => {
      const seen = cluster.watchers.map(({ sightings }) => sightings.length);
      await cluster.host("client2").crash();
      await cluster.until(
        "client2 to be fenced",
        WAIT_MS_MAX,
        async () => (await cluster.successfulFencings("server1", "client2")) === 1,
      );
      await cluster.mend();
      expect(cluster.watchers.map(({ sightings }) => sightings.length)).toEqual(seen);
      expect(runsOn("server1")).toBe(true);
    });

    test.each([
      { what: "quorated killed", harm: () => cluster.host("client1").service("quorated", "kill") },
      {
        what: "unplugged",
        harm: () => cluster.lab.partition([["client1"], ["server1", "server2", "client2"]]),
      },
    ])("the active client $what: it is fenced, then the site runs elsewhere", async ({ harm }) => {
      await prefer("client1");
      const before = await cluster.successfulFencings("server1", "client1");
      await harm();
      await cluster.until(
        "the site to leave client1",
        WAIT_MS_MAX,
        async () => (await cluster.successfulFencings("server1", "client1")) === before + 1,
      );
      await cluster.until("the site to run", WAIT_MS_MAX, async () => cluster.names.some(runsOn));
      for (const watcher of cluster.watchers) expect(watcher.violations, watcher.what).toEqual([]);
      await cluster.mend();
    });

    test("a server is lost: the rest has no quorum, stops everything and fences nobody", async () => {
      await prefer("server1");
      await cluster.host("server2").crash();
      await cluster.until("everything to stop", WAIT_MS_MAX, async () =>
        cluster.watchers.every(({ hosts }) => hosts.length === 0),
      );
      expect(await votes("server1")).toBe("8/4/5");
      expect(await shownStatus(cluster.host("client1"))).toMatchObject({
        hasQuorum: false,
        nodes: { server1: ["online"], server2: ["unclean"] },
        active: { web: [] },
      });
      await expectSameLayouts("client1");
      await sleep(2000);
      expect(cluster.host("server2").state).toBe("down");
      await cluster.host("server2").powerCycle();
      await cluster.until("the site on server1 again", WAIT_MS_MAX, async () => runsOn("server1"));
      for (const watcher of cluster.watchers) expect(watcher.violations, watcher.what).toEqual([]);
    });
  },
);
