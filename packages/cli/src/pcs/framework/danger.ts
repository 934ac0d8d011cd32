import type { PcsCall } from "./command.ts";

const YES = new Set(["y", "yes"]);

/**
 * For what cannot be taken back: `--force`, or a person who sits there, says that it is meant; not where it is only tried. Resolves to whether to go on.
 * @throws PcsError where nobody can be asked
 */
export async function isMeant(call: PcsCall, danger: string): Promise<boolean> {
  if (call.world.isPlanning === true) return true;
  if (call.reports.isForced || !call.world.isInteractive()) {
    call.reports.forceable(danger);
    call.reports.check();
    return true;
  }
  call.reports.warn(danger);
  const answer = await call.world.ask("Type 'yes' or 'y' to proceed, anything else to cancel: ", false);
  if (YES.has(answer.trim().toLowerCase())) return true;
  call.reports.info("Canceled");
  return false;
}
