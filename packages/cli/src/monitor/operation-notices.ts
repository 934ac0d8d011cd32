import type { FencingRecord } from "@quorate/ports";
import type { XmlElement } from "@quorate/xml";
import { exitStatusText } from "../result-codes/exit-statuses.ts";

/** What the program of `crm_mon --external-agent` is told, as its environment. Source: crm_mon(8), ocf:pacemaker:ClusterMon. */
export type Notice = Readonly<Record<`CRM_notify_${string}`, string>>;

const PENDING = "-1";

/** Finds the operations that ended between two looks at the cluster. */
export class OperationNotices {
  /** Verdict of each operation in the history by node, resource and call; null before the first look, which tells nothing. */
  #known: ReadonlyMap<string, string> | null = null;

  /** What ended since the last call. A monitor or probe that found what was expected is no news. */
  since(cib: XmlElement): Notice[] {
    const before = this.#known;
    const known = new Map<string, string>();
    const notices: Notice[] = [];
    for (const { node, resource, operation } of completedOperations(cib)) {
      const rc = operation.get("rc-code") ?? "";
      const key = [node, resource, operation.get("call-id")].join("\n");
      const verdict = `${operation.get("op-status")}:${rc}`;
      known.set(key, verdict);
      if (before === null || before.get(key) === verdict) continue;
      const targetRc = operation.get("transition-key")?.split(":")[2] ?? rc;
      const task = operation.get("operation") ?? "";
      if (task === "monitor" && rc === targetRc) continue;
      notices.push({
        CRM_notify_node: node,
        CRM_notify_rsc: resource,
        CRM_notify_task: task,
        CRM_notify_desc: operation.get("exit-reason") || exitStatusText(Number(rc)),
        CRM_notify_rc: rc,
        CRM_notify_target_rc: targetRc,
        CRM_notify_status: operation.get("op-status") ?? "",
      });
    }
    this.#known = known;
    return notices;
  }
}

function* completedOperations(cib: XmlElement) {
  for (const state of cib.first("status")?.all("node_state") ?? []) {
    const node = state.get("uname") ?? state.id ?? "";
    for (const history of state.first("lrm")?.first("lrm_resources")?.all("lrm_resource") ?? [])
      for (const operation of history.all("lrm_rsc_op"))
        if (operation.get("op-status") !== PENDING) yield { node, resource: history.id ?? "", operation };
  }
}

/** What the program is told of a fencing that ended. */
export function fencingNotice({ target, action, state, delegate, exitReason }: FencingRecord): Notice {
  const isDone = state === "success";
  const by = delegate === "" ? "nobody" : delegate;
  const reason = exitReason === "" ? "" : `: ${exitReason}`;
  return {
    CRM_notify_node: target,
    CRM_notify_rsc: "",
    CRM_notify_task: action,
    CRM_notify_desc: isDone ? `Fenced by ${by}` : `Fencing by ${by} failed${reason}`,
    CRM_notify_rc: isDone ? "0" : "1",
    CRM_notify_target_rc: "0",
    CRM_notify_status: isDone ? "0" : "4",
  };
}
