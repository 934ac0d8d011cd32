import { setTimeout as sleep } from "node:timers/promises";
import { whyNoOwnClocks } from "@quorate/lab";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ipmiDevices, LabCluster, primitive } from "./lab-cluster.ts";
import { whySkipped } from "./test-lab.ts";

const HOUR_S = 3600;
const why = whySkipped || (whyNoOwnClocks() && ` (skipped: ${whyNoOwnClocks()})`);

describe.skipIf(why !== "")(`clocks that jump: three nodes${why}`, () => {
  let cluster: LabCluster;

  beforeAll(async () => {
    cluster = await LabCluster.start({ hasOwnClocks: true });
    await cluster.configure(`<configuration><resources>
      ${ipmiDevices(cluster.lab.description, (name) => cluster.host(name).bmc.address)}
      ${primitive("web", "ocf:heartbeat:Dummy", {}, '<op id="web-monitor" name="monitor" interval="1s" timeout="40s"/>')}
    </resources></configuration>`);
    await cluster.until("web to run", 60_000, async () => (await places()).length === 1);
    await cluster.untilIdle();
  });

  afterAll(() => cluster?.stop());

  /** Where the cluster believes `web` to be active. */
  function places(): Promise<string[]> {
    return cluster.activeOn("node1", "web");
  }

  test.each([
    { what: "the active host's clock goes ahead", isDc: false, offsetS: HOUR_S },
    { what: "the active host's clock goes back", isDc: false, offsetS: -HOUR_S },
    { what: "the DC's clock goes ahead", isDc: true, offsetS: HOUR_S },
    { what: "the DC's clock goes back", isDc: true, offsetS: -HOUR_S },
  ])(
    "$what by an hour: nobody is fenced, nothing moves, failures are still noticed",
    async ({ isDc, offsetS }) => {
      const [active] = await places();
      const host = cluster.host(isDc ? (await cluster.dc("node1"))! : active!);
      host.stepClock(offsetS);
      await cluster.until("programs to see the step", 10_000, async () => {
        const now = Number(await host.must(["date", "+%s"]));
        return Math.abs(now - Date.now() / 1000 - offsetS) < 60;
      });
      const isDaemonTold = "grep -q faketime /proc/$(cat /run/lab/services/quorated/pid)/maps";
      await host.must(["bash", "-c", isDaemonTold]);
      await sleep(5000);
      expect(await places()).toEqual([active]);
      for (const name of cluster.names) expect(await cluster.successfulFencings("node1", name)).toBe(0);
      const failed = cluster.host(active!);
      await failed.must(["rm", "/run/resource-agents/Dummy-web.state"]);
      await cluster.until("the failure to be counted", 30_000, async () =>
        (await failed.must(["crm_failcount", "--query", "--resource", "web"])).includes("value=1"),
      );
      await cluster.until("web to run again", 60_000, async () => (await places()).length === 1);
      await failed.must(["crm_resource", "--cleanup", "--resource", "web"]);
      await cluster.untilIdle();
      host.stepClock(0);
      await sleep(3000);
      await cluster.untilIdle();
    },
  );
});
