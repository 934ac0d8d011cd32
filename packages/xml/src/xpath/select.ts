import type { XmlElement } from "../tree.ts";
import { documentOrder, Facade, type XPathMatch } from "./facade.ts";
import { parse } from "./library.js";
import { parsePlainPath, selectPlainPath } from "./plain-path.ts";

export type XPathResult =
  | { readonly ok: true; readonly nodes: readonly XPathMatch[] }
  | { readonly ok: false; readonly error: string };

const EXPRESSION_LENGTH_MAX = 65_536;

export interface XPathOptions {
  /**
   * So many times may nodes be looked at. Default 4 million: expressions that tools write look at each node a few
   * times, and a document of 10 MB has about 500 000, attributes included. Counted and not timed, so that all
   * replicas decide the same.
   */
  readonly visitCountMax?: number;
}

const VISIT_COUNT_MAX = 4_000_000;

/**
 * The nodes that an XPath 1.0 expression selects, in document order, each once. `root` is taken as the root
 * of a document even if it has a parent: absolute paths start above it, and "/" selects it. Expressions that
 * give a number, string or boolean, use variables or namespaces, or have a syntax error are refused with a
 * sentence that says so.
 *
 * Cost: the part of the tree that the expression visits; "//name" visits all of it. Expressions that look at nodes
 * too often, as comparisons of everything with everything do, are refused. Plain paths (names,
 * `*`, predicates on one attribute) take a way that is some hundred times faster than the library's.
 */
export function selectXPath(root: XmlElement, expression: string, options: XPathOptions = {}): XPathResult {
  if (expression.length > EXPRESSION_LENGTH_MAX) {
    return refusal(expression, `it is longer than ${EXPRESSION_LENGTH_MAX} characters`);
  }
  const path = parsePlainPath(expression);
  if (path !== null) return { ok: true, nodes: selectPlainPath(root, path) };
  let selected: Facade[];
  try {
    selected = parse(expression)
      .evaluateNodeSet({ node: Facade.document(root, options.visitCountMax ?? VISIT_COUNT_MAX) })
      .toUnsortedArray();
  } catch (error) {
    return refusal(expression, error instanceof Error ? error.message : String(error));
  }
  const nodes: XPathMatch[] = [];
  const ordered = [...new Set(selected)].sort(documentOrder);
  for (const facade of ordered) {
    const match = facade.match();
    if (match !== null) nodes.push(match);
  }
  return { ok: true, nodes };
}

function refusal(expression: string, reason: string): XPathResult {
  const shown = expression.length > 200 ? `${expression.slice(0, 200)}...` : expression;
  return { ok: false, error: `XPath expression "${shown}" cannot be used: ${reason}` };
}
