import type { XmlElement } from "@quorate/xml";
import { type ConfigurationObject, resourcesIn } from "./document.ts";

type Attributes = Readonly<Record<string, string>>;

const FONT: Attributes = { fontname: "Helvetica", fontsize: "11" };
const NODE: Attributes = { ...FONT, shape: "box", style: "bold", color: "#4a8f2a" };
const RESOURCE: Attributes = { ...FONT, shape: "box", style: "rounded,filled", fillcolor: "#eeeeee" };
/** Copies are told from single resources by their color. */
const CLONED = "#b3005e";
const GROUPED = "#0077aa";

/**
 * The configuration as a directed graph in the language of graphviz: resources in their groups, clones and bundles; an arrow for what starts after what,
 * a line with its score for where and with what it likes to be.
 */
export function graphText(objects: readonly ConfigurationObject[]): string {
  const lines = ["digraph G {", `\t${list({ compound: "true", ...FONT }, ";")};`];
  const of = (...words: readonly string[]) => objects.filter(({ type }) => words.includes(type.word));
  for (const { id } of of("node")) lines.push(`\t${quoted(nodeName(id))} [${list({ ...NODE, label: id })}];`);
  const top = of("primitive", "group", "clone", "ms", "bundle").filter(
    ({ element }) => element.parent?.name === "resources",
  );
  for (const { element } of top) lines.push(...boxed(element, "\t"));
  const ends = new Map(of("group", "clone", "ms", "bundle").map(({ id, element }) => [id, element]));
  for (const { element } of of("order")) lines.push(...orderLines(element, ends));
  for (const { element } of of("colocation")) lines.push(...colocationLines(element, ends));
  for (const { element } of of("location")) lines.push(...locationLines(element, ends));
  return `${lines.join("\n")}\n}\n`;
}

/** A primitive, or a box around what is in a container. Members of a group follow one another. */
function boxed(element: XmlElement, indent: string): string[] {
  const id = element.id ?? "";
  if (element.name === "primitive") {
    const isCloned = element.parent?.name !== "resources" && element.parent?.name !== "group";
    const agent = element.get("type") ?? `@${element.get("template") ?? ""}`;
    const look = { ...RESOURCE, color: isCloned ? CLONED : "#999999", label: `${id}\n${agent}` };
    return [`${indent}${quoted(id)} [${list(look)}];`];
  }
  const members = resourcesIn(element);
  const label = element.name === "group" ? id : `${element.name === "bundle" ? "bundle" : "clone"}: ${id}`;
  const color = element.name === "group" ? GROUPED : CLONED;
  const inside = `${indent}\t`;
  return [
    `${indent}subgraph ${quoted(boxName(id))} {`,
    `${inside}${list({ ...FONT, label, color }, ";")};`,
    ...(members.length === 0 ? [`${inside}${quoted(id)} [${list({ ...RESOURCE, label: id })}];`] : []),
    ...members.flatMap((member) => boxed(member, inside)),
    ...(element.name === "group" && members.length > 1
      ? [`${inside}${members.map(({ id: member }) => quoted(member ?? "")).join(" -> ")};`]
      : []),
    `${indent}}`,
  ];
}

type Ends = ReadonlyMap<string, XmlElement>;

function orderLines(order: XmlElement, ends: Ends): string[] {
  const kind = order.get("kind") ?? (order.get("score") === "0" ? "Optional" : "Mandatory");
  const look: Attributes = kind === "Mandatory" ? { style: "solid" } : { style: "dashed", label: kind };
  const sets = order.all("resource_set").map((set) => ({
    isInOrder: set.get("sequential") !== "false",
    members: set.all("resource_ref").map(({ id }) => id ?? ""),
  }));
  if (sets.length === 0) return [edge(order.get("first") ?? "", order.get("then") ?? "", look, ends)];
  const lines: string[] = [];
  for (const [index, { isInOrder, members }] of sets.entries()) {
    for (const [place, member] of isInOrder ? members.slice(1).entries() : [])
      lines.push(edge(members[place]!, member, look, ends));
    const next = sets[index + 1];
    if (next === undefined) continue;
    const lasts = isInOrder ? members.slice(-1) : members;
    const firsts = next.isInOrder ? next.members.slice(0, 1) : next.members;
    for (const last of lasts) for (const first of firsts) lines.push(edge(last, first, look, ends));
  }
  return lines;
}

function colocationLines(colocation: XmlElement, ends: Ends): string[] {
  const sets = colocation.all("resource_set");
  const members =
    sets.length === 0
      ? [colocation.get("rsc") ?? "", colocation.get("with-rsc") ?? ""]
      : sets.flatMap((set) => set.all("resource_ref").map(({ id }) => id ?? ""));
  const look = { style: "dotted", dir: "none", constraint: "false", label: scoreOf(colocation) };
  return members.slice(1).map((member, place) => edge(members[place]!, member, look, ends));
}

function locationLines(location: XmlElement, ends: Ends): string[] {
  const sets = location.all("resource_set");
  const resources =
    sets.length === 0
      ? [location.get("rsc")].filter((id) => id !== null)
      : sets.flatMap((set) => set.all("resource_ref").map(({ id }) => id ?? ""));
  const node = location.get("node");
  const places =
    node !== null
      ? [{ node, score: scoreOf(location) }]
      : location.all("rule").flatMap((rule) => {
          const [only, ...others] = rule.elements();
          const isNode =
            others.length === 0 && only?.get("attribute") === "#uname" && only.get("operation") === "eq";
          return isNode ? [{ node: only!.get("value") ?? "", score: scoreOf(rule) }] : [];
        });
  return places.flatMap(({ node: name, score }) =>
    resources.map((resource) => {
      const look = { style: score === "inf" ? "solid" : "dashed", dir: "none", label: score };
      return edge(nodeName(name), resource, look, ends);
    }),
  );
}

function scoreOf(element: XmlElement): string {
  return (element.get("score") ?? element.get("score-attribute") ?? "0").replace("INFINITY", "inf");
}

/** A line between two; one that ends at a container ends at its border, and is drawn to the first thing in it. */
function edge(from: string, to: string, look: Attributes, ends: Ends): string {
  const borders = {
    ...(ends.has(from) ? { ltail: boxName(from) } : {}),
    ...(ends.has(to) ? { lhead: boxName(to) } : {}),
  };
  const names = [from, to].map((name) => quoted(firstIn(name, ends)));
  return `\t${names.join(" -> ")} [${list({ ...look, ...borders })}];`;
}

function firstIn(name: string, ends: Ends): string {
  const container = ends.get(name);
  const first = container === undefined ? undefined : resourcesIn(container)[0];
  return first === undefined ? name : firstIn(first.id ?? "", ends);
}

/** Graphviz draws a subgraph as a box when its name begins so. */
function boxName(id: string): string {
  return `cluster_${id}`;
}

/** A remote node has the name of a resource, and is something else. */
function nodeName(name: string): string {
  return `node ${name}`;
}

function list(look: Attributes, separator = ","): string {
  return Object.entries(look)
    .map(([name, value]) => `${name}=${quoted(value)}`)
    .join(separator);
}

function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}
