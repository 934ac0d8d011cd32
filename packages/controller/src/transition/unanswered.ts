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
    const { context, changes } = this.#deps;
    const intervalMs = action.attributes.get("CRM_meta_interval") ?? "0";
    const status = ExecutionStatus.timedOut;
    const rc = OcfCode.genericError;
    const entry = new XmlElement("lrm_rsc_op", [
      ["id", `${resource.id}_last_failure_0`],
      ["operation_key", `${resource.id}_${action.operation}_${intervalMs}`],
      ["operation", action.operation],
      ["crm-debug-origin", "action_lost"],
      ["crm_feature_set", context.config.featureSet],
      ["transition-key", transitionKey],
      ["transition-magic", `${status}:${rc};${transitionKey}`],
      ["exit-reason", `Controller on ${to.name} did not return result in time`],
      ["on_node", node.name],
      ["call-id", "-1"],
      ["rc-code", String(rc)],
      ["op-status", String(status)],
      ["interval", intervalMs],
      ["last-rc-change", String(nowSeconds(context))],
      ["exec-time", action.attributes.get("CRM_meta_timeout") ?? "0"],
      ["queue-time", "0"],
    ]);
    const agent = { class: resource.class, provider: resource.provider ?? "", type: resource.type };
    changes.writeHistory(node, { id: resource.id, agent, lockS: null }, [entry]);
  }
}
