import type { Member, NodeId, Timer } from "@quorate/ports";
import type { DurabilityFailure } from "../cluster-node.ts";
import { after, type NodeContext } from "../context.ts";

/** What became of a change: on the disk of every member but those that failed, or perhaps given up by a cluster that goes on elsewhere. */
export type DurabilityOutcome =
  | { readonly kind: "over"; readonly failures: readonly DurabilityFailure[] }
  | { readonly kind: "quorumLost" };

interface Entry {
  readonly sequence: number;
  /** It was made with quorum, and stays for sure only if there still is quorum when it is on the disks. */
  readonly needsQuorum: boolean;
  /** Names of the members that have not reported yet. */
  readonly missing: Map<NodeId, string>;
  readonly failures: DurabilityFailure[];
  readonly done: (outcome: DurabilityOutcome) => void;
  readonly timer: Timer;
}

/**
 * Which of this node's configuration changes are on whose disk. A change is over when every member that was there
 * when it was carried out, and still is, has reported. One that was made with quorum is over at once when quorum is lost: what is on the
 * disks of the few who stay may be given up, whoever of the others had it in memory only. Law 2 of the design.
 */
export class DurabilityLedger {
  readonly #context: NodeContext;
  #entries: Entry[] = [];

  constructor(context: NodeContext) {
    this.#context = context;
  }

  wait(
    sequence: number,
    members: readonly Member[],
    { needsQuorum, done }: Pick<Entry, "needsQuorum" | "done">,
  ): void {
    const timer = after(this.#context, this.#context.config.timing.durabilityTimeoutMs, () => {
      for (const [, name] of entry.missing)
        entry.failures.push({
          node: name,
          code: "timeout",
          message: "did not report in time that the change is on its disk",
        });
      entry.missing.clear();
      this.#finish();
    });
    const entry: Entry = {
      sequence,
      needsQuorum,
      missing: new Map(members.map((member) => [member.nodeId, member.name])),
      failures: [],
      done,
      timer,
    };
    this.#entries.push(entry);
  }

  report(
    from: { readonly nodeId: NodeId; readonly name: string },
    sequence: number,
    error: { readonly code: string; readonly message: string } | null,
  ): void {
    for (const entry of this.#entries) {
      if (entry.sequence > sequence || !entry.missing.delete(from.nodeId)) continue;
      if (error !== null) entry.failures.push({ node: from.name, code: error.code, message: error.message });
    }
    this.#finish();
  }

  /** Members that left are not waited for. */
  retain(isMember: (nodeId: NodeId) => boolean): void {
    for (const entry of this.#entries)
      for (const nodeId of [...entry.missing.keys()]) if (!isMember(nodeId)) entry.missing.delete(nodeId);
    this.#finish();
  }

  /** Those who stay are too few: the others may go on without what was made together with them. */
  quorumLost(): void {
    const lost = this.#entries.filter((entry) => entry.needsQuorum);
    this.#entries = this.#entries.filter((entry) => !entry.needsQuorum);
    for (const entry of lost) {
      entry.timer.cancel();
      entry.done({ kind: "quorumLost" });
    }
  }

  /** Changes of a copy that is given up are in effect nowhere. */
  abandon(reason: string): void {
    for (const entry of this.#entries) {
      for (const [, name] of entry.missing)
        entry.failures.push({ node: name, code: "replaced", message: reason });
      entry.missing.clear();
    }
    this.#finish();
  }

  #finish(): void {
    const over = this.#entries.filter((entry) => entry.missing.size === 0);
    if (over.length === 0) return;
    this.#entries = this.#entries.filter((entry) => entry.missing.size > 0);
    for (const entry of over) {
      entry.timer.cancel();
      entry.done({ kind: "over", failures: entry.failures });
    }
  }
}
