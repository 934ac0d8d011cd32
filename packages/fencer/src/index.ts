import type { Fencer, FencerDesk } from "@quorate/ports";
import { ClusterFencer, type FencerPorts } from "./fencer.ts";

export type { FencerPorts } from "./fencer.ts";

/**
 * The fencer of this node: which fence devices it has, who fences whom, with what, in which order, and what came of it.
 * All fencers of the cluster agree on the operations through the channel. Construct it when the channel knows its
 * names, before the group is joined.
 */
export function createFencer(ports: FencerPorts): Fencer & FencerDesk {
  return new ClusterFencer(ports);
}
