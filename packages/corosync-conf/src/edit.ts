import { type Item, itemsOf, newSection, type Section, sectionsOf } from "./document.ts";

/**
 * Gives a key a value: in the place where it stands, else after the last key of the section.
 * @throws RangeError for what cannot be written: line breaks, a brace that opens a section, blanks at the ends
 */
export function setItem(section: Section, key: string, value: string): void {
  checkWritable(key, value);
  const present = itemsOf(section).filter((item) => item.key === key);
  const last = present.at(-1);
  if (last !== undefined) {
    last.value = value;
    last.raw = null;
    removeEntries(section, present.slice(0, -1));
    return;
  }
  const items = itemsOf(section);
  const previous = items.at(-1);
  const added: Item = { kind: "item", key, value, line: null, raw: null, indent: previous?.indent ?? null };
  const place = previous === undefined ? 0 : section.entries.indexOf(previous) + 1;
  section.entries.splice(place, 0, added);
}

/** Removes a key, however often it stands. */
export function removeItem(section: Section, key: string): void {
  removeEntries(
    section,
    itemsOf(section).filter((item) => item.key === key),
  );
}

/** Removes a key from all sections of a name: repeated sections count as one, so what is left in any of them would stay in force. */
export function removeEverywhere(parent: Section, name: string, key: string): void {
  for (const section of sectionsOf(parent, name)) removeItem(section, key);
}

/**
 * Gives a key of the sections of a name one value: where it stands last, which is what counts, else in the last of them. Elsewhere it goes.
 * @throws RangeError as `setItem`
 */
export function setEverywhere(parent: Section, name: string, key: string, value: string): void {
  const sections = sectionsOf(parent, name);
  const hasKey = (section: Section) => itemsOf(section).some((item) => item.key === key);
  const target = sections.filter(hasKey).at(-1) ?? ensureSection(parent, name);
  setItem(target, key, value);
  for (const section of sections) if (section !== target) removeItem(section, key);
}

/** Adds an empty section at the end. */
export function addSection(parent: Section, name: string): Section {
  const added = newSection(name);
  parent.entries.push(added);
  return added;
}

/** The last section of a name, made when there is none: what stands there counts. */
export function ensureSection(parent: Section, name: string): Section {
  return sectionsOf(parent, name).at(-1) ?? addSection(parent, name);
}

function removeEntries(section: Section, removed: readonly Item[]): void {
  const kept = section.entries.filter((entry) => !removed.includes(entry as Item));
  section.entries.splice(0, section.entries.length, ...kept);
}

function checkWritable(key: string, value: string): void {
  const isKey = key !== "" && !/[\s:{}#]/.test(key);
  const isValue = !/[\n\r{]/.test(value) && value === value.replace(/^[ \t]+|[ \t]+$/g, "");
  if (!isKey || !isValue) {
    throw new RangeError(
      `corosync.conf cannot hold "${key}: ${value}": no line breaks, no "{", no blanks at the ends`,
    );
  }
}
