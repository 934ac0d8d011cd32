import { digestV2 } from "@quorate/cib";
import type { Machine } from "../cluster/machine.ts";

/** So long after the last change of any copy, and the last change of any state, nothing is on its way any more. */
const QUIET_MS = 300;

/** Law 2, seen from outside: members of one partition at rest have equal copies of the CIB. */
export class ReplicaWatch {
  readonly #report: (violation: string) => void;
  #changedMs = 0;
  #isExamined = true;

  constructor(report: (violation: string) => void) {
    this.#report = report;
  }

  changed(nowMs: number): void {
    this.#changedMs = nowMs;
    this.#isExamined = false;
  }

  /** `latencyMs`: how long a message may be on its way. */
  examine(machines: readonly Machine[], nowMs: number, latencyMs: number): void {
    if (this.#isExamined || nowMs - this.#changedMs < QUIET_MS + 4 * latencyMs) return;
    this.#isExamined = true;
    const awake = machines.filter(
      ({ daemon, clock }) => daemon !== null && !clock.isFrozen && !daemon.clock.isFrozen,
    );
    for (const leader of awake) {
      const status = leader.daemon!.node.status();
      if (status.state !== "S_IDLE" || status.dc !== leader.name) continue;
      const ring = ringOf(leader);
      const members = awake.filter(
        (machine) =>
          machine === leader ||
          (ringOf(machine) === ring &&
            machine.daemon!.node.status().state === "S_NOT_DC" &&
            machine.daemon!.node.status().dc === leader.name),
      );
      const digests = new Set(members.map((machine) => digestV2(machine.daemon!.node.cib.document)));
      if (digests.size > 1)
        this.#report(
          `at rest, ${members.map(({ name }) => name).join(" ")} have different copies of the CIB`,
        );
    }
  }
}

function ringOf({ daemon }: Machine): string {
  const ring = daemon?.engine.quorumStatus()?.ring;
  return ring === undefined ? "" : `${ring.representative}.${ring.sequence}`;
}
