import type { GraphAction, TransitionGraph } from "@quorate/scheduler";
import type { AttributeService } from "../attributes/attribute-service.ts";
import type { OwnChanges } from "../cib/own-changes.ts";
import type { Replica } from "../cib/replica.ts";
import type { NodeContext } from "../context.ts";
import type { FencingDesk } from "../fencing/fencing-desk.ts";
import type { Peer, Peers } from "../membership/peers.ts";
import { remoteNodeState, remoteStates } from "../remote/remote-node-state.ts";
import { encodeAction } from "../wire/action-message.ts";
import type { ControlMessage } from "../wire/control-message.ts";
import type { ActionRoutes, FenceEnd } from "./action-dispatch.ts";
import { UnansweredOrders } from "./unanswered.ts";

interface Dependencies {
  readonly context: NodeContext;
  readonly peers: Peers;
  readonly replica: Replica;
  readonly changes: OwnChanges;
  readonly attributes: AttributeService;
  desk(): FencingDesk;
  send(message: ControlMessage): void;
  /** All that ran here has stopped, and this node asked to leave. */
  freed(): void;
  isStopping(): boolean;
}

/** How the DC has actions carried out: as orders to the nodes, by its fencer, and in the CIB by itself. */
export class DcRoutes implements ActionRoutes {
  readonly #deps: Dependencies;
  readonly #unanswered: UnansweredOrders;

  constructor(deps: Dependencies) {
    this.#deps = deps;
    this.#unanswered = new UnansweredOrders(deps);
  }

  execute(to: Peer, transitionKey: string, action: GraphAction, isQuorate: boolean): void {
    const order = { to: to.nodeId, transitionKey, action: encodeAction(action) };
    const { routerNode, onNode } = action;
    if (routerNode === null || onNode === null) this.#deps.send({ kind: "execute", ...order });
    else this.#deps.send({ kind: "executeRemote", node: onNode, isQuorate, ...order });
  }

  allClear(to: Peer): void {
    const { context, isStopping, freed, send } = this.#deps;
    if (to.nodeId === context.localNodeId && isStopping()) freed();
    else send({ kind: "allClear", to: to.nodeId });
  }

  fence(action: GraphAction, graph: TransitionGraph, done: (end: FenceEnd) => void): void {
    this.#deps.desk().request(action, graph, done);
  }

  deleteHistory(action: GraphAction, done: () => void): void {
    this.#deps.changes.removeHistory(action.onNodeUuid ?? "", action.resource?.id ?? "", done);
  }

  recordLost(action: GraphAction, transitionKey: string, to: Peer | null): void {
    this.#unanswered.recordLost(action, transitionKey, to);
  }

  /**
   * With the count goes the failure from the history, of the CIB and of the node that would write it again: else the scheduler
   * would find it in every run, and the cluster would never be without anything to do.
   */
  clearFailCount({ resource, attributes, onNode, onNodeUuid }: GraphAction): void {
    if (resource === null) return;
    this.#deps.attributes.clearFailures(
      {
        resource: resource.id,
        operation: attributes.get("CRM_meta_operation") ?? null,
        intervalMs: null,
        node: onNode,
      },
      () => {},
    );
    this.#deps.changes.removeHistoryEntry(
      onNodeUuid ?? "",
      resource.id,
      `${resource.id}_last_failure_0`,
      false,
    );
    const peer = onNode === null ? null : this.#deps.peers.byName(onNode);
    if (peer !== null) this.#deps.send({ kind: "forgetFailure", to: peer.nodeId, resource: resource.id });
    else if (onNode !== null)
      this.#deps.send({ kind: "remoteResource", node: onNode, resource: resource.id, wish: "forgetFailure" });
  }

  noteMaintenance({ maintenance }: GraphAction): void {
    const states = remoteStates(this.#deps.replica.document);
    this.#deps.changes.setNodeStates(
      maintenance
        .filter(({ nodeId }) => states.some((state) => state.id === nodeId))
        .map(({ nodeId, isInMaintenance }) =>
          remoteNodeState(nodeId, { node_in_maintenance: isInMaintenance ? "1" : "0" }, "maintenance"),
        ),
    );
  }
}
