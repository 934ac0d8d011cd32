import {
  CONFIRMED_BY_HAND,
  type FenceOutcome,
  type JsonObject,
  type NodeId,
  type QuorumStatus,
} from "@quorate/ports";

/** What was on its way when quorum was lost may still come about. */
const QUORUM_GRACE_MS = 16_000;
const START_GRACE_MS = 6_000;

/** A fencing operation, from the moment at which its owner asked the others for devices. */
interface FencingOperation {
  readonly target: string;
  readonly action: string;
  /** Of this operation, or of the oldest that was still going on then: a merged one shares what that one did. */
  readonly sinceMs: number;
  readonly beganMs: number;
  isOver: boolean;
  isMerged: boolean;
}

/** A fencing that is reported has happened since it was asked for; who has no quorum neither fences nor starts anything. */
export class QuorumAndFencingWatch {
  readonly #report: (violation: string) => void;
  readonly #lastQuorateMs = new Map<NodeId, number>();
  /** When two nodes were last in one ring, as the first one saw it: `FIRST SECOND`. */
  readonly #lastTogetherMs = new Map<string, number>();
  readonly #operations = new Map<string, FencingOperation>();

  constructor(report: (violation: string) => void) {
    this.#report = report;
  }

  /** What a node knows of its ring. */
  saw(nodeId: NodeId, ring: QuorumStatus, nowMs: number): void {
    if (ring.isQuorate) this.#lastQuorateMs.set(nodeId, nowMs);
    for (const member of ring.members) this.#lastTogetherMs.set(`${nodeId} ${member.nodeId}`, nowMs);
  }

  /** A node of one's own partition may be fenced without quorum: it cannot do the same elsewhere. */
  fencing(nodeId: NodeId, target: { readonly nodeId: NodeId; readonly name: string }, nowMs: number): void {
    const isLongAgo = (ms = 0) => nowMs - ms > QUORUM_GRACE_MS;
    const together = this.#lastTogetherMs.get(`${nodeId} ${target.nodeId}`);
    if (isLongAgo(this.#lastQuorateMs.get(nodeId)) && isLongAgo(together))
      this.#report(`n${nodeId} fences ${target.name} without quorum`);
  }

  starting(nodeId: NodeId, resource: string, nowMs: number): void {
    if (nowMs - (this.#lastQuorateMs.get(nodeId) ?? 0) > START_GRACE_MS)
      this.#report(`n${nodeId} starts ${resource} without quorum`);
  }

  /** A fencer says something to the others. */
  said({ type, request, record, isMerged }: JsonObject, nowMs: number): void {
    if (type === "query") {
      const { id, target, action } = request as JsonObject;
      if (this.#operations.has(String(id))) return;
      const others = [...this.#operations.values()].filter(
        (other) => !other.isOver && other.target === target && other.action === action,
      );
      this.#operations.set(String(id), {
        target: String(target),
        action: String(action),
        beganMs: nowMs,
        sinceMs: Math.min(nowMs, ...others.map((other) => other.sinceMs)),
        isOver: false,
        isMerged: false,
      });
    } else if (type === "result" && isMerged === true) {
      const operation = this.#operations.get(String((record as JsonObject).id));
      if (operation !== undefined) operation.isMerged = true;
    }
  }

  /** `lastCutMs`: when the target's power was last cut by a fence device; null: never. */
  reported(nodeId: NodeId, { isSuccess, record }: FenceOutcome, lastCutMs: number | null): void {
    const operation = this.#operations.get(record.id);
    // Whatever is asked for after this has its place in the order after the result.
    if (operation !== undefined) operation.isOver = true;
    if (!isSuccess || record.action === "on" || record.delegate === CONFIRMED_BY_HAND) return;
    const told = `n${nodeId} is told that ${record.target} was fenced`;
    if (operation === undefined) this.#report(`${told}, which nobody asked for`);
    else if (lastCutMs === null) this.#report(`${told}, but its power was never cut`);
    else {
      const { beganMs, sinceMs, isMerged } = operation;
      if (lastCutMs < (isMerged ? sinceMs : beganMs))
        this.#report(`${told}, but its power was last cut before that was asked for`);
    }
  }
}
