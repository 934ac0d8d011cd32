import { canonicalXml, decodeUtf8, serializeXml, type XmlElement } from "@quorate/xml";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  applyPatchset,
  CIB_OPERATIONS,
  type CibRequest,
  DocumentBytes,
  digestV1,
  digestV2,
  makeRequest,
  md5Hex,
  transactionOf,
} from "../../src/index.ts";
import { tree } from "../generate.ts";
import { apply, parsed, smallCib } from "../parsed.ts";

const data = fc.oneof(
  fc.constantFrom(
    '<node_state id="1" crmd="offline"/>',
    '<node_state id="3"><lrm id="3"/></node_state>',
    '<primitive id="p1" type="Other"><operations><op id="o"/></operations></primitive>',
    '<primitive id="p9"/>',
    '<group id="g"><primitive id="p2"/></group>',
    '<nvpair id="options-a" value="value++"/>',
    '<cib><configuration><tags><tag id="t"/></tags></configuration></cib>',
    "<constraints/>",
    "<status/>",
    "<cib",
  ),
  tree.map((element) => canonicalXml(element)),
);

const CHANGE = '<primitive id="p1" class="ocf" provider="heartbeat" type="Dummy" description="changed"/>';

const single: fc.Arbitrary<CibRequest> = fc
  .record({
    operation: fc.constantFrom(...CIB_OPERATIONS),
    section: fc.constantFrom(null, "resources", "status", "configuration", "tags", "nodes", "bogus"),
    xpath: fc.option(
      fc.constantFrom("//primitive", "//*[@id]", "/cib/status/*", "//node_state[@id='1']", "//["),
      { freq: 3 },
    ),
    data: fc.option(data, { freq: 8 }),
    flags: fc.subarray(["multiple", "can-create", "dryrun", "no-mtime"] as const),
  })
  .map(({ operation, ...fields }) => makeRequest(operation, fields));

const request = fc.oneof(
  { weight: 5, arbitrary: single },
  {
    weight: 1,
    arbitrary: fc
      .array(single, { maxLength: 3 })
      .map((requests) => makeRequest("cib_commit_transact", { data: canonicalXml(transactionOf(requests)) })),
  },
);

describe("documents that are known to be valid", () => {
  const inside = fc.constantFrom(
    '<primitive id="p1" type="Other"/>',
    '<primitive id="p1" kind="unknown attribute"/>',
    '<primitive id="p1"><meta_attributes id="p3"/></primitive>',
    '<rsc_location id="l1" role="Wrong"/>',
    '<rsc_location id="l1" score="20"/>',
    '<nvpair id="options-a" value="2"/>',
    '<nvpair id="options-a" colour="red"/>',
    '<cib validate-with="pacemaker-9.9"/>',
    '<cib validate-with="none"/>',
    '<cib validate-with="pacemaker-3.0"/>',
    '<crm_config><cluster_property_set id="options" score="4"><nvpair id="b" name="b"/></cluster_property_set></crm_config>',
  );
  const wanted = fc.oneof(
    request,
    fc
      .tuple(fc.constantFrom("cib_modify", "cib_replace", "cib_delete"), inside)
      .map(([operation, data]) =>
        makeRequest(operation, { data, section: /^<cib/.test(data) ? null : "configuration" }),
      ),
  );

  it("are judged as if all of them were looked at", () => {
    fc.assert(
      fc.property(fc.array(wanted, { minLength: 1, maxLength: 12 }), (requests) => {
        let [document, other] = [smallCib(), smallCib()];
        let isKnownValid = false;
        for (const each of requests) {
          const outcome = apply(document, each, { isKnownValid });
          const expected = apply(other, each);
          expect(outcome.code).toBe(expected.code);
          expect(outcome.problems).toEqual(expected.problems);
          [document, other] = [outcome.cib, expected.cib];
          isKnownValid ||= outcome.isValidated;
          expect(serializeXml(document)).toBe(serializeXml(other));
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("bytes that are kept", () => {
  const printedBy = (bytes: DocumentBytes, document: XmlElement) => decodeUtf8(bytes.printed(document));

  it("are those of the document, whatever was done to it", () => {
    fc.assert(
      fc.property(fc.array(request, { minLength: 1, maxLength: 12 }), (requests) => {
        const bytes = new DocumentBytes();
        let document = smallCib();
        const expectSame = () => {
          expect(printedBy(bytes, document)).toBe(serializeXml(document));
          expect(bytes.digestV1(document)).toBe(digestV1(document));
          expect(bytes.digestV2(document)).toBe(digestV2(document));
        };
        expectSame();
        for (const each of requests) {
          const outcome = apply(document, each);
          document = outcome.cib;
          bytes.forget(outcome.touched);
          expectSame();
        }
      }),
    );
  });

  it("are those of the document where many stand side by side, and when they become many or few", () => {
    const bytes = new DocumentBytes();
    let document = smallCib();
    const pair = (index: number, value: string, more = "") =>
      `<nvpair id="n-${index}" name="n-${index}" value="${value}"${more}/>`;
    const set = (pairs: string) =>
      `<crm_config><cluster_property_set id="many">${pairs}</cluster_property_set></crm_config>`;
    const change = (operation: "cib_modify" | "cib_delete", data: string) => {
      const outcome = apply(
        document,
        makeRequest(operation, { section: "crm_config", data, flags: ["can-create"] }),
      );
      expect(outcome).toMatchObject({ code: "ok", isChanged: true });
      document = outcome.cib;
      bytes.forget(outcome.touched);
      expect(printedBy(bytes, document)).toBe(serializeXml(document));
      expect(bytes.digestV1(document)).toBe(digestV1(document));
      expect(bytes.digestV2(document)).toBe(digestV2(document));
    };
    change("cib_modify", set(Array.from({ length: 30 }, (_, index) => pair(index, "1")).join("")));
    for (let index = 28; index < 36; index += 1) change("cib_modify", set(pair(index, "2")));
    change("cib_modify", set(pair(7, "3")));
    change("cib_modify", `<crm_config><cluster_property_set id="many" score="5"/></crm_config>`);
    for (let index = 0; index < 8; index += 1) change("cib_delete", pair(index, index === 7 ? "3" : "1"));
    change("cib_modify", set(pair(9, "4")));
  });

  it("have to be forgotten", () => {
    const bytes = new DocumentBytes();
    const document = smallCib();
    bytes.printed(document);
    const { touched } = apply(document, makeRequest("cib_modify", { section: "resources", data: CHANGE }));
    expect(printedBy(bytes, document)).not.toBe(serializeXml(document));
    bytes.forget(touched);
    expect(printedBy(bytes, document)).toBe(serializeXml(document));
  });

  it("stay as they are while the next text is made", () => {
    const bytes = new DocumentBytes();
    const first = bytes.printed(smallCib());
    const text = decodeUtf8(first);
    bytes.printed(smallCib("0.77.7"));
    expect(decodeUtf8(first)).toBe(text);
  });

  it("leave out what is not compared", () => {
    const document = parsed(
      `<cib><configuration><nodes><node id="1" crm-debug-origin="a"/><node id="2"/></nodes></configuration></cib>`,
    );
    const bytes = new DocumentBytes();
    expect(bytes.digestV2(document)).toBe(digestV2(document));
    expect(bytes.digestV1(document)).toBe(digestV1(document));
    expect(bytes.digestV2(document)).not.toBe(md5Hex(canonicalXml(document)));
  });
});

describe("replicas", () => {
  it("same requests in the same order: same documents, and followers of the patchsets agree", () => {
    fc.assert(
      fc.property(fc.array(request, { minLength: 1, maxLength: 12 }), (requests) => {
        let [one, two] = [smallCib(), smallCib()];
        let follower = smallCib();
        for (const each of requests) {
          const before = canonicalXml(one);
          const outcome = apply(one, each);
          one = outcome.cib;
          two = apply(two, JSON.parse(JSON.stringify(each))).cib;
          expect(digestV2(two)).toBe(digestV2(one));
          expect(canonicalXml(two)).toBe(canonicalXml(one));
          if (!outcome.isChanged) {
            expect(canonicalXml(one)).toBe(before);
            continue;
          }
          expect(outcome.patchset).not.toBeNull();
          if (outcome.patchset !== null) {
            expect(applyPatchset(follower, outcome.patchset)).toEqual({ code: "ok" });
          }
          expect(canonicalXml(follower)).toBe(canonicalXml(one));
          for (const element of [one, ...one.descendants()]) {
            for (const child of element.children) expect(child.parent === element).toBe(true);
          }
        }
        follower = parsed(canonicalXml(one));
        expect(digestV2(follower)).toBe(digestV2(one));
      }),
      { numRuns: 400 },
    );
  });
});
