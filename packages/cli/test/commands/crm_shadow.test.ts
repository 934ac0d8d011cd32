import { beforeEach, describe, expect, test } from "vitest";
import { main as cibadmin } from "../../src/commands/cibadmin.ts";
import { main as crmShadow } from "../../src/commands/crm_shadow.ts";
import { MemoryWorld } from "../memory-world.ts";

const CIB = `<cib admin_epoch="0" epoch="5" num_updates="0" validate-with="pacemaker-4.0">
  <configuration>
    <crm_config/>
    <nodes/>
    <resources>
      <primitive id="web" class="ocf" provider="quorate" type="http"/>
    </resources>
    <constraints/>
  </configuration>
  <status/>
</cib>
`;

let world: MemoryWorld;

beforeEach(() => {
  world = new MemoryWorld();
  world.files.set("cib.xml", CIB);
  world.env.CIB_file = "cib.xml";
  world.env.CIB_shadow_dir = "/shadows";
});

const shadow = (...argv: string[]) => world.run(crmShadow, "crm_shadow", ...argv);

describe("crm_shadow", () => {
  test("changes in a shadow reach the CIB behind it only when committed", async () => {
    expect((await shadow("--create", "try")).stdout).toContain("export CIB_shadow=try\n");
    world.env.CIB_shadow = "try";
    const change = ["--delete", "--xml-text", '<primitive id="web"/>'];
    expect((await world.run(cibadmin, "cibadmin", ...change)).status).toBe(0);
    expect(world.files.get("cib.xml")).toBe(CIB);

    const diff = await shadow("--diff");
    expect(diff.status).toBe(1);
    expect(diff.stdout).toContain("-- /cib/configuration/resources/primitive[@id='web']\n");

    expect((await shadow("--commit", "try")).status).toBe(64);
    expect(world.files.get("cib.xml")).toBe(CIB);
    expect((await shadow("--commit", "try", "--force")).status).toBe(0);
    expect(world.files.get("cib.xml")).not.toContain("primitive");
  });

  test("keeps a shadow that exists unless forced", async () => {
    await shadow("--create-empty", "try");
    const before = world.files.get("/shadows/shadow.try");
    expect((await shadow("--create", "try")).status).toBe(73);
    expect((await shadow("--reset", "try")).status).toBe(64);
    expect(world.files.get("/shadows/shadow.try")).toBe(before);
    expect((await shadow("--reset", "try", "--force")).status).toBe(0);
    expect(world.files.get("/shadows/shadow.try")).toBe(CIB);
    expect((await shadow("--delete", "try")).status).toBe(64);
    expect((await shadow("--delete", "try", "--force")).status).toBe(0);
    expect(world.files.has("/shadows/shadow.try")).toBe(false);
  });

  test.each([
    [["--create", "../etc/passwd"], 64, "contains a /"],
    [["--create-empty", "x", "--validate-with", "pacemaker-9.9"], 64, "no such schema"],
    [["--create", "x", "--delete", "y"], 64, "exactly one"],
    [["--switch", "nothing"], 105, "Could not access shadow instance 'nothing'"],
  ])("refuses %j", async (argv, status, message) => {
    const run = await shadow(...argv);
    expect(run.status).toBe(status);
    expect(run.stderr).toContain(message);
  });

  test("names a broken shadow with its place", async () => {
    world.env.CIB_shadow = "broken";
    world.files.set("/shadows/shadow.broken", "<cib>\n<configuration></cib>");
    const run = await shadow("--display");
    expect(run.status).toBe(65);
    expect(run.stderr).toContain("/shadows/shadow.broken:2:");
  });
});
