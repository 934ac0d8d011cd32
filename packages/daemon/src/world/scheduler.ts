import type { SchedulerPort } from "@quorate/controller";
import { schedule } from "@quorate/scheduler";

/** The scheduler on the daemon's own thread. A run of a small cluster takes milliseconds. */
export function createScheduler(): SchedulerPort {
  return {
    run: ({ cib, nowMs }, done) => {
      setImmediate(() => {
        try {
          const { graph } = schedule(cib, { nowS: Math.floor(nowMs / 1000) });
          done({ ok: true, graph, source: "" });
        } catch (error) {
          done({
            ok: false,
            reason: error instanceof Error ? (error.stack ?? error.message) : String(error),
          });
        }
      });
    },
  };
}
