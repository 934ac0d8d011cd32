import { parseInterval } from "@quorate/cib";
import { XmlElement } from "@quorate/xml";
import type { LoadedAgent } from "./agents.ts";
import { uniqueId } from "./ids.ts";
import { roleForSchema } from "./roles.ts";

/** An operation as it is written: `name` and attributes in order; `checkLevel` is OCF_CHECK_LEVEL. */
export interface OperationSpec {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly checkLevel: string | null;
}

/** What agents list among their actions, but nobody wants in the configuration. */
const NOT_CONFIGURED: ReadonlySet<string> = new Set([
  "meta-data",
  "metadata",
  "validate-all",
  "status",
  "usage",
  "help",
  "manpage",
  "list",
]);

/** What a failed operation may lead to. */
export const ON_FAIL = [
  "block",
  "demote",
  "fence",
  "ignore",
  "restart",
  "restart-container",
  "standby",
  "stop",
] as const;

const MONITOR_INTERVAL = "60s";

export function defaultInterval(name: string): string {
  return name === "monitor" ? MONITOR_INTERVAL : "0s";
}

/** Operations that an agent advises, each monitor with an interval of its own. `onlyMonitor`: leave out the others. */
export function advisedOperations(agent: LoadedAgent, onlyMonitor: boolean): OperationSpec[] {
  const isStonith = agent.name.class === "stonith";
  const specs: OperationSpec[] = [];
  const intervals = new Map<string, Set<number>>();
  for (const { name, attributes } of agent.description?.actions ?? []) {
    if (NOT_CONFIGURED.has(name) || ((onlyMonitor || isStonith) && name !== "monitor")) continue;
    const taken = intervals.get(name) ?? new Set<number>();
    intervals.set(name, taken);
    const kept = new Map<string, string>();
    kept.set("interval", freeInterval(attributes.get("interval") ?? defaultInterval(name), taken));
    for (const attribute of ["start-delay", "timeout", "role"]) {
      const value = attributes.get(attribute);
      if (value !== undefined && value !== "") kept.set(attribute, value);
    }
    const depth = attributes.get("depth") ?? "0";
    specs.push({ name, attributes: kept, checkLevel: depth === "0" || depth === "" ? null : depth });
  }
  if (!specs.some(({ name }) => name === "monitor")) {
    specs.push({ name: "monitor", attributes: new Map([["interval", MONITOR_INTERVAL]]), checkLevel: null });
  }
  return specs;
}

/** The interval, or a little more when another operation of that name has it already. */
function freeInterval(text: string, taken: Set<number>): string {
  const ms = intervalMs(text);
  if (ms === null) return text;
  let free = ms;
  while (taken.has(free)) free += 1000;
  taken.add(free);
  return free === ms ? text : `${free / 1000}s`;
}

/** Milliseconds; null when the text is no interval. */
export function intervalMs(text: string): number | null {
  const parsed = parseInterval(text);
  return parsed.isValid ? parsed.milliseconds : null;
}

/** Makes the element of an operation and adds it at the end of `operations`, which must be in the CIB. */
export function appendOperation(
  cib: XmlElement,
  operations: XmlElement,
  resourceId: string,
  spec: OperationSpec,
): XmlElement {
  const element = new XmlElement("op", [["name", spec.name]]);
  const interval = spec.attributes.get("interval") ?? defaultInterval(spec.name);
  const id = spec.attributes.get("id") ?? uniqueId(cib, `${resourceId}-${spec.name}-interval-${interval}`);
  element.set("interval", interval);
  for (const [name, value] of spec.attributes) {
    if (name !== "id" && name !== "interval")
      element.set(name, name === "role" ? roleForSchema(cib, value) : value);
  }
  element.set("id", id);
  operations.append(element);
  if (spec.checkLevel !== null) {
    const setId = uniqueId(cib, `${id}-instance_attributes`);
    const set = new XmlElement("instance_attributes", [["id", setId]]);
    set.append(
      new XmlElement("nvpair", [
        ["id", uniqueId(cib, `${setId}-OCF_CHECK_LEVEL`)],
        ["name", "OCF_CHECK_LEVEL"],
        ["value", spec.checkLevel],
      ]),
    );
    element.append(set);
  }
  return element;
}
