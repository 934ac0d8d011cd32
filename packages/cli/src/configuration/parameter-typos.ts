import type { XmlElement } from "@quorate/xml";
import { nearestName } from "../options/nearest-name.ts";
import type { World } from "../world.ts";
import { agentOf, allowedParameters, loadAgent } from "./agents.ts";

/**
 * Parameters in `data` that no agent knows, and that look like ones it does know: a remark for each, with place and mend. What resembles
 * nothing may be meant for another version of the agent, and what is in `document` already was accepted once. Agents that are not
 * installed here say nothing. `document` is asked for only when there is something to look up in it.
 */
export async function mistypedParameters(
  world: World,
  data: XmlElement,
  document: () => Promise<XmlElement>,
): Promise<string[]> {
  const given = primitivesIn(data).filter((primitive) => primitive.first("instance_attributes") !== null);
  if (given.length === 0) return [];
  const present = new Map(primitivesIn(await document()).map((primitive) => [primitive.id, primitive]));
  const agents = await world.openAgents();
  try {
    const remarks: string[] = [];
    for (const primitive of given) {
      const former = present.get(primitive.id) ?? null;
      const template = present.get(primitive.get("template") ?? former?.get("template") ?? "") ?? null;
      const described = template ?? (primitive.get("type") === null ? former : primitive);
      const names = parameterNames(primitive);
      for (const name of former === null ? [] : parameterNames(former)) names.delete(name);
      if (described === null || names.size === 0) continue;
      const agent = await loadAgent(agents, agentOf(described));
      if (agent.description === null) continue;
      const allowed = allowedParameters(agent);
      const old = agent.description.parameters.flatMap(({ replaces }) => replaces);
      for (const name of names) {
        if (allowed.includes(name) || old.includes(name)) continue;
        const nearest = nearestName(name, allowed);
        if (nearest !== null)
          remarks.push(`${primitive.id}: its agent has no parameter "${name}"; did you mean "${nearest}"?`);
      }
    }
    return remarks;
  } finally {
    agents.close();
  }
}

/** Templates are made as primitives are. */
function primitivesIn(root: XmlElement): XmlElement[] {
  return [root, ...root.descendants()].filter(({ name }) => name === "primitive" || name === "template");
}

function parameterNames(primitive: XmlElement): Set<string> {
  const names = primitive
    .all("instance_attributes")
    .flatMap((set) => set.all("nvpair"))
    .map((nvpair) => nvpair.get("name"));
  return new Set(names.filter((name) => name !== null));
}
