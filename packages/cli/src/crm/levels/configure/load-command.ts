import { parseXml, XmlElement } from "@quorate/xml";
import { FileError } from "../../../world.ts";
import { objectsOf } from "../../configuration/document.ts";
import { resourcesNamed } from "../../configuration/references.ts";
import { eraseAll, removeObjects } from "../../configuration/removal.ts";
import { MERGED, type WorkingCopy } from "../../configuration/working-copy.ts";
import { CONSTRAINT_WORDS, type ObjectType } from "../../language/object-types.ts";
import type { Shell } from "../../shell/shell.ts";
import { addMonitorTo } from "./edit-commands.ts";
import { type ConfigurationText, type Entry, entriesOfXml, inOrderOfCreation, readText } from "./entries.ts";

type Method = "replace" | "update" | "push";
const METHODS: ReadonlySet<string> = new Set(["replace", "update", "push"]);

/** `load [xml] {replace|update|push} FILE` (`-`: standard input). */
export async function load(shell: Shell, args: readonly string[]): Promise<boolean> {
  const isXml = args[0] === "xml";
  const words = isXml ? args.slice(1) : args;
  if (words.length === 0 || words.length > 2) {
    shell.messages.error(
      `configure.load: Expected 2 arguments (${words.length} given): [xml] replace|update|push FILE`,
    );
    return false;
  }
  const method = METHODS.has(words[0]!) ? (words[0] as Method) : null;
  const path = words[1];
  if (method === null || path === undefined) {
    shell.messages.error("configure.load: Expected [xml] replace|update|push FILE");
    return false;
  }
  const text = fileText(shell, path);
  if (text === null) return false;
  return isXml ? loadXml(shell, method, text) : loadText(shell, method, text);
}

function fileText(shell: Shell, path: string): string | null {
  try {
    return path === "-" ? shell.world.readStdin() : shell.world.readFile(path);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    shell.messages.error(`could not open ${path}: ${error.message}`);
    return null;
  }
}

/** Applies a crm text to the working copy; with a mistake anywhere in it nothing is changed. */
export async function loadText(shell: Shell, method: Method, text: string): Promise<boolean> {
  const read = readText(shell.messages, text);
  if (read === null) return false;
  const copy = await shell.configuration();
  if (read.entries.length + read.monitors.length === 0 && method === "update") return true;
  return copy.attempt(() => {
    if (method === "replace") eraseAll(copy);
    if (method === "push") emptyAll(copy, read.entries);
    return applyRead(shell, copy, read);
  });
}

/** Tells every mistake. After one the copy is half changed: call it in an attempt. */
function applyRead(shell: Shell, copy: WorkingCopy, { entries, monitors }: ConfigurationText): boolean {
  if (!areReferencesGood(shell, copy, entries) || !applyEntries(copy, entries)) return false;
  let isGood = true;
  for (const monitor of monitors) if (!addMonitorTo(copy, monitor)) isGood = false;
  return isGood;
}

function applyEntries(copy: WorkingCopy, entries: readonly Entry[]): boolean {
  let isGood = true;
  for (const { type, read, comments } of inOrderOfCreation(entries)) {
    // With its id in the text a node is described in full, by its name alone in part.
    if (type.word === "node" && read.element.id !== read.id)
      dropLeftOut(copy, type, copy.idOf(type, read), read.element);
    if (!copy.update(type, read, comments)) isGood = false;
  }
  return isGood;
}

/**
 * Applies an edited text, which takes the place of the objects with the ids in `replaced`: those that it leaves out are deleted. After a
 * mistake nothing is changed.
 */
export async function applyText(shell: Shell, text: string, replaced: readonly string[]): Promise<boolean> {
  const read = readText(shell.messages, text);
  if (read === null) return false;
  const { entries } = read;
  const copy = await shell.configuration();
  return copy.attempt(() => {
    for (const { type, read } of entries) dropLeftOut(copy, type, copy.idOf(type, read), read.element);
    if (!applyRead(shell, copy, read)) return false;
    const kept = new Set(entries.map(({ type, read }) => copy.idOf(type, read)));
    return removeObjects(
      copy,
      replaced.filter((id) => !kept.has(id) && copy.find(id) !== null),
    );
  });
}

/** Whether everything that constraints and containers name is there or comes with the text. */
function areReferencesGood(shell: Shell, copy: WorkingCopy, entries: readonly Entry[]): boolean {
  const known = new Set([...copy.objects().map(({ id }) => id), ...entries.map(({ read }) => read.id)]);
  let isGood = true;
  for (const { type, read } of entries) {
    if (!CONSTRAINT_WORDS.has(type.word)) continue;
    for (const resource of resourcesNamed(read.element)) {
      if (known.has(resource)) continue;
      shell.messages.error(`constraint ${read.id} references a resource ${resource} which doesn't exist`);
      isGood = false;
    }
  }
  return isGood;
}

/** `push` leaves nothing of the configuration but the sets of properties that the text speaks of, and the ids of its nodes. */
function emptyAll(copy: WorkingCopy, entries: readonly Entry[]): void {
  const kept = new Set(
    entries
      .filter(({ type }) => type.word === "property")
      .map(({ read }) => read.id ?? "cib-bootstrap-options"),
  );
  const nodes = new Set(entries.filter(({ type }) => type.word === "node").map(({ read }) => read.id));
  for (const section of copy.configuration.elements()) {
    for (const element of section.elements()) {
      if (section.name === "nodes" && nodes.has(element.get("uname")))
        for (const part of element.elements()) part.remove();
      else if (element.id === null || !kept.has(element.id)) element.remove();
    }
  }
  copy.touch(null);
}

async function loadXml(shell: Shell, method: Method, text: string): Promise<boolean> {
  const configuration = readConfiguration(shell, text);
  if (configuration === null) return false;
  const copy = await shell.configuration();
  return copy.attempt(() => {
    if (method === "replace") eraseAll(copy);
    if (method === "push") emptyAll(copy, []);
    return applyEntries(copy, entriesOfXml(configuration));
  });
}

/** As `applyText`, for the same objects as a CIB. */
export async function applyEditedXml(
  shell: Shell,
  text: string,
  replaced: readonly string[],
): Promise<boolean> {
  const configuration = readConfiguration(shell, text);
  if (configuration === null) return false;
  const copy = await shell.configuration();
  return copy.attempt(() => {
    for (const { type, id, element } of objectsOf(configuration)) dropLeftOut(copy, type, id, element);
    if (!applyEntries(copy, entriesOfXml(configuration))) return false;
    const kept = new Set(objectsOf(configuration).map(({ id }) => id));
    return removeObjects(
      copy,
      replaced.filter((id) => !kept.has(id) && copy.find(id) !== null),
    );
  });
}

/** Sets of properties, defaults and nodes are merged when they are loaded; out of what was edited goes what the text no longer says. */
function dropLeftOut(copy: WorkingCopy, type: ObjectType, id: string, wanted: XmlElement): void {
  const existing = copy.namesake(type, id);
  if (existing === null || !MERGED.has(existing.type.word)) return;
  if (dropValues(existing.element, wanted)) copy.touch(existing);
}

function dropValues(list: XmlElement, wanted: XmlElement): boolean {
  let isChanged = false;
  for (const part of list.elements()) {
    if (part.name === "nvpair") {
      const name = part.get("name");
      if (wanted.all("nvpair").some((nvpair) => nvpair.get("name") === name)) continue;
      part.remove();
      isChanged = true;
    } else if (
      list.name === "node" &&
      dropValues(part, wanted.first(part.name) ?? new XmlElement(part.name))
    ) {
      if (part.elements().length === 0) part.remove();
      isChanged = true;
    }
  }
  return isChanged;
}

/** The configuration in a CIB; null after a mistake, which was told. */
function readConfiguration(shell: Shell, text: string): XmlElement | null {
  const parsed = parseXml(text);
  if (!parsed.ok) {
    shell.messages.info(`offending string: ${text}`);
    shell.messages.error(
      `${parsed.error.message} (line ${parsed.error.line}, column ${parsed.error.column})`,
    );
    return null;
  }
  const configuration =
    parsed.root.name === "configuration" ? parsed.root : parsed.root.first("configuration");
  if (configuration === null) shell.messages.warning("CIB has no configuration element");
  return configuration;
}
