import { parseInteger32, parseInterval } from "@quorate/cib";
import type { FencingAction, Log } from "@quorate/ports";

/** Everything that a fence agent can be asked for. */
export type AgentAction = FencingAction | "list" | "monitor" | "status" | "metadata";

export type HostCheck = "none" | "static-list" | "dynamic-list" | "status";

/** The parameters of a device that are for the fencer and not for the agent. Source: fencer specification, 1. */
export interface DeviceOptions {
  /** Null: as the agent's metadata say. `none`: the agent is not told the target. */
  readonly hostArgument: string | null;
  /** By node name in lower case. */
  readonly hostMap: ReadonlyMap<string, string>;
  /** In lower case. */
  readonly hostList: readonly string[];
  /** Null: not configured, so it depends on the lists and the agent. */
  readonly hostCheck: HostCheck | "invalid" | null;
  readonly delayMaxMs: number;
  delayBaseMs(target: string): number;
  /** Commands at one time on one node; Infinity for no limit. */
  readonly actionLimit: number;
  /** What the agent is asked for instead of an action. */
  agentActionOf(action: AgentAction): string;
  /** Null: as the request says. */
  timeoutMsOf(action: AgentAction): number | null;
  /** Attempts altogether. */
  attemptsOf(action: AgentAction): number;
}

const ATTEMPTS_DEFAULT = 2;
const NOT_FOR_AGENTS = new Set(["action", "provides", "stonith-timeout", "crm_feature_set"]);

/** Whether the agent gets this parameter. */
export function isForAgent(name: string): boolean {
  return !NOT_FOR_AGENTS.has(name) && !name.startsWith("pcmk_") && !name.startsWith("CRM_meta_");
}

export function readDeviceOptions(
  deviceId: string,
  parameters: ReadonlyMap<string, string>,
  log: Log,
): DeviceOptions {
  const get = (name: string): string | null => parameters.get(name) || null;
  const delayBase = get("pcmk_delay_base");
  const delayMaxMs = parseInterval(get("pcmk_delay_max")).milliseconds;
  return {
    hostArgument: get("pcmk_host_argument"),
    hostMap: readHostMap(deviceId, get("pcmk_host_map"), log),
    hostList: splitHosts(get("pcmk_host_list") ?? ""),
    hostCheck: readHostCheck(get("pcmk_host_check")),
    delayMaxMs,
    delayBaseMs(target) {
      const baseMs = readDelayBase(delayBase, target);
      if (delayMaxMs === 0 || baseMs <= delayMaxMs) return baseMs;
      log(
        "warning",
        `pcmk_delay_base of ${deviceId} is larger than pcmk_delay_max; it is limited to ${delayMaxMs} ms`,
      );
      return delayMaxMs;
    },
    actionLimit: readActionLimit(get("pcmk_action_limit")),
    agentActionOf: (action) => get(`pcmk_${action}_action`) ?? action,
    timeoutMsOf(action) {
      const text = get(`pcmk_${action}_timeout`);
      const parsed = text === null ? null : parseInterval(text);
      return parsed?.isValid && parsed.milliseconds > 0 ? parsed.milliseconds : null;
    },
    attemptsOf(action) {
      const count = parseInteger32(get(`pcmk_${action}_retries`) ?? "");
      return count === null || count < 1 ? ATTEMPTS_DEFAULT : count;
    },
  };
}

/** Words of a list of hosts, in lower case: separated by white space, commas and semicolons. */
export function splitHosts(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[\s,;]+/)
    .filter((word) => /^[a-z0-9_.-]+$/.test(word) && word !== "on" && word !== "off");
}

function readHostMap(deviceId: string, text: string | null, log: Log): Map<string, string> {
  const map = new Map<string, string>();
  for (const pair of (text ?? "").split(/[;\s]+/)) {
    if (pair === "") continue;
    const parts = /^([^:=]+)[:=](.+)$/.exec(pair);
    if (parts === null)
      log("error", `pcmk_host_map of ${deviceId}: "${pair}" is no pair, write NODE:PORT; it is skipped`);
    else map.set(parts[1]!.toLowerCase(), parts[2]!);
  }
  return map;
}

function readHostCheck(text: string | null): DeviceOptions["hostCheck"] {
  switch (text) {
    case null:
    case "none":
    case "static-list":
    case "dynamic-list":
    case "status":
      return text;
    default:
      return "invalid";
  }
}

/** One interval, or `node1:1s;node2:5`; a map without the target gives 0. */
function readDelayBase(text: string | null, target: string): number {
  if (text === null) return 0;
  if (!text.includes(":")) return parseInterval(text).milliseconds;
  for (const pair of text.split(/[;\s]+/)) {
    const colon = pair.indexOf(":");
    if (colon > 0 && pair.slice(0, colon).toLowerCase() === target.toLowerCase())
      return parseInterval(pair.slice(colon + 1)).milliseconds;
  }
  return 0;
}

function readActionLimit(text: string | null): number {
  const limit = parseInteger32(text ?? "");
  if (limit === -1) return Number.POSITIVE_INFINITY;
  return limit === null || limit < 1 ? 1 : limit;
}
