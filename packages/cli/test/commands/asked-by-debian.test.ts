import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { main as crmMon } from "../../src/commands/crm_mon.ts";
import { main as controld } from "../../src/commands/pacemaker-controld.ts";
import { main as quorate } from "../../src/commands/quorate.ts";
import { main as stonithAdmin } from "../../src/commands/stonith_admin.ts";
import { MemoryWorld } from "../memory-world.ts";

const CIB = `<cib crm_feature_set="3.20.5" validate-with="pacemaker-4.0" epoch="5" num_updates="3" admin_epoch="0"><configuration>
<crm_config/><nodes><node id="1" uname="node1"/></nodes><resources><primitive id="db" class="ocf" provider="pacemaker" type="Dummy"/></resources><constraints/></configuration><status/></cib>`;

// Seen with strace: which commands pcs 0.11.5 and crmsh 4.4.1 call before they do anything.

test("pcs takes the history of fencing for granted when the help tells of it", async () => {
  const { status, stdout } = await new MemoryWorld().run(stonithAdmin, "stonith_admin", "--help-all");
  expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringContaining("--history=NODE") });
});

test("crmsh asks the controller for the version", async () => {
  const { status, stdout } = await new MemoryWorld().run(controld, "pacemaker-controld", "version");
  expect({ status, stdout }).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^CRM Version: \d+\.\d+\.\d+ /),
  });
});

test.skipIf(!existsSync("/usr/bin/xmllint"))(
  "results follow the schema against which pcs checks them (where xmllint is)",
  async () => {
    const world = new MemoryWorld();
    world.files.set("cib.xml", CIB);
    world.env.CIB_file = "cib.xml";
    const { stdout: good } = await world.run(
      crmMon,
      "crm_mon",
      "--one-shot",
      "--inactive",
      "--output-as=xml",
    );
    const { stdout: schema } = await world.run(quorate, "quorate", "schema", "--results-rng");
    const folder = mkdtempSync(join(tmpdir(), "quorate-results-"));
    try {
      const judge = (name: string, text: string) => {
        writeFileSync(join(folder, name), text);
        return spawnSync("xmllint", ["--noout", "--relaxng", "results.rng", name], { cwd: folder }).status;
      };
      writeFileSync(join(folder, "results.rng"), schema);
      expect(good).toContain('id="db"');
      expect(judge("good.xml", good)).toBe(0);
      expect(judge("no-status.xml", good.replace(/<status .*\n/, ""))).not.toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

test("a part of the help of the classic commands is told with the whole", async () => {
  const run = (...words: string[]) => new MemoryWorld().run(stonithAdmin, "stonith_admin", ...words);
  expect(await run("--help-fence")).toEqual(await run("--help"));
});
