import { schedule } from "@quorate/scheduler";
import { parseXml } from "@quorate/xml";
import { BENCH_TIME_S } from "../../../packages/scheduler/bench/states.ts";
import { cpuMsOf } from "./live.ts";
import { median } from "./measured.ts";

export { measureLife } from "./live.ts";

/** Processor time in milliseconds from text to graph; the median of the rounds after one that warms up. */
export function measureInProcess(text: string, rounds: number): number {
  const times: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    times.push(
      cpuMsOf(() => {
        const parsed = parseXml(text);
        if (!parsed.ok) throw new Error(parsed.error.message);
        schedule(parsed.root, { nowS: BENCH_TIME_S, leavesOutScores: true });
      }),
    );
  }
  return median(times.slice(1));
}
