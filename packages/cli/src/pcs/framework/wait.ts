import type { ResourceView } from "@quorate/scheduler";
import { clusterView } from "../../resource/resource-call.ts";
import { isSettledWithin } from "../../resource/settled.ts";
import { quoted } from "./assignments.ts";
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

/** Waits until the cluster has done what the configuration asks for, and says so before. @throws PcsError after `seconds` */
export async function waitForIdle(call: PcsCall, seconds: number): Promise<void> {
  const { session: cib } = await call.cib();
  const limit =
    seconds === 0 || seconds === WAIT_DEFAULT_S
      ? ""
      : ` (timeout: ${seconds} second${seconds === 1 ? "" : "s"})`;
  call.reports.info(`Waiting for the cluster to apply configuration changes${limit}...`);
  const limitMs = (seconds === 0 ? WAIT_DEFAULT_S : seconds) * 1000;
  if (await isSettledWithin({ cib, world: call.world }, limitMs)) return;
  fail("waiting timeout: the cluster is still busy with the change");
}

/** As `waitForIdle`; then tells where the resources run. @throws PcsError when one of them is not `expected` */
export async function waitAndTell(
  call: PcsCall,
  seconds: number,
  resources: readonly string[],
  expected: "running" | "stopped" | null = null,
): Promise<void> {
  await waitForIdle(call, seconds);
  const { session: cib } = await call.cib();
  const view = await clusterView({ cib, world: call.world });
  for (const id of resources) {
    const active = view.resource(id)?.active ?? [];
    const text = `resource '${id}' is ${placesText(active)}`;
    if (expected === null || active.length > 0 === (expected === "running")) call.reports.info(text);
    else call.reports.error(text);
  }
  call.reports.check();
}

function placesText(active: ResourceView["active"]): string {
  if (active.length === 0) return "not running on any node";
  const promoted = active.filter(({ isPromoted }) => isPromoted);
  const others = active.filter(({ isPromoted }) => !isPromoted);
  if (promoted.length === 0) return `running ${onNodes(others)}`;
  const also = others.length === 0 ? "" : `; unpromoted ${onNodes(others)}`;
  return `promoted ${onNodes(promoted)}${also}`;
}

function onNodes(active: ResourceView["active"]): string {
  const names = [...new Set(active.map(({ node }) => node))].sort();
  return `on node${names.length === 1 ? "" : "s"} ${quoted(names)}`;
}
