import type { UnitJob } from "./manager.ts";

interface Turn {
  readonly job: UnitJob;
  readonly begin: () => void;
}

/**
 * One kind of job at a time for each unit, in the order in which they were asked for: two resources may be of one unit, and systemd cancels
 * what it is at when the opposite is asked for. It makes one of several jobs that want the same, so these run together.
 */
export class UnitTurns {
  /** By unit: those at work, and behind them those that wait. */
  readonly #turns = new Map<string, Turn[]>();

  /** `ready` resolves when it is this job's turn. `leave` ends the turn, or the waiting for it; again it does nothing. */
  take(unit: string, job: UnitJob): { readonly ready: Promise<void>; leave(): void } {
    const turns = this.#turns.get(unit) ?? [];
    this.#turns.set(unit, turns);
    let turn: Turn | null = null;
    const ready = new Promise<void>((resolve) => {
      turn = { job, begin: resolve };
      turns.push(turn);
    });
    beginFirst(turns);
    return {
      ready,
      leave: () => {
        const index = turn === null ? -1 : turns.indexOf(turn);
        if (index < 0) return;
        turns.splice(index, 1);
        if (turns.length === 0 && this.#turns.get(unit) === turns) this.#turns.delete(unit);
        else beginFirst(turns);
      },
    };
  }
}

/** Those at the front that want the same; for one that has begun already this does nothing. */
function beginFirst(turns: readonly Turn[]): void {
  for (const turn of turns) {
    if (turn.job !== turns[0]?.job) return;
    turn.begin();
  }
}
