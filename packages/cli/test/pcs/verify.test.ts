import { emptyCib } from "@quorate/cib";
import { serializeXml } from "@quorate/xml";
import { describe, expect, test } from "vitest";
import { main } from "../../src/commands/pcs.ts";
import { MemoryWorld } from "../memory-world.ts";

const DUMMY = 'class="ocf" provider="pacemaker" type="Dummy"';

async function verify(options: string, constraints = "") {
  const world = new MemoryWorld();
  const text = serializeXml(emptyCib({ featureSet: "3.20.5", schema: "pacemaker-4.0" }))
    .replace(
      /<crm_config\/>/,
      `<crm_config><cluster_property_set id="o">${options}</cluster_property_set></crm_config>`,
    )
    .replace(/<constraints\/>/, `<constraints>${constraints}</constraints>`)
    .replace(
      /<resources\/>/,
      `<resources><primitive id="a" ${DUMMY}/><primitive id="b" ${DUMMY}/><clone id="c"><primitive id="ca" ${DUMMY}/></clone><clone id="m"><meta_attributes id="m-meta"><nvpair id="m-min" name="clone-min" value="2"/></meta_attributes><primitive id="ma" ${DUMMY}/></clone></resources>`,
    );
  world.files.set("cib.xml", text);
  return world.run(main, "pcs", "-f", "cib.xml", "cluster", "verify", "--full");
}

const off = (name: string) => `<nvpair id="o-f" name="${name}" value="false"/>`;

describe("pcs cluster verify", () => {
  test("accepts a configuration without mistakes", async () => {
    expect(await verify(off("stonith-enabled"))).toMatchObject({ status: 0 });
  });

  test("fails without fence devices", async () => {
    const { status, stderr } = await verify("");
    expect(status).toBe(1);
    expect(stderr).toContain("fencing");
  });

  test("fails when fencing is switched off by a name that older clusters do not know", async () => {
    const { status, stderr } = await verify(off("fencing-enabled"));
    expect(status).toBe(1);
    expect(stderr).toContain("Set stonith-enabled=false");
  });

  // The results are those of pcs 0.11.5 with the same configuration.
  test.each([
    ["of a clone", '<rsc_order id="o1" first="c" then="b" require-all="false"/>', 1],
    ["of a clone, though it is the default", '<rsc_order id="o1" first="c" then="b" require-all="true"/>', 1],
    ["of a clone with clone-min", '<rsc_order id="o1" first="m" then="b" require-all="false"/>', 0],
    [
      "of another resource, which ignores it",
      '<rsc_order id="o1" first="a" then="c" require-all="false"/>',
      0,
    ],
    [
      "of a set, where it is not deprecated",
      '<rsc_order id="o1"><resource_set id="s1" sequential="false" require-all="false"><resource_ref id="a"/><resource_ref id="b"/></resource_set></rsc_order>',
      0,
    ],
  ])("require-all %s", async (_, order, status) => {
    const result = await verify(off("stonith-enabled"), order);
    expect([result.status, result.stderr.includes("clone-min")]).toEqual([status, status === 1]);
  });

  test("fails at an influence that is no boolean", async () => {
    const colocation = '<rsc_colocation id="c1" rsc="a" with-rsc="b" score="1" influence="ture"/>';
    expect((await verify(off("stonith-enabled"), colocation)).status).toBe(1);
  });

  test("tells a location at an unknown node, but does not fail for it", async () => {
    const { status, stderr } = await verify(
      off("stonith-enabled"),
      '<rsc_location id="l1" rsc="a" node="nosuch" score="5"/>',
    );
    expect(status).toBe(0);
    expect(stderr).toContain("nosuch");
  });
});
