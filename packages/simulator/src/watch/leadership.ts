import type { ControllerState } from "@quorate/controller";
import type { NodeId } from "@quorate/ports";
import type { Machine } from "../cluster/machine.ts";

const LEADING: ReadonlySet<ControllerState> = new Set<ControllerState>([
  "S_INTEGRATION",
  "S_FINALIZE_JOIN",
  "S_POLICY_ENGINE",
  "S_TRANSITION_ENGINE",
  "S_IDLE",
]);

/** A deposed DC learns of it when the messages reach it; longer than this it must not take. */
const GRACE_MS = 3_000;

/** At most one DC among the daemons of a quorate partition. */
export class LeadershipWatch {
  readonly #report: (violation: string) => void;
  readonly #since = new Map<string, number>();

  constructor(report: (violation: string) => void) {
    this.#report = report;
  }

  examine(machines: readonly Machine[], nowMs: number): void {
    const leaders = machines.filter(isLeadingWithQuorum);
    const pairs = new Set<string>();
    leaders.forEach((one, index) => {
      for (const other of leaders.slice(index + 1)) pairs.add(`${one.name} and ${other.name}`);
    });
    for (const pair of [...this.#since.keys()]) if (!pairs.has(pair)) this.#since.delete(pair);
    for (const pair of pairs) {
      const since = this.#since.get(pair) ?? nowMs;
      this.#since.set(pair, since);
      if (nowMs - since > GRACE_MS) this.#report(`${pair} both lead with quorum`);
    }
  }

  /** A machine that stood still cannot know yet. */
  thawed(nodeId: NodeId): void {
    for (const pair of [...this.#since.keys()])
      if (pair.split(" and ").includes(`n${nodeId}`)) this.#since.delete(pair);
  }
}

export function isLeadingWithQuorum({ daemon, clock }: Machine): boolean {
  if (daemon === null || clock.isFrozen || daemon.clock.isFrozen) return false;
  const { state, isQuorate } = daemon.node.status();
  return isQuorate && LEADING.has(state);
}
