import { ExecutionStatus, OcfCode } from "@quorate/ports";
import type { GraphAction } from "@quorate/scheduler";
import { XmlElement } from "@quorate/xml";
import type { OwnChanges } from "../cib/own-changes.ts";
import { type NodeContext, nowSeconds } from "../context.ts";
import type { Peer } from "../membership/peers.ts";

interface Dependencies {
  readonly context: NodeContext;
  readonly changes: OwnChanges;
}

/** What the history says of an order instead of the result that did not come. */
interface StandIn {
  readonly id: string;
  readonly origin: string;
  readonly status: number;
  readonly rc: number;
  readonly reason: string;
  /** Milliseconds, as text. */
  readonly interval: string;
  readonly execTime: string;
}

/** The DC's own entries in the history: for what it ordered and nobody answered. Source: controller specification, 6. */
export class UnansweredOrders {
  readonly #deps: Dependencies;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  /** An action that nobody answered counts as timed out. */
  recordLost(action: GraphAction, transitionKey: string, to: Peer | null): void {
    const { resource, routerNode, onNode, onNodeUuid } = action;
    if (resource === null || to === null) return;
    const node =
      routerNode === null
        ? { id: String(to.nodeId), name: to.name }
        : { id: onNodeUuid ?? onNode ?? "", name: onNode ?? "" };
    this.#write(action, transitionKey, node, {
      id: `${resource.id}_last_failure_0`,
      origin: "action_lost",
      status: ExecutionStatus.timedOut,
      rc: OcfCode.genericError,
      reason: `Controller on ${to.name} did not return result in time`,
      interval: action.attributes.get("CRM_meta_interval") ?? "0",
      execTime: action.attributes.get("CRM_meta_timeout") ?? "0",
    });
  }

  /**
   * What the node with the connection would have written first, and may not have been able to: the remote host goes on, and what was begun
   * there counts until somebody has looked.
   */
  recordUnheard(action: GraphAction, transitionKey: string): void {
    const { resource, onNode, onNodeUuid } = action;
    if (resource === null || onNode === null) return;
    this.#write(
      action,
      transitionKey,
      { id: onNodeUuid ?? onNode, name: onNode },
      {
        id: `${resource.id}_last_0`,
        origin: "action_unheard",
        status: ExecutionStatus.pending,
        rc: OcfCode.pending,
        reason: "",
        interval: "0",
        execTime: "0",
      },
    );
  }

  #write(
    { resource, operation }: GraphAction,
    transitionKey: string,
    node: { readonly id: string; readonly name: string },
    { id, origin, status, rc, reason, interval, execTime }: StandIn,
  ): void {
    if (resource === null) return;
    const { context, changes } = this.#deps;
    const entry = new XmlElement("lrm_rsc_op", [
      ["id", id],
      ["operation_key", `${resource.id}_${operation}_${interval}`],
      ["operation", operation],
      ["crm-debug-origin", origin],
      ["crm_feature_set", context.config.featureSet],
      ["transition-key", transitionKey],
      ["transition-magic", `${status}:${rc};${transitionKey}`],
      ["exit-reason", reason],
      ["on_node", node.name],
      ["call-id", "-1"],
      ["rc-code", String(rc)],
      ["op-status", String(status)],
      ["interval", interval],
      ["last-rc-change", String(nowSeconds(context))],
      ["exec-time", execTime],
      ["queue-time", "0"],
    ]);
    const agent = { class: resource.class, provider: resource.provider ?? "", type: resource.type };
    changes.writeHistory(node, { id: resource.id, agent, lockS: null }, [entry]);
  }
}
