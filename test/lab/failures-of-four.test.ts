import { afterAll, afterEach, beforeAll, describe, test } from "vitest";
import { FAILURES } from "./failure-list.ts";
import { SiteCluster } from "./site-cluster.ts";
import { whySkipped } from "./test-lab.ts";

describe.skipIf(whySkipped !== "")(
  `failures on real Corosync: four nodes with BMCs, what the playground is tested with${whySkipped}`,
  () => {
    let site: SiteCluster;

    beforeAll(async () => {
      site = await SiteCluster.start(["node1", "node2", "node3", "node4"]);
    });

    afterAll(() => site?.stop());

    afterEach(() => site.check());

    const failures = FAILURES.filter(({ isInPlayground }) => isInPlayground);
    test.each(failures.map((failure) => [failure.name, failure] as const))("%s", async (_, { run }) => {
      await run(site, site.cluster);
    });
  },
);
