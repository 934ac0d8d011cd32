import { XmlAttributes } from "@quorate/xml";
import type { Action, ActionMeta } from "../model/action.ts";
import type { Cluster } from "../model/cluster.ts";

/** Gives the action an entry that the other actions of its operation do not have. */
export function setMeta(action: Action, name: string, value: string): void {
  const own = XmlAttributes.from(action.meta);
  own.set(name, value);
  action.meta = own;
}

/** The same for several entries. */
export function setAllMeta(action: Action, entries: ReadonlyMap<string, string>): void {
  const own = XmlAttributes.from(action.meta);
  for (const [name, value] of entries) own.set(name, value);
  action.meta = own;
}

/** The exit status that the agent is expected to give, if it is not 0. All probes of a resource that expect the same share a table. */
export function expectResult(cluster: Cluster, action: Action, status: "7" | "8"): void {
  const name = "op_target_rc";
  if (action.meta.get(name) === status) return;
  const tables = cluster.expectedResults[status];
  let table: ActionMeta | undefined = tables.get(action.meta);
  if (table === undefined) {
    const made = XmlAttributes.from(action.meta);
    made.set(name, status);
    tables.set(action.meta, made);
    table = made;
  }
  action.meta = table;
}
