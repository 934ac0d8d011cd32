import { isTrue } from "@quorate/cib";
import { parseXml, type XmlElement } from "@quorate/xml";

/** What an agent tells of itself, read from its metadata. Texts have no white space at their ends. */
export interface AgentDescription {
  /** As the agent calls itself; the file's name may be another one. */
  readonly name: string;
  readonly version: string;
  readonly shortText: string;
  readonly longText: string;
  /** In the agent's order; each name once, the first wins. */
  readonly parameters: readonly ParameterDescription[];
  /** In the agent's order; an action may come several times (monitors of several depths and roles). */
  readonly actions: readonly ActionDescription[];
}

export interface ParameterDescription {
  readonly name: string;
  readonly isRequired: boolean;
  /** No two resources of this agent may have the same value (or, of one group, the same set of values). */
  readonly isUnique: boolean;
  /** Parameters with the same group are unique together. Null: no group was named. */
  readonly uniqueGroup: string | null;
  /** A changed value needs no restart. */
  readonly isReloadable: boolean;
  readonly isDeprecated: boolean;
  /** Parameters to use instead of a deprecated one; empty when the agent names none. */
  readonly replacedBy: readonly string[];
  /** Old names of this parameter: whoever sets one of them has set this. */
  readonly replaces: readonly string[];
  readonly shortText: string;
  readonly longText: string;
  /** As written: `string`, `integer`, `boolean`, `select`, ...; `string` when nothing is said. */
  readonly type: string;
  /** Null when there is none; the empty text is a default, too. */
  readonly defaultValue: string | null;
  /** Values of type `select`. */
  readonly choices: readonly string[];
}

export interface ActionDescription {
  readonly name: string;
  /** All that the agent says, name included, in its order: `timeout`, `interval`, `depth`, `role`, `start-delay`, `automatic`, ... */
  readonly attributes: ReadonlyMap<string, string>;
}

/** Reads metadata; null when the text is not the metadata of an agent. Missing parts are empty. */
export function readAgentDescription(metadata: string): AgentDescription | null {
  const parsed = parseXml(metadata);
  if (!parsed.ok || parsed.root.name !== "resource-agent") return null;
  const { root } = parsed;
  return {
    name: root.get("name") ?? "",
    version: root.get("version") ?? textOf(root, "version"),
    shortText: textOf(root, "shortdesc") || (root.get("shortdesc") ?? "").trim(),
    longText: textOf(root, "longdesc"),
    parameters: readParameters(root),
    actions: (root.first("actions")?.all("action") ?? []).map((action) => ({
      name: action.get("name") ?? "",
      attributes: new Map(action.attributes),
    })),
  };
}

function readParameters(root: XmlElement): ParameterDescription[] {
  const elements = new Map<string, XmlElement>();
  for (const element of root.first("parameters")?.all("parameter") ?? []) {
    const name = element.get("name") ?? "";
    if (name !== "" && !elements.has(name)) elements.set(name, element);
  }
  // Fence agents say at the new name which one it replaces, OCF agents say at the old one what replaces it.
  const successors = new Map<string, string[]>();
  const note = (old: string, successor: string): void => {
    successors.set(old, [...(successors.get(old) ?? []), successor]);
  };
  for (const [name, element] of elements) {
    const obsoletes = element.get("obsoletes") ?? "";
    if (obsoletes !== "") note(obsoletes, name);
    for (const replacement of element.first("deprecated")?.all("replaced-with") ?? []) {
      const successor = replacement.get("name") ?? "";
      if (successor !== "") note(name, successor);
    }
  }
  return [...elements].map(([name, element]) => readParameter(name, element, successors));
}

function readParameter(
  name: string,
  element: XmlElement,
  successors: ReadonlyMap<string, readonly string[]>,
): ParameterDescription {
  const content = element.first("content");
  const uniqueGroup = element.get("unique-group") || null;
  return {
    name,
    isRequired: isTrue(element.get("required")),
    isUnique: uniqueGroup !== null || isTrue(element.get("unique")),
    uniqueGroup,
    isReloadable: isTrue(element.get("reloadable")),
    isDeprecated: isTrue(element.get("deprecated")) || element.first("deprecated") !== null,
    replacedBy: successors.get(name) ?? [],
    replaces: [...successors].filter(([, names]) => names.includes(name)).map(([old]) => old),
    shortText: textOf(element, "shortdesc"),
    longText: textOf(element, "longdesc"),
    type: (content?.get("type") ?? "").trim() || "string",
    defaultValue: content?.get("default") ?? null,
    choices: (content?.all("option") ?? []).map((choice) => choice.get("value") ?? ""),
  };
}

/** Agents may give a text in several languages: English if there is any, else the first. */
function textOf(parent: XmlElement, name: string): string {
  const elements = parent.all(name);
  const element = elements.find((one) => (one.get("lang") ?? "en").startsWith("en")) ?? elements[0];
  let text = "";
  for (const child of element?.children ?? []) {
    if (child.kind === "text") text += child.text;
  }
  return text.trim();
}
