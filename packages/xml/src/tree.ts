import { XmlAttributes } from "./attributes.ts";

export type XmlNode = XmlElement | XmlText | XmlComment;

/** Character data between tags. Neighbouring pieces (CDATA included) are one node after parsing. */
export class XmlText {
  readonly kind = "text";
  text: string;
  /** Whether `serializeXml` writes it as a CDATA section: for texts that are themselves markup. */
  readonly isCdata: boolean;
  parent: XmlElement | null = null;

  constructor(text: string, options: { readonly isCdata?: boolean } = {}) {
    this.text = text;
    this.isCdata = options.isCdata ?? false;
  }

  clone(): XmlText {
    return new XmlText(this.text, this);
  }
}

/** A comment; `text` is what stands between the markers, blanks included. */
export class XmlComment {
  readonly kind = "comment";
  text: string;
  parent: XmlElement | null = null;

  constructor(text: string) {
    this.text = text;
  }

  clone(): XmlComment {
    return new XmlComment(this.text);
  }
}

/**
 * An element. Attributes keep the order in which they were first set, since digests depend on it; setting an
 * existing one changes it in place. The tree is changed through `append`, `insert` and `remove` only: they
 * keep `children` and `parent` consistent. Names and values are plain text: escaping is the serializer's work.
 */
export class XmlElement {
  readonly kind = "element";
  name: string;
  readonly attributes: XmlAttributes;
  readonly children: XmlNode[] = [];
  parent: XmlElement | null = null;
  /** Line of the start tag in the parsed text, counted from 1; 0 for an element made in memory. */
  readonly line: number;

  constructor(name: string, attributes?: Iterable<readonly [string, string]>, line = 0) {
    this.name = name;
    this.attributes = attributes === undefined ? new XmlAttributes() : XmlAttributes.from(attributes);
    this.line = line;
  }

  /** The value as written, or null when the attribute is absent (an empty value is ""). */
  get(name: string): string | null {
    return this.attributes.get(name) ?? null;
  }

  set(name: string, value: string): void {
    this.attributes.set(name, value);
  }

  get id(): string | null {
    return this.attributes.get("id") ?? null;
  }

  /** Adds the node as last child; a node that is elsewhere in a tree is moved. */
  append(node: XmlNode): void {
    this.adopt(node);
    this.children.push(node);
  }

  /**
   * Adds the node before the child that is at `index` once the node has left its old place; `index` equal to
   * the number of children appends. Throws a RangeError for any other index.
   */
  insert(node: XmlNode, index: number): void {
    const length = node.parent === this ? this.children.length - 1 : this.children.length;
    if (!Number.isInteger(index) || index < 0 || index > length) {
      throw new RangeError(`insert into <${this.name}>: index ${index} is not between 0 and ${length}`);
    }
    this.adopt(node);
    this.children.splice(index, 0, node);
  }

  /** Takes this element out of its parent; a root stays as it is. */
  remove(): void {
    detach(this);
  }

  /** Child elements, in order. A new array each time. */
  elements(): XmlElement[] {
    const found: XmlElement[] = [];
    for (const child of this.children) {
      if (child.kind === "element") found.push(child);
    }
    return found;
  }

  /** The first child element of this name. */
  first(name: string): XmlElement | null {
    for (const child of this.children) {
      if (child.kind === "element" && child.name === name) return child;
    }
    return null;
  }

  /** All child elements of this name, in order. A new array each time. */
  all(name: string): XmlElement[] {
    const found: XmlElement[] = [];
    for (const child of this.children) {
      if (child.kind === "element" && child.name === name) found.push(child);
    }
    return found;
  }

  /**
   * The elements below this one (without itself) in document order, only those of one name if given. Do not
   * change the tree while going through them: collect first (`[...element.descendants()]`).
   */
  *descendants(name?: string): Generator<XmlElement, void, undefined> {
    const pending: XmlElement[] = [];
    pushChildrenReversed(this, pending);
    for (let element = pending.pop(); element !== undefined; element = pending.pop()) {
      if (name === undefined || element.name === name) yield element;
      pushChildrenReversed(element, pending);
    }
  }

  /** A deep copy without parent; line numbers are kept. */
  clone(): XmlElement {
    const copy = new XmlElement(this.name, this.attributes, this.line);
    const pending: [from: XmlElement, to: XmlElement][] = [[this, copy]];
    for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
      const [from, to] = pair;
      for (const child of from.children) {
        if (child.kind === "element") {
          const childCopy = new XmlElement(child.name, child.attributes, child.line);
          childCopy.parent = to;
          to.children.push(childCopy);
          if (child.children.length > 0) pending.push([child, childCopy]);
        } else {
          const childCopy = child.clone();
          childCopy.parent = to;
          to.children.push(childCopy);
        }
      }
    }
    return copy;
  }

  private adopt(node: XmlNode): void {
    if (node.kind === "element" && node.children.length > 0) {
      for (let above: XmlElement | null = this; above !== null; above = above.parent) {
        if (above === node) throw new Error(`<${node.name}> cannot become a child of itself`);
      }
    } else if (node === this) {
      throw new Error(`<${this.name}> cannot become a child of itself`);
    }
    detach(node);
    node.parent = this;
  }
}

/** Takes any node out of its parent; does nothing for a node that has none. */
export function detach(node: XmlNode): void {
  const parent = node.parent;
  if (parent === null) return;
  const index = parent.children.indexOf(node);
  parent.children.splice(index, 1);
  node.parent = null;
}

function pushChildrenReversed(element: XmlElement, pending: XmlElement[]): void {
  const children = element.children;
  for (let index = children.length - 1; index >= 0; index--) {
    const child = children[index];
    if (child?.kind === "element") pending.push(child);
  }
}
