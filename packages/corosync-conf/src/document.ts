/** A line that means nothing: blank, or a comment. */
export interface Trivia {
  readonly kind: "trivia";
  readonly raw: string;
}

/** `key: value`. */
export interface Item {
  readonly kind: "item";
  readonly key: string;
  value: string;
  /** Counted from 1; null when it did not come from a file. */
  readonly line: number | null;
  /** The line as it was read, with its end; null when it is new or changed. */
  raw: string | null;
  /** White space before the key; null for the usual four blanks a level. */
  readonly indent: string | null;
}

/** `name { ... }`. */
export interface Section {
  readonly kind: "section";
  readonly name: string;
  readonly entries: Entry[];
  readonly line: number | null;
  readonly rawOpen: string | null;
  readonly rawClose: string | null;
}

export type Entry = Trivia | Item | Section;

/** A file: a section without name or braces. */
export type CorosyncConf = Section;

export function newSection(name: string): Section {
  return { kind: "section", name, entries: [], line: null, rawOpen: null, rawClose: null };
}

export function itemsOf(section: Section): Item[] {
  return section.entries.filter((entry) => entry.kind === "item");
}

export function sectionsOf(section: Section, name: string): Section[] {
  return section.entries.filter((entry): entry is Section => entry.kind === "section" && entry.name === name);
}
