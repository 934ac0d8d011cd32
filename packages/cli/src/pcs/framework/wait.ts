import type { PcsCall } from "./command.ts";
import { fail } from "./reports.ts";

const WAIT_DEFAULT_S = 3600;
const POLL_MS = 500;

/** Seconds of `--wait[=n]`; null without it. It makes no sense for a file. @throws PcsError */
export function checkWait(call: PcsCall): number | null {
  if (!call.has("--wait")) return null;
  if (call.isOnFile) fail("Cannot use '-f' together with '--wait'");
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
  const daemon = await call.live.daemon();
  const deadlineMs = call.world.nowMs() + (seconds === 0 ? WAIT_DEFAULT_S : seconds) * 1000;
  for (let idleCount = 0; ; ) {
    const status = await daemon.request("node.status", {});
    // The DC looks at a change a moment after it was made: one glance at an idle cluster proves nothing.
    idleCount = status.state === "S_IDLE" || status.state === "S_NOT_DC" ? idleCount + 1 : 0;
    if (idleCount >= 4) return;
    if (call.world.nowMs() >= deadlineMs) fail("waiting timeout: the cluster is still busy with the change");
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
