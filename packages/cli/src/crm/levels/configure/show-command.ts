import { serializeXml, type XmlElement } from "@quorate/xml";
import { type ConfigurationObject, objectId, sortedForShow } from "../../configuration/document.ts";
import { isConstraint, refersTo } from "../../configuration/references.ts";
import { hideSecrets, showObject } from "../../configuration/show.ts";
import type { WorkingCopy } from "../../configuration/working-copy.ts";
import { OBJECT_TYPES } from "../../language/object-types.ts";
import { dropDefaults } from "../../language/same-meaning.ts";
import type { Shell } from "../../shell/shell.ts";

/** `show [xml] [ID|changed|type:TYPE|tag:TAG|related:ID] …`; false when something named does not exist. */
export async function show(shell: Shell, args: readonly string[]): Promise<boolean> {
  const copy = await shell.configuration();
  const text = configurationText(copy, args, { isSecretShown: false });
  for (const name of text.missing) shell.messages.error(`object ${name} does not exist`);
  if (text.text !== "") shell.messages.print(text.text);
  return text.missing.length === 0;
}

export interface ConfigurationText {
  /** Without a newline at the end; empty when there is nothing to show. */
  readonly text: string;
  /** Names that nothing has. */
  readonly missing: readonly string[];
}

/** The configuration or the named part of it, as crm text or (first name `xml`) as a CIB. Nothing of it when a name is missing. */
export function configurationText(
  copy: WorkingCopy,
  names: readonly string[],
  { isSecretShown }: { readonly isSecretShown: boolean },
): ConfigurationText {
  const isXml = names[0] === "xml";
  const { objects, missing } = selectObjects(copy, isXml ? names.slice(1) : names);
  if (isXml) {
    const isAll = names.length === 1;
    const shown = missing.length > 0 ? [] : objects;
    return { text: xmlText(copy, isAll ? null : shown, isSecretShown), missing };
  }
  if (missing.length > 0) return { text: "", missing };
  const references = copy.referencedIds();
  const options = {
    isSecretShown,
    isReferenced: (id: string) => references.has(id),
    nodeNames: copy.nodeNames(),
  };
  return {
    text: sortedForShow(objects)
      .map((object) => showObject(object, options))
      .join("\n"),
    missing,
  };
}

/** The objects that words of `show` mean: all when there are none. */
export function selectObjects(
  copy: WorkingCopy,
  words: readonly string[],
): { readonly objects: readonly ConfigurationObject[]; readonly missing: readonly string[] } {
  const all = copy.objects();
  if (words.length === 0) return { objects: all, missing: [] };
  const chosen = new Set<ConfigurationObject>();
  const missing: string[] = [];
  const byIds = (ids: ReadonlySet<string>) => all.filter(({ id }) => ids.has(id));
  for (const word of words) {
    const [, kind, name] = /^(type|tag|related):(.*)$/s.exec(word) ?? [null, "", word];
    let found: readonly ConfigurationObject[];
    if (kind === "type")
      found = OBJECT_TYPES.some((type) => type.word === name)
        ? all.filter(({ type }) => type.word === name)
        : [];
    else if (kind === "tag") found = byIds(tagged(all, name!));
    else if (kind === "related") found = related(all, name!);
    else if (word === "changed") found = byIds(new Set(copy.changedObjects().map(({ id }) => id)));
    else {
      found = all.filter(({ id }) => id === word);
      if (found.length === 0) missing.push(word);
    }
    for (const object of found) chosen.add(object);
  }
  return { objects: all.filter((object) => chosen.has(object)), missing };
}

function tagged(all: readonly ConfigurationObject[], name: string): ReadonlySet<string> {
  const tag = all.find(({ id, type }) => type.word === "tag" && id === name);
  return new Set(tag?.element.elements().map((reference) => reference.id!) ?? []);
}

/** An object with the constraints and tags that name it. */
function related(all: readonly ConfigurationObject[], name: string): readonly ConfigurationObject[] {
  return all.filter(
    (object) =>
      object.id === name ||
      (isConstraint(object) && refersTo(object.element, name)) ||
      (object.type.word === "tag" && object.element.elements().some((reference) => reference.id === name)),
  );
}

/** The CIB without its status; with `objects`, only those. */
function xmlText(
  copy: WorkingCopy,
  objects: readonly ConfigurationObject[] | null,
  isSecretShown: boolean,
): string {
  const cib = copy.cib.clone();
  cib.first("status")?.remove();
  if (objects !== null) keepOnly(cib.first("configuration")!, new Set(objects.map(({ id }) => id)));
  dropDefaults(cib);
  if (!isSecretShown) hideSecrets(cib);
  return `<?xml version="1.0" ?>\n${serializeXml(cib).trimEnd()}\n`;
}

function keepOnly(configuration: XmlElement, ids: ReadonlySet<string>): void {
  for (const section of configuration.elements()) {
    const isTopology = section.name === "fencing-topology";
    if (isTopology && ids.has("fencing_topology")) continue;
    for (const element of section.elements()) {
      const parts = [element, ...element.descendants("primitive"), ...element.descendants("group")];
      const isKept = parts.some((part) => {
        const type = OBJECT_TYPES.find(
          (entry) => entry.element === part.name && entry.section === section.name,
        );
        return type !== undefined && ids.has(objectId(type, part));
      });
      if (!isKept) element.remove();
    }
    if (section.elements().length === 0 && !REQUIRED.has(section.name)) section.remove();
  }
}

const REQUIRED: ReadonlySet<string> = new Set(["crm_config", "nodes", "resources", "constraints"]);
