import type { XmlElement } from "@quorate/xml";
import type { Draft } from "../draft.ts";
import { clipScore, parseScore, scoreText } from "../values/score.ts";

/**
 * Merges an element into an existing one: attributes overwrite, children are matched among the direct
 * children by name and id (or id-ref) and merged, unmatched ones are appended. Nothing is removed.
 * Source: CIB specification, section 3, Modify. Scores are counted on whether or not the request has the flag
 * `score-update`: the classic tools do so since 2.1 (conformance data, suite crm_attribute, "--score not set").
 */
export function mergeInto(draft: Draft, target: XmlElement, input: XmlElement): void {
  const pairs: [XmlElement, XmlElement][] = [[target, input]];
  // Grows while it is gone through, so that updates of one target are done in document order.
  for (const [existing, update] of pairs) {
    for (const [name, value] of update.attributes) {
      draft.set(existing, name, expandScore(name, value, existing.get(name)));
    }
    for (const child of [...update.children]) {
      if (child.kind === "text") continue;
      const match = child.kind === "element" ? findMatch(existing, child) : null;
      if (match !== null && child.kind === "element") {
        pairs.push([match, child]);
      } else if (child.kind === "element" || !hasComment(existing, child.text)) {
        if (child.kind === "element") expandScores(child);
        draft.append(existing, child);
      }
    }
  }
}

/**
 * `name++` and `name+=N` as arithmetic on the old value of that same attribute; anything else stays as it is.
 * Source: CIB specification, section 2.
 */
function expandScore(name: string, value: string, old: string | null): string {
  if (!value.startsWith(name)) return value;
  const operation = value.slice(name.length);
  const before = parseScore(old).score;
  if (operation === "++") return scoreText(clipScore(before + 1));
  if (operation.startsWith("+=")) return scoreText(clipScore(before + parseScore(operation.slice(2)).score));
  return value;
}

function expandScores(created: XmlElement): void {
  for (const element of [created, ...created.descendants()]) {
    for (const [name, value] of element.attributes) element.set(name, expandScore(name, value, null));
  }
}

/** An update with an id matches that id, one with an id-ref that reference, another one the first of its name. */
function findMatch(parent: XmlElement, update: XmlElement): XmlElement | null {
  const key = update.id !== null ? "id" : update.attributes.has("id-ref") ? "id-ref" : null;
  const value = key === null ? null : update.get(key);
  for (const child of parent.children) {
    if (child.kind !== "element" || child.name !== update.name) continue;
    if (key === null || child.get(key) === value) return child;
  }
  return null;
}

/** So that sending the same update twice does not collect comments. */
function hasComment(parent: XmlElement, text: string): boolean {
  return parent.children.some((child) => child.kind === "comment" && child.text === text);
}
