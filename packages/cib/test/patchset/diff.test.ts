import { canonicalXml, serializeXml, XmlElement } from "@quorate/xml";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  applyPatchset,
  diffCib,
  digestV2,
  type Patchset,
  patchsetFromXml,
  patchsetToXml,
  pathOf,
} from "../../src/index.ts";
import { document } from "../generate.ts";
import { parsed, smallCib } from "../parsed.ts";

/** Shuffles, drops and changes things of one document, so that the two have much in common. */
const pair = fc.oneof(
  fc.tuple(document, document),
  fc
    .tuple(
      document,
      fc.array(fc.tuple(fc.nat(30), fc.nat(30), fc.constantFrom("move", "drop", "set", "copy"))),
    )
    .map(([before, edits]) => {
      const after = before.clone();
      for (const [from, to, edit] of edits) {
        const all = [...after.descendants()];
        const element = all[from % Math.max(all.length, 1)];
        const other = all[to % Math.max(all.length, 1)];
        if (element === undefined || other === undefined) continue;
        if (edit === "drop") element.remove();
        else if (edit === "set") element.set("x", String(to));
        else if (edit === "copy") element.parent?.append(element.clone());
        else if (element.parent !== null) element.parent.insert(element, to % element.parent.children.length);
      }
      return [before, after] as const;
    }),
);

describe("diffCib and applyPatchset", () => {
  it("apply(diff(a, b), a) is b, also through the XML form and with its digest", () => {
    fc.assert(
      fc.property(pair, ([before, after]) => {
        const [beforeText, afterText] = [canonicalXml(before), canonicalXml(after)];
        const patchset = diffCib(before, after, { digest: digestV2(after) });
        expect([canonicalXml(before), canonicalXml(after)]).toEqual([beforeText, afterText]);
        const reading = patchsetFromXml(parsed(serializeXml(patchsetToXml(patchset))));
        if (!reading.ok) throw new Error(reading.error);
        expect(applyPatchset(before, reading.patchset, { checksVersion: false })).toEqual({ code: "ok" });
        expect(canonicalXml(before)).toBe(afterText);
      }),
      { numRuns: 1500 },
    );
  });

  it("a document and itself differ in nothing", () => {
    fc.assert(
      fc.property(document, (tree) => {
        expect(diffCib(tree, tree.clone()).changes).toEqual([]);
      }),
    );
  });

  it("CIB specification 5: deletes, then in document order modify, create and move", () => {
    const before = parsed('<cib epoch="1"><a id="1"/><!--x--><b id="2" v="1" w="2"/><c id="3"/></cib>');
    const after = parsed('<cib epoch="2"><c id="3"/><b id="2" w="3"/><d id="4"/></cib>');
    expect(serializeXml(patchsetToXml(diffCib(before, after)))).toBe(`<diff format="2">
  <version>
    <source admin_epoch="0" epoch="1" num_updates="0"/>
    <target admin_epoch="0" epoch="2" num_updates="0"/>
  </version>
  <change operation="delete" path="/cib/a[@id='1']"/>
  <change operation="delete" path="/cib/comment" position="0"/>
  <change operation="modify" path="/cib">
    <change-list>
      <change-attr name="epoch" operation="set" value="2"/>
    </change-list>
    <change-result>
      <cib epoch="2"/>
    </change-result>
  </change>
  <change operation="move" path="/cib/c[@id='3']" position="0"/>
  <change operation="modify" path="/cib/b[@id='2']">
    <change-list>
      <change-attr name="w" operation="set" value="3"/>
      <change-attr name="v" operation="unset"/>
    </change-list>
    <change-result>
      <b id="2" w="3"/>
    </change-result>
  </change>
  <change operation="move" path="/cib/b[@id='2']" position="1"/>
  <change operation="create" path="/cib" position="2">
    <d id="4"/>
  </change>
</diff>
`);
  });

  it("order of attributes: listed, noticed or ignored", () => {
    const [before, after] = [parsed('<cib a="1" b="2" c="3"/>'), parsed('<cib b="2" a="1" c="4"/>')];
    const listed = (attributeOrder: "listed" | "noticed" | "ignored") =>
      diffCib(before, after, { attributeOrder }).changes.flatMap((change) =>
        change.operation === "modify" ? change.attributes.map(({ name }) => name) : [],
      );
    expect(listed("listed")).toEqual(["b", "a", "c"]);
    expect(listed("noticed")).toEqual(["c"]);
    expect(listed("ignored")).toEqual(["c"]);
    after.set("c", "3");
    expect(listed("noticed")).toEqual(["b", "a"]);
    expect(listed("ignored")).toEqual([]);
  });

  it("versions can be left out", () => {
    const after = smallCib("0.9.9");
    expect(diffCib(smallCib(), after, { ignoresVersions: true })).toEqual({
      source: null,
      target: null,
      digest: null,
      changes: [],
    });
  });
});

describe("applyPatchset: what does not fit", () => {
  const patch = diffCib(smallCib("0.5.1"), smallCib("0.5.2"));

  it.each([
    ["0.5.0", "diffFailed"],
    ["0.5.2", "oldData"],
    ["1.0.0", "oldData"],
    ["0.5.1", "ok"],
  ] as const)("a patch from 0.5.1 on %s: %s", (version, code) => {
    const cib = smallCib(version);
    expect(applyPatchset(cib, patch).code).toBe(code);
    expect(canonicalXml(cib)).toBe(canonicalXml(smallCib(code === "ok" ? "0.5.2" : version)));
  });

  it("versions that do not rise are old data", () => {
    const outcome = applyPatchset(smallCib("0.5.1"), diffCib(smallCib("0.5.1"), smallCib("0.5.1")));
    expect(outcome).toEqual({ code: "oldData", reasons: ["versions did not change in the patch"] });
  });

  it("reports everything that is missing, ignores deletes of nothing, changes nothing", () => {
    const reading = patchsetFromXml(
      parsed(`<diff format="2"><change operation="delete" path="/cib/nothing"/>
        <change operation="delete" path="/cib/status"/>
        <change operation="modify" path="/cib/x[@id='1']"><change-result><x/></change-result></change>
        <change operation="create" path="/cib/y" position="0"><z/></change>
        <change operation="move" path="/cib/comment" position="1"/></diff>`),
    );
    if (!reading.ok) throw new Error(reading.error);
    const cib = smallCib();
    const before = canonicalXml(cib);
    expect(applyPatchset(cib, reading.patchset)).toEqual({
      code: "diffFailed",
      reasons: [
        "nothing to modify at /cib/x[@id='1']",
        "no parent to create in at /cib/y",
        "nothing to move at /cib/comment",
      ],
    });
    expect(canonicalXml(cib)).toBe(before);
  });

  it("a document is as it was also when a patchset makes it throw", () => {
    const cib = smallCib();
    const before = canonicalXml(cib);
    const node = new XmlElement("node");
    node.clone = () => {
      throw new Error("a defect");
    };
    const changes: Patchset["changes"] = [
      { operation: "delete", path: "/cib/status", position: null },
      { operation: "create", path: "/cib/configuration/nodes", position: 0, node },
    ];
    expect(() => applyPatchset(cib, { source: null, target: null, digest: null, changes })).toThrow(
      "a defect",
    );
    expect(canonicalXml(cib)).toBe(before);
  });

  it("a path that can be read in two ways changes nothing, whichever element is meant", () => {
    const nested = "<a id='a'><b id='c' x='1'/></a>";
    const quoted = `<a id="a']/b[@id='c" x="1"/>`;
    for (const content of [nested + quoted, quoted + nested]) {
      const before = parsed(`<cib>${content}</cib>`);
      const targets = [content.replace("x='1'", "x='2'"), content.replace('x="1"', 'x="2"'), nested, quoted];
      for (const target of targets) {
        const cib = before.clone();
        const outcome = applyPatchset(
          cib,
          diffCib(before, parsed(`<cib>${target}</cib>`), { ignoresVersions: true }),
        );
        expect(outcome.code).toBe(target === quoted ? "ok" : "diffFailed");
        expect(canonicalXml(cib)).toBe(
          canonicalXml(outcome.code === "ok" ? parsed(`<cib>${target}</cib>`) : before),
        );
      }
    }
  });

  it("a result with another digest is refused", () => {
    const outcome = applyPatchset(smallCib(), { ...patch, digest: "0".repeat(32) });
    expect(outcome.code).toBe("diffFailed");
  });

  it.each([
    ["<cib/>", /<diff>/],
    ["<diff/>", /format 1 is not supported/],
    ['<diff format="2"><change operation="x" path="/cib"/></diff>', /"x" is no operation/],
    ['<diff format="2"><change operation="delete"/></diff>', /needs a path/],
    ['<diff format="2"><change operation="move" path="/cib"/></diff>', /needs a position/],
    ['<diff format="2"><change operation="create" path="/cib"/></diff>', /element to create/],
    ['<diff format="2"><change operation="modify" path="/cib"/></diff>', /change-result/],
    ['<diff format="2"><change operation="delete" path="/cib" position="-1"/></diff>', /no position/],
  ])("%s is no patchset", (text, message) => {
    const reading = patchsetFromXml(parsed(text));
    expect(reading.ok ? "accepted" : reading.error).toMatch(message);
  });
});

describe("pathOf", () => {
  it("names each step with its id", () => {
    const cib = smallCib();
    const paths = [...cib.descendants("nvpair")].map(pathOf);
    expect(paths).toEqual([
      "/cib/configuration/crm_config/cluster_property_set[@id='options']/nvpair[@id='options-a']",
    ]);
  });
});
