import { beforeEach, describe, expect, test } from "vitest";
import { main as cibadmin } from "../../src/commands/cibadmin.ts";
import { main as crmDiff } from "../../src/commands/crm_diff.ts";
import { main as crmRule } from "../../src/commands/crm_rule.ts";
import { main as crmTicket } from "../../src/commands/crm_ticket.ts";
import { main as iso8601 } from "../../src/commands/iso8601.ts";
import { MemoryWorld } from "../memory-world.ts";

const CIB = `<cib admin_epoch="0" epoch="5" num_updates="0" validate-with="pacemaker-4.0">
  <configuration>
    <crm_config/>
    <nodes/>
    <resources>
      <primitive id="web" class="ocf" provider="quorate" type="http"/>
    </resources>
    <constraints>
      <rsc_ticket id="needs-a" rsc="web" ticket="a" loss-policy="stop"/>
    </constraints>
  </configuration>
  <status>
    <tickets>
      <ticket_state id="a" granted="true" last-granted="1700000000"/>
    </tickets>
  </status>
</cib>
`;

let world: MemoryWorld;

beforeEach(() => {
  world = new MemoryWorld();
  world.files.set("cib.xml", CIB);
  world.env.CIB_file = "cib.xml";
});

describe("crm_ticket", () => {
  const run = (...argv: string[]) => world.run(crmTicket, "crm_ticket", ...argv);

  test.each([
    [["--grant", "-t", "b"], "already granted elsewhere"],
    [["--revoke", "-t", "a"], "loss-policy"],
    [["--set-attr", "granted", "-v", "false", "-t", "a"], "loss-policy"],
    [["--delete-attr", "granted", "-t", "a"], "loss-policy"],
    [["--cleanup", "-t", "a"], "loss-policy"],
  ])("%j needs --force", async (argv, message) => {
    const refused = await run(...argv);
    expect(refused.status).toBe(4);
    expect(refused.stderr).toContain(message);
    expect(world.files.get("cib.xml")).toBe(CIB);
    expect((await run(...argv, "--force")).status).toBe(0);
    expect(world.files.get("cib.xml")).not.toBe(CIB);
  });

  test.each([
    ["--set-attr", "id", "-v", "b"],
    ["--delete-attr", "id"],
  ])("a ticket keeps its name: %s %s", async (...argv) => {
    const refused = await run(...argv, "-t", "a", "--force");
    expect(refused.status).toBe(64);
    expect(refused.stderr).toContain("name of the ticket");
    expect(world.files.get("cib.xml")).toBe(CIB);
  });

  test("a grant remembers its time, a standby changes nothing else", async () => {
    expect((await run("--grant", "-t", "b", "--force")).status).toBe(0);
    expect(world.files.get("cib.xml")).toContain(
      '<ticket_state id="b" granted="true" last-granted="1795262400"/>',
    );
    expect((await run("--standby", "-t", "a")).status).toBe(0);
    expect(world.files.get("cib.xml")).toContain(
      '<ticket_state id="a" granted="true" last-granted="1700000000" standby="true"/>',
    );
  });

  test("what nobody knows is not found", async () => {
    expect((await run("--info", "-t", "x")).status).toBe(105);
    expect((await run("--get-attr", "x", "-t", "a")).status).toBe(105);
    expect((await run("--get-attr", "x", "-t", "a", "-d", "7")).stdout).toBe("7\n");
  });
});

describe("crm_diff", () => {
  const run = (...argv: string[]) => world.run(crmDiff, "crm_diff", ...argv);

  test("a patch makes the new document of the old one, and the CIB takes it", async () => {
    const changed = CIB.replace('epoch="5"', 'epoch="6"').replace(
      'loss-policy="stop"',
      'loss-policy="fence"',
    );
    world.files.set("new.xml", changed);
    const patch = await run("-o", "cib.xml", "-n", "new.xml", "--cib");
    expect(patch.status).toBe(1);
    world.files.set("patch.xml", patch.stdout);
    expect((await run("-o", "cib.xml", "-p", "patch.xml")).stdout).toBe(changed);
    expect((await world.run(cibadmin, "cibadmin", "--patch", "-x", "patch.xml")).status).toBe(0);
    expect(world.files.get("cib.xml")).toContain('loss-policy="fence"');
    expect((await run("-o", "new.xml", "-n", "new.xml")).status).toBe(0);
  });

  test("broken input is named with its place", async () => {
    world.files.set("broken.xml", "<cib>\n  <a></cib>");
    const refused = await run("-o", "cib.xml", "-n", "broken.xml");
    expect(refused.status).toBe(65);
    expect(refused.stderr).toContain("broken.xml:2:");
  });
});

describe("crm_rule", () => {
  const check = (expression: string, ...argv: string[]) =>
    world.run(
      crmRule,
      "crm_rule",
      "-c",
      "-r",
      "r",
      "-X",
      `<rule id="r"><date_expression id="e" ${expression}</rule>`,
      ...argv,
    );

  test.each([
    ['operation="in_range" start="2020-01-01" end="2021-01-01"/>', 110],
    ['operation="in_range" start="2030-01-01"/>', 111],
    ['operation="in_range" start="2026-01-01"><duration id="d" years="1"/></date_expression>', 0],
    ['operation="gt" start="2020-01-01"/>', 0],
    ['operation="date_spec"><date_spec id="s" years="2020-2025"/></date_expression>', 110],
    ['operation="date_spec"><date_spec id="s" years="2026" months="1"/></date_expression>', 113],
    ['operation="date_spec"><date_spec id="s" hours="9-17"/></date_expression>', 3],
  ])("%s: %i", async (expression, status) => {
    expect((await check(expression)).status).toBe(status);
  });
});

test.each([
  [
    ["-d", "2009-01-31", "-D", "P1M", "-E", "2009-02-28 00:00:00Z"],
    0,
    "Duration ends at: 2009-02-28 00:00:00Z",
  ],
  [["-d", "2009-01-31", "-E", "2009-02-01 00:00:00Z"], 1, "Date: 2009-01-31 00:00:00Z"],
  [["-p", "2009-01-31/P1D", "-O"], 0, "Period: 2009-031 00:00:00Z to 2009-032 00:00:00Z"],
  [["-D", "PT25H"], 0, "Duration: 90000 seconds (25 hours)"],
  [["-n", "-S"], 0, "Current date/time: 1795262400"],
])("iso8601 %j", async (argv, status, line) => {
  const result = await world.run(iso8601, "iso8601", ...argv);
  expect(result.status).toBe(status);
  expect(result.stdout.split("\n")).toContain(line);
});
