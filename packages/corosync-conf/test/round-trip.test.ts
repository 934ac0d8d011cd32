import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type CorosyncConf,
  ensureSection,
  parseCorosyncConf,
  printCorosyncConf,
  removeEverywhere,
  removeItem,
  setEverywhere,
  setItem,
  viewCorosyncConf,
} from "../src/index.ts";

const blanks = fc.constantFrom("", " ", "    ", "\t", "  \t");
const end = fc.constantFrom("\n", "\r\n");
const word = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
const value = fc.stringMatching(/^[!-z|}~]([ -z|}~]{0,12}[!-z|}~])?$/);
const trivia = fc
  .tuple(
    blanks,
    fc.oneof(
      fc.constant(""),
      fc.string().map((text) => `# ${text.replace(/[\r\n]/g, "")}`),
    ),
    end,
  )
  .map((parts) => parts.join(""));
const item = fc
  .tuple(blanks, word, blanks, fc.constant(":"), blanks, fc.option(value, { nil: "" }), blanks, end)
  .map((parts) => parts.join(""));
const { entries } = fc.letrec<{ entries: string; section: string }>((tie) => ({
  entries: fc
    .array(fc.oneof({ depthSize: "small", withCrossShrink: true }, trivia, item, tie("section")), {
      maxLength: 6,
    })
    .map((lines) => lines.join("")),
  section: fc
    .tuple(
      blanks,
      word,
      blanks,
      fc.constant("{"),
      blanks,
      end,
      tie("entries"),
      blanks,
      fc.constant("}"),
      blanks,
      end,
    )
    .map((parts) => parts.join("")),
}));
const file = fc
  .tuple(entries, fc.boolean())
  .map(([text, isCut]) => (isCut ? text.replace(/\r?\n$/, "") : text));

function parse(text: string): CorosyncConf {
  const parsed = parseCorosyncConf(text);
  if (!parsed.ok) throw new Error(`line ${parsed.error.line}: ${parsed.error.message}`);
  return parsed.document;
}

test("every file that follows the grammar is printed byte for byte as it was read", () => {
  fc.assert(
    fc.property(file, (text) => {
      expect(printCorosyncConf(parse(text))).toBe(text);
    }),
  );
});

test("any text is read or refused with a line that it has", () => {
  const line = fc.oneof(fc.string(), item, fc.constantFrom("a {\n", "}\n", "} x\n", "{\n", "a { b\n"));
  fc.assert(
    fc.property(
      fc.array(line).map((lines) => lines.join("")),
      (text) => {
        const parsed = parseCorosyncConf(text);
        if (parsed.ok) expect(printCorosyncConf(parsed.document)).toBe(text);
        else expect(parsed.error.line).toBeLessThanOrEqual(text.split("\n").length);
      },
    ),
  );
});

test("a change touches its own line only, and is read back", () => {
  fc.assert(
    fc.property(file, word, value, (text, key, given) => {
      const document = parse(text);
      setItem(ensureSection(document, "totem"), key, given);
      const changed = printCorosyncConf(document);
      const again = parse(changed);
      expect(printCorosyncConf(again)).toBe(changed);
      const comments = (whole: string) => whole.split(/\r?\n/).filter((line) => line.trim().startsWith("#"));
      expect(comments(changed)).toEqual(comments(text));
      removeItem(ensureSection(again, "totem"), key);
      expect(parseCorosyncConf(printCorosyncConf(again)).ok).toBe(true);
    }),
  );
});

test("what a file cannot hold is refused", () => {
  const totem = ensureSection(parse(""), "totem");
  expect(() => setItem(totem, "cluster_name", "a\n}")).toThrow(RangeError);
  expect(() => setItem(totem, "cluster_name", "a {")).toThrow(RangeError);
  expect(() => setItem(totem, "a b", "c")).toThrow(RangeError);
});

test("a new key takes the indentation of its neighbours, and a repeated one becomes one", () => {
  const document = parse("totem {\n\ttoken: 1\n\t# why\n\ttoken: 2\n\n\tinterface {\n\t}\n}");
  const totem = ensureSection(document, "totem");
  setItem(totem, "token", "5");
  setItem(totem, "join", "50");
  expect(printCorosyncConf(document)).toBe(
    "totem {\n\t# why\n\ttoken: 5\n\tjoin: 50\n\n\tinterface {\n\t}\n}",
  );
});

test("of repeated sections, a key goes from all, and a new value is the one that counts", () => {
  const text = "totem {\n  token: 1\n}\ntotem {\n  token: 2\n}\ntotem {\n  join: 3\n}\n";
  const removed = parse(text);
  removeEverywhere(removed, "totem", "token");
  expect([...viewCorosyncConf(removed).totem]).toEqual([["join", "3"]]);
  const set = parse(text);
  setEverywhere(set, "totem", "token", "5");
  expect(printCorosyncConf(set)).toBe("totem {\n}\ntotem {\n  token: 5\n}\ntotem {\n  join: 3\n}\n");
  setEverywhere(set, "totem", "send_join", "80");
  setEverywhere(set, "quorum", "two_node", "1");
  expect(viewCorosyncConf(set).totem.get("send_join")).toBe("80");
  expect(viewCorosyncConf(set).quorum.options.get("two_node")).toBe("1");
});

test.each([
  ["totem {\n  version: 2\n", 2, 'section "totem", which line 1 opens'],
  ["}\n", 1, 'no section for this "}"'],
  ["totem {\n} x\n", 2, "alone on its line"],
  ["totem { version: 2 }\n", 1, 'may follow "{"'],
  ["{\n}\n", 1, "a name is missing"],
  ["totem {\n version 2\n}\n", 2, "is the colon missing"],
  [`# ${"x".repeat(600)}\n`, 1, "longer than 511 bytes"],
])("%j is refused at its line", (text, line, message) => {
  const parsed = parseCorosyncConf(text);
  expect(parsed).toMatchObject({ ok: false, error: { line, message: expect.stringContaining(message) } });
});
