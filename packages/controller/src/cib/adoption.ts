import type { NodeId } from "@quorate/ports";
import type { Holding } from "./snapshot.ts";

/**
 * One `adopt` message that is not carried out yet: some members wait for the copy of another. Each of them tells what configuration it
 * holds, since a node that comes back holds the cluster's more often than not: then that need not travel. Of ten megabytes that is half
 * of the time that joining takes.
 */
export class Adoption {
  readonly lineage: string;
  readonly owner: NodeId;
  /** Keys of the members that wait. */
  readonly stale: readonly string[];
  readonly #holdings = new Map<string, Holding>();

  constructor(lineage: string, owner: NodeId, stale: readonly string[]) {
    this.lineage = lineage;
    this.owner = owner;
    this.stale = stale;
  }

  told(key: string, holding: Holding): void {
    if (this.stale.includes(key)) this.#holdings.set(key, holding);
  }

  /** Has every member that waits, and is still there, told what it holds? */
  isTold(members: ReadonlySet<string>): boolean {
    return this.stale.every((key) => this.#holdings.has(key) || !members.has(key));
  }

  /** Do all that wait, and are still there, hold this configuration? */
  isHeld(members: ReadonlySet<string>, holding: Holding): boolean {
    return (
      holding !== null && this.stale.every((key) => this.#holdings.get(key) === holding || !members.has(key))
    );
  }
}
