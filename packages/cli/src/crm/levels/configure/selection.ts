import type { XmlElement } from "@quorate/xml";
import { type ConfigurationObject, resourcesIn } from "../../configuration/document.ts";
import { isConstraint, refersTo } from "../../configuration/references.ts";
import type { WorkingCopy } from "../../configuration/working-copy.ts";
import { CONTAINER_WORDS, OBJECT_TYPES } from "../../language/object-types.ts";

export interface Selection {
  /** In the order of the configuration. */
  readonly objects: readonly ConfigurationObject[];
  /** Names and patterns that nothing has. */
  readonly missing: readonly string[];
}

/**
 * The objects that words of `show` mean: all when there are none. A word adds its objects to those of the words before it; behind `and` only
 * those stay that it means too.
 */
export function selectObjects(copy: WorkingCopy, words: readonly string[]): Selection {
  const all = copy.objects();
  if (words.length === 0) return { objects: all, missing: [] };
  let chosen = new Set<ConfigurationObject>();
  const missing: string[] = [];
  let isNarrowing = false;
  for (const word of words) {
    if (word === "and" || word === "or") {
      isNarrowing = word === "and";
      continue;
    }
    const found = objectsMeant(copy, all, word);
    if (found === null) missing.push(word);
    else if (isNarrowing) chosen = new Set(found.filter((object) => chosen.has(object)));
    else for (const object of found) chosen.add(object);
    isNarrowing = false;
  }
  return { objects: all.filter((object) => chosen.has(object)), missing };
}

/** Null when the word is a name or pattern that nothing has. */
function objectsMeant(
  copy: WorkingCopy,
  all: readonly ConfigurationObject[],
  word: string,
): readonly ConfigurationObject[] | null {
  const byIds = (ids: ReadonlySet<string>) => all.filter(({ id }) => ids.has(id));
  const [, kind, name = word] = /^(type|tag|related):(.*)$/s.exec(word) ?? [];
  switch (kind) {
    case "type":
      return OBJECT_TYPES.some((type) => type.word === name)
        ? all.filter(({ type }) => type.word === name)
        : [];
    case "tag":
      return byIds(tagged(all, name));
    case "related":
      return related(all, name);
    default: {
      if (word === "changed") return byIds(new Set(copy.changedObjects().map(({ id }) => id)));
      const pattern = globPattern(word);
      const found = all.filter(({ id }) => pattern.test(id));
      return found.length === 0 ? null : found;
    }
  }
}

function tagged(all: readonly ConfigurationObject[], name: string): ReadonlySet<string> {
  const tag = all.find(({ id, type }) => type.word === "tag" && id === name);
  return new Set(tag?.element.elements().map((reference) => reference.id!) ?? []);
}

/** An object with what it is in, and the constraints and tags that name it; for the name of an agent, the resources that have it. */
function related(all: readonly ConfigurationObject[], name: string): readonly ConfigurationObject[] {
  return all.filter(
    (object) =>
      object.id === name ||
      (isConstraint(object) && refersTo(object.element, name)) ||
      (object.type.word === "tag" && object.element.elements().some((reference) => reference.id === name)) ||
      (CONTAINER_WORDS.has(object.type.word) && resourcesBelow(object.element).includes(name)) ||
      agentNames(object.element).includes(name),
  );
}

function resourcesBelow(container: XmlElement): string[] {
  return resourcesIn(container).flatMap((child) => [child.id ?? "", ...resourcesBelow(child)]);
}

/** `ocf:heartbeat:Dummy`, and the type alone. */
function agentNames(element: XmlElement): string[] {
  const type = element.get("type");
  const className = element.get("class");
  if (type === null || className === null) return [];
  return [type, [className, element.get("provider"), type].filter((part) => part !== null).join(":")];
}

/** A pattern of the shell, with `*`, `?` and `[...]`, that has to fit the whole name. What is no pattern fits only itself. */
export function globPattern(glob: string): RegExp {
  const source = glob.replace(/\[([!^]?)([^\]]+)\]|\*+|[\s\S]/g, (part, negation?: string, set?: string) => {
    if (set !== undefined) return `[${negation === "" ? "" : "^"}${set.replace(/[\\^]/g, "\\$&")}]`;
    if (part.startsWith("*")) return ".*";
    return part === "?" ? "." : literally(part);
  });
  try {
    return new RegExp(`^(?:${source})$`, "s");
  } catch (error) {
    // A range that runs backwards, as in [z-a].
    if (!(error instanceof SyntaxError)) throw error;
    return new RegExp(`^${literally(glob)}$`, "s");
  }
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
