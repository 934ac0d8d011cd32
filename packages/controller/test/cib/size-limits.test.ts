import { makeRequest } from "@quorate/cib";
import { parseXml } from "@quorate/xml";
import { describe, expect, test } from "vitest";
import { changeBytes, SizeLimits } from "../../src/cib/size-limits.ts";

const MIB = 1024 * 1024;

function documentWith(configuration: string) {
  const parsed = parseXml(`<cib><configuration>${configuration}</configuration></cib>`);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.root;
}

/** Elements of at least so many characters. */
const large = (size: number) => `<x description="${"a".repeat(MIB)}"/>`.repeat(size / MIB);
const request = (operation: "cib_create" | "cib_replace" | "cib_delete", data: string) =>
  makeRequest(operation, { section: "resources", data });

function ask(limits: SizeLimits, asked: ReturnType<typeof request>, document = documentWith("")) {
  return limits.refusal(asked, changeBytes(asked), document);
}

test.each([
  ["plain", "abc <x/>"],
  ["escaped", '<x y="\\"/>\n\t\r\u0001'],
  ["of two and three bytes", "äöü €"],
  ["beyond the basic plane", "😀 \ud800"],
])("the bytes of a change are not fewer than are sent: %s", (_, data) => {
  const asked = { data, xpath: data, section: "resources" };
  const sent = Object.values(asked).map((text) => Buffer.byteLength(JSON.stringify(text)) - 2);
  expect(changeBytes(asked)).toBeGreaterThanOrEqual(sent.reduce((sum, bytes) => sum + bytes));
});

describe("size limits", () => {
  test("one change", () => {
    const limits = new SizeLimits();
    expect(ask(limits, request("cib_delete", large(31 * MIB)))).toBeNull();
    expect(ask(limits, request("cib_delete", large(32 * MIB)))).toMatchObject({ code: "tooLarge" });
    expect(ask(limits, request("cib_delete", "€".repeat(11 * MIB)))).toMatchObject({ code: "tooLarge" });
  });

  test("changes that are under way together", () => {
    const limits = new SizeLimits();
    const asked = request("cib_delete", large(30 * MIB));
    const bytes = changeBytes(asked);
    limits.begun(bytes);
    expect(ask(limits, asked)).toBeNull();
    limits.begun(bytes);
    expect(ask(limits, asked)).toMatchObject({ kind: "unavailable" });
    limits.over(bytes);
    expect(ask(limits, asked)).toBeNull();
  });

  test("a configuration that grows, by this node's clients or others'; what makes it smaller is taken", () => {
    const limits = new SizeLimits();
    const small = request("cib_create", large(5 * MIB));
    let document = documentWith(large(10 * MIB));
    expect(ask(limits, small, document)).toBeNull();
    document = documentWith(large(20 * MIB));
    // Not measured again: nobody was told of the change.
    expect(ask(limits, small, document)).toBeNull();
    limits.applied(small);
    expect(ask(limits, small, document)).toMatchObject({ code: "tooLarge" });
    expect(ask(limits, request("cib_delete", "<x/>"), document)).toBeNull();
    expect(ask(limits, request("cib_replace", "<resources/>"), document)).toBeNull();
    limits.replaced();
    expect(ask(limits, small, documentWith(""))).toBeNull();
  });
});
