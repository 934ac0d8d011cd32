import { describe, expect, it } from "vitest";
import { TextReport } from "../../src/render/text-report.ts";

function collect(options: { isFancy: boolean; isQuiet: boolean }) {
  const text = { out: "", error: "" };
  const report = new TextReport(
    {
      out: (piece) => {
        text.out += piece;
      },
      error: (piece) => {
        text.error += piece;
      },
    },
    options,
  );
  return { report, text };
}

describe("TextReport (part 4, 2)", () => {
  it("nests lists by two blanks and a bullet, titles included", () => {
    const { report, text } = collect({ isFancy: true, isQuiet: false });
    report.beginList("Outer");
    report.item("one");
    report.beginList("Inner");
    report.item("[ a b ]", { name: "Online" });
    report.endList();
    report.endList();
    expect(text.out).toBe("Outer:\n  * one\n  * Inner:\n    * Online: [ a b ]\n");
  });

  it("prints bare lines in plain mode", () => {
    const { report, text } = collect({ isFancy: false, isQuiet: true });
    report.beginList("Outer");
    report.item("one");
    report.info("not shown");
    report.endList();
    expect(text.out).toBe("one\n");
  });

  it("never indents info lines and never suppresses errors", () => {
    const { report, text } = collect({ isFancy: true, isQuiet: true });
    report.beginList("Outer");
    report.error("broken");
    expect(text.error).toBe("broken\n");
  });

  it("opens a lazy list with its first item, once", () => {
    const { report, text } = collect({ isFancy: true, isQuiet: false });
    const empty = report.lazyList("Nothing", { hasSpacer: true });
    expect(empty.close()).toBe(false);
    const list = report.lazyList("Some", { hasSpacer: true });
    for (const item of ["a", "b"]) {
      list.open();
      report.item(item);
    }
    expect(list.close()).toBe(true);
    expect(text.out).toBe("\nSome:\n  * a\n  * b\n");
  });
});
