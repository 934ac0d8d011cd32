import type { Log, NodeId, NodeListEntry } from "@quorate/ports";
import {
  COROSYNC_LIKE_TIMING,
  configureQuorum,
  ENGINE_LIMITS,
  type EngineLimits,
  type EngineTiming,
  Hub,
  MemoryEngine,
  QUORUM_DEFAULTS,
  type QuorumOptions,
} from "../src/index.ts";
import { seededRandom, VirtualClock } from "./virtual-clock.ts";

/** Nodes `n1`, `n2`, ... with ids 1, 2, ..., one vote each. */
export function nodesNamed(count: number): NodeListEntry[] {
  return Array.from({ length: count }, (_, index) => ({
    nodeId: index + 1,
    name: `n${index + 1}`,
    votes: 1,
  }));
}

export interface MemoryCluster {
  readonly clock: VirtualClock;
  readonly hub: Hub;
  readonly log: string[];
  engine(nodeId: NodeId): MemoryEngine;
}

/** A hub in memory with all nodes started, under a virtual clock. */
export function memoryCluster(
  nodeCount: number,
  options: {
    readonly seed?: number;
    readonly timing?: EngineTiming;
    readonly limits?: Partial<EngineLimits>;
    readonly quorum?: Partial<QuorumOptions>;
  } = {},
): MemoryCluster {
  const clock = new VirtualClock();
  const nodeList = nodesNamed(nodeCount);
  const quorum = configureQuorum({ ...QUORUM_DEFAULTS, ...options.quorum }, nodeList);
  if (!quorum.ok) throw new Error(quorum.errors.join("; "));
  const lines: string[] = [];
  const log: Log = (level, message) => void lines.push(`${level}: ${message}`);
  const saved = new Map<NodeId, number>();
  const hub = new Hub({
    clusterName: "test",
    nodeList,
    quorum: quorum.settings,
    timing: options.timing ?? COROSYNC_LIKE_TIMING,
    limits: { ...ENGINE_LIMITS, ...options.limits },
    sequences: {
      load: (nodeId) => saved.get(nodeId) ?? 0,
      save: (nodeId, sequence) => void saved.set(nodeId, sequence),
    },
    clock,
    random: seededRandom(options.seed ?? 1),
    log,
  });
  for (const { nodeId } of nodeList) hub.startNode(nodeId);
  return {
    clock,
    hub,
    log: lines,
    engine: (nodeId) => new MemoryEngine(hub, nodeId, clock),
  };
}
