import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalXml, parseXml, serializeXml, XmlComment, XmlElement, XmlText } from "../src/index.ts";
import { element } from "./generate.ts";

describe("serializeXml", () => {
  it("prints two blanks a level, one element a line, no declaration", () => {
    const root = new XmlElement("cib", [["epoch", "1"]]);
    const configuration = new XmlElement("configuration");
    configuration.append(new XmlComment(" kept "));
    configuration.append(new XmlElement("nodes"));
    root.append(configuration);
    expect(serializeXml(root)).toBe(
      '<cib epoch="1">\n  <configuration>\n    <!-- kept -->\n    <nodes/>\n  </configuration>\n</cib>\n',
    );
    expect(serializeXml(new XmlElement("transition_graph"))).toBe("<transition_graph/>\n");
  });

  it("leaves elements that hold text on one line", () => {
    const root = new XmlElement("a");
    const inner = new XmlElement("b");
    inner.append(new XmlText("x < y"));
    inner.append(new XmlElement("c"));
    root.append(inner);
    expect(serializeXml(root)).toBe("<a>\n  <b>x &lt; y<c/></b>\n</a>\n");
  });

  it("CIB specification 6: escapes in attributes and in text", () => {
    const root = new XmlElement("a", [["v", "<>&\"'\t\n\u0001\u007fé"]]);
    root.append(new XmlText('<>&"\t\n\u0001é'));
    expect(canonicalXml(root)).toBe(
      '<a v="&lt;&gt;&amp;&quot;\'&#x09;&#x0A;&#x01;&#x7F;é">&lt;&gt;&amp;"\t\n&#x01;é</a>',
    );
  });
});

describe("canonicalXml", () => {
  it("has no blanks between elements and can leave out attributes", () => {
    const root = new XmlElement("cib", [
      ["epoch", "1"],
      ["update-user", "root"],
    ]);
    root.append(new XmlElement("status", [["update-user", "x"]]));
    expect(canonicalXml(root)).toBe('<cib epoch="1" update-user="root"><status update-user="x"/></cib>');
    expect(canonicalXml(root, { omitAttributes: new Set(["update-user"]) })).toBe(
      '<cib epoch="1"><status/></cib>',
    );
  });
});

describe("round trips", () => {
  it("parse(print(tree)) is the tree, for both forms", () => {
    fc.assert(
      fc.property(element, (tree) => {
        for (const text of [serializeXml(tree), canonicalXml(tree)]) {
          const again = parseXml(text);
          if (!again.ok) throw new Error(`${again.error.message}: ${text}`);
          expect(canonicalXml(again.root)).toBe(canonicalXml(tree));
          expect(serializeXml(again.root)).toBe(serializeXml(tree));
        }
      }),
    );
  });

  it("a copy prints the same and shares nothing", () => {
    fc.assert(
      fc.property(element, (tree) => {
        const before = canonicalXml(tree);
        const copy = tree.clone();
        expect(canonicalXml(copy)).toBe(before);
        for (const below of [copy, ...copy.descendants()]) below.set("id", "changed");
        expect(canonicalXml(tree)).toBe(before);
      }),
    );
  });
});
