import { describe, expect, it } from "vitest";
import { indexById, XmlElement, XmlText } from "../src/index.ts";

function tree() {
  const root = new XmlElement("r");
  const a = new XmlElement("a", [["id", "1"]]);
  const b = new XmlElement("b", [["id", "2"]]);
  const c = new XmlElement("a", [["id", "1"]]);
  root.append(a);
  root.append(new XmlText("t"));
  root.append(b);
  b.append(c);
  return { root, a, b, c };
}

describe("XmlElement", () => {
  it("gives raw values, null when absent", () => {
    const element = new XmlElement("e", [["empty", ""]]);
    expect(element.get("empty")).toBe("");
    expect(element.get("absent")).toBeNull();
    expect(element.id).toBeNull();
    expect(element.line).toBe(0);
  });

  it("finds children by name and descendants in document order", () => {
    const { root, a, b, c } = tree();
    expect(root.elements()).toEqual([a, b]);
    expect(root.first("b")).toBe(b);
    expect(root.first("c")).toBeNull();
    expect(root.all("a")).toEqual([a]);
    expect([...root.descendants()]).toEqual([a, b, c]);
    expect([...root.descendants("a")]).toEqual([a, c]);
    expect(indexById(root).get("1")).toBe(a);
    expect(indexById(root).size).toBe(2);
  });

  it("moves a node that already has a parent", () => {
    const { root, a, b } = tree();
    b.insert(a, 0);
    expect(a.parent).toBe(b);
    expect(root.elements()).toEqual([b]);
    root.insert(b, 0);
    expect(root.children[0]).toBe(b);
    root.insert(b, 1);
    expect(root.children[1]).toBe(b);
    b.remove();
    expect(b.parent).toBeNull();
    b.remove();
  });

  it("refuses places that do not exist and cycles", () => {
    const { root, b, c } = tree();
    expect(() => root.insert(b, 3)).toThrow(RangeError);
    expect(() => root.insert(c, -1)).toThrow(RangeError);
    expect(() => c.append(b)).toThrow(/child of itself/);
    expect(() => c.append(c)).toThrow(/child of itself/);
    expect(() => c.append(root)).toThrow(/child of itself/);
  });
});
