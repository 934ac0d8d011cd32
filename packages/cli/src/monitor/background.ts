import { ExitCode } from "../exit-codes.ts";
import type { HeldSignals, World } from "../world.ts";

/** The option, known to no manual, by which the process in the background knows that it is the one. */
export const IN_BACKGROUND = "in-background";

export interface BackgroundOptions {
  /** Where the process id stands as long as the process runs; null: nowhere. */
  readonly pidFile: string | null;
  readonly intervalMs: number;
  readonly signals: HeldSignals;
  readonly world: World;
}

/** Starts this command again as a process of its own, which outlives this one. @throws FileError */
export function goIntoBackground(
  argv: readonly string[],
  { pidFile, world }: Pick<BackgroundOptions, "pidFile" | "world">,
): number {
  const pid = world.startDetached(null, [`--${IN_BACKGROUND}`, ...argv], {});
  // By this process, so that whoever started it finds the file when it has ended.
  if (pidFile !== null) world.writeFile(pidFile, `${pid}\n`);
  return ExitCode.ok;
}

/** Watches until a signal comes; when the daemon has gone away, tries again after each interval. `watch`: until either happens. */
export async function stayInBackground(
  { pidFile, intervalMs, signals, world }: BackgroundOptions,
  watch: () => Promise<void>,
): Promise<number> {
  let isEnding = false;
  const ended = signals.first.then(() => {
    isEnding = true;
  });
  while (!isEnding) {
    await watch();
    let timer: NodeJS.Timeout | undefined;
    const pause = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, intervalMs);
    });
    await Promise.race([ended, pause]);
    clearTimeout(timer);
  }
  if (pidFile !== null) world.removeFile(pidFile);
  return ExitCode.ok;
}
