import { emptyCib } from "@quorate/cib";
import { serializeXml } from "@quorate/xml";
import { describe, expect, test } from "vitest";
import { main } from "../../src/commands/pcs.ts";
import { MemoryWorld } from "../memory-world.ts";

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
      '<resources><primitive id="a" class="ocf" provider="pacemaker" type="Dummy"/><primitive id="b" class="ocf" provider="pacemaker" type="Dummy"/></resources>',
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

  test("fails at a deprecated require-all, and at an influence that is no boolean", async () => {
    const order = '<rsc_order id="o1" first="a" then="b" require-all="false"/>';
    expect((await verify(off("stonith-enabled"), order)).stderr).toContain("clone-min");
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
