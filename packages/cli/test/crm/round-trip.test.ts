import { serializeXml, XmlElement } from "@quorate/xml";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { splitWords } from "../../src/crm/language/lines.ts";
import { typeOfWord } from "../../src/crm/language/object-types.ts";
import { Cursor } from "../../src/crm/language/read/cursor.ts";
import { readObject } from "../../src/crm/language/read/read-object.ts";
import { isSameMeaning } from "../../src/crm/language/same-meaning.ts";
import { pair } from "../../src/crm/language/write/values.ts";
import { writeObject } from "../../src/crm/language/write/write-object.ts";

const id = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,8}$/);
const name = fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/);
/** Backslashes are kept as they are, so one before a quote or at the end would be read as part of the quoting. */
const value = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => !/[\\\n\r]/.test(text));

const context = { hides: () => false, isReferenced: () => false, nodeNames: [] };

function list(tag: string, values: readonly (readonly [string, string])[]): XmlElement {
  const element = new XmlElement(tag);
  for (const [key, text] of values) {
    element.append(
      new XmlElement("nvpair", [
        ["name", key],
        ["value", text],
      ]),
    );
  }
  return element;
}

describe("crm language", () => {
  test("a value comes back from its word, whatever is in it", () => {
    fc.assert(
      fc.property(name, value, (key, text) => {
        expect(splitWords(`x ${pair(key, text)} y`)).toEqual({
          ok: true,
          words: ["x", `${key}=${text}`, "y"],
        });
      }),
    );
  });

  test("a primitive comes back from its text", () => {
    const values = fc.uniqueArray(fc.tuple(name, value), { maxLength: 4, selector: ([key]) => key });
    fc.assert(
      fc.property(id, values, values, fc.boolean(), (resource, params, meta, hasMonitor) => {
        const element = new XmlElement("primitive", [
          ["id", resource],
          ["class", "ocf"],
          ["provider", "pacemaker"],
          ["type", "Dummy"],
        ]);
        if (params.length > 0) element.append(list("instance_attributes", params));
        if (meta.length > 0) element.append(list("meta_attributes", meta));
        if (hasMonitor) {
          const operations = new XmlElement("operations");
          operations.append(
            new XmlElement("op", [
              ["name", "monitor"],
              ["interval", "10s"],
              ["timeout", "20s"],
            ]),
          );
          element.append(operations);
        }
        const text = writeObject(typeOfWord("primitive")!, element, context)!.join(" ");
        const words = splitWords(text);
        expect(words.ok).toBe(true);
        const read = readObject(new Cursor(words.ok ? words.words : [])).element;
        expect(isSameMeaning(read, element), `${text}\n${serializeXml(read)}`).toBe(true);
      }),
    );
  });

  test("no words make the reader crash", () => {
    const word = fc.oneof(
      fc.constantFrom(
        "primitive",
        "rule",
        "op",
        "params",
        "meta",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "100:",
        "inf:",
        "date",
        "and",
        "a=b",
        "$id=x",
        "@t",
        "to",
      ),
      fc.string({ maxLength: 6 }),
    );
    const kinds = [
      "primitive",
      "group",
      "clone",
      "location",
      "colocation",
      "order",
      "rsc_ticket",
      "property",
      "node",
      "alert",
      "role",
      "bundle",
      "fencing_topology",
      "tag",
    ];
    fc.assert(
      fc.property(fc.constantFrom(...kinds), fc.array(word, { maxLength: 10 }), (kind, words) => {
        try {
          readObject(new Cursor([kind, ...words]));
        } catch (error) {
          expect((error as Error).name).toBe("CrmSyntaxError");
        }
      }),
    );
  });
});
