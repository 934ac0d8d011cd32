import type { ApiClient } from "@quorate/api";
import { ExitCode } from "../exit-codes.ts";
import type { World } from "../world.ts";

const CLEAR_SCREEN = "\u001b[H\u001b[2J";

/** Changes come in bursts; the screen is drawn once for each. */
const BURST_MS = 200;

export interface WatchOptions {
  readonly daemon: ApiClient;
  readonly draw: () => Promise<string>;
  readonly intervalMs: number;
  readonly world: World;
}

/** Draws now, after each change of the cluster and after each interval, until the user ends it or the daemon goes away. */
export function watchCluster({ daemon, draw, intervalMs, world }: WatchOptions): Promise<number> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | null = null;
    const again = (delayMs: number) => {
      if (timer !== null) clearTimeout(timer);
      timer = setTimeout(refresh, delayMs);
    };
    const refresh = async () => {
      try {
        const text = await draw();
        world.stdout(CLEAR_SCREEN + text);
        again(intervalMs);
      } catch (error) {
        end(ExitCode.disconnect, (error as Error).message);
      }
    };
    const end = (status: number, problem: string | null) => {
      if (timer !== null) clearTimeout(timer);
      if (problem !== null) world.stderr(`${world.programName}: ${problem}\n`);
      resolve(status);
    };
    daemon.onLost(() => end(ExitCode.disconnect, "the daemon of this node ended"));
    process.once("SIGINT", () => end(ExitCode.ok, null));
    process.once("SIGTERM", () => end(ExitCode.ok, null));
    daemon
      .on("cib.changed", () => again(BURST_MS))
      .catch((error: Error) => end(ExitCode.disconnect, error.message));
    again(0);
  });
}
