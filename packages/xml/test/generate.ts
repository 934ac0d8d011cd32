import fc from "fast-check";
import { XmlComment, XmlElement, type XmlNode, XmlText } from "../src/tree.ts";

const NAMES = ["cib", "node", "primitive", "nvpair", "a-b", "_x.1"] as const;
const ATTRIBUTES = ["id", "name", "value", "__proto__", "constructor"] as const;

/** A character that XML 1.0 allows, leaning to those that need escaping. A carriage return is written as a reference. */
const character = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom("&", "<", ">", '"', "'", "\t", "\n", "\r", "\u007f", " ", "]]>", "é", "😀"),
  },
  {
    weight: 5,
    arbitrary: fc.string({ minLength: 1, maxLength: 1, unit: fc.constantFrom(..."abcXYZ019-_.") }),
  },
);
const value = fc.array(character, { maxLength: 8 }).map((pieces) => pieces.join(""));
const commentText = fc.string({ unit: fc.constantFrom(..."abc <&>"), maxLength: 8 });

export const element: fc.Arbitrary<XmlElement> = fc.letrec<{ element: XmlElement; node: XmlNode }>((tie) => ({
  element: fc
    .tuple(
      fc.constantFrom(...NAMES),
      fc.array(fc.tuple(fc.constantFrom(...ATTRIBUTES), value), { maxLength: 4 }),
      fc.array(tie("node"), { maxLength: 4 }),
    )
    .map(([name, attributes, children]) => {
      const made = new XmlElement(name, attributes);
      for (const child of children) {
        const last = made.children[made.children.length - 1];
        if (child.kind === "text" && last?.kind === "text") continue;
        made.append(child.clone());
      }
      return made;
    }),
  node: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    commentText.map((text): XmlNode => new XmlComment(text)),
    value.filter((text) => text.trim() !== "").map((text): XmlNode => new XmlText(text)),
    tie("element"),
  ),
})).element;
