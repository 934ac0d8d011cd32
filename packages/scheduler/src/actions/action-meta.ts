import { XmlAttributes } from "@quorate/xml";
import type { Action, ActionMeta } from "../model/action.ts";
import type { Cluster } from "../model/cluster.ts";

/** Gives the action an entry that the other actions of its operation do not have. */
export function setMeta(action: Action, name: string, value: string): void {
  setAllMeta(action, [[name, value]]);
}

/** The same for several entries, with one table. */
export function setAllMeta(action: Action, entries: readonly (readonly [string, string])[]): void {
  const own = XmlAttributes.from(action.meta);
  for (const [name, value] of entries) own.set(name, value);
  action.meta = own;
}

/**
 * Entries that many actions get besides their own: all notify actions of a clone get twenty. Instances of a clone share the
 * tables of their operations, so there are a few results for each clone, found by the table that they are made of.
 */
export class AddedMeta {
  readonly #entries: ReadonlyMap<string, string>;
  /** Table that comes below -> table of the action -> the same with the entries. */
  readonly #made = new Map<ActionMeta, Map<ActionMeta, ActionMeta>>();

  constructor(entries: ReadonlyMap<string, string>) {
    this.#entries = entries;
  }

  /** What is in several tables has the value of the entries, or else that of the action's own table. */
  addedTo(own: ActionMeta, below: ActionMeta = NOTHING): ActionMeta {
    let made = this.#made.get(below);
    if (made === undefined) {
      made = new Map();
      this.#made.set(below, made);
    }
    const known = made.get(own);
    if (known !== undefined) return known;
    const table = XmlAttributes.from(own);
    below.forEach((value, name) => {
      if (!table.has(name)) table.set(name, value);
    });
    this.#entries.forEach((value, name) => {
      table.set(name, value);
    });
    made.set(own, table);
    return table;
  }
}

const NOTHING: ActionMeta = new XmlAttributes();

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
