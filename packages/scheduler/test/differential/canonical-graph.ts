import { parseXml, type XmlElement } from "@quorate/xml";

/**
 * A transition graph as lines that name actions by what they do: one of the graph, then for each action what it is,
 * what it takes down and each action that it waits for. Numbers of actions and their order follow from when
 * a version creates them, and are left out.
 */
export function canonicalGraph(text: string): string {
  if (text.trim() === "") return "";
  const parsed = parseXml(text);
  if (!parsed.ok) return text;
  const lines = [attributesOf(parsed.root)];
  for (const synapse of parsed.root.all("synapse")) {
    const action = synapse.first("action_set")?.elements()[0];
    if (action === undefined) continue;
    const name = nameOf(action);
    lines.push(`${name} (${action.name}) priority=${synapse.get("priority") ?? "0"} ${attributesOf(action)}`);
    for (const part of action.elements()) lines.push(`${name} ${part.name} ${partText(part)}`);
    for (const trigger of synapse.first("inputs")?.elements() ?? []) {
      const first = trigger.elements()[0];
      if (first !== undefined) lines.push(`${nameOf(first)} -> ${name}`);
    }
  }
  return [...lines.slice(0, 1), ...lines.slice(1).sort()].join("\n");
}

function nameOf(action: XmlElement): string {
  const key = action.get("internal_operation_key") ?? action.get("operation_key") ?? "";
  const prefix = action.get("operation") === "cancel" ? "cancel " : "";
  return `${prefix}${key}@${action.get("on_node") ?? ""}`;
}

function partText(part: XmlElement): string {
  if (part.name !== "downed") return attributesOf(part);
  return part
    .elements()
    .map((node) => node.id)
    .join(" ");
}

function attributesOf(element: XmlElement): string {
  return [...element.attributes]
    .filter(([name]) => name !== "id" || element.name === "primitive")
    .map(([name, value]) => `${name}="${value}"`)
    .join(" ");
}
