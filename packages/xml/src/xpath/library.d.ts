/** What we use of the library `xpath`; it only reads the listed properties of nodes. */
export interface LibraryNode {
  readonly nodeType: number;
  readonly nodeName: string;
  readonly localName: string;
  readonly nodeValue: string | null;
  readonly parentNode: LibraryNode | null;
  readonly firstChild: LibraryNode | null;
  readonly nextSibling: LibraryNode | null;
  readonly previousSibling: LibraryNode | null;
  readonly ownerDocument: LibraryNode | null;
}

interface LibraryNodeSet<Node> {
  toUnsortedArray(): Node[];
}

interface ParsedExpression {
  /** Throws when the expression cannot be evaluated or its value is not a node set. */
  evaluateNodeSet<Node extends LibraryNode>(options: { readonly node: Node }): LibraryNodeSet<Node>;
}

/** Throws on a syntax error. */
export function parse(expression: string): ParsedExpression;
