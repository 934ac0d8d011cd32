import type { XmlElement } from "@quorate/xml";

/** Elements whose `id` names another element, or a user of the operating system, instead of themselves. */
const REFERENCES: ReadonlySet<string> = new Set(["acl_target", "obj_ref", "resource_ref", "role"]);

/** The element that bears the id in the configuration, or null. References to it and the status do not count. */
export function findById(cib: XmlElement, id: string): XmlElement | null {
  const configuration = cib.first("configuration") ?? cib;
  for (const element of configuration.descendants()) {
    if (element.id === id && !REFERENCES.has(element.name)) return element;
  }
  return null;
}

export function idExists(cib: XmlElement, id: string): boolean {
  return findById(cib, id) !== null;
}

/** The proposal, with `-1`, `-2`, ... behind it when it is taken. `taken`: ids that are promised but not yet in the CIB. */
export function uniqueId(cib: XmlElement, proposal: string, taken: ReadonlySet<string> = NONE): string {
  const isTaken = (id: string) => taken.has(id) || idExists(cib, id);
  if (!isTaken(proposal)) return proposal;
  for (let count = 1; ; count++) {
    const id = `${proposal}-${count}`;
    if (!isTaken(id)) return id;
  }
}

const NONE: ReadonlySet<string> = new Set();

/** What is wrong with a text as an id: the first character that an id cannot have there; null when it can be one. */
export function idProblem(text: string): { readonly character: string; readonly isFirst: boolean } | null {
  const characters = [...text];
  const [first] = characters;
  if (first === undefined) return { character: "", isFirst: true };
  if (!/[\p{L}_]/u.test(first)) return { character: first, isFirst: true };
  const bad = characters.find((character) => !/[\p{L}\p{N}_.-]/u.test(character));
  return bad === undefined ? null : { character: bad, isFirst: false };
}

/** The text without what an id cannot hold. */
export function sanitizedId(text: string): string {
  return [...text]
    .filter((character) => /[\p{L}\p{N}_.-]/u.test(character))
    .join("")
    .replace(/^[^\p{L}_]+/u, "");
}
