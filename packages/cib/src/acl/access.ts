import { selectXPath, type XmlElement } from "@quorate/xml";
import type { AclKind, AclPermission } from "./permissions.ts";

/** What a user may do with an element. Whoever may write may read. */
export type Access = "denied" | "readable" | "writable";

const STRENGTH: Readonly<Record<AclKind, number>> = { deny: 3, write: 2, read: 1 };

/**
 * What the rules say about the elements of one document. An element without a verdict of its own inherits that of the
 * nearest element above it that has one; where there is none, access is denied. A rule whose XPath cannot be used
 * gives nothing, and a `deny` of that kind denies everything: a mistake must not open what it was to close.
 */
export class AccessView {
  readonly #verdicts = new Map<XmlElement, AclKind>();
  /** Nobody knows what a `deny` was to close: then no rule opens anything, wherever it points. */
  #isClosed = false;

  /** Cost: one evaluation of each XPath on the document. */
  constructor(root: XmlElement, permissions: readonly AclPermission[]) {
    for (const { kind, xpath } of permissions) {
      const selected = selectXPath(root, xpath === "/" ? "/*" : xpath);
      if (!selected.ok) {
        if (kind === "deny") this.#isClosed = true;
        continue;
      }
      for (const node of selected.nodes) {
        const element =
          node.kind === "element" ? node : node.kind === "attribute" ? node.element : node.parent;
        if (element !== null) this.#add(element, kind);
      }
    }
  }

  #add(element: XmlElement, kind: AclKind): void {
    const present = this.#verdicts.get(element);
    if (present === undefined || STRENGTH[kind] > STRENGTH[present]) this.#verdicts.set(element, kind);
  }

  /** `inherited` is the access to its parent; `denied` for the root. */
  access(element: XmlElement, inherited: Access): Access {
    if (this.#isClosed) return "denied";
    switch (this.#verdicts.get(element)) {
      case "deny":
        return "denied";
      case "write":
        return "writable";
      case "read":
        return "readable";
      case undefined:
        return inherited;
    }
  }
}
