import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseXml, selectXPath, XmlElement } from "../src/index.ts";
import { parsePlainPath } from "../src/xpath/plain-path.ts";

const DOCUMENT = `<cib epoch="1"><configuration><nodes><node id="1" uname="n1"/><node id="2" uname="n2"/></nodes>
<resources><!--c--><group id="g"><primitive id="p"><meta_attributes id="m"><nvpair id="v" name="x" value="5"/>
</meta_attributes></primitive></group><primitive id="q">text</primitive></resources></configuration></cib>`;

function select(expression: string): string[] {
  const parsed = parseXml(DOCUMENT);
  if (!parsed.ok) throw new Error(parsed.error.message);
  const result = selectXPath(parsed.root, expression);
  if (!result.ok) throw new Error(result.error);
  return result.nodes.map((node) => {
    if (node.kind === "element") return node.id === null ? node.name : `${node.name}#${node.id}`;
    return node.kind === "attribute" ? `@${node.name}=${node.value}` : `${node.kind}:${node.text}`;
  });
}

describe("selectXPath", () => {
  it.each([
    ["/", ["cib"]],
    ["/cib", ["cib"]],
    ["/nodes", []],
    ["//node", ["node#1", "node#2"]],
    ["//node/@uname", ["@uname=n1", "@uname=n2"]],
    ["//primitive[@id='p']", ["primitive#p"]],
    ['//group//*[@name="x"][@value]', ["nvpair#v"]],
    ["//primitive[@id='p']/..", ["group#g"]],
    ["//node[2] | //node[1]", ["node#1", "node#2"]],
    ["//nvpair[@value > 4 and starts-with(@name, 'x')]/ancestor::primitive", ["primitive#p"]],
    ["//primitive[not(ancestor::group)]/text()", ["text:text"]],
    ["//comment()", ["comment:c"]],
    ["//node[1]/following::primitive", ["primitive#p", "primitive#q"]],
    ["//primitive[last()]/preceding-sibling::*", ["group#g"]],
    ["//*[count(*) = 2]", ["configuration", "nodes", "resources"]],
    ["id('g')", ["group#g"]],
  ])("%s", (expression, expected) => {
    expect(select(expression)).toEqual(expected);
  });

  it.each([
    "//a[",
    "",
    "count(//node)",
    "'x'",
    "$v",
    "//x:y",
    "(".repeat(3000),
    "nosuch()",
    "/".repeat(70_000),
  ])("refuses %.20s with a reason", (expression) => {
    const result = selectXPath(new XmlElement("cib"), expression);
    expect(result.ok ? "accepted" : result.error).toMatch(/^XPath expression ".*" cannot be used: ./s);
  });
});

describe("the work of an expression", () => {
  /** `width` elements `a` below each element, `depth` deep, each with an attribute. */
  function tree(width: number, depth: number): XmlElement {
    const element = new XmlElement("a", [["x", `${width}.${depth}`]]);
    if (depth > 0) for (let index = 0; index < width; index++) element.append(tree(width, depth - 1));
    return element;
  }

  it("does not multiply with its steps", () => {
    const chain = tree(1, 200);
    const startMs = performance.now();
    const result = selectXPath(chain, `(${"//*".repeat(12)})`);
    expect(result.ok && result.nodes.length).toBe(190);
    expect(performance.now() - startMs).toBeLessThan(5000);
  });

  it("counts each node once", () => {
    const result = selectXPath(tree(1, 5), "/*[count(.//*//*) = 4]");
    expect(result.ok && result.nodes.length).toBe(1);
  });

  it.each([
    "//*[@x = //*/@y]/..",
    "//a/@x[. != //a/@x]",
    "//*/following::*/preceding::*",
    "//*[string(/*) = 'y']",
  ])("is bounded: %s", (expression) => {
    const result = selectXPath(tree(20, 2), expression, { visitCountMax: 50_000 });
    expect(result.ok ? "accepted" : result.error).toMatch(/looks at nodes more than 50000 times: name the/);
    expect(selectXPath(tree(3, 2), expression, { visitCountMax: 50_000 }).ok).toBe(true);
  });
});

describe("plain paths", () => {
  it("are recognised, everything else is left to the library", () => {
    expect(parsePlainPath("/cib//node[@id='1'][@uname]")).toHaveLength(2);
    for (const other of [
      "node",
      "//node[1]",
      "//node/@id",
      "//a|//b",
      "//x:y",
      "/",
      "//node[@a='1' or @b]",
      "",
    ]) {
      expect(parsePlainPath(other)).toBeNull();
    }
  });

  it("select what the library selects", () => {
    const name = fc.constantFrom("a", "b", "*");
    const test = fc.constantFrom("", "[@id]", "[@id='1']", '[@name="1"][@id]');
    const step = fc.tuple(fc.constantFrom("/", "//"), name, test).map((parts) => parts.join(""));
    const expression = fc.array(step, { minLength: 1, maxLength: 4 }).map((steps) => steps.join(""));
    const tree = fc.letrec<{ node: XmlElement }>((tie) => ({
      node: fc
        .tuple(
          fc.constantFrom("a", "b"),
          fc.array(fc.tuple(fc.constantFrom("id", "name"), fc.constantFrom("1", "2")), { maxLength: 2 }),
          fc.oneof({ depthSize: "small" }, fc.constant([]), fc.array(tie("node"), { maxLength: 3 })),
        )
        .map(([made, attributes, children]) => {
          const element = new XmlElement(made, attributes);
          for (const child of children) element.append(child.clone());
          return element;
        }),
    })).node;
    fc.assert(
      fc.property(tree, expression, (root, path) => {
        expect(parsePlainPath(path)).not.toBeNull();
        const fast = selectXPath(root, path);
        const slow = selectXPath(root, `(${path})`);
        if (!fast.ok || !slow.ok) throw new Error("refused");
        expect(fast.nodes.length).toBe(slow.nodes.length);
        for (const [index, node] of fast.nodes.entries()) expect(node === slow.nodes[index]).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
