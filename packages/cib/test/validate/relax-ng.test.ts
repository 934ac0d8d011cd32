import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serializeXml } from "@quorate/xml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkStructure, relaxNg } from "../../src/index.ts";
import { parsed } from "../parsed.ts";

const hasXmllint = spawnSync("xmllint", ["--version"]).status === 0;

function cib(parts: {
  readonly resources?: string;
  readonly constraints?: string;
  readonly rest?: string;
}): string {
  return `<cib validate-with="pacemaker-4.0" epoch="1"><configuration><crm_config><cluster_property_set id="o"><nvpair id="o-a" name="a" value="1"/></cluster_property_set></crm_config><nodes><node id="1" uname="n"/></nodes><resources>${parts.resources ?? ""}</resources><constraints>${parts.constraints ?? ""}</constraints>${parts.rest ?? ""}</configuration><status><node_state id="1" x="y"><lrm/></node_state></status></cib>`;
}

const DUMMY = '<primitive id="p" class="ocf" provider="heartbeat" type="Dummy" description="any text"';
const MONITOR = '<operations><op id="m" name="monitor" interval="10s"/></operations>';

/** Each with whether it is valid; the grammar and `checkStructure` must both say so. */
const DOCUMENTS: readonly (readonly [what: string, text: string, isValid: boolean])[] = [
  ["the least", cib({}), true],
  ["a primitive", cib({ resources: `${DUMMY}>${MONITOR}</primitive>` }), true],
  ["a set by reference", cib({ resources: `${DUMMY}><meta_attributes id-ref="o"/></primitive>` }), true],
  [
    "sections in another order",
    cib({ rest: '<tags/><rsc_defaults/><acls><acl_role id="r"><any/></acl_role></acls>' }),
    true,
  ],
  [
    "a word",
    cib({ resources: `${DUMMY}/>`, constraints: '<rsc_order id="l" first="p" then="p" kind="Optional"/>' }),
    true,
  ],
  ["no status", cib({}).replace(/<status>.*<\/status>/, ""), true],
  ["a wrong word", cib({ constraints: '<rsc_order id="l" first="a" then="b" kind="optional"/>' }), false],
  ["an unknown child", cib({ resources: `${DUMMY}><op id="m"/></primitive>` }), false],
  ["an unknown section", cib({ rest: "<rsc_default/>" }), false],
  ["a section twice", cib({ rest: "<tags/><tags/>" }), false],
  ["a section missing", cib({}).replace("<constraints></constraints>", ""), false],
  ["no id", cib({ resources: "<primitive/>" }), false],
  ["an empty id", cib({ resources: '<primitive id=""/>' }), false],
  ...["a b", "a:b", "1a", ".a"].map(
    (id) => [`the id ${id}`, cib({ resources: `<primitive id="${id}"/>` }), false] as const,
  ),
  ["a node in a tag", cib({ rest: '<tags><tag id="t"><obj_ref id="1"/></tag></tags>' }), true],
  ["an id beyond ASCII", cib({ resources: '<primitive id="ü-1.a" class="lsb" type="a"/>' }), true],
  ["a primitive without agent", cib({ resources: '<primitive id="p"/>' }), false],
  ["a group of none", cib({ resources: '<group id="g"><meta_attributes id="m"/></group>' }), false],
  [
    "an option without name",
    cib({
      resources: `${DUMMY}><meta_attributes id="m"><nvpair id="n" value="1"/></meta_attributes></primitive>`,
    }),
    false,
  ],
  [
    "an order of sets",
    cib({
      resources: `${DUMMY}/>`,
      constraints: '<rsc_order id="l"><resource_set id="s"><resource_ref id="p"/></resource_set></rsc_order>',
    }),
    true,
  ],
  ["an order of one", cib({ resources: `${DUMMY}/>`, constraints: '<rsc_order id="l" first="p"/>' }), false],
  ["a location of nothing", cib({ constraints: '<rsc_location id="l" node="n" score="1"/>' }), false],
  [
    "a location of a set by a rule",
    cib({
      resources: `${DUMMY}/>`,
      constraints:
        '<rsc_location id="l"><resource_set id="s"><resource_ref id="p"/></resource_set><rule id="r" score="1"><expression id="e" attribute="a" operation="defined"/></rule></rsc_location>',
    }),
    true,
  ],
  ["neither id nor reference", cib({ resources: `${DUMMY}><meta_attributes/></primitive>` }), false],
  [
    "what many attributes are for",
    cib({
      resources: `${DUMMY}/><bundle id="b"><podman image="i" replicas="2"/><network control-port="3121"/></bundle>`,
      constraints: `<rsc_location id="l" rsc="p"><rule id="r" score-attribute="s"><date_expression id="d" operation="date_spec"><date_spec id="ds" hours="9-16"/></date_expression></rule></rsc_location>`,
    }),
    true,
  ],
  [
    "an unknown attribute",
    cib({ constraints: '<rsc_location id="l" rsc="p" node="n" score-attribute="s"/>' }),
    false,
  ],
  ["a bundle without image", cib({ resources: '<bundle id="b"><docker replicas="2"/></bundle>' }), false],
  ["an unknown schema", cib({}).replace("4.0", "4.9"), false],
  ["another root", "<configuration/>", false],
];

describe("the grammar", () => {
  it("defines everything that it refers to, once", () => {
    const grammar = relaxNg();
    const defined = grammar.all("define").map((each) => each.get("name"));
    expect(new Set(defined).size).toBe(defined.length);
    for (const reference of grammar.descendants("ref")) expect(defined).toContain(reference.get("name"));
  });

  it.each(DOCUMENTS)("the check says the same of %s", (_, text, isValid) => {
    expect(checkStructure(parsed(text)).length === 0).toBe(isValid);
  });
});

describe.skipIf(!hasXmllint)("the grammar in xmllint", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "quorate-rng-"));
    writeFileSync(join(folder, "cib.rng"), serializeXml(relaxNg()));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(DOCUMENTS)("%s", (_, text, isValid) => {
    const { status, stderr } = spawnSync("xmllint", ["--noout", "--relaxng", join(folder, "cib.rng"), "-"], {
      input: text,
      encoding: "utf8",
    });
    expect(stderr).not.toMatch(/failed to compile/);
    expect(status).toBe(isValid ? 0 : 3);
  });
});
