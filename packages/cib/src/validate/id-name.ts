/** Characters that a name may begin with, in XML, but for the colon. Source: XML 1.0, 5th edition, 2.3 [4]. */
const FIRST =
  "A-Z_a-z\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\\u{37F}-\\u{1FFF}\\u{200C}-\\u{200D}\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}\\u{10000}-\\u{EFFFF}";
const FURTHER = `${FIRST}.0-9\\u{B7}\\u{300}-\\u{36F}\\u{203F}-\\u{2040}\\-`;
const NAME = new RegExp(`^[${FIRST}][${FURTHER}]*$`, "u");

/** Whether a text can be the id of an element: a name without a colon. */
export function isIdName(text: string): boolean {
  return NAME.test(text);
}

/**
 * Elements whose id comes from elsewhere, and may be any text: a number of the cluster layer, the name of a user, or the id of something else,
 * such as a node in a tag.
 */
const FREE_IDS: ReadonlySet<string> = new Set(["node", "acl_target", "obj_ref", "resource_ref", "role"]);

export function hasFreeId(elementName: string): boolean {
  return FREE_IDS.has(elementName);
}
