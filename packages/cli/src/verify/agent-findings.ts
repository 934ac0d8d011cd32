import type { AgentCatalogue, ParameterDescription } from "@quorate/executor";
import type { XmlElement } from "@quorate/xml";
import { agentOf, allowedParameters, isKnownParameter, loadAgent } from "../configuration/agents.ts";
import { nearestName } from "../options/nearest-name.ts";
import type { World } from "../world.ts";
import type { Finding } from "./findings.ts";

/** What the agents' parsers of truth values take, in lower case. */
const TRUTH_VALUES: ReadonlySet<string> = new Set([
  "1",
  "0",
  "yes",
  "no",
  "true",
  "false",
  "on",
  "off",
  "y",
  "n",
]);

/** What the cluster replaces by the secret itself when an agent runs. */
const SECRET = "lrm://";

/**
 * What the agents of this machine say of the parameters that they are given: names that they do not know, required ones that are missing,
 * values that are not of the type. All are warnings, because an agent's word is all there is, and another host may have another version of it.
 */
export async function findAgentProblems(cib: XmlElement, world: World): Promise<readonly Finding[]> {
  const configuration = cib.first("configuration");
  const primitives = [...(configuration?.first("resources")?.descendants("primitive") ?? [])];
  if (configuration === null || primitives.length === 0) return [];
  const agents = await world.openAgents();
  try {
    return await judge(configuration, primitives, agents);
  } finally {
    agents.close();
  }
}

async function judge(
  configuration: XmlElement,
  primitives: readonly XmlElement[],
  agents: AgentCatalogue,
): Promise<readonly Finding[]> {
  const byId = new Map<string, XmlElement>();
  for (const element of configuration.descendants()) if (element.id !== null) byId.set(element.id, element);
  const findings: Finding[] = [];
  for (const primitive of primitives) {
    const template = byId.get(primitive.get("template") ?? "") ?? null;
    const agent = await loadAgent(agents, agentOf(template ?? primitive));
    if (agent.description === null) continue;
    const given = [primitive, ...(template === null ? [] : [template])].flatMap((owner) =>
      parametersOf(owner, byId),
    );
    const say = (rule: string, text: string, line: number) =>
      findings.push({
        rule: `agent/${rule}`,
        severity: "warning",
        message: `${primitive.id ?? ""}: ${text}`,
        line,
      });
    const known = new Map(agent.description.parameters.map((parameter) => [parameter.name, parameter]));
    const allowed = allowedParameters(agent);
    for (const pair of given) {
      const name = pair.get("name") ?? "";
      const value = pair.get("value");
      const parameter = known.get(name);
      if (!isKnownParameter(agent, name)) {
        const nearest = nearestName(name, allowed);
        const hint = nearest === null ? "" : `; did you mean ${nearest}?`;
        say("unknown-parameter", `its agent has no parameter ${name}${hint}`, pair.line);
      }
      const expected = parameter === undefined || value === null ? null : expectedInstead(parameter, value);
      if (expected !== null)
        say("value", `${name}="${value}" is not what its agent expects: ${expected}`, pair.line);
    }
    const names = new Set(given.map((pair) => pair.get("name")));
    for (const { name, isRequired, replaces, replacedBy } of known.values())
      if (isRequired && ![name, ...replaces, ...replacedBy].some((each) => names.has(each)))
        say("missing-parameter", `its agent requires the parameter ${name}`, primitive.line);
  }
  return findings;
}

/** Also of sets that stand elsewhere. Whatever their rules say: each may be in force at some time. */
function parametersOf(owner: XmlElement, byId: ReadonlyMap<string, XmlElement>): readonly XmlElement[] {
  return owner
    .all("instance_attributes")
    .map((set) => byId.get(set.get("id-ref") ?? "") ?? set)
    .flatMap((set) => set.all("nvpair"))
    .map((pair) => byId.get(pair.get("id-ref") ?? "") ?? pair);
}

/** What should stand there instead; null when the value is good. */
function expectedInstead({ type, choices }: ParameterDescription, value: string): string | null {
  if (value === "" || value.startsWith(SECRET)) return null;
  switch (type) {
    case "boolean":
      return TRUTH_VALUES.has(value.toLowerCase()) ? null : "true or false";
    case "integer":
      return /^[+-]?\d+$/.test(value) ? null : "a whole number";
    case "select":
      return choices.length === 0 || choices.includes(value) ? null : `one of ${choices.join(", ")}`;
    default:
      return null;
  }
}
