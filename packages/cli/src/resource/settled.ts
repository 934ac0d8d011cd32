import { schedule } from "@quorate/scheduler";
import { CibError } from "../cluster/cib-session.ts";
import { ExitCode } from "../exit-codes.ts";
import { parseSeconds } from "../input/parse-seconds.ts";
import { needDaemon, type ResourceCall } from "./resource-call.ts";

const POLL_MS = 500;
/** Longer than the longest usual timeout of an action. */
const LIMIT_MS = 60 * 60_000;

/** Waits until nothing more is to do. @throws CibError after `--timeout` */
export async function waitUntilSettled(call: ResourceCall): Promise<number> {
  needDaemon(call);
  const { timeout } = call.request;
  const limitMs = timeout === null ? LIMIT_MS : parseSeconds("--timeout", timeout) * 1000;
  if (await isSettledWithin(call, limitMs)) return ExitCode.ok;
  throw new CibError("Timer expired: the cluster has still something to do", ExitCode.timeout);
}

/** Waits until the scheduler, asked with the cluster's present CIB, finds nothing more to do; false when it still does after `limitMs`. */
export async function isSettledWithin(
  { cib, world }: Pick<ResourceCall, "cib" | "world">,
  limitMs: number,
): Promise<boolean> {
  const endMs = world.nowMs() + limitMs;
  for (;;) {
    const { graph } = schedule(await cib.document(), { nowS: Math.floor(world.nowMs() / 1000) });
    if (graph.synapses.length === 0) return true;
    if (world.nowMs() >= endMs) return false;
    await world.sleep(POLL_MS);
  }
}
