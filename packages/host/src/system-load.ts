import { loadavg } from "node:os";
import { performance } from "node:perf_hooks";
import type { LoadMeter } from "@quorate/ports";

/** The load of this host, and of the thread that calls. */
export function systemLoad(): LoadMeter {
  let before = performance.eventLoopUtilization();
  return {
    cpuLoad: () => loadavg()[0] ?? null,
    daemonShare: () => {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, before);
      before = now;
      return utilization;
    },
  };
}
