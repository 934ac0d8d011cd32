import type { XmlElement } from "@quorate/xml";
import { agentText, findResource, innerResources, isClone } from "../../../configuration/resources.ts";
import type { PcsCommand } from "../../framework/command.ts";
import { fail } from "../../framework/reports.ts";
import { type RelatedResource, type Relation, type RelationKind, relationTree } from "./tree.ts";

export const relationsCommand: PcsCommand = {
  usage: ["<resource id> [--full]"],
  help: "Show what a resource has to do with: what contains it, what it contains, orders, and so on from there; --full: with agents and ids.",
  options: ["-f", "--full"],
  async run(call) {
    const [id] = call.expect(1, 1);
    const { cib } = await call.cib();
    const resource = findResource(cib, id!);
    if (resource === null) fail(`resource '${id}' does not exist`);
    call.print(treeLines(shownResource(relationTree(cib, resource), call.has("--full"))).join("\n"));
  },
};

/** A thing with lines of its own and what is under it. */
interface Shown {
  readonly title: string;
  readonly details: readonly string[];
  readonly below: readonly Shown[];
}

const TITLES: Readonly<Record<RelationKind, string>> = {
  inner: "inner resource(s)",
  outer: "outer resource",
  order: "order",
  "order set": "order set",
};

function shownResource(resource: RelatedResource, showsAll: boolean): Shown {
  const { element } = resource;
  const kind = element === null ? "" : ` (resource: ${kindOf(element)})`;
  return {
    title: `${resource.id}${showsAll ? kind : ""}${elsewhere(resource)}`,
    details: [],
    below: resource.relations.map((relation) => shownRelation(relation, showsAll)),
  };
}

function kindOf(element: XmlElement): string {
  if (isClone(element)) return "clone";
  return element.name === "primitive" ? agentText(element) : element.name;
}

function shownRelation(relation: Relation, showsAll: boolean): Shown {
  const id = showsAll ? ` (${relation.element.id})` : "";
  return {
    title: `${TITLES[relation.kind]}${id}${elsewhere(relation)}`,
    details: relation.isElsewhere ? [] : detailsOf(relation),
    below: relation.members.map((member) => shownResource(member, showsAll)),
  };
}

function elsewhere({ isElsewhere }: { readonly isElsewhere: boolean }): string {
  return isElsewhere ? " [displayed elsewhere]" : "";
}

function detailsOf({ kind, element }: Relation): string[] {
  if (kind === "outer") return [];
  if (kind === "inner") {
    const members = innerResources(element).map(({ id }) => id);
    return members.length > 1 ? [`members: ${members.join(" ")}`] : [];
  }
  const options = optionWords(element);
  const optionLine = options.length === 0 ? [] : [options.join(" ")];
  if (kind === "order set") {
    const sets = element.all("resource_set").map((set) => {
      const members = set.all("resource_ref").map(({ id }) => id);
      const own = optionWords(set);
      return ["   set", ...members, ...(own.length === 0 ? [] : [`(${own.join(" ")})`])].join(" ");
    });
    return [...optionLine, ...sets];
  }
  const firstAction = element.get("first-action") ?? "start";
  const thenAction = element.get("then-action") ?? firstAction;
  return [`${firstAction} ${element.get("first")} then ${thenAction} ${element.get("then")}`, ...optionLine];
}

const SAID_ELSEWHERE: ReadonlySet<string> = new Set(["id", "first", "first-action", "then", "then-action"]);

function optionWords(element: XmlElement): string[] {
  return [...element.attributes]
    .filter(([name]) => !SAID_ELSEWHERE.has(name))
    .map(([name, value]) => `${name}=${value}`)
    .sort();
}

function treeLines({ title, details, below }: Shown): string[] {
  const stem = below.length === 0 ? "   " : "|  ";
  return [
    title,
    ...details.map((line) => stem + line),
    ...below.flatMap((child, index) => {
      const isLast = index === below.length - 1;
      return treeLines(child).map(
        (line, at) => (at > 0 ? (isLast ? "   " : "|  ") : isLast ? "`- " : "|- ") + line,
      );
    }),
  ];
}
