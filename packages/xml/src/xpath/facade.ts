import type { XmlComment, XmlElement, XmlNode, XmlText } from "../tree.ts";
import type { LibraryNode } from "./library.js";

export interface XmlAttributeMatch {
  readonly kind: "attribute";
  readonly element: XmlElement;
  readonly name: string;
  readonly value: string;
}

export type XPathMatch = XmlElement | XmlText | XmlComment | XmlAttributeMatch;

const NODE_TYPE = { element: 1, attribute: 2, text: 3, comment: 8, document: 9 } as const;

/** How often nodes may still be looked at; shared by all nodes of one evaluation. */
class VisitBudget {
  private left: number;
  private readonly max: number;

  constructor(max: number) {
    this.max = max;
    this.left = max;
  }

  spend(): void {
    if (this.left-- <= 0) {
      throw new Error(`it looks at nodes more than ${this.max} times: name the elements on the way`);
    }
  }
}

/** The tree as the DOM that the XPath library expects, made on demand: only the visited part exists. */
export class Facade implements LibraryNode {
  readonly nodeType: number;
  readonly nodeName: string;
  readonly localName: string;
  readonly parentNode: Facade | null;
  /** Position among the siblings; attributes count from a large negative number, so they precede children. */
  readonly index: number;
  /** The element, text or comment behind this node; null for attributes and the document. */
  readonly node: XmlNode | null;
  private readonly value: string | null;
  private readonly owner: XmlElement | null;
  readonly budget: VisitBudget;
  private children: Facade[] | null = null;
  private attributeNodes: AttributeList | null = null;

  private constructor(parts: FacadeParts) {
    this.nodeType = parts.nodeType;
    this.nodeName = parts.name;
    this.localName = parts.name;
    this.value = parts.value;
    this.parentNode = parts.parent;
    this.index = parts.index;
    this.node = parts.node;
    this.owner = parts.owner;
    this.budget = parts.budget;
  }

  /** Evaluations throw when they look at nodes more than `visitCountMax` times. */
  static document(root: XmlElement, visitCountMax: number): Facade {
    const nodeType = NODE_TYPE.document;
    const document = new Facade({
      nodeType,
      name: "#document",
      value: null,
      parent: null,
      index: 0,
      node: null,
      owner: null,
      budget: new VisitBudget(visitCountMax),
    });
    document.children = [wrap(root, document, 0)];
    return document;
  }

  static of(node: XmlNode, parent: Facade, index: number): Facade {
    return node.kind === "element"
      ? new Facade({
          nodeType: NODE_TYPE.element,
          name: node.name,
          value: null,
          parent,
          index,
          node,
          owner: null,
          budget: parent.budget,
        })
      : new Facade({
          nodeType: NODE_TYPE[node.kind],
          name: `#${node.kind}`,
          value: node.text,
          parent,
          index,
          node,
          owner: null,
          budget: parent.budget,
        });
  }

  get nodeValue(): string | null {
    this.budget.spend();
    return this.value;
  }

  get firstChild(): Facade | null {
    this.budget.spend();
    return this.childNodes[0] ?? null;
  }

  get nextSibling(): Facade | null {
    this.budget.spend();
    return this.parentNode?.childNodes[this.index + 1] ?? null;
  }

  get previousSibling(): Facade | null {
    this.budget.spend();
    return this.parentNode?.childNodes[this.index - 1] ?? null;
  }

  get documentElement(): Facade | null {
    return this.firstChild;
  }

  get ownerDocument(): Facade | null {
    if (this.parentNode === null) return null;
    let document: Facade = this.parentNode;
    while (document.parentNode !== null) document = document.parentNode;
    return document;
  }

  get ownerElement(): Facade | null {
    return this.nodeType === NODE_TYPE.attribute ? this.parentNode : null;
  }

  get childNodes(): readonly Facade[] {
    if (this.children === null) {
      const children: Facade[] = [];
      if (this.node?.kind === "element") {
        const nodes = this.node.children;
        for (let index = 0; index < nodes.length; index++) {
          children.push(wrap(nodes[index] as XmlNode, this, index));
        }
      }
      this.children = children;
    }
    return this.children;
  }

  get attributes(): AttributeList | null {
    if (this.node?.kind !== "element") return null;
    if (this.attributeNodes === null) {
      const nodes: Facade[] = [];
      const element = this.node;
      let index = Number.MIN_SAFE_INTEGER;
      for (const [name, value] of element.attributes) {
        nodes.push(
          new Facade({
            nodeType: NODE_TYPE.attribute,
            name,
            value,
            parent: this,
            index: index++,
            node: null,
            owner: element,
            budget: this.budget,
          }),
        );
      }
      this.attributeNodes = new AttributeList(nodes);
    }
    return this.attributeNodes;
  }

  /** What the function `id()` of XPath asks the document: here an id is the value of the attribute `id`. */
  getElementById(id: string): Facade | null {
    const pending: Facade[] = [this];
    for (let facade = pending.pop(); facade !== undefined; facade = pending.pop()) {
      this.budget.spend();
      if (facade.node?.kind === "element" && facade.node.id === id) return facade;
      const children = facade.childNodes;
      for (let index = children.length - 1; index >= 0; index--) pending.push(children[index] as Facade);
    }
    return null;
  }

  /** Document order as the DOM tells it: 2 when `other` comes first, 4 when it comes later, 0 when same. */
  compareDocumentPosition(other: Facade): number {
    const order = documentOrder(this, other);
    return order === 0 ? 0 : order > 0 ? 2 : 4;
  }

  match(): XPathMatch | null {
    if (this.node !== null) return this.node;
    if (this.owner !== null) {
      return { kind: "attribute", element: this.owner, name: this.nodeName, value: this.value ?? "" };
    }
    return this.childNodes[0]?.match() ?? null;
  }
}

interface FacadeParts {
  readonly nodeType: number;
  readonly name: string;
  readonly value: string | null;
  readonly parent: Facade | null;
  readonly index: number;
  readonly node: XmlNode | null;
  readonly owner: XmlElement | null;
  readonly budget: VisitBudget;
}

class AttributeList {
  private readonly nodes: readonly Facade[];

  constructor(nodes: readonly Facade[]) {
    this.nodes = nodes;
  }

  get length(): number {
    return this.nodes.length;
  }

  item(index: number): Facade | null {
    const node = this.nodes[index] ?? null;
    node?.budget.spend();
    return node;
  }
}

/** A total order of the nodes of one tree: negative when `a` comes before `b`. */
export function documentOrder(a: Facade, b: Facade): number {
  let aUp: Facade = a;
  let bUp: Facade = b;
  let aDepth = depthOf(a);
  let bDepth = depthOf(b);
  const depthDifference = aDepth - bDepth;
  for (; aDepth > bDepth && aUp.parentNode !== null; aDepth--) aUp = aUp.parentNode;
  for (; bDepth > aDepth && bUp.parentNode !== null; bDepth--) bUp = bUp.parentNode;
  if (aUp === bUp) return depthDifference;
  while (aUp.parentNode !== null && bUp.parentNode !== null && aUp.parentNode !== bUp.parentNode) {
    aUp = aUp.parentNode;
    bUp = bUp.parentNode;
  }
  return aUp.index - bUp.index;
}

function depthOf(node: Facade): number {
  let depth = 0;
  for (let above = node.parentNode; above !== null; above = above.parentNode) depth++;
  return depth;
}

function wrap(node: XmlNode, parent: Facade, index: number): Facade {
  return Facade.of(node, parent, index);
}
