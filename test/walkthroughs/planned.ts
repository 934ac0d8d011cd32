import type { FencingRecord } from "@quorate/ports";
import { viewCluster } from "@quorate/scheduler";
import type { XmlElement } from "@quorate/xml";
import type { Plan, PlannedAction } from "../../packages/cli/src/plan/plan.ts";

/** What `--plan-json` prints, as far as it tells what would be done. */
export type PrintedPlan = Pick<Plan, "actions" | "pending">;

/** What a cluster has on record of what it did, at one instant. */
export interface Records {
  readonly cib: XmlElement;
  readonly fencings: readonly FencingRecord[];
}

/** Operations that change where or how a resource runs. */
const CHANGING = new Set(["start", "stop", "promote", "demote"]);

/** Actions that are made of them. A live migration, and a reload, leave other records: who plans one in a walk-through teaches this to read them. */
const ACTIONS = new Set([...CHANGING, "move", "restart", "recover", "re-promote"]);

/**
 * For each resource and node the last operation of the plan, because the history keeps only that one of each; and what would be done to nodes.
 * `stop web on node1`, `reboot node2`; sorted.
 */
export function planned(plan: PrintedPlan, records: readonly Records[]): string[] {
  const known = new Set(records.flatMap(({ cib }) => [...historyOf(cib).values()].map(({ id }) => id)));
  const last = new Map<string, string>();
  const nodes: string[] = [];
  for (const action of [...plan.actions, ...plan.pending]) {
    if (action.isBlocked) continue;
    if (action.isNode)
      nodes.push(`${/\((\w+)\)/.exec(action.action)?.[1] ?? action.action} ${action.subject}`);
    // Instances of a clone that are alike have one history on each node.
    const id = known.has(action.subject) ? action.subject : action.subject.replace(/:\d+$/, "");
    for (const [operation, node] of operationsOf(action)) last.set(`${id} on ${node}`, operation);
  }
  return [...nodes, ...[...last].map(([where, operation]) => `${operation} ${where}`)].sort();
}

/** The operations of one planned action, and where, in order. */
function operationsOf({ action, from, to, role, nextRole }: PlannedAction): [string, string][] {
  if (!ACTIONS.has(action)) throw new Error(`no operations are known for the planned action ${action}`);
  const isRestart = action === "restart" || action === "recover";
  const next = to ?? (isRestart ? from : null);
  const stops = from !== null && (next !== from || isRestart);
  const starts = next !== null && (next !== from || isRestart);
  const [demotes, promotes] = [/^(demote|re-promote)$/, /^(promote|re-promote)$/].map((word) =>
    word.test(action),
  );
  const operations: [string, string][] = [];
  if (role === "Promoted" && (stops || demotes)) operations.push(["demote", from!]);
  if (stops) operations.push(["stop", from]);
  if (starts) operations.push(["start", next]);
  if ((nextRole ?? role) === "Promoted" && (starts || promotes)) operations.push(["promote", next!]);
  return operations;
}

/** What was done between the two instants, in the words of {@link planned}; what failed is marked. */
export function happened(before: Records, after: Records): string[] {
  const former = historyOf(before.cib);
  const next = historyOf(after.cib);
  const done: string[] = [];
  for (const [key, { call, operation, exitStatus }] of next)
    if (CHANGING.has(operation) && former.get(key)?.call !== call)
      done.push(`${operation} ${key}${exitStatus === "0" ? "" : ` failed: ${exitStatus}`}`);
  // Where a history is gone, the resource was deleted or the node was fenced: what ran there does not run there any more.
  for (const { id, active } of viewCluster(before.cib, 0).primitives)
    for (const { node } of active) {
      const [own, shared] = [`${id} on ${node}`, `${id.replace(/:\d+$/, "")} on ${node}`];
      const key = former.has(own) ? own : shared;
      if (former.has(key) && !next.has(key)) done.push(`stop ${key}`);
    }
  const known = new Set(before.fencings.map(({ id }) => id));
  for (const { id, action, target, state } of after.fencings)
    if (!known.has(id) && state === "success") done.push(`${action} ${target}`);
  return [...new Set(done)].sort();
}

interface Recorded {
  /** The resource. */
  readonly id: string;
  readonly operation: string;
  /** Differs whenever it was done anew. */
  readonly call: string;
  readonly exitStatus: string | null;
}

/** The last operation of each resource on each node that was not recurring, by `web on node1`. */
function historyOf(cib: XmlElement): Map<string, Recorded> {
  const entries = new Map<string, Recorded>();
  for (const state of cib.first("status")?.all("node_state") ?? [])
    for (const resource of state.first("lrm")?.first("lrm_resources")?.all("lrm_resource") ?? [])
      for (const entry of resource.all("lrm_rsc_op")) {
        const [id, node] = [resource.get("id")!, state.get("uname")!];
        if (entry.get("id") !== `${id}_last_0`) continue;
        const call = `${entry.get("call-id")} ${entry.get("transition-key")}`;
        const operation = entry.get("operation")!;
        entries.set(`${id} on ${node}`, { id, operation, call, exitStatus: entry.get("rc-code") });
      }
  return entries;
}
