import type { AgentName } from "@quorate/ports";
import type { XmlElement } from "@quorate/xml";
import type { Shell } from "../../shell/shell.ts";
import { type ConfigurationObject, objectsOf } from "../document.ts";
import type { WorkingCopy } from "../working-copy.ts";

/**
 * Some parameters may have a value once only: two resources with one address take it away from each other. Looks at the agents of `objects`. False
 * when something new is wrong; what was there before is told and let pass. Parameters that are unique together with others are not judged.
 */
export async function checkUniqueness(
  shell: Shell,
  copy: WorkingCopy,
  objects: readonly ConfigurationObject[],
): Promise<boolean> {
  const concerned = new Set(objects.map((object) => agentKey(object.element, copy.configuration)));
  let isGood = true;
  for (const [key, { agent, elements }] of byAgent(copy.configuration)) {
    if (elements.length < 2 || !concerned.has(key)) continue;
    const described = await (await shell.agents()).describe(agent);
    if (!described.ok) continue;
    const former = byAgent(copy.original.first("configuration")!).get(key)?.elements ?? [];
    for (const { name, isUnique, uniqueGroup } of described.description.parameters) {
      if (!isUnique || uniqueGroup !== null) continue;
      const before = new Map(sharing(former, copy.original.first("configuration")!, name));
      for (const [value, ids] of sharing(elements, copy.configuration, name)) {
        const text = ids.join(",");
        shell.messages.warning(`Resources ${text} violate uniqueness for parameter "${name}": "${value}"`);
        if (before.get(value)?.join(",") !== text) isGood = false;
      }
    }
  }
  return isGood;
}

interface AgentUse {
  readonly agent: AgentName;
  readonly elements: XmlElement[];
}

function byAgent(configuration: XmlElement): Map<string, AgentUse> {
  const uses = new Map<string, AgentUse>();
  for (const { type, element } of objectsOf(configuration)) {
    const key = type.word === "primitive" ? agentKey(element, configuration) : null;
    if (key === null) continue;
    const use = uses.get(key) ?? { agent: agentOf(element, configuration)!, elements: [] };
    use.elements.push(element);
    uses.set(key, use);
  }
  return uses;
}

function agentKey(element: XmlElement, configuration: XmlElement): string | null {
  const agent = agentOf(element, configuration);
  return agent === null ? null : `${agent.class}:${agent.provider}:${agent.type}`;
}

function agentOf(element: XmlElement, configuration: XmlElement): AgentName | null {
  const source = templateOf(element, configuration) ?? element;
  const [className, type] = [source.get("class"), source.get("type")];
  return className === null || type === null
    ? null
    : { class: className, provider: source.get("provider") ?? "", type };
}

function templateOf(element: XmlElement, configuration: XmlElement): XmlElement | null {
  const name = element.get("template");
  const templates = configuration.first("resources")?.all("template") ?? [];
  return name === null ? null : (templates.find(({ id }) => id === name) ?? null);
}

/** The values of a parameter that several resources have, with their ids. */
function sharing(
  elements: readonly XmlElement[],
  configuration: XmlElement,
  name: string,
): [string, string[]][] {
  const holders = new Map<string, string[]>();
  for (const element of elements) {
    const value = parameterOf(element, name) ?? parameterOf(templateOf(element, configuration), name);
    if (value === null || value === "") continue;
    holders.set(value, [...(holders.get(value) ?? []), element.id ?? ""]);
  }
  return [...holders].filter(([, ids]) => ids.length > 1).map(([value, ids]) => [value, ids.sort()]);
}

function parameterOf(element: XmlElement | null, name: string): string | null {
  const nvpairs = element?.all("instance_attributes").flatMap((list) => list.all("nvpair")) ?? [];
  return nvpairs.find((nvpair) => nvpair.get("name") === name)?.get("value") ?? null;
}
