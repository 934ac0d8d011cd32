import { DocumentBytes } from "@quorate/cib";
import { seededRandom, type VirtualClock } from "../../simulator/src/index.ts";
import type { NodeContext } from "../src/context.ts";
import { DEFAULT_TIMING } from "../src/index.ts";
import { WorkQueue } from "../src/work-queue.ts";

/** What a part of one node works in, without the rest of it. */
export function testContext(clock: VirtualClock, node: { nodeId: number; name: string }): NodeContext {
  return {
    localNodeId: node.nodeId,
    localName: node.name,
    clusterName: "test",
    config: {
      featureSet: "3.20.5",
      changeRules: 1,
      version: "test",
      coreCount: 1,
      hasWatchdog: false,
      startState: "default",
      actionLimit: null,
      timing: DEFAULT_TIMING,
    },
    clock,
    random: seededRandom(1),
    log: () => {},
    queue: new WorkQueue(),
    bytes: new DocumentBytes(),
  };
}
