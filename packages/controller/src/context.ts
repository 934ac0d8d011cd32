import type { DocumentBytes } from "@quorate/cib";
import type { Clock, Log, NodeId, Random, Timer } from "@quorate/ports";
import type { ClusterNodeConfig } from "./cluster-node.ts";
import type { WorkQueue } from "./work-queue.ts";

/** What every room of a node shares. */
export interface NodeContext {
  readonly localNodeId: NodeId;
  readonly localName: string;
  readonly clusterName: string;
  readonly config: ClusterNodeConfig;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly queue: WorkQueue;
  /** Texts and digests of this node's copy of the CIB. */
  readonly bytes: DocumentBytes;
}

/** A timer whose work runs in the node's queue. */
export function after(context: NodeContext, delayMs: number, task: () => void): Timer {
  return context.clock.setTimer(delayMs, () => context.queue.run(task));
}

/** Seconds since 1970. */
export function nowSeconds(context: NodeContext): number {
  return Math.floor(context.clock.wallMs() / 1000);
}

/** A UUID of version 4. */
export function drawUuid(random: Random): string {
  const words = [random.uint32(), random.uint32(), random.uint32(), random.uint32()];
  const hex = words.map((word) => word.toString(16).padStart(8, "0")).join("");
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
