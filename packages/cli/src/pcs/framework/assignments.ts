import type { Assignment } from "../../configuration/nvsets.ts";
import { fail, type Reports } from "./reports.ts";

/** `name=value` words in order. A name given twice must have one value. @throws PcsError */
export function parseAssignments(words: readonly string[]): Assignment[] {
  const found = new Map<string, string>();
  for (const word of words) {
    const equals = word.indexOf("=");
    if (equals < 0) fail(`missing value of '${word}' option; write ${word}=VALUE`);
    if (equals === 0) fail(`missing key in '${word}' option; write NAME${word}`);
    const name = word.slice(0, equals);
    const value = word.slice(equals + 1);
    const previous = found.get(name);
    if (previous !== undefined && previous !== value) {
      fail(`option '${name}' is given twice with different values, '${previous}' and '${value}'`);
    }
    found.set(name, value);
  }
  return [...found];
}

export function assignmentMap(words: readonly string[]): Map<string, string> {
  return new Map(parseAssignments(words));
}

export interface Keyword {
  /** May stand several times: each starts a part of its own. Otherwise what follows is put together, or refused. */
  readonly repeats?: "joins" | "separate" | "never";
}

/**
 * Words cut at keywords: what stands before the first keyword is under "", then a list for each keyword, with one entry for each time it
 * stood.
 */
export function splitAtKeywords(
  words: readonly string[],
  keywords: Readonly<Record<string, Keyword>>,
): Map<string, string[][]> {
  const parts = new Map<string, string[][]>([["", [[]]]]);
  let current = parts.get("")![0]!;
  for (const word of words) {
    if (!Object.hasOwn(keywords, word)) {
      current.push(word);
      continue;
    }
    const repeats = keywords[word]!.repeats ?? "joins";
    const present = parts.get(word);
    if (present === undefined) {
      current = [];
      parts.set(word, [current]);
    } else if (repeats === "never") {
      fail(`'${word}' can be given only once`);
    } else if (repeats === "joins") {
      current = present[0]!;
    } else {
      current = [];
      present.push(current);
    }
  }
  return parts;
}

/** Names that are not allowed, told together. */
export function checkNames(
  reports: Reports,
  names: Iterable<string>,
  allowed: readonly string[],
  what: string,
  isForceable: boolean,
): void {
  const unknown = [...names].filter((name) => !allowed.includes(name)).sort();
  if (unknown.length === 0) return;
  const several = unknown.length > 1;
  const text = `invalid ${what}option${several ? "s:" : ""} ${quoted(unknown)}, allowed options are: ${quoted([...allowed].sort())}`;
  if (isForceable) reports.forceable(text);
  else reports.error(text);
}

/** `'a', 'b'`. */
export function quoted(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(", ");
}
