import { afterAll, afterEach, beforeAll, describe, test } from "vitest";
import { FAILURES } from "./failure-list.ts";
import { SiteCluster } from "./site-cluster.ts";
import { whySkipped } from "./test-lab.ts";

describe.skipIf(whySkipped !== "")(`failures on real Corosync: three nodes with BMCs${whySkipped}`, () => {
  let site: SiteCluster;

  beforeAll(async () => {
    site = await SiteCluster.start(["node1", "node2", "node3"]);
  });

  afterAll(() => site?.stop());

  afterEach(() => site.check());

  test.each(FAILURES.map((failure) => [failure.name, failure] as const))("%s", async (_, { run }) => {
    await run(site, site.cluster);
  });
});
