import { expect, test } from "vitest";
import { dummy, SimulatedCluster } from "../../src/index.ts";

const IDS = Array.from({ length: 12 }, (_, index) => `d${index + 1}`);

/** Starts of the resources on all nodes that are under way at the busiest moment. */
function busiest(cluster: SimulatedCluster, act: () => void): number {
  let most = 0;
  act();
  cluster.until("all run", () => {
    const begun = cluster.nodes.flatMap(({ services }) =>
      services.history.filter((one) => one.endsWith("_start_0")),
    );
    const done = IDS.filter((id) => cluster.activeOn(id).length > 0);
    most = Math.max(most, begun.length - done.length);
    return done.length === IDS.length;
  });
  return most;
}

test.each([
  ["idle", 0, {}, null, [12, 12]],
  // First runs of monitors count as well, so that there may be fewer starts.
  ["idle (node-action-limit=2)", 0, { "node-action-limit": "2" }, null, [2, 4]],
  [
    "idle (node-action-limit=8, but 1 by each node's own settings)",
    0,
    { "node-action-limit": "8" },
    1,
    [1, 2],
  ],
  ["idle (batch-limit=1)", 0, { "batch-limit": "1" }, null, [1, 1]],
  // Eight cores at 80 %: more than 12.8 processes are a high load. Each of two nodes takes one action, and the cluster one.
  ["busy", 20, {}, null, [1, 1]],
] as const)("load: 2 %s nodes, 12 resources", (_, load, options, actionLimit, [least, most]) => {
  const cluster = SimulatedCluster.ready(
    2,
    { options: { "stonith-enabled": "false", ...options } },
    { cpuLoad: () => load, exclusive: IDS, settings: () => ({ actionLimit }) },
  );
  for (const { services } of cluster.nodes) services.durationMs = 200;
  cluster.run(31_000);
  const seen = busiest(cluster, () =>
    cluster.request(1, "cib_modify", {
      section: "resources",
      data: `<resources>${IDS.map((id) => dummy(id)).join("")}</resources>`,
    }),
  );
  expect(seen).toBeGreaterThanOrEqual(least);
  expect(seen).toBeLessThanOrEqual(most);
  expect(cluster.log.count("n1", /New throttle mode: high load \(was negligible\)/)).toBe(load > 0 ? 1 : 0);
});

test.each([
  ["1", 1],
  ["-1", 4],
])("migration-limit=%s: 2 nodes, one of them is emptied of 4 resources that can migrate", (limit, most) => {
  const ids = IDS.slice(0, 4);
  const cluster = SimulatedCluster.ready(
    2,
    {
      options: { "stonith-enabled": "false", "migration-limit": limit },
      resources: ids.map((id) => dummy(id, { meta: { "allow-migrate": "true" } })),
      more: [
        [
          "constraints",
          `<constraints>${ids.map((id) => `<rsc_location id="l-${id}" rsc="${id}" node="n1" score="100"/>`).join("")}</constraints>`,
        ],
      ],
    },
    { exclusive: IDS },
  );
  for (const { services } of cluster.nodes) services.durationMs = 200;
  const begun = (nodeId: number, action: string) =>
    cluster.node(nodeId).services.history.filter((one) => one.endsWith(`_${action}_0`)).length;
  cluster.request(1, "cib_modify", {
    section: "nodes",
    data: '<nodes><node id="1"><instance_attributes id="nodes-1"><nvpair id="nodes-1-standby" name="standby" value="true"/></instance_attributes></node></nodes>',
  });
  let seen = 0;
  cluster.until("all moved", () => {
    seen = Math.max(seen, begun(1, "migrate_to") - begun(2, "migrate_from"));
    return ids.every((id) => cluster.activeOn(id)[0] === 2);
  });
  expect(begun(1, "migrate_to")).toBe(4);
  expect(seen).toBe(most);
});
