import { expect, test } from "vitest";
import { addNode, parseCorosyncConf, printCorosyncConf, removeNode } from "../src/index.ts";

const node = (name: string, id: number) => `  node {
    # rack ${id}
    ring0_addr: 192.0.2.${id}
    name: ${name}
    nodeid: ${id}
  }
`;
const conf = (...nodes: string[]) => `totem {\n  version: 2\n}\nnodelist {\n${nodes.join("")}}\n`;

function changed(text: string, change: (document: never) => void): string {
  const parsed = parseCorosyncConf(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  change(parsed.document as never);
  return printCorosyncConf(parsed.document);
}

test("a node is removed, and the others stay as they were written", () => {
  const all = conf(node("a", 1), node("b", 2), node("c", 3));
  expect(changed(all, (document) => removeNode(document, "b"))).toBe(conf(node("a", 1), node("c", 3)));
  expect(changed(all, (document) => removeNode(document, "x"))).toBe(all);
});

test("a node is added at the end of the list", () => {
  const text = changed(conf(node("a", 1)), (document) =>
    addNode(document, [
      ["ring0_addr", "192.0.2.2"],
      ["name", "b"],
      ["nodeid", "2"],
    ]),
  );
  expect(text.startsWith(conf(node("a", 1)).slice(0, -2))).toBe(true);
  const again = changed(text, (document) => removeNode(document, "b"));
  expect(again).toContain("name: a");
  expect(again).not.toContain("name: b");
});

test("what a file cannot hold is refused", () => {
  expect(() => changed(conf(), (document) => addNode(document, [["name", "b\n}"]]))).toThrow(RangeError);
});
