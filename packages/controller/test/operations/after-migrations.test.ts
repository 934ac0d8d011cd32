import { parseXml } from "@quorate/xml";
import { expect, test } from "vitest";
import { afterMigrationsS } from "../../src/operations/after-migrations.ts";

const CIB = `<cib><status>
  <node_state id="1" uname="n1"><lrm id="1"><lrm_resources><lrm_resource id="db">
    <lrm_rsc_op id="db_migrate_to_0" operation="migrate_to" migrate_source="n1" migrate_target="n2" last-rc-change="100"/>
  </lrm_resource><lrm_resource id="web">
    <lrm_rsc_op id="web_migrate_to_0" operation="migrate_to" migrate_source="n1" migrate_target="n2" last-rc-change="900"/>
  </lrm_resource></lrm_resources></lrm></node_state>
  <node_state id="3" uname="n3"><lrm id="3"><lrm_resources><lrm_resource id="db">
    <lrm_rsc_op id="db_migrate_from_0" operation="migrate_from" migrate_source="n1" migrate_target="n3" last-rc-change="200"/>
  </lrm_resource></lrm_resources></lrm></node_state>
</status></cib>`;

test.each([
  { nodeName: "n2", migrateSource: null, earliestS: 101 },
  { nodeName: "n2", migrateSource: "n1", earliestS: 0 },
  { nodeName: "n1", migrateSource: null, earliestS: 201 },
  { nodeName: "n3", migrateSource: null, earliestS: 0 },
])(
  "what is done on $nodeName, coming from $migrateSource, is not before $earliestS",
  ({ earliestS, ...done }) => {
    const parsed = parseXml(CIB);
    if (!parsed.ok) throw new Error("the document of this test is wrong");
    expect(afterMigrationsS(parsed.root, { resourceId: "db", ...done })).toBe(earliestS);
  },
);
