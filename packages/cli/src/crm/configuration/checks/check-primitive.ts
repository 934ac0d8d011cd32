import { FENCING_OPTIONS, parseDurationMs } from "@quorate/cib";
import type { AgentCatalogue } from "@quorate/executor";
import type { AgentName } from "@quorate/ports";
import { XmlElement } from "@quorate/xml";
import { ON_FAIL } from "../../../configuration/operations.ts";
import { ROLES } from "../../../configuration/roles.ts";
import type { Shell } from "../../shell/shell.ts";
import type { ConfigurationObject } from "../document.ts";
import type { WorkingCopy } from "../working-copy.ts";
import type { Finding } from "./check-objects.ts";

type Description = Extract<Awaited<ReturnType<AgentCatalogue["describe"]>>, { ok: true }>["description"];

/** Operations whose interval means something. */
const RECURRING = "monitor";

/** Checks a primitive against what its agent says of itself: whether it is there, its parameters, its operations. */
export async function checkPrimitive(
  shell: Shell,
  copy: WorkingCopy,
  { id, element }: ConfigurationObject,
): Promise<Finding[]> {
  const template = templateOf(copy, element);
  if (template === "missing") {
    return [{ severity: "error", text: `${element.get("template")}: no such resource template` }];
  }
  const agent = agentOf(template ?? element);
  if (agent === null) return [];
  const name = [agent.class, agent.provider, agent.type].filter((part) => part !== "").join(":");
  const agents = await shell.world.openAgents();
  if (agent.class === "systemd" && !(await agents.listAgents("systemd", null)).includes(agent.type)) {
    return [{ severity: "error", text: `${name}: no such resource agent: systemd has no unit of this name` }];
  }
  const result = await agents.describe(agent);
  if (!result.ok) {
    return [{ severity: "error", text: `${name}: no such resource agent. ${result.reason}` }];
  }
  return [
    ...checkParameters(id, agent, element, template, result.description),
    ...checkOperations(id, agent, copy, element, result.description),
  ];
}

function templateOf(copy: WorkingCopy, element: XmlElement): XmlElement | null | "missing" {
  const name = element.get("template");
  if (name === null) return null;
  const object = copy.find(name);
  return object?.type.word === "rsc_template" ? object.element : "missing";
}

function agentOf(element: XmlElement): AgentName | null {
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
  const findings: Finding[] = [];
  for (const { name, isRequired, replaces, replacedBy } of description.parameters) {
    const isSet = [name, ...replaces, ...replacedBy].some((one) => all.has(one));
    if (isRequired && !isSet && !isGivenByCluster(agent, name)) {
      findings.push({ severity: "error", text: `${id}: required parameter "${name}" not defined` });
    }
  }
  const known = new Set(description.parameters.map(({ name }) => name));
  for (const name of names) {
    if (!known.has(name) && !isClusterParameter(agent, name)) {
      findings.push({ severity: "error", text: `${id}: parameter "${name}" is not known` });
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

function isClusterParameter(agent: AgentName, name: string): boolean {
  if (agent.class === "stonith") return FENCING_NAMES.has(name);
  return name === "trace_ra" || name === "trace_file";
}

function checkOperations(
  id: string,
  agent: AgentName,
  copy: WorkingCopy,
  element: XmlElement,
  description: Description,
): Finding[] {
  const operations = element.all("operations").flatMap((list) => list.all("op"));
  const isFenceAgent = agent.class === "stonith";
  const warn = (text: string): Finding => ({ severity: "warning", text: `${id}: ${text}` });
  const findings: Finding[] = [];
  const intervals = new Set<number>();
  const defaultTimeout = defaultTimeoutOf(copy);
  for (const op of operations) {
    const name = op.get("name") ?? "";
    const ownRole = op.get("role");
    if (ownRole !== null && !(ROLES as readonly string[]).includes(ownRole))
      findings.push(warn(`op '${name}' attribute 'role' value '${ownRole}' not recognized`));
    const onFail = op.get("on-fail");
    if (onFail !== null && !(ON_FAIL as readonly string[]).includes(onFail))
      findings.push(warn(`op '${name}' attribute 'on-fail' value '${onFail}' not recognized`));
    const advised = advisedFor(description, op);
    if (advised === null) {
      if (!ALWAYS_KNOWN.has(name) && !(isFenceAgent && REGISTRATION.has(name)))
        findings.push(warn(`action '${name}' not found in Resource Agent meta-data`));
      continue;
    }
    if (isFenceAgent && name !== RECURRING) continue;
    const interval = op.get("interval") ?? "0";
    const intervalMs = parseDurationMs(interval);
    if (name === RECURRING) {
      if (intervalMs === 0)
        findings.push(
          warn(`interval in ${name} should be larger than 0, advised is ${advised.get("interval")}`),
        );
      else if (intervalMs !== null && intervals.has(intervalMs)) {
        findings.push(warn(`interval in ${name} must be unique, advised is ${freeInterval(advised)}`));
      }
      if (intervalMs !== null) intervals.add(intervalMs);
    } else if (intervalMs !== null && intervalMs !== 0) {
      findings.push(warn(`Specified interval for ${name} is ${interval}, it must be 0`));
    }
    const text = timeoutFinding(op, advised, defaultTimeout);
    if (text !== null) findings.push(warn(text));
  }
  if (isFenceAgent) return withoutRepetition(findings);
  // Every resource is started and stopped, whether that is configured or not.
  for (const name of ["start", "stop"]) {
    const advised = description.actions.find((action) => action.name === name)?.attributes;
    if (advised === undefined || operations.some((op) => op.get("name") === name)) continue;
    const text = timeoutFinding(new XmlElement("op", [["name", name]]), advised, defaultTimeout);
    if (text !== null) findings.push(warn(text));
  }
  return withoutRepetition(findings);
}

/** Operations of one name, for several roles say, share their advice. */
function withoutRepetition(findings: readonly Finding[]): Finding[] {
  return findings.filter(
    (finding, index) => findings.findIndex(({ text }) => text === finding.text) === index,
  );
}

/** Operations that need not stand in the metadata. */
const ALWAYS_KNOWN: ReadonlySet<string> = new Set(["meta-data", "validate-all"]);

/** Starting and stopping a fence agent is registering it: no agent runs. */
const REGISTRATION: ReadonlySet<string> = new Set(["start", "stop"]);

function freeInterval(advised: ReadonlyMap<string, string>): string {
  return advised.get("interval") ?? "10s";
}

function advisedFor(description: Description, op: XmlElement): ReadonlyMap<string, string> | null {
  const name = op.get("name");
  const actions = description.actions.filter((action) => action.name === name);
  const role = op.get("role");
  const ofRole = actions.find(({ attributes }) => sameRole(attributes.get("role") ?? null, role));
  return (ofRole ?? actions[0])?.attributes ?? null;
}

const ROLE_NAMES: Readonly<Record<string, string>> = { Master: "Promoted", Slave: "Unpromoted" };

function sameRole(a: string | null, b: string | null): boolean {
  const canonical = (role: string | null) => (role === null ? null : (ROLE_NAMES[role] ?? role));
  return canonical(a) === canonical(b);
}

function timeoutFinding(
  op: XmlElement,
  advised: ReadonlyMap<string, string>,
  defaultTimeout: string | null,
): string | null {
  const own = op.get("timeout");
  const timeout = own ?? defaultTimeout;
  const advisedTimeout = advised.get("timeout");
  if (timeout === null || advisedTimeout === undefined) return null;
  const timeoutMs = parseDurationMs(timeout);
  const advisedMs = parseDurationMs(advisedTimeout);
  if (timeoutMs === null || advisedMs === null || timeoutMs >= advisedMs) return null;
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
