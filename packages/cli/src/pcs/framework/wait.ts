import { isSettledWithin } from "../../resource/settled.ts";
import type { PcsCall } from "./command.ts";
import { fail } from "./reports.ts";

const WAIT_DEFAULT_S = 3600;

/** Seconds of `--wait[=n]`; null without it. It makes no sense where no cluster acts. @throws PcsError */
export function checkWait(call: PcsCall): number | null {
  if (!call.has("--wait")) return null;
  if (call.isOnFile) fail("Cannot use '-f' together with '--wait'");
  if (!call.isLive) fail("Cannot use '--wait' with CIB_file or CIB_shadow: no cluster acts on such a CIB");
  return waitSeconds(call);
}

/** Seconds of `--wait[=n]`, for a command that acts on the cluster in any case; null without it. @throws PcsError */
export function waitSeconds(call: PcsCall): number | null {
  if (!call.has("--wait")) return null;
  const text = call.value("--wait");
  if (text === null || text === "") return WAIT_DEFAULT_S;
  const match = /^(\d+)\s*(s|sec|m|min|h|hr)?$/.exec(text);
  if (match === null) fail(`'${text}' is not a valid number of seconds to wait`);
  const factor =
    match[2] === undefined || match[2].startsWith("s") ? 1 : match[2].startsWith("m") ? 60 : 3600;
  return Number(match[1]) * factor;
}

/** Waits until the cluster has done what the configuration asks for. @throws PcsError after `seconds` */
export async function waitForIdle(call: PcsCall, seconds: number): Promise<void> {
  const { session: cib } = await call.cib();
  const limitMs = (seconds === 0 ? WAIT_DEFAULT_S : seconds) * 1000;
  if (await isSettledWithin({ cib, world: call.world }, limitMs)) return;
  fail("waiting timeout: the cluster is still busy with the change");
}
