import { FENCING_OPTIONS } from "@quorate/cib";
import {
  type AgentCatalogue,
  type AgentDescription,
  formatAgentName,
  parseAgentName,
} from "@quorate/executor";
import type { AgentName } from "@quorate/ports";
import type { XmlElement } from "@quorate/xml";

/** An agent with what it says of itself; null when it is not installed or says nothing sensible. */
export interface LoadedAgent {
  readonly name: AgentName;
  readonly description: AgentDescription | null;
  /** Why there is no description; empty when there is one. */
  readonly problem: string;
}

export type FoundAgent =
  | { readonly ok: true; readonly name: AgentName; readonly isDeduced: boolean }
  | { readonly ok: false; readonly message: string };

/** The agent that a full name or a plain type means. */
export async function findAgent(catalogue: AgentCatalogue, text: string): Promise<FoundAgent> {
  const full = parseAgentName(text) ?? otherClass(text);
  if (full !== null) return { ok: true, name: full, isDeduced: false };
  if (text.includes(":")) {
    return {
      ok: false,
      message: `Invalid resource agent name '${text}'. Write standard:provider:type for standard ocf, otherwise standard:type`,
    };
  }
  const found = await catalogue.named(text);
  if (found.length === 1) return { ok: true, name: found[0]!, isDeduced: true };
  if (found.length === 0)
    return { ok: false, message: `Unable to find agent '${text}', try specifying its full name` };
  const names = found.map((name) => `'${formatAgentName(name)}'`).join(" or ");
  return { ok: false, message: `Multiple agents match '${text}', please specify full name: ${names}` };
}

/** Classes that other clusters know and this one does not run. */
function otherClass(text: string): AgentName | null {
  const match = /^(nagios|upstart):(\S+)$/.exec(text);
  return match === null ? null : { class: match[1]!, provider: "", type: match[2]! };
}

export async function loadAgent(catalogue: AgentCatalogue, name: AgentName): Promise<LoadedAgent> {
  const result = await catalogue.describe(name);
  return result.ok
    ? { name, description: result.description, problem: "" }
    : { name, description: null, problem: result.reason };
}

export function agentOf(primitive: XmlElement): AgentName {
  return {
    class: primitive.get("class") ?? "",
    provider: primitive.get("provider") ?? "",
    type: primitive.get("type") ?? "",
  };
}

/** Parameters that may be set, sorted: the agent's, and what the cluster itself understands. */
export function allowedParameters(agent: LoadedAgent): readonly string[] {
  const own = agent.description?.parameters.map(({ name }) => name) ?? [];
  const fromCluster =
    agent.name.class === "stonith"
      ? [...FENCING_OPTIONS.map(({ name }) => name), "action"]
      : agent.name.class === "ocf"
        ? ["trace_ra", "trace_file"]
        : [];
  const hidden = agent.name.class === "stonith" && !own.includes("port") ? ["port", "plug"] : [];
  return [...new Set([...own, ...fromCluster])]
    .filter((name) => !hidden.includes(name) || own.includes(name))
    .sort();
}

/** Consumed by the cluster for fence devices, though no list of options tells them any more. Source: fencer specification, 1. */
const OLD_FENCING_PARAMETERS: ReadonlySet<string> = new Set(["provides", "stonith-timeout", "priority"]);

/** What the cluster tells of a resource beside its parameters, and how thoroughly an OCF agent should look. */
const GIVEN_TO_ALL = /^(CRM_meta_.+|OCF_CHECK_LEVEL)$/;

/** Whether an agent, or the cluster for it, makes anything of a parameter; also under an old name. Of an agent that could be described. */
export function isKnownParameter(agent: LoadedAgent, name: string): boolean {
  const { parameters = [], actions = [] } = agent.description ?? {};
  if (allowedParameters(agent).includes(name) || GIVEN_TO_ALL.test(name)) return true;
  if (parameters.some((parameter) => parameter.name === name || parameter.replaces.includes(name)))
    return true;
  if (agent.name.class !== "stonith") return false;
  const [, action] = /^pcmk_(.+)_(?:action|timeout|retries)$/.exec(name) ?? [];
  return OLD_FENCING_PARAMETERS.has(name) || actions.some((one) => one.name === action);
}

export function isPromotable(agent: LoadedAgent): boolean {
  const actions = new Set(agent.description?.actions.map(({ name }) => name));
  return actions.has("promote") && actions.has("demote");
}

/** A fence device whose `on` must be run on a node before anything may start there. */
export function providesUnfencing(agent: LoadedAgent): boolean {
  return (agent.description?.actions ?? []).some(
    ({ name, attributes }) =>
      name === "on" && attributes.get("on_target") === "1" && attributes.get("automatic") === "1",
  );
}
