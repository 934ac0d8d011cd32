import type { NodeId, Timer } from "@quorate/ports";
import { after, type NodeContext } from "../context.ts";
import type { Peers } from "../membership/peers.ts";
import type { Replica } from "./replica.ts";

interface Dependencies {
  readonly context: NodeContext;
  readonly peers: Peers;
  readonly replica: Replica;
  isLeading(): boolean;
}

/** The DC's eye on the replicas: compares them some time after a change, and replaces those that differ from its own. */
export class ReplicaWatch {
  readonly #deps: Dependencies;
  #timer: Timer | null = null;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  onChange(): void {
    const { context, replica } = this.#deps;
    if (this.#timer !== null || !this.#deps.isLeading()) return;
    this.#timer = after(context, context.config.timing.digestPingDelayMs, () => {
      this.#timer = null;
      if (this.#deps.isLeading()) replica.compare();
    });
  }

  onDiverged(nodes: readonly NodeId[]): void {
    if (!this.#deps.isLeading()) return;
    const { context, peers, replica } = this.#deps;
    const names = nodes.map((nodeId) => peers.get(nodeId)?.name ?? String(nodeId));
    context.log("error", `Local CIB differs from that of ${names.join(", ")}: replacing theirs`);
    const { localNodeId, clock } = context;
    replica.adopt({
      lineage: `${localNodeId}.${peers.get(localNodeId)?.pid ?? 0}.r${Math.floor(clock.monotonicMs())}`,
      owner: localNodeId,
      // Not those that have yet to join: their copy is another one, and nobody has compared it.
      members: replica.sharers,
      stale: nodes,
      epochAtLeast: 0,
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }
}
