import { emptyCib, NEWEST_SCHEMA } from "@quorate/cib";
import { decodeUtf8, encodeUtf8, serializeXml, type XmlElement } from "@quorate/xml";
import { describe, expect, test } from "vitest";
import { MemoryDisk, VirtualClock } from "../../../simulator/src/index.ts";
import { type Ancestry, ancestryOf, configurationId, extendAncestry } from "../../src/cib/ancestry.ts";
import { CibDisk } from "../../src/cib/disk.ts";
import { testContext } from "../test-context.ts";

function withEpoch(epoch: number): XmlElement {
  const cib = emptyCib({ featureSet: "3.20.5", schema: NEWEST_SCHEMA });
  cib.set("epoch", String(epoch));
  return cib;
}

/** A disk room over files in memory. */
function room(memory: MemoryDisk): {
  readonly clock: VirtualClock;
  write(document: XmlElement, forMs?: number): { sequence: number; code: string | null }[];
  load(): XmlElement | null | undefined;
} {
  const clock = new VirtualClock();
  const reports: { sequence: number; code: string | null }[] = [];
  let present = withEpoch(0);
  let sequence = 0;
  const disk = new CibDisk({
    context: testContext(clock, { nodeId: 1, name: "n1" }),
    store: memory.open(clock),
    copy: () => ({
      document: present,
      provenance: { ancestry: [configurationId(present)], quorateRing: 7, quorateEpoch: 0 },
      place: { replacements: 0, sequence },
    }),
    persisted: (place, problem) =>
      void reports.push({ sequence: place.sequence, code: problem?.code ?? null }),
  });
  return {
    clock,
    write(document, forMs = 1_000) {
      present = document;
      sequence += 1;
      disk.write();
      clock.advance(forMs);
      return reports;
    },
    load() {
      let found: XmlElement | null | undefined;
      disk.load((document) => {
        found = document;
      });
      clock.advance(1_000);
      return found;
    },
  };
}

describe("files of the CIB", () => {
  test("changes that come while the old file is read are written with the first; later ones after it", () => {
    const memory = new MemoryDisk();
    const disk = room(memory);
    disk.load();
    disk.write(withEpoch(1), 0);
    disk.write(withEpoch(2), 2 * memory.latencyMs);
    expect(disk.write(withEpoch(3))).toEqual([
      { sequence: 2, code: null },
      { sequence: 3, code: null },
    ]);
    expect(decodeUtf8(memory.files.get("cib.xml")!.content)).toContain('epoch="3"');
  });

  test("what was written is read again; the one before it is a backup", () => {
    const memory = new MemoryDisk();
    const disk = room(memory);
    disk.load();
    disk.write(withEpoch(1));
    expect(disk.write(withEpoch(2))).toEqual([
      { sequence: 1, code: null },
      { sequence: 2, code: null },
    ]);
    expect([...memory.files.keys()].sort()).toEqual([
      "cib-1.raw",
      "cib-1.raw.sig",
      "cib.ancestry",
      "cib.last",
      "cib.xml",
      "cib.xml.sig",
    ]);
    expect(room(memory).load()?.get("epoch")).toBe("2");
  });

  test("a file without its signature's content: the newest good backup is used", () => {
    const memory = new MemoryDisk();
    const disk = room(memory);
    disk.load();
    for (const epoch of [1, 2, 3]) disk.write(withEpoch(epoch));
    const text = serializeXml(withEpoch(9));
    memory.files.set("cib.xml", { content: encodeUtf8(text), changedMs: 0 });
    expect(room(memory).load()?.get("epoch")).toBe("2");
    expect([...memory.files.keys()].some((name) => name.startsWith("cib.auto."))).toBe(true);
  });

  test("nothing there: no document", () => {
    expect(room(new MemoryDisk()).load()).toBeNull();
  });

  test("a file changed behind our back is not overwritten", () => {
    const memory = new MemoryDisk();
    const disk = room(memory);
    disk.load();
    disk.write(withEpoch(1));
    memory.files.set("cib.xml", { content: encodeUtf8(serializeXml(withEpoch(7))), changedMs: 0 });
    expect(disk.write(withEpoch(2)).at(-1)).toEqual({ sequence: 2, code: "EBADMSG" });
    expect(decodeUtf8(memory.files.get("cib.xml")!.content)).toContain('epoch="7"');
  });

  test("the same again is no reason for a backup, unless another file has been put in its place", () => {
    const memory = new MemoryDisk();
    const disk = room(memory);
    disk.load();
    disk.write(withEpoch(1));
    const backups = () => [...memory.files.keys()].filter((name) => name.endsWith(".raw"));
    expect(disk.write(withEpoch(1)).at(-1)).toEqual({ sequence: 2, code: null });
    expect(backups()).toEqual([]);
    const other = room(memory);
    other.load();
    other.write(withEpoch(2));
    expect(disk.write(withEpoch(1)).at(-1)).toEqual({ sequence: 3, code: null });
    expect(room(memory).load()?.get("epoch")).toBe("1");
  });

  test("what was only loaded is written: who wrote it may have died before it was on the disk", () => {
    const memory = new MemoryDisk();
    const first = room(memory);
    first.load();
    first.write(withEpoch(1));
    const disk = room(memory);
    disk.load();
    const before = memory.files.get("cib.xml");
    disk.write(withEpoch(1));
    expect(memory.files.get("cib.xml")).not.toBe(before);
  });

  test("after a failed write every later one is reported as failed", () => {
    const memory = new MemoryDisk();
    const disk = room(memory);
    disk.load();
    memory.writeError = "EROFS";
    expect(disk.write(withEpoch(1)).at(-1)).toEqual({ sequence: 1, code: "EROFS" });
    memory.writeError = null;
    expect(disk.write(withEpoch(2)).at(-1)).toEqual({ sequence: 2, code: "EROFS" });
  });
});

describe("ancestry", () => {
  test("grows with the epoch, not with the count of updates", () => {
    const cib = withEpoch(1);
    const first: Ancestry = [configurationId(cib)];
    cib.set("num_updates", "5");
    expect(extendAncestry(first, cib)).toBe(first);
    cib.set("epoch", "2");
    expect(extendAncestry(first, cib)).toEqual([first[0], configurationId(cib)]);
  });

  test("of a loaded document: cut at its place, or begun anew", () => {
    const cib = withEpoch(1);
    const id = configurationId(cib);
    expect(ancestryOf(cib, ["x", id, "ahead"])).toEqual(["x", id]);
    expect(ancestryOf(cib, ["x", "y"])).toEqual([id]);
  });
});

describe("UTF-8", () => {
  test("round trips, and refuses what is none", () => {
    for (const text of ["", "abc", "äöü €", "\u{1f600}", "a\u0000b"])
      expect(decodeUtf8(encodeUtf8(text))).toBe(text);
    expect(encodeUtf8("€")).toEqual(Uint8Array.from(new TextEncoder().encode("€")));
    for (const bytes of [[0xff], [0xc3], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0x80]])
      expect(decodeUtf8(Uint8Array.from(bytes))).toBeNull();
  });
});
