import type { Clock, FencingAction, FencingRecord, Member } from "@quorate/ports";
import type { OperationRequest } from "../messages.ts";
import type { OperationEnd } from "../operations/operation.ts";
import { isSameName, type Peers } from "../peers.ts";
import { FencingHistory } from "./history.ts";

/** What was seen of an operation that goes on. */
interface Pending {
  /** The target's fencer came after the operation began, so that a later wish means another life of the target. */
  isOutdated: boolean;
  readonly originPid: number;
  readonly sinceMs: number;
  /** Older ones take nobody in any more. */
  readonly ageMaxMs: number;
}

/** Share of an operation's time limit that goes by before nothing is merged into it. */
const AGE_FACTOR = 1.2;

/**
 * The history with what is needed to keep it true: who has each pending operation, and which failures nobody
 * reported but were presumed because the owner was lost. Source: fencer specification, 3 and 10.
 */
export class Ledger {
  readonly #history = new FencingHistory();
  readonly #peers: Peers;
  readonly #clock: Clock;
  readonly #pending = new Map<string, Pending>();
  readonly #presumed = new Set<string>();

  constructor(peers: Peers, clock: Clock) {
    this.#peers = peers;
    this.#clock = clock;
  }

  all(): FencingRecord[] {
    return this.#history.all();
  }

  /** The record of an operation that is over. `origin`: the node that had it. */
  recordOf(
    request: OperationRequest,
    { isSuccess, delegate, reason, completedMs = this.#clock.wallMs() }: OperationEnd,
    origin = this.#peers.localName,
  ): FencingRecord {
    const { id, target, action, client } = request;
    return {
      id,
      target,
      targetPid: this.#targetPid(request),
      action,
      origin,
      delegate,
      client,
      state: isSuccess ? "success" : "failed",
      completedMs,
      exitReason: reason,
    };
  }

  missingIn(records: readonly FencingRecord[]): FencingRecord[] {
    return this.#history.missingIn(records);
  }

  removeFinished(target: string | null): void {
    this.#history.removeFinished(target);
    this.#forgetPresumed();
  }

  /** A query was delivered: everybody has the operation from here on. Null when it is known already. */
  begin(request: OperationRequest, owner: Member): FencingRecord | null {
    const { id, target, action, client } = request;
    if (this.#history.get(id) !== null) return null;
    const record: FencingRecord = {
      id,
      target,
      targetPid: this.#peers.lastPid(target),
      action,
      origin: owner.name,
      delegate: "",
      client,
      state: "pending",
      completedMs: 0,
      exitReason: "",
    };
    this.#history.put(record);
    this.#pending.set(id, {
      isOutdated: false,
      originPid: owner.pid,
      sinceMs: this.#clock.monotonicMs(),
      ageMaxMs: request.timeoutS * 1000 * AGE_FACTOR,
    });
    return record;
  }

  /**
   * The operation whose result this wish can share. Ask before `begin`: only into one whose query came earlier, so
   * that no two wait for each other. A client's name holds a process id, which two hosts may well have in common.
   * Source: 3, step 3.
   */
  mergeable(request: OperationRequest, owner: string): FencingRecord | null {
    const now = this.#clock.monotonicMs();
    for (const record of this.#history.all()) {
      const pending = this.#pending.get(record.id);
      if (
        record.state === "pending" &&
        record.targetPid !== null &&
        record.id !== request.id &&
        isSameName(record.target, request.target) &&
        record.action === request.action &&
        (record.client !== request.client || record.origin !== owner) &&
        !isSameName(record.origin, record.target) &&
        pending !== undefined &&
        !pending.isOutdated &&
        this.#peers.isAlive(record.origin, pending.originPid) &&
        now - pending.sinceMs <= pending.ageMaxMs
      )
        return record;
    }
    return null;
  }

  /**
   * Takes a result. The owner and an executioner that spoke for it may both have told, and a success stays one; a
   * result beats what was only presumed.
   * @returns the record that holds now, and whether it is news.
   */
  conclude(record: FencingRecord): { readonly record: FencingRecord; readonly isNews: boolean } {
    const known = this.#history.get(record.id);
    const isReported = known?.state === "failed" && !this.#presumed.has(record.id);
    if (known !== null && (known.state === "success" || (isReported && record.state === "failed")))
      return { record: known, isNews: false };
    this.#presumed.delete(record.id);
    this.#pending.delete(record.id);
    this.#history.put(record);
    return { record, isNews: true };
  }

  /** Ids of operations that count as failed because their owner was lost. */
  ownerLost(owner: Member): string[] {
    const lost = this.#history
      .all()
      .filter(
        (record) =>
          record.state === "pending" &&
          record.origin === owner.name &&
          this.#pending.get(record.id)?.originPid === owner.pid,
      );
    for (const record of lost) this.#presumeFailed(record, ownerLostReason(owner.name));
    return lost.map((record) => record.id);
  }

  targetJoined(name: string): void {
    for (const record of this.#history.all()) {
      const pending = this.#pending.get(record.id);
      if (pending !== undefined && isSameName(record.target, name)) pending.isOutdated = true;
    }
  }

  /**
   * Learns from the history of another node. That comes late, when the target may long be back: a success that was known here as
   * something else is no news to anybody but who waits for it, and the target itself when it is what was cut off.
   * @param isOwned whether this node has the operation in hand
   * @param endsThisLife whether the operation cut off this very daemon, which did not notice
   * @returns successes to be concluded by the caller, ids of others that nothing more is to be done for, and ids that count as failed now.
   */
  learn(
    records: readonly FencingRecord[],
    isOwned: (id: string) => boolean,
    endsThisLife: (record: FencingRecord) => boolean,
  ): {
    readonly confirmed: readonly FencingRecord[];
    readonly past: readonly string[];
    readonly presumed: readonly string[];
  } {
    const news = records.filter(
      ({ id, state }) => state === "success" && this.#history.get(id)?.state !== "success",
    );
    const confirmed = news.filter((record) =>
      this.#peers.isLocal(record.target)
        ? endsThisLife(record)
        : isOwned(record.id) && this.#pending.get(record.id)?.isOutdated === false,
    );
    const past = news
      .filter((record) => !confirmed.includes(record) && !isOwned(record.id))
      .map(({ id }) => id);
    for (const id of past) {
      this.#pending.delete(id);
      this.#presumed.delete(id);
    }
    this.#history.merge(
      records.filter(
        (record) => !confirmed.includes(record) && !isOwned(record.id) && !this.#isContradicted(record),
      ),
    );
    const presumed: string[] = [];
    for (const { id } of records) {
      const record = this.#history.get(id);
      if (record === null || record.state !== "pending" || this.#pending.has(id)) continue;
      const owner = this.#peers.byName(record.origin);
      if (this.#peers.isLocal(record.origin) && !isOwned(id)) {
        this.#presumeFailed(record, "Initiated by earlier fencer process and presumed failed");
        presumed.push(id);
      } else if (owner === null) {
        this.#presumeFailed(record, ownerLostReason(record.origin));
        presumed.push(id);
      }
      // When it began is not known here, so nothing is merged into it.
      else
        this.#pending.set(id, {
          originPid: owner.pid,
          isOutdated: true,
          sinceMs: this.#clock.monotonicMs(),
          ageMaxMs: 0,
        });
    }
    return { confirmed, past, presumed };
  }

  recentSuccess(wish: {
    readonly target: string;
    readonly action: FencingAction;
    readonly toleranceS: number;
  }): FencingRecord | null {
    if (wish.toleranceS <= 0) return null;
    const sinceMs = this.#clock.wallMs() - wish.toleranceS * 1000;
    return (
      this.#history
        .all()
        .find(
          (record) =>
            record.state === "success" &&
            record.action === wish.action &&
            isSameName(record.target, wish.target) &&
            record.completedMs >= sinceMs,
        ) ?? null
    );
  }

  /** Process id of the target's daemon when the operation began; of one that nobody announced, as it was seen last. */
  #targetPid({ id, target }: OperationRequest): number | null {
    const begun = this.#history.get(id);
    return begun === null ? this.#peers.lastPid(target) : begun.targetPid;
  }

  /** Another part of the cluster may have lost sight of an owner that is here and still at it. */
  #isContradicted({ id, state }: FencingRecord): boolean {
    const pending = this.#pending.get(id);
    const origin = this.#history.get(id)?.origin ?? "";
    return state === "failed" && pending !== undefined && this.#peers.isAlive(origin, pending.originPid);
  }

  /** Keeps the set as bounded as the history is. */
  #forgetPresumed(): void {
    for (const id of [...this.#presumed]) if (this.#history.get(id) === null) this.#presumed.delete(id);
  }

  #presumeFailed(record: FencingRecord, reason: string): void {
    this.#pending.delete(record.id);
    this.#forgetPresumed();
    this.#presumed.add(record.id);
    this.#history.put({
      ...record,
      state: "failed",
      completedMs: this.#clock.wallMs(),
      exitReason: reason,
    });
  }
}

function ownerLostReason(owner: string): string {
  return `The fencer of ${owner}, which had asked for it, was lost`;
}
