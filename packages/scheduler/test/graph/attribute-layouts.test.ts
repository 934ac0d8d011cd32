import { describe, expect, it } from "vitest";
import { CLUSTER_KINDS, type ClusterKind, newCluster } from "../../bench/clusters.ts";
import { BENCH_TIME_S } from "../../bench/states.ts";
import { actionAttributes } from "../../src/graph/action-attributes.ts";
import { AttributeLayouts, LaidOutAttributes } from "../../src/graph/attribute-layouts.ts";
import { schedule } from "../../src/schedule.ts";

describe("attributes with a layout are those that are put together for the action alone", () => {
  it.each(Object.keys(CLUSTER_KINDS) as ClusterKind[])("%s", (kind) => {
    const { cluster } = schedule(newCluster(kind, { nodeCount: 4, resourceCount: 96 }), {
      nowS: BENCH_TIME_S,
    });
    const layouts = new AttributeLayouts(cluster);
    let laidOutCount = 0;
    for (const action of cluster.actions) {
      const attributes = layouts.of(action, action.node);
      if (attributes instanceof LaidOutAttributes) laidOutCount++;
      expect([...attributes]).toEqual([...actionAttributes(cluster, action, action.node)]);
    }
    expect(laidOutCount).toBeGreaterThan(0);
  });
});
