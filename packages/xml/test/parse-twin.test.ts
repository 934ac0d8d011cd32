import fc from "fast-check";
import { SaxesParser } from "saxes";
import { describe, expect, it } from "vitest";
import { parseXml, serializeXml, XmlElement, XmlText } from "../src/index.ts";

/** The tree that an independent parser finds, printed; null when it refuses the text. */
function twin(text: string): string | null {
  const parser = new SaxesParser({ xmlns: false, forceXMLVersion: true, defaultXMLVersion: "1.0" });
  let root: XmlElement | null = null;
  let current: XmlElement | null = null;
  const addText = (piece: string): void => {
    if (current === null || piece.trim() === "") return;
    const last = current.children[current.children.length - 1];
    if (last?.kind === "text") last.text += piece;
    else current.append(new XmlText(piece));
  };
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", (tag) => {
    const element: XmlElement = new XmlElement(tag.name, Object.entries(tag.attributes));
    if (current === null) root = element;
    else current.append(element);
    current = element;
  });
  parser.on("closetag", () => {
    current = current?.parent ?? null;
  });
  parser.on("text", addText);
  parser.on("cdata", addText);
  try {
    parser.write(text).close();
  } catch {
    return null;
  }
  return root === null ? null : serializeXml(root);
}

function own(text: string): string | null {
  const parsed = parseXml(text);
  return parsed.ok ? serializeXml(parsed.root) : null;
}

/** Pieces that make and break documents when they are put together. */
const PIECES = [
  ..."<>/='\"&;!?-[]# \n\t\r",
  ..."aé𝒳·:1.",
  ..."\u0001\ufffe\u00d7",
  ...[
    "<a>",
    "</a>",
    "<b/>",
    "<a b='1'>",
    '<a c = "x y">',
    " d='&lt;'",
    "&amp;",
    "&#65;",
    "&#x1F600;",
    "&#0;",
  ],
  ...["<![CDATA[", "]]>", "<?pi x?>", "<?xml version='1.0'?>", "&quot", "&nbsp;", "\r\n", " e=''", "text"],
];

describe("parseXml against an independent parser", () => {
  it("a sequence of pieces is accepted and understood alike", () => {
    const document = fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((pieces) => pieces.join(""));
    const inside = document.map((text) => `<r>${text}</r>`);
    const inTag = document.map((text) => `<r ${text}/>`);
    const inValue = document.map((text) => `<r v="${text}"/>`);
    fc.assert(
      fc.property(fc.oneof(document, inside, inTag, inValue), (text) => {
        expect(own(text)).toBe(twin(text));
      }),
      { numRuns: 3000 },
    );
  });
});
