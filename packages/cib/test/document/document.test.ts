import { canonicalXml, serializeXml, XmlElement } from "@quorate/xml";
import { describe, expect, it } from "vitest";
import {
  backupNames,
  CIB_RESULT_CODES,
  cibFiles,
  compareCibVersions,
  compareDotted,
  digestV1,
  digestV1Sorted,
  digestV2,
  emptyCib,
  findSection,
  isKnownSchema,
  knownSchemas,
  md5Hex,
  NEWEST_SCHEMA,
  nextBackupNumber,
  readStoredCib,
  sectionPath,
  versionOf,
} from "../../src/index.ts";
import { parsed, smallCib, version } from "../parsed.ts";

describe("sections", () => {
  it("resolve as in CIB specification 1", () => {
    for (const whole of [null, "cib", "all", "ALL"]) expect(sectionPath(whole)).toEqual(["cib"]);
    expect(sectionPath("status")).toEqual(["cib", "status"]);
    expect(sectionPath("fencing-topology")).toEqual(["cib", "configuration", "fencing-topology"]);
    for (const unknown of ["bogus", "", "constructor", "CIB"]) expect(sectionPath(unknown)).toBeNull();
    expect(findSection(smallCib(), "nodes")?.elements().length).toBe(2);
    expect(findSection(smallCib(), "tags")).toBeNull();
  });

  it("an empty CIB has the four required sections and status", () => {
    expect(serializeXml(emptyCib({ featureSet: "3.20.5", schema: NEWEST_SCHEMA }))).toBe(
      `<cib crm_feature_set="3.20.5" validate-with="pacemaker-4.0" admin_epoch="0" epoch="0" num_updates="0">
  <configuration>
    <crm_config/>
    <nodes/>
    <resources/>
    <constraints/>
  </configuration>
  <status/>
</cib>
`,
    );
  });
});

describe("versions", () => {
  it("are read with a value for what is missing or no number", () => {
    const cib = parsed('<cib admin_epoch="1" epoch="x"/>');
    expect(versionOf(cib)).toEqual({ adminEpoch: 1, epoch: 0, numUpdates: 0 });
    expect(versionOf(cib, -1)).toEqual({ adminEpoch: 1, epoch: -1, numUpdates: -1 });
  });

  it("compare from left to right, as numbers", () => {
    const order = ["0.0.0", "0.0.10", "0.2.0", "0.10.0", "1.0.0"].map((text) => versionOf(smallCib(text)));
    const shuffled = [...order].reverse().sort(compareCibVersions);
    expect(shuffled).toEqual(order);
    expect(compareDotted("3.9", "3.20.5")).toBeLessThan(0);
    expect(compareDotted("3.20", "3.20.0")).toBe(0);
  });
});

describe("schemas", () => {
  it("are known by their exact names", () => {
    for (const name of knownSchemas()) expect(isKnownSchema(name)).toBe(true);
    for (const name of ["", "pacemaker-9.0", "pacemaker-3.11", "pacemaker-3.010", "pacemaker-3", "None"]) {
      expect(isKnownSchema(name)).toBe(false);
    }
  });
});

describe("digests", () => {
  it("MD5 of text in UTF-8", () => {
    expect(md5Hex("")).toBe("d41d8cd98f00b204e9800998ecf8427e");
  });

  it("CIB specification 6: what is hashed", () => {
    const element = parsed('<parameters b="2" a="1"><x/></parameters>');
    expect(digestV1(element)).toBe(md5Hex(' <parameters b="2" a="1"><x/></parameters>\n'));
    expect(digestV1Sorted(element)).toBe(md5Hex(' <parameters a="1" b="2"><x/></parameters>\n'));
    // Beyond the basic plane sorts last, although its UTF-16 begins with a smaller unit.
    const names = new XmlElement("parameters", [
      ["\u{1F600}", "3"],
      ["\uFFFD", "2"],
      ["a", "1"],
    ]);
    expect(digestV1Sorted(names)).toBe(md5Hex(' <parameters a="1" \uFFFD="2" \u{1F600}="3"/>\n'));
    const cib = parsed(
      '<cib a="1" update-user="x"><status><n crm-debug-origin="y" cib-last-written="z"/></status></cib>',
    );
    expect(digestV2(cib)).toBe(md5Hex('<cib a="1"><status><n/></status></cib>'));
  });
});

describe("files", () => {
  it("hold the document without status and with num_updates 0", () => {
    const cib = smallCib("0.5.7");
    const before = canonicalXml(cib);
    const files = cibFiles(cib);
    expect(canonicalXml(cib)).toBe(before);
    expect(files.document).not.toContain("status");
    expect(files.document).toContain('num_updates="0"');
    expect(files.version).toBe("0.5.0");
    expect(files.signature).toMatch(/^[0-9a-f]{32}$/);
    // Observed: md5(" " + file without white space between elements + "\n").
    expect(files.signature).toBe(md5Hex(` ${files.document.replace(/>\s+</g, "><").trim()}\n`));
  });

  it("are read back with status, without dc-uuid", () => {
    const files = cibFiles(smallCib("0.5.7"));
    const stored = readStoredCib(files.document, files.signature);
    if (!stored.ok) throw new Error(stored.reason);
    expect(stored).toMatchObject({ isSigned: true, warnings: [], problems: [] });
    expect(version(stored.cib)).toBe("0.5.0");
    expect(stored.cib.get("dc-uuid")).toBeNull();
    expect(stored.cib.first("status")).not.toBeNull();
  });

  it("are refused when empty, broken or changed by hand, accepted without signature with a warning", () => {
    const { document, signature } = cibFiles(smallCib());
    expect(readStoredCib(" \n", null)).toMatchObject({ ok: false, cause: "empty" });
    expect(readStoredCib(document.slice(0, 200), signature)).toMatchObject({ ok: false, cause: "malformed" });
    expect(readStoredCib(document.replace('score="10"', 'score="11"'), signature)).toMatchObject({
      cause: "forged",
    });
    expect(readStoredCib(document, "")).toMatchObject({ ok: false, cause: "forged" });
    const unsigned = readStoredCib(document, null);
    expect(unsigned).toMatchObject({ ok: true, isSigned: false });
    expect(unsigned.ok && unsigned.warnings).toHaveLength(1);
  });

  it("counters that are missing count as 0, with a warning; an invalid document is told, not refused", () => {
    const stored = readStoredCib('<cib epoch="x" validate-with="pacemaker-9.9"/>', null);
    if (!stored.ok) throw new Error(stored.reason);
    expect(version(stored.cib)).toBe("0.0.0");
    expect(stored.warnings.length).toBeGreaterThan(3);
    expect(stored.problems.map(({ code }) => code)).toEqual(["unknownSchema", "missingElement"]);
  });

  it("backups are numbered from 1 when nothing is known, and wrap after 99", () => {
    expect(nextBackupNumber(null)).toBe(1);
    expect(nextBackupNumber("x")).toBe(1);
    expect(nextBackupNumber("7\n")).toBe(7);
    expect(backupNames(7)).toEqual({ document: "cib-7.raw", signature: "cib-7.raw.sig", cibLast: "8" });
    expect(backupNames(99).cibLast).toBe("0");
  });
});

describe("result codes", () => {
  it("have a text and an exit code each", () => {
    for (const { text, exitCode } of Object.values(CIB_RESULT_CODES)) {
      expect(text).toMatch(/^[A-Z]/);
      expect(exitCode).toBeGreaterThanOrEqual(0);
    }
  });
});
