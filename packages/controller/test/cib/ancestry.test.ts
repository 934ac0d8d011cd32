import { emptyCib } from "@quorate/cib";
import { describe, expect, test } from "vitest";
import { configurationId, formatProvenance, parseProvenance } from "../../src/cib/ancestry.ts";

function document(epoch: number) {
  const cib = emptyCib({ featureSet: "3.20.5", schema: "pacemaker-4.0" });
  cib.set("epoch", String(epoch));
  return cib;
}

const former = document(16);
const adopted = document(14);
const FORMER = { ancestry: ["0.15.x", configurationId(former)], quorateRing: 4, quorateEpoch: 12 };
const ADOPTED = { ancestry: ["0.12.y", configurationId(adopted)], quorateRing: 9, quorateEpoch: 14 };

describe("where the copy on disk comes from", () => {
  test("as long as another one has not replaced it, is not where that comes from", () => {
    const text = formatProvenance(ADOPTED, FORMER);
    expect(parseProvenance(text, adopted)).toEqual(ADOPTED);
    expect(parseProvenance(text, former)).toEqual({ ...FORMER, ancestry: [configurationId(former)] });
  });

  test("of one that goes on: the file may be a version ahead of it", () => {
    const next = document(17);
    const grown = { ...FORMER, ancestry: [...FORMER.ancestry, configurationId(next)], quorateEpoch: 17 };
    for (const cib of [former, next])
      expect(parseProvenance(formatProvenance(grown, FORMER), cib)).toEqual(grown);
  });

  test.each(["", "quorate-ring x\nformer\nformer 1", "former a b c\n\n"])("%j claims nothing", (text) => {
    expect(parseProvenance(text, former)).toMatchObject({ quorateRing: 0, quorateEpoch: 0 });
  });
});
