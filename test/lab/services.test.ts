import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LabCluster } from "./lab-cluster.ts";
import { prepareSite, SITE_ADDRESS, SITE_LAB, siteConfiguration, watchSite } from "./site.ts";
import { reaches, whySkipped } from "./test-lab.ts";

describe.skipIf(whySkipped !== "")(`services on real hosts: three nodes${whySkipped}`, () => {
  let cluster: LabCluster;
  let site: ReturnType<typeof watchSite>;

  beforeAll(async () => {
    cluster = await LabCluster.start(SITE_LAB);
    await prepareSite(cluster.lab.hosts);
    site = watchSite(cluster);
    await cluster.configure(
      siteConfiguration(cluster.lab.description, (name) => cluster.host(name).bmc.address),
    );
    await cluster.until("the site to run", 90_000, async () => site.web.hosts.length === 1);
    await cluster.untilIdle();
  });

  afterAll(() => cluster?.stop());

  test("a page is served to another host; on a move the address is announced and the page comes from the new host", async () => {
    const [active] = site.web.hosts;
    const visitor = cluster.host(cluster.other(active));
    const target = cluster.other(active, visitor.name);
    expect(await reaches(visitor, SITE_ADDRESS)).toBe(true);
    expect(await visitor.must(["curl", "-s", "--max-time", "5", `http://${SITE_ADDRESS}/`])).toBe(
      "welcome\n",
    );
    const macBefore = await visitor.must(["ip", "neighbour", "show", SITE_ADDRESS]);
    const capture = visitor.run([
      "timeout",
      "40",
      "tcpdump",
      "-n",
      "-e",
      "-c",
      "1",
      "-i",
      "eth0",
      `arp and arp[6:2] == 1 and arp src host ${SITE_ADDRESS} and arp dst host ${SITE_ADDRESS}`,
    ]);
    await visitor.must(["crm_resource", "--move", "--resource", "site", "--node", target]);
    await cluster.until(
      "the site to run on the target",
      60_000,
      async () => site.web.hosts.join() === target,
    );
    expect((await capture).stdout).toContain(`Request who-has ${SITE_ADDRESS} tell ${SITE_ADDRESS}`);
    expect(await visitor.must(["curl", "-s", "--max-time", "5", `http://${SITE_ADDRESS}/`])).toBe(
      "welcome\n",
    );
    expect(await visitor.must(["ip", "neighbour", "show", SITE_ADDRESS])).not.toBe(macBefore);
    await cluster.untilIdle();
    expect(
      cluster.watchers.flatMap(({ what, violations }) => violations.map((seen) => ({ what, seen }))),
    ).toEqual([]);
    expect(readFileSync(cluster.host(target).path("/srv/site/journal"), "utf8")).toContain(target);
  });
});
