import { parseInterval, readBlocks, WATCHDOG_TIMEOUT_NAMES } from "@quorate/cib";
import type { Log, Watchdog } from "@quorate/ports";
import type { XmlElement } from "@quorate/xml";
import type { DeviceDefinition } from "./device.ts";
import { readDeviceOptions } from "./parameters.ts";

/** The device that stands for the watchdog of each node; its agent is never run. */
const WATCHDOG_ID = "watchdog";
const WATCHDOG_AGENT = "fence_watchdog";

/** Nodes that are sure to reset themselves, by their watchdog, within a time. Source: fencer specification, 7. */
export interface SelfFencing {
  readonly timeoutMs: number;
  /** In lower case; null: every node. */
  readonly targets: ReadonlySet<string> | null;
}

export function isWatchdogDevice(id: string): boolean {
  return id === WATCHDOG_ID;
}

export function isWatchdogAgent(agent: string): boolean {
  return agent === WATCHDOG_AGENT;
}

export type SelfFencingResult =
  | { readonly ok: true; readonly selfFencing: SelfFencing | null }
  /** This node must not stay: others would rely on a watchdog that does not reset it in time. */
  | { readonly ok: false; readonly reason: string };

/** `definitions` are all devices of the configuration, the explicit watchdog device among them. */
export function readSelfFencing(
  cib: XmlElement,
  definitions: readonly DeviceDefinition[],
  own: { readonly watchdog: Watchdog | null; readonly nowS: number; readonly log: Log },
): SelfFencingResult {
  const text = readOption(cib, own.nowS);
  const isDoubled = text?.trim().startsWith("-") ?? false;
  const wantedMs = isDoubled ? -1 : parseInterval(text).milliseconds;
  if (text === null || wantedMs === 0) return { ok: true, selfFencing: null };
  const ownMs = own.watchdog?.timeoutMs ?? null;
  if (ownMs === null)
    return { ok: false, reason: `fencing-watchdog-timeout configured (${text}) but SBD not active` };
  const timeoutMs = isDoubled ? 2 * ownMs : wantedMs;
  if (timeoutMs <= ownMs)
    return { ok: false, reason: `fencing-watchdog-timeout (${text}) too short (must be >${ownMs}ms)` };
  return { ok: true, selfFencing: { timeoutMs, targets: explicitTargets(definitions, own.log) } };
}

function explicitTargets(definitions: readonly DeviceDefinition[], log: Log): ReadonlySet<string> | null {
  const explicit = definitions.find((one) => isWatchdogDevice(one.id) && isWatchdogAgent(one.agent));
  if (explicit === undefined) return null;
  const { hostList, hostMap } = readDeviceOptions(explicit.id, explicit.parameters, log);
  return hostList.length === 0 && hostMap.size === 0 ? null : new Set([...hostList, ...hostMap.keys()]);
}

function readOption(cib: XmlElement, nowS: number): string | null {
  const options = new Map<string, string>();
  const element = cib.first("configuration")?.first("crm_config") ?? null;
  // After each change of the configuration, and few clusters have it: the rules and scores of all sets only where it is set.
  if (element !== null && isSetSomewhere(element))
    readBlocks(options, element, "cluster_property_set", {
      now: { epochS: nowS, offsetS: 0 },
      element: () => null,
      nodeAttribute: null,
      resource: null,
      operation: null,
      location: null,
      noteChange: () => {},
    });
  for (const name of WATCHDOG_TIMEOUT_NAMES) {
    const value = options.get(name);
    if (value !== undefined) return value;
  }
  return null;
}

function isSetSomewhere(element: XmlElement): boolean {
  for (const pair of element.descendants("nvpair"))
    if (WATCHDOG_TIMEOUT_NAMES.has(pair.get("name") ?? "")) return true;
  return false;
}

/** Devices that agents are run for: without the explicit watchdog; with a complaint about what looks like one and is none. */
export function withoutWatchdog(
  definitions: readonly DeviceDefinition[],
  log: Log,
): readonly DeviceDefinition[] {
  return definitions.filter((one) => {
    if (!isWatchdogDevice(one.id) && !isWatchdogAgent(one.agent)) return true;
    if (isWatchdogDevice(one.id) !== isWatchdogAgent(one.agent))
      log(
        "error",
        `Ignoring fencing device ${one.id}: the name "${WATCHDOG_ID}" and the agent ${WATCHDOG_AGENT} belong together`,
      );
    return false;
  });
}
