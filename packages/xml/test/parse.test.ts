import { describe, expect, it } from "vitest";
import { parseXml, serializeXml } from "../src/index.ts";

function refusalOf(text: string, options = {}) {
  const result = parseXml(text, options);
  if (result.ok) throw new Error(`accepted as ${serializeXml(result.root).slice(0, 100)}`);
  return result.error;
}

describe("parseXml", () => {
  it("keeps order of attributes, names with prefixes, comments and line numbers", () => {
    const result = parseXml(
      '<?xml version="1.0"?>\n<!-- before -->\n<a z="1" b="2">\n  <!-- c -->\n  <x:y\n   q="3"/>\n</a>\n',
    );
    if (!result.ok) throw new Error(result.error.message);
    const { root } = result;
    expect([...root.attributes]).toEqual([
      ["z", "1"],
      ["b", "2"],
    ]);
    expect(root.line).toBe(3);
    expect(root.children.map((child) => child.kind)).toEqual(["comment", "element"]);
    expect(root.elements()[0]?.name).toBe("x:y");
    expect(root.elements()[0]?.line).toBe(5);
  });

  it("drops white space between elements, joins CDATA with the text around it", () => {
    const result = parseXml("<a> \n\t<b> x<![CDATA[<&]]>y </b> </a>");
    if (!result.ok) throw new Error(result.error.message);
    expect(result.root.children.length).toBe(1);
    expect(result.root.elements()[0]?.children).toMatchObject([{ kind: "text", text: " x<&y " }]);
  });

  it("decodes references and normalises blanks in attributes", () => {
    const result = parseXml("<a b='1&#10;2\n3&amp;&lt;&gt;&quot;&apos;&#x20AC;' __proto__='p'/>");
    if (!result.ok) throw new Error(result.error.message);
    expect(result.root.get("b")).toBe("1\n2 3&<>\"'€");
    expect(result.root.get("__proto__")).toBe("p");
  });

  it.each([
    ["", /root element/],
    ["   ", /root element/],
    ["text", /outside of root/],
    ["<a>", /unclosed tag: a/],
    ["<a", /./],
    ["<a b='", /./],
    ["<a><!-- x", /./],
    ["<a>\n<b></c>", /unexpected close tag, <b> of line 2 is open/],
    ["<a/><b/>", /only one root/],
    ["<a/>x", /outside of root/],
    ["<a b='1' b='2'/>", /duplicate attribute: b/],
    ["<a b=1/>", /quoted/],
    ["<a b='<'/>", /disallowed character/],
    ["<a>&b;</a>", /undefined entity/],
    ["<a>\u0000</a>", /disallowed character/],
    ["<a>\u0001</a>", /disallowed character/],
    ["<a b='\u001f'/>", /disallowed character/],
    ["<a>&#0;</a>", /character entity/],
    ["<a>&#xD800;</a>", /character entity/],
    ["<a>\ud800</a>", /surrogate/],
    ["<a b='x\udc00'/>", /surrogate/],
    ["<?xml version='1.1'?><a>&#1;</a>", /character entity/],
    ["<a>]]></a>", /./],
    ["\u0000\u0001\u0002", /./],
  ])("refuses %j", (text, message) => {
    const error = refusalOf(text);
    expect(error.message).toMatch(message);
    expect(error.line).toBeGreaterThan(0);
    expect(error.column).toBeGreaterThan(0);
  });

  it("tells the place of a mistake", () => {
    expect(refusalOf("<a>\n  <b>\n  </c>\n</a>")).toMatchObject({ line: 3 });
    expect(refusalOf("<a>\n <b x='\udc00'/></a>")).toEqual({
      message: "half of a surrogate pair is not a character",
      line: 2,
      column: 8,
    });
  });
});

describe("parseXml: hostile documents", () => {
  it("billion laughs: refuses the entity definitions themselves", () => {
    const levels = Array.from(
      { length: 10 },
      (_, level) => `<!ENTITY l${level + 1} "${`&l${level};`.repeat(10)}">`,
    );
    const text = `<!DOCTYPE a [<!ENTITY l0 "lol">${levels.join("")}]><a>&l10;</a>`;
    expect(refusalOf(text).message).toMatch(/defines entities/);
  });

  it("refuses external and parameter entities, accepts a document type without any", () => {
    expect(refusalOf('<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>').message).toMatch(
      /entities/,
    );
    expect(refusalOf('<!DOCTYPE a [<!ENTITY % e SYSTEM "http://x/">%e;]><a/>').message).toMatch(/entities/);
    expect(parseXml('<!DOCTYPE cib SYSTEM "cib.dtd"><cib/>').ok).toBe(true);
  });

  it("refuses nesting beyond the limit without exhausting the stack", () => {
    expect(refusalOf("<a>".repeat(100_000)).message).toBe("elements are nested deeper than 256");
    expect(refusalOf("<a><a><a/></a></a>", { depthMax: 2 }).message).toMatch(/deeper than 2/);
    expect(parseXml("<a><a/></a>", { depthMax: 2 }).ok).toBe(true);
  });

  it("walks, copies and prints 100 000 levels when the limit is lifted", () => {
    const text = "<a>".repeat(100_000) + "</a>".repeat(100_000);
    const result = parseXml(text, { depthMax: 200_000 });
    if (!result.ok) throw new Error(result.error.message);
    const copy = result.root.clone();
    expect([...copy.descendants()].length).toBe(99_999);
    expect(serializeXml(new XmlElementHolder(copy).innermost)).toBe("<a/>\n");
  });

  it("refuses a 50 MB attribute, text and comment", () => {
    const huge = "x".repeat(50_000_000);
    expect(refusalOf(`<a b="${huge}"/>`).message).toBe(
      "b has 50000000 characters, more than the 10485760 allowed",
    );
    expect(refusalOf(`<a>${huge}</a>`).message).toMatch(/^text has/);
    expect(
      refusalOf(`<a>${"<![CDATA[yyyyyyyyyyyyyyyyyyyy]]>".repeat(10)}</a>`, { valueLengthMax: 100 }).message,
    ).toMatch(/^text has/);
    expect(refusalOf(`<a><!--${huge}--></a>`).message).toMatch(/^comment has/);
  });

  it("refuses too long documents and too many nodes", () => {
    expect(refusalOf("<a/>", { lengthMax: 3 }).message).toMatch(/more than the 3 allowed/);
    expect(refusalOf("<a><b/><b/></a>", { nodeCountMax: 2 }).message).toMatch(/more than 2 nodes/);
  });

  it("refuses too many attributes of one element, naming the element and its place", () => {
    const withAttributes = (count: number) =>
      `<a>\n  <b ${Array.from({ length: count }, (_, index) => `a${index}=""`).join(" ")}/></a>`;
    expect(parseXml(withAttributes(1024)).ok).toBe(true);
    const refusal = refusalOf(withAttributes(1025));
    expect(refusal.message).toBe("element b has more than 1024 attributes");
    expect(refusal.line).toBe(2);
    expect(refusalOf(withAttributes(200_000)).message).toMatch(/more than 1024/);
  });
});

/** Goes down without recursion, since the matchers of the test library would recurse. */
class XmlElementHolder {
  readonly innermost;

  constructor(root: import("../src/index.ts").XmlElement) {
    let element = root;
    for (let next = element.first("a"); next !== null; next = element.first("a")) element = next;
    this.innermost = element;
  }
}
