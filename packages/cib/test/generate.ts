import { XmlComment, XmlElement, type XmlNode, XmlText } from "@quorate/xml";
import fc from "fast-check";

const NAMES = ["a", "b", "comment", "configuration"] as const;
const IDS = ["1", "2", "3", "it's", "a']/b[@id='c"] as const;

/** Documents that are alike, with what makes differences hard: siblings of one name and id, comments, text, moves. */
export const tree: fc.Arbitrary<XmlElement> = fc.letrec<{ element: XmlElement; node: XmlNode }>((tie) => ({
  element: fc
    .tuple(
      fc.constantFrom(...NAMES),
      fc.option(fc.constantFrom(...IDS), { nil: null, freq: 3 }),
      fc.array(fc.tuple(fc.constantFrom("x", "y", "z"), fc.constantFrom("1", "2")), { maxLength: 3 }),
      fc.array(tie("node"), { maxLength: 5 }),
    )
    .map(([name, id, attributes, children]) =>
      build(name, id === null ? attributes : [["id", id], ...attributes], children),
    ),
  node: fc.oneof(
    { depthSize: "small" },
    { weight: 1, arbitrary: fc.constantFrom("c", "d").map((text): XmlNode => new XmlComment(text)) },
    { weight: 1, arbitrary: fc.constantFrom("t", "u").map((text): XmlNode => new XmlText(text)) },
    { weight: 6, arbitrary: tie("element") },
  ),
})).element;

/** Root without text, since a patch cannot express that. */
export const document: fc.Arbitrary<XmlElement> = fc
  .tuple(
    fc.array(fc.tuple(fc.constantFrom("epoch", "x"), fc.constantFrom("1", "2")), { maxLength: 2 }),
    fc.array(tree, { maxLength: 5 }),
  )
  .map(([attributes, children]) => build("cib", attributes, children));

function build(
  name: string,
  attributes: readonly (readonly [string, string])[],
  children: readonly XmlNode[],
): XmlElement {
  const element = new XmlElement(name, attributes);
  for (const child of children) {
    const last = element.children[element.children.length - 1];
    if (child.kind !== "text" || last?.kind !== "text") element.append(child.clone());
  }
  return element;
}
