import type { ApiClient } from "@quorate/api";
import type { FencingRecord } from "@quorate/ports";
import { ExitCode } from "../exit-codes.ts";
import type { HeldSignals, World } from "../world.ts";

/** Changes come in bursts; the cluster is looked at once for each. */
const BURST_MS = 200;

export interface WatchOptions {
  readonly daemon: ApiClient;
  /** Looks at the cluster and shows it. */
  readonly look: () => Promise<void>;
  readonly intervalMs: number;
  readonly signals: HeldSignals;
  /** Told of each fencing that ends; null: nobody is. */
  readonly onFencing: ((record: FencingRecord) => void) | null;
  readonly world: World;
}

/** Looks now, after each change of the cluster and after each interval, until a signal ends it or the daemon goes away. */
export function watchCluster(options: WatchOptions): Promise<number> {
  const { daemon, look, intervalMs, signals, onFencing, world } = options;
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | null = null;
    let hasEnded = false;
    const again = (delayMs: number) => {
      if (timer !== null) clearTimeout(timer);
      if (!hasEnded) timer = setTimeout(refresh, delayMs);
    };
    const refresh = async () => {
      try {
        await look();
        again(intervalMs);
      } catch (error) {
        end(ExitCode.disconnect, (error as Error).message);
      }
    };
    const end = (status: number, problem: string | null) => {
      if (hasEnded) return;
      hasEnded = true;
      if (timer !== null) clearTimeout(timer);
      if (problem !== null) world.stderr(`${world.programName}: ${problem}\n`);
      resolve(status);
    };
    const lost = (error: Error) => end(ExitCode.disconnect, error.message);
    daemon.onLost(() => end(ExitCode.disconnect, "the daemon of this node ended"));
    void signals.first.then(() => end(ExitCode.ok, null));
    daemon.on("cib.changed", () => again(BURST_MS)).catch(lost);
    if (onFencing !== null) daemon.on("fencing.completed", onFencing).catch(lost);
    again(0);
  });
}
