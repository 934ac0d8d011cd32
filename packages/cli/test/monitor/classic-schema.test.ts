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

const reason = whyNoClassicSchema();
const whySkipped = reason === "" ? "" : ` (skipped: ${reason})`;

describe.skipIf(reason !== "")(`crm_mon's XML, and the schema of an installed Pacemaker${whySkipped}`, () => {
  const show = async (name: string, ...options: readonly string[]) => {
    const world = new MemoryWorld();
    world.files.set("cib.xml", readFileSync(`${CASES}/${name}/cib.xml`, "utf8"));
    world.env.CIB_file = "cib.xml";
    const shown = await world.run(crmMon, "crm_mon", "-1", "--output-as=xml", ...options);
    expect(shown).toMatchObject({ status: 0 });
    return shown.stdout;
  };

  test.each(readdirSync(CASES))("%s", async (name) => {
    for (const options of FORMS)
      expect(classicProblems(await show(name, ...options)), options.join(" ")).toEqual([]);
  });

  test("the schema refuses what it does not know", async () => {
    const shown = await show("clones");
    expect(classicProblems(shown.replace("<resource ", '<resource colour="red" '))).not.toEqual([]);
    expect(classicProblems(shown.replace(/<status .*\n/, ""))).not.toEqual([]);
  });
});
