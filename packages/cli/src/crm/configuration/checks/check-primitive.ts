import { FENCING_OPTIONS, parseDurationMs } from "@quorate/cib";
import type { AgentCatalogue } from "@quorate/executor";
import type { AgentName } from "@quorate/ports";
import { XmlElement } from "@quorate/xml";
import { ON_FAIL } from "../../../configuration/operations.ts";
import { ROLES } from "../../../configuration/roles.ts";
import type { Shell } from "../../shell/shell.ts";
import type { ConfigurationObject } from "../document.ts";
import type { WorkingCopy } from "../working-copy.ts";
import { checkMetaAttributes } from "./check-meta-attributes.ts";
import type { Finding } from "./check-objects.ts";

type Description = Extract<Awaited<ReturnType<AgentCatalogue["describe"]>>, { ok: true }>["description"];

/** The operation whose interval means something. */
const MONITOR = "monitor";

/** Checks a primitive: its meta-attributes, and against what its agent says of itself its parameters and operations. */
export async function checkPrimitive(
  shell: Shell,
  copy: WorkingCopy,
  object: ConfigurationObject,
): Promise<Finding[]> {
  const { id, element } = object;
  const meta = checkMetaAttributes(object);
  const template = templateOf(copy, element);
  if (template === "missing") {
    return [error(`${element.get("template")}: no such resource template`), ...meta];
  }
  const agent = agentOf(template ?? element);
  if (agent === null) return meta;
  const name = [agent.class, agent.provider, agent.type].filter((part) => part !== "").join(":");
  const agents = await shell.agents();
  if (agent.class === "systemd" && !(await agents.listAgents("systemd", null)).includes(agent.type)) {
    return [error(`${name}: no such resource agent: systemd has no unit of this name`), ...meta];
  }
  const result = await agents.describe(agent);
  if (!result.ok && shell.settings.isOn("core.ignore_missing_metadata")) return meta;
  if (!result.ok) return [error(`${name}: no such resource agent. ${result.reason}`), ...meta];
  return [
    ...checkParameters(id, agent, element, template, result.description),
    ...meta,
    ...checkOperations(id, agent, copy, element, template, result.description),
  ];
}

function error(text: string): Finding {
  return { severity: "error", text };
}

export function templateOf(copy: WorkingCopy, element: XmlElement): XmlElement | null | "missing" {
  const name = element.get("template");
  if (name === null) return null;
  const object = copy.find(name);
  return object?.type.word === "rsc_template" ? object.element : "missing";
}

export function agentOf(element: XmlElement): AgentName | null {
  const className = element.get("class");
  const type = element.get("type");
  return className === null || type === null
    ? null
    : { class: className, provider: element.get("provider") ?? "", type };
}

function checkParameters(
  id: string,
  agent: AgentName,
  element: XmlElement,
  template: XmlElement | null,
  description: Description,
): Finding[] {
  const names = parameterNames(element);
  const all = new Set([...names, ...(template === null ? [] : parameterNames(template))]);
  // What is missing in a template is given where it is used.
  const isTemplate = element.name === "template";
  const findings: Finding[] = [];
  for (const { name, isRequired, isDeprecated, replaces, replacedBy } of description.parameters) {
    const isSet = [name, ...replaces, ...replacedBy].some((one) => all.has(one));
    // The successor of an old name is asked for in its place.
    const isAskedFor = !isTemplate && isRequired && !(isDeprecated && replacedBy.length > 0);
    if (!isAskedFor || isSet || isGivenByCluster(agent, name)) continue;
    const text = `${id}: required parameter "${name}" not defined`;
    // One that has an old name, too, was never asked for: configurations without it are about, and some hosts may do without.
    findings.push(replaces.length > 0 ? { severity: "note", text } : error(text));
  }
  const known = new Set(description.parameters.map(({ name }) => name));
  for (const name of names) {
    if (!known.has(name) && !isClusterParameter(agent, name)) {
      findings.push(error(`${id}: parameter "${name}" is not known`));
    }
  }
  return findings;
}

function parameterNames(element: XmlElement): Set<string> {
  const names = new Set<string>();
  for (const list of element.all("instance_attributes")) {
    for (const nvpair of list.all("nvpair")) {
      const name = nvpair.get("name");
      if (name !== null) names.add(name);
    }
  }
  return names;
}

/** The cluster itself gives a fence agent what to do to whom. */
function isGivenByCluster(agent: AgentName, name: string): boolean {
  return agent.class === "stonith" && ["action", "port", "plug", "nodename"].includes(name);
}

const FENCING_NAMES: ReadonlySet<string> = new Set(FENCING_OPTIONS.map(({ name }) => name));

/** Whether the cluster itself reads a parameter that the agent need not know. */
export function isClusterParameter(agent: AgentName, name: string): boolean {
  if (agent.class === "stonith") return FENCING_NAMES.has(name);
  return name === "trace_ra" || name === "trace_file";
}

/** First the monitors: their intervals, then their time limits; then the other operations, and last what none may say. */
function checkOperations(
  id: string,
  agent: AgentName,
  copy: WorkingCopy,
  element: XmlElement,
  template: XmlElement | null,
  description: Description,
): Finding[] {
  const operations = operationsOf(element);
  const defaultTimeout = defaultTimeoutOf(copy);
  const limit = (op: XmlElement) => timeoutFinding(op, advisedFor(description, op), defaultTimeout);
  const monitors = operations.filter((op) => op.get("name") === MONITOR);
  const isMonitorKnown = description.actions.some(({ name }) => name === MONITOR);
  const texts: (string | null)[] = isMonitorKnown
    ? [
        ...intervalFindings(monitors, template === null ? [] : operationsOf(template), description),
        ...monitors.map(limit),
      ]
    : monitors.slice(0, 1).map(() => notFound(MONITOR));
  // Of several operations of one name the last one counts.
  const others = new Map(operations.map((op) => [op.get("name") ?? "", op]));
  others.delete(MONITOR);
  const isFenceAgent = agent.class === "stonith";
  for (const [name, op] of others) {
    // Starting and stopping a fence agent is registering it: no agent runs.
    if (isFenceAgent && (name === "start" || name === "stop")) continue;
    const isKnown = description.actions.some((action) => action.name === name) && !NEVER_CONFIGURED.has(name);
    if (!isKnown) texts.push(notFound(name));
    if (!isKnown || isFenceAgent) continue;
    const interval = op.get("interval") ?? "0";
    const intervalMs = parseDurationMs(interval);
    if (intervalMs !== null && intervalMs !== 0)
      texts.push(`Specified interval for ${name} is ${interval}, it must be 0`);
    texts.push(limit(op));
  }
  // Every resource is started and stopped, whether that is configured or not.
  for (const name of isFenceAgent ? [] : ["start", "stop"]) {
    const isAdvised = description.actions.some((action) => action.name === name);
    if (isAdvised && !others.has(name)) texts.push(limit(new XmlElement("op", [["name", name]])));
  }
  texts.push(...operations.flatMap(wordFindings));
  return texts
    .filter((text) => text !== null)
    .map((text) => ({ severity: "warning", text: `${id}: ${text}` }));
}

function operationsOf(element: XmlElement): XmlElement[] {
  return element.all("operations").flatMap((list) => list.all("op"));
}

function notFound(name: string): string {
  return `action '${name}' not found in Resource Agent meta-data`;
}

/** The monitors of a template are the resource's, too. */
function intervalFindings(
  monitors: readonly XmlElement[],
  ofTemplate: readonly XmlElement[],
  description: Description,
): string[] {
  const findings: string[] = [];
  const taken = new Set(
    ofTemplate
      .filter((op) => op.get("name") === MONITOR)
      .map((op) => parseDurationMs(op.get("interval") ?? "0")),
  );
  for (const op of monitors) {
    const intervalMs = parseDurationMs(op.get("interval") ?? "0");
    if (intervalMs === null) continue;
    const advised = `advised is ${advisedFor(description, op)?.get("interval") ?? "None"}`;
    if (intervalMs === 0) findings.push(`interval in monitor should be larger than 0, ${advised}`);
    else if (taken.has(intervalMs)) findings.push(`interval in monitor must be unique, ${advised}`);
    taken.add(intervalMs);
  }
  return findings;
}

/** Words of an operation that mean nothing. */
function wordFindings(op: XmlElement): string[] {
  const known: Readonly<Record<string, readonly string[]>> = { role: ROLES, "on-fail": ON_FAIL };
  return Object.entries(known).flatMap(([attribute, words]) => {
    const value = op.get(attribute);
    return value === null || words.includes(value)
      ? []
      : [`op '${op.get("name")}' attribute '${attribute}' value '${value}' not recognized`];
  });
}

/** Actions that the cluster runs by itself when it needs them: as operations they do nothing. */
const NEVER_CONFIGURED: ReadonlySet<string> = new Set(["meta-data", "validate-all"]);

/** What the agent advises for an operation; for one with a role, what it advises for that role. */
export function advisedFor(description: Description, op: XmlElement): ReadonlyMap<string, string> | null {
  const actions = description.actions.filter(({ name }) => name === op.get("name"));
  const role = op.get("role");
  const ofRole = actions.find(({ attributes }) => (attributes.get("role") ?? null) === role);
  return (ofRole ?? (role === null ? actions[0] : undefined))?.attributes ?? null;
}

function timeoutFinding(
  op: XmlElement,
  advised: ReadonlyMap<string, string> | null,
  defaultTimeout: string | null,
): string | null {
  const own = op.get("timeout");
  const timeout = own ?? defaultTimeout;
  const advisedTimeout = advised?.get("timeout");
  if (timeout === null || advisedTimeout === undefined) return null;
  const timeoutMs = parseDurationMs(timeout);
  const advisedMs = parseDurationMs(advisedTimeout);
  // What is no time is no long time.
  if (advisedMs === null || (timeoutMs !== null && timeoutMs >= advisedMs)) return null;
  const kind = own === null ? "default" : "specified";
  return `${kind} timeout ${timeout} for ${op.get("name")} is smaller than the advised ${advisedTimeout}`;
}

/** The time limit for operations without one of their own, where one is configured. */
function defaultTimeoutOf(copy: WorkingCopy): string | null {
  for (const { type, element } of copy.objects()) {
    if (type.word !== "op_defaults" || element.first("rule") !== null) continue;
    const value = element
      .all("nvpair")
      .find((nvpair) => nvpair.get("name") === "timeout")
      ?.get("value");
    if (value != null) return value;
  }
  return null;
}
