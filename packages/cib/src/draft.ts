import { detach, type XmlElement, type XmlNode } from "@quorate/xml";

/** How a document was before a draft changed it; what the draft did not touch is read from the document. */
export interface Past {
  attributes(element: XmlElement): ReadonlyMap<string, string>;
  children(element: XmlElement): readonly XmlNode[];
  /** Whether nothing in the element or below it was touched. */
  isUntouched(element: XmlElement): boolean;
  /** Those of its present children of which that is not true, in document order. To ask each of hundreds takes longer. */
  touchedChildren(element: XmlElement): readonly XmlElement[];
}

interface Memory {
  attributes: ReadonlyMap<string, string> | null;
  children: readonly XmlNode[] | null;
}

/**
 * Changes to a document, made in place and remembered, so that they can be taken back and compared with
 * what was there. Costs what the change costs, not what the document costs: hundreds of status updates a
 * second on a document of many megabytes must not copy it.
 *
 * Everything goes through the draft's methods as long as it is open. Elements given to it become part of
 * the document.
 */
export class Draft {
  private current: XmlElement;
  private readonly original: XmlElement;
  private readonly memories = new Map<XmlElement, Memory>();

  constructor(root: XmlElement) {
    this.original = root;
    this.current = root;
  }

  /** The document with the changes so far. */
  get root(): XmlElement {
    return this.current;
  }

  get originalRoot(): XmlElement {
    return this.original;
  }

  set(element: XmlElement, name: string, value: string): void {
    if (element.get(name) === value) return;
    this.rememberAttributes(element);
    element.set(name, value);
  }

  unset(element: XmlElement, name: string): void {
    if (!element.attributes.has(name)) return;
    this.rememberAttributes(element);
    element.attributes.delete(name);
  }

  /** Makes the attributes exactly these, in this order. */
  setAll(element: XmlElement, attributes: Iterable<readonly [string, string]>): void {
    this.rememberAttributes(element);
    const entries = [...attributes];
    element.attributes.clear();
    for (const [name, value] of entries) element.attributes.set(name, value);
  }

  append(parent: XmlElement, node: XmlNode): void {
    this.insert(parent, node, null);
  }

  /** Adds before the child now at `index`; null, or an index beyond the end, appends. */
  insert(parent: XmlElement, node: XmlNode, index: number | null): void {
    this.remove(node);
    this.rememberChildren(parent);
    parent.insert(node, index === null ? parent.children.length : Math.min(index, parent.children.length));
  }

  remove(node: XmlNode): void {
    if (node.parent === null) return;
    this.rememberChildren(node.parent);
    detach(node);
  }

  /** Puts `replacement` where `element` is; the root may be replaced too. */
  replace(element: XmlElement, replacement: XmlElement): void {
    const parent = element.parent;
    if (element === this.current) {
      this.current = replacement;
    } else if (parent !== null) {
      const index = parent.children.indexOf(element);
      this.remove(element);
      this.insert(parent, replacement, index);
    }
  }

  /** Takes everything back: the original document is as it was, also in the order of its attributes. */
  rollback(): void {
    for (const [element, memory] of this.memories) {
      if (memory.attributes !== null) {
        element.attributes.clear();
        for (const [name, value] of memory.attributes) element.attributes.set(name, value);
      }
      if (memory.children !== null) {
        element.children.length = 0;
        for (const child of memory.children) {
          element.children.push(child);
          child.parent = element;
        }
      }
    }
    this.memories.clear();
    this.current = this.original;
  }

  /** The elements whose attributes or list of children were changed, or may have been. */
  touched(): Iterable<XmlElement> {
    return this.memories.keys();
  }

  /** The view of the document before the draft. Made from the changes so far; later ones need a new view. */
  past(): Past {
    const touched = new Set<XmlElement>();
    for (const element of this.memories.keys()) {
      for (let up: XmlElement | null = element; up !== null && !touched.has(up); up = up.parent)
        touched.add(up);
    }
    const touchedIn = new Map<XmlElement, XmlElement[]>();
    for (const element of touched) {
      if (element.parent === null) continue;
      const siblings = touchedIn.get(element.parent);
      if (siblings === undefined) touchedIn.set(element.parent, [element]);
      else siblings.push(element);
    }
    for (const [{ children }, siblings] of touchedIn)
      if (siblings.length > 1) siblings.sort((a, b) => children.indexOf(a) - children.indexOf(b));
    return {
      attributes: (element) => this.memories.get(element)?.attributes ?? element.attributes,
      children: (element) => this.memories.get(element)?.children ?? element.children,
      isUntouched: (element) => !touched.has(element),
      touchedChildren: (element) => touchedIn.get(element) ?? [],
    };
  }

  private rememberAttributes(element: XmlElement): void {
    const memory = this.memoryOf(element);
    if (memory.attributes === null) memory.attributes = new Map(element.attributes);
  }

  private rememberChildren(element: XmlElement): void {
    const memory = this.memoryOf(element);
    if (memory.children === null) memory.children = [...element.children];
  }

  private memoryOf(element: XmlElement): Memory {
    let memory = this.memories.get(element);
    if (memory === undefined) {
      memory = { attributes: null, children: null };
      this.memories.set(element, memory);
    }
    return memory;
  }
}
