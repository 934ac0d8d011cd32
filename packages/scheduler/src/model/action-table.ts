import type { Action } from "./action.ts";

/** All actions of a resource that have one key; at most one a node. */
interface Entry {
  /** As the first action has it. */
  readonly key: string;
  /** The key in lower case. */
  readonly folded: string;
  /** In lower case, if the key is `RESOURCE_TASK_0`, which is what nearly all look-ups are about; otherwise null. */
  readonly onceTask: string | null;
  /** In order of creation. */
  readonly actions: Action[];
}

/**
 * The actions of one resource by key, case ignored. A list that is searched from the front, because a resource has few keys (a
 * primitive about six, with probes on all nodes under one of them). What is done once is found by its task, so that no key has to be
 * made, folded and hashed for a look-up; the tasks that the scheduler itself uses are the same string objects everywhere.
 */
export class ActionTable {
  readonly #entries: Entry[] = [];

  /** The actions with the key `RESOURCE_TASK_0`, oldest first; null if there are none. Not to be changed. */
  once(task: string): readonly Action[] | null {
    const entry = this.#onceEntry(task);
    return entry === null ? null : entry.actions;
  }

  /** The actions with that key, oldest first; null if there are none. Not to be changed. */
  withKey(key: string): readonly Action[] | null {
    const entry = this.#keyEntry(key);
    return entry === null ? null : entry.actions;
  }

  /** The text of that key as an action has it already: one string for the probes on all nodes. */
  knownKey(task: string): string | null {
    const entry = this.#onceEntry(task);
    return entry !== null && entry.onceTask === task ? entry.key : null;
  }

  /** @param resourceId id of the resource that the table belongs to */
  add(resourceId: string, action: Action): void {
    const known = this.#keyEntry(action.key);
    if (known !== null) {
      known.actions.push(action);
      return;
    }
    const folded = action.key.toLowerCase();
    const prefix = `${resourceId.toLowerCase()}_`;
    const isOnce = folded.startsWith(prefix) && folded.endsWith("_0") && folded.length > prefix.length + 2;
    const onceTask = isOnce ? folded.slice(prefix.length, -2) : null;
    const isPlain = onceTask === action.task;
    this.#entries.push({
      key: action.key,
      folded,
      onceTask: isPlain ? action.task : onceTask,
      actions: [action],
    });
  }

  #onceEntry(task: string): Entry | null {
    for (const entry of this.#entries) if (entry.onceTask === task) return entry;
    const folded = task.toLowerCase();
    if (folded === task) return null;
    for (const entry of this.#entries) if (entry.onceTask === folded) return entry;
    return null;
  }

  #keyEntry(key: string): Entry | null {
    for (const entry of this.#entries) if (entry.key === key) return entry;
    const folded = key.toLowerCase();
    for (const entry of this.#entries) if (entry.folded === folded) return entry;
    return null;
  }
}
