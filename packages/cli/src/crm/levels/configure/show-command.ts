import { serializeXml, type XmlElement } from "@quorate/xml";
import { type ConfigurationObject, objectId, sortedForShow } from "../../configuration/document.ts";
import { hideValues, showObject } from "../../configuration/show.ts";
import type { WorkingCopy } from "../../configuration/working-copy.ts";
import { OBJECT_TYPES } from "../../language/object-types.ts";
import { dropDefaults } from "../../language/same-meaning.ts";
import { adornText } from "../../language/write/adorn.ts";
import { isSecret, type WriteOptions } from "../../language/write/values.ts";
import { lookOf } from "../../settings/look.ts";
import type { Shell } from "../../shell/shell.ts";
import { globPattern, selectObjects } from "./selection.ts";

const OBSCURE = "obscure:";

/**
 * `show [xml] [ID|PATTERN|changed|type:TYPE|tag:TAG|related:ID|obscure:PATTERN] …`; false when something named does not exist.
 * What `obscure` names is hidden beside the passwords, not in their place.
 */
export async function show(shell: Shell, args: readonly string[]): Promise<boolean> {
  const copy = await shell.configuration();
  const hidden = args
    .filter((arg) => arg.startsWith(OBSCURE))
    .map((arg) => globPattern(arg.slice(OBSCURE.length)));
  const names = args.filter((arg) => !arg.startsWith(OBSCURE));
  const obscured = words(shell.settings.get("core.obscure_pattern")).map(globPattern);
  const hides = (name: string) =>
    isSecret(name) || [...hidden, ...obscured].some((pattern) => pattern.test(name));
  const text = configurationText(copy, names, { hides, isSorted: shell.settings.isOn("core.sort_elements") });
  for (const name of text.missing) shell.messages.error(`object ${name} does not exist`);
  const look = names[0] === "xml" ? null : lookOf(shell.settings, shell.world);
  if (text.text !== "") shell.page(look === null ? text.text : adornText(text.text, look));
  return text.missing.length === 0;
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
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
  { hides, isSorted = true }: Pick<WriteOptions, "hides"> & { readonly isSorted?: boolean },
): ConfigurationText {
  const isXml = names[0] === "xml";
  const { objects, missing } = selectObjects(copy, isXml ? names.slice(1) : names);
  if (isXml) {
    const isAll = names.length === 1;
    const shown = missing.length > 0 ? [] : objects;
    return { text: xmlText(copy, isAll ? null : shown, hides), missing };
  }
  if (missing.length > 0) return { text: "", missing };
  const references = copy.referencedIds();
  const options = {
    hides,
    isReferenced: (id: string) => references.has(id),
    nodeNames: copy.nodeNames(),
  };
  return {
    text: (isSorted ? sortedForShow(objects) : objects)
      .map((object) => showObject(object, options))
      .join("\n"),
    missing,
  };
}

/** The CIB without its status; with `objects`, only those. */
function xmlText(
  copy: WorkingCopy,
  objects: readonly ConfigurationObject[] | null,
  hides: WriteOptions["hides"],
): string {
  const cib = copy.cib.clone();
  cib.first("status")?.remove();
  if (objects !== null) keepOnly(cib.first("configuration")!, new Set(objects.map(({ id }) => id)));
  dropDefaults(cib);
  hideValues(cib, hides);
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
