import { parseXml, type XmlElement } from "@quorate/xml";
import { expect, test } from "vitest";
import { HistoryMemory } from "../../src/operations/history-memory.ts";

const AGENT = { class: "stonith", provider: "", type: "fence_scsi" };

function entry(callId: string, digests: string): XmlElement {
  return parse(
    `<lrm_rsc_op id="scsi_last_0" operation_key="scsi_start_0" transition-magic="0:0;1:1:0:u" call-id="${callId}" ${digests}/>`,
  );
}

function parse(text: string): XmlElement {
  const parsed = parseXml(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.root;
}

test.each([
  {
    what: "digests that somebody changed of the same result are taken over",
    theirs: entry("7", 'op-digest="new" op-secure-digest="newer"'),
    digests: ["new", "newer"],
  },
  {
    what: "those of another result are not",
    theirs: entry("6", 'op-digest="new" op-secure-digest="newer"'),
    digests: ["old", "older"],
  },
  {
    what: "none is forgotten because the CIB has none",
    theirs: entry("7", ""),
    digests: ["old", "older"],
  },
])("$what", ({ theirs, digests }) => {
  const memory = new HistoryMemory();
  memory.record("scsi", AGENT, [entry("7", 'op-digest="old" op-secure-digest="older"')]);
  const lrm = parse('<lrm id="1"><lrm_resources><lrm_resource id="scsi"/></lrm_resources></lrm>');
  lrm.first("lrm_resources")!.first("lrm_resource")!.append(theirs);
  memory.adoptDigests(lrm);
  const [own] = memory.entries("scsi");
  expect([own!.get("op-digest"), own!.get("op-secure-digest")]).toEqual(digests);
});

test("without a history in the CIB nothing changes", () => {
  const memory = new HistoryMemory();
  memory.record("scsi", AGENT, [entry("7", 'op-digest="old"')]);
  memory.adoptDigests(null);
  expect(memory.entry("scsi", "scsi_last_0")!.get("op-digest")).toBe("old");
});
