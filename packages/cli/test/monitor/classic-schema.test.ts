import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { classicProblems, whyNoClassicSchema } from "../../../../test/classic-schema.ts";
import { main as crmMon } from "../../src/commands/crm_mon.ts";
import { MemoryWorld } from "../memory-world.ts";

const CASES = fileURLToPath(new URL("../../../scheduler/testdata", import.meta.url));
const FORMS = [
  [],
  ["--include=all", "--inactive", "--show-detail"],
  ["--include=all", "--brief", "--group-by-node"],
];

/** Each kind of resource with a description. */
const DESCRIBED = `<cib validate-with="pacemaker-3.9" epoch="1" num_updates="0" admin_epoch="0"><configuration>
<crm_config/><nodes><node id="1" uname="n1"/></nodes><resources>
<group id="g" description="a group"><primitive id="d1" description="in a group" class="ocf" provider="pacemaker" type="Dummy"/></group>
<clone id="c" description="a clone"><primitive id="d2" class="ocf" provider="pacemaker" type="Dummy"/></clone>
<bundle id="b" description="a bundle"><docker image="x"/></bundle>
<primitive id="d3" description="alone" class="ocf" provider="pacemaker" type="Dummy"/>
</resources><constraints/></configuration><status/></cib>`;

const reason = whyNoClassicSchema();
const whySkipped = reason === "" ? "" : ` (skipped: ${reason})`;

describe.skipIf(reason !== "")(`crm_mon's XML, and the schema of an installed Pacemaker${whySkipped}`, () => {
  const read = (name: string) => readFileSync(`${CASES}/${name}/cib.xml`, "utf8");
  const show = async (cib: string, ...options: readonly string[]) => {
    const world = new MemoryWorld();
    world.files.set("cib.xml", cib);
    world.env.CIB_file = "cib.xml";
    const shown = await world.run(crmMon, "crm_mon", "-1", "--output-as=xml", ...options);
    expect(shown).toMatchObject({ status: 0 });
    return shown.stdout;
  };

  test.each(readdirSync(CASES))("%s", async (name) => {
    for (const options of FORMS)
      expect(classicProblems(await show(read(name), ...options)), options.join(" ")).toEqual([]);
  });

  test("what the administrator says of resources", async () => {
    const shown = await show(DESCRIBED, "--inactive", "--show-detail");
    expect(shown.match(/ description="/g)).toHaveLength(5);
    expect(classicProblems(shown)).toEqual([]);
  });

  test("the schema refuses what it does not know", async () => {
    const shown = await show(read("clones"));
    expect(classicProblems(shown.replace("<resource ", '<resource colour="red" '))).not.toEqual([]);
    expect(classicProblems(shown.replace(/<status .*\n/, ""))).not.toEqual([]);
  });
});
