import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseXml, type XmlElement } from "@quorate/xml";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unpackCluster } from "../src/model/unpack.ts";
import { decide } from "../src/schedule.ts";
import { NOW_S } from "./model/cluster-under-test.ts";

const FOLDER = join(import.meta.dirname, "../testdata");
const CASES = readdirSync(FOLDER).filter((name) => !name.startsWith("."));

/** One thing that somebody, or a bug, may do to a document. */
type Damage =
  | { readonly kind: "remove" | "repeat" | "loseAttribute"; readonly at: number }
  | { readonly kind: "move" | "mix"; readonly at: number; readonly from: number }
  | { readonly kind: "set"; readonly at: number; readonly value: string };

const damages: fc.Arbitrary<readonly Damage[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constantFrom("remove", "repeat", "loseAttribute"), at: fc.nat() }),
    fc.record({ kind: fc.constantFrom("move", "mix"), at: fc.nat(), from: fc.nat() }),
    fc.record({
      kind: fc.constant("set" as const),
      at: fc.nat(),
      value: fc.constantFrom(
        "",
        "-1",
        "INFINITY",
        "true",
        "77",
        "x",
        "Promoted",
        "block",
        "unfencing",
        "P1D",
      ),
    }),
  ),
  { minLength: 1, maxLength: 6 },
);

function damaged(text: string, list: readonly Damage[]): XmlElement {
  const parsed = parseXml(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  const elements = [...parsed.root.descendants()];
  for (const damage of list) {
    const element = elements[damage.at % elements.length] as XmlElement;
    const names = [...element.attributes.keys()];
    const name = names[damage.at % Math.max(1, names.length)];
    switch (damage.kind) {
      case "remove":
        element.remove();
        break;
      case "repeat":
        element.parent?.append(element.clone());
        break;
      case "loseAttribute":
        if (name !== undefined) element.attributes.delete(name);
        break;
      case "set":
        if (name !== undefined) element.set(name, damage.value);
        break;
      case "move":
        element.append((elements[damage.from % elements.length] as XmlElement).clone());
        break;
      case "mix": {
        const other = elements[damage.from % elements.length] as XmlElement;
        for (const [otherName, value] of other.attributes) element.set(otherName, value);
        break;
      }
    }
  }
  return parsed.root;
}

describe("a damaged document", () => {
  it.each(CASES)("still gives a schedule: %s", (name) => {
    const text = readFileSync(join(FOLDER, name, "cib.xml"), "utf8");
    fc.assert(
      fc.property(damages, (list) => {
        const { graph } = decide(unpackCluster(damaged(text, list), { nowS: NOW_S }));
        expect(graph.synapses.map((synapse) => synapse.id)).toEqual(graph.synapses.map((_, index) => index));
      }),
      { numRuns: 100 },
    );
  });
});
