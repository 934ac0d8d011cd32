import type { FenceOutcome, NodeId } from "@quorate/ports";

/** What was on its way when quorum was lost may still come about. */
const QUORUM_GRACE_MS = 16_000;
const START_GRACE_MS = 15_000;

/** A fencing that is reported has happened; who has no quorum neither fences nor starts anything. */
export class QuorumAndFencingWatch {
  readonly #report: (violation: string) => void;
  readonly #lastQuorateMs = new Map<NodeId, number>();

  constructor(report: (violation: string) => void) {
    this.#report = report;
  }

  quorate(nodeId: NodeId, nowMs: number): void {
    this.#lastQuorateMs.set(nodeId, nowMs);
  }

  fencing(nodeId: NodeId, target: string, nowMs: number): void {
    if (nowMs - (this.#lastQuorateMs.get(nodeId) ?? 0) > QUORUM_GRACE_MS)
      this.#report(`n${nodeId} fences ${target} without quorum`);
  }

  starting(nodeId: NodeId, resource: string, nowMs: number): void {
    if (nowMs - (this.#lastQuorateMs.get(nodeId) ?? 0) > START_GRACE_MS)
      this.#report(`n${nodeId} starts ${resource} without quorum`);
  }

  reported(nodeId: NodeId, { isSuccess, record }: FenceOutcome, lastCutMs: number | null): void {
    if (!isSuccess || record.action === "on" || record.delegate === "a human") return;
    if (lastCutMs === null)
      this.#report(`n${nodeId} is told that ${record.target} was fenced, but its power was never cut`);
  }
}
