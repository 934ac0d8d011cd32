import { existsSync, readFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { testConfiguration } from "./configuration.ts";
import { run } from "./programs.ts";
import { TestCluster } from "./test-cluster.ts";

const AGENTS = ["heartbeat/Dummy", "pacemaker/Dummy", "pacemaker/Stateful"].map(
  (name) => `/usr/lib/ocf/resource.d/${name}`,
);

const RESOURCES = `
    <primitive id="hb" class="ocf" provider="heartbeat" type="Dummy">
      <operations><op id="hb-monitor" name="monitor" interval="5s"/></operations>
    </primitive>
    <primitive id="pcmk" class="ocf" provider="pacemaker" type="Dummy">
      <operations><op id="pcmk-monitor" name="monitor" interval="5s"/></operations>
    </primitive>
    <clone id="store-clone">
      <meta_attributes id="store-meta"><nvpair id="store-promotable" name="promotable" value="true"/></meta_attributes>
      <primitive id="store" class="ocf" provider="pacemaker" type="Stateful">
        <operations>
          <op id="store-monitor" name="monitor" interval="10s"/>
          <op id="store-monitor-promoted" name="monitor" interval="9s" role="Promoted"/>
        </operations>
      </primitive>
    </clone>`;

let cluster: TestCluster | null = null;

afterEach(async () => {
  await cluster?.stop();
  cluster = null;
});

describe.skipIf(!AGENTS.every((agent) => existsSync(agent)))(
  "Debian's agents, unchanged (skipped without resource-agents and pacemaker-resource-agents)",
  { timeout: 120_000 },
  () => {
    test("run, set promotion scores through our tools, guard their parameters, and survive the loss of a node", async () => {
      const running = await TestCluster.start((layout) =>
        testConfiguration(layout, { resources: RESOURCES }),
      );
      cluster = running;
      const promoted = async (via: string) => {
        const places = (await running.view(via)).resource("store-clone")?.active ?? [];
        return places.filter(({ isPromoted }) => isPromoted).map(({ node }) => node);
      };
      await running.until("all three to run", 30_000, async () => {
        const places = await Promise.all(["hb", "pcmk"].map((id) => running.activeOn("node1", id)));
        return places.every(({ length }) => length === 1) && (await promoted("node1")).length === 1;
      });
      const unknown = ["-r", "pcmk", "--set-parameter", "colour", "-v", "red"];
      const onNode = { env: { QUORATE_ROOT: running.node("node1").root } };
      const refused = await run("crm_resource", unknown, onNode);
      expect(refused).toMatchObject({ status: 78 });
      expect(refused.stderr).toContain('pcmk: its agent has no parameter "colour"');
      expect(await run("crm_resource", [...unknown, "--force"], onNode)).toMatchObject({ status: 0 });
      expect(readFileSync(running.node("node1").logFile, "utf8")).toMatch(/forces a change: .*colour/);
      const [leader] = await promoted("node1");
      const via = ["node1", "node2", "node3"].find((name) => name !== leader)!;
      await running.do({ do: "kill", node: leader! });
      await running.until("another one to be promoted", 40_000, async () => {
        const now = await promoted(via);
        return now.length === 1 && now[0] !== leader;
      });
      expect(running.watcher.violations).toEqual([]);
    });
  },
);
