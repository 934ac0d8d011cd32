/** What of a run the recheck time needs. */
export interface RecheckState {
  readonly nowS: number;
  recheckAtS: number | null;
}

/**
 * Notes an instant at which the decision may change. Only instants after now count, and of those the earliest.
 * Source: part 1, 22.
 */
export function offerRecheck(run: RecheckState, atS: number): void {
  if (atS <= run.nowS) return;
  if (run.recheckAtS === null || atS < run.recheckAtS) run.recheckAtS = atS;
}
