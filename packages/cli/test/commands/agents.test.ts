import { join } from "node:path";
import { createAgentCatalogue } from "@quorate/executor";
import { systemClock } from "@quorate/host";
import { afterEach, beforeEach, expect, test } from "vitest";
import { main } from "../../src/commands/crm_resource.ts";
import { MemoryWorld } from "../memory-world.ts";

const ROOT = join(import.meta.dirname, "../../../..");
const TESTDATA = join(ROOT, "packages/executor/testdata");

let world: MemoryWorld;
const run = (...argv: string[]) => world.run(main, "crm_resource", ...argv);

beforeEach(() => {
  world = new MemoryWorld();
  world.agents = createAgentCatalogue({
    clock: systemClock,
    ocfDirectories: [join(TESTDATA, "ocf"), join(ROOT, "agents/ocf")],
    lsbDirectory: join(TESTDATA, "init.d"),
    fenceDirectories: [join(TESTDATA, "fence")],
    metadataTimeoutMs: 300,
  });
});

afterEach(() => {
  world.agents?.close();
});

test.each([
  ["--list-standards", "ocf\nlsb\nservice\nstonith\n"],
  ["--list-ocf-providers", "hostile\nquorate\n"],
  ["--list-ocf-alternatives=Dummy", "quorate\n"],
  ["--list-agents=ocf:quorate", "Dummy\nStateful\nhttp\n"],
  ["--list-agents=lsb", "demo\n"],
  ["--list-agents=stonith", "fence_deaf\nfence_echo\nfence_hangs\nfence_tells\n"],
])("crm_resource %s", async (option, stdout) => {
  expect(await run(option)).toEqual({ status: 0, stdout, stderr: "" });
});

test("crm_resource --list-agents for programs", async () => {
  const { stdout } = await run("--list-agents=ocf:quorate", "--output-as=xml");
  expect(stdout).toMatch(/<agents>\s*<agent>Dummy<\/agent>/);
});

test("crm_resource --show-metadata is what the agent says", async () => {
  const { status, stdout } = await run("--show-metadata=ocf:quorate:Dummy");
  expect(status).toBe(0);
  expect(stdout).toMatch(/^<\?xml[\s\S]*<resource-agent name="Dummy"[\s\S]*<\/resource-agent>\n$/);
});

test.each([
  ["--show-metadata=ocf:quorate:Dumy", 105, "Metadata query for ocf:quorate:Dumy failed"],
  ["--show-metadata=stonith:fence_none", 105, "Metadata query for stonith:fence_none failed"],
  ["--show-metadata=stonith:fence_hangs", 1, "Metadata query for stonith:fence_hangs failed"],
  ["--list-agents=ocf:nobody", 105, "No agents for standard=ocf, provider=nobody found"],
  ["--list-ocf-alternatives=Dumy", 105, "No OCF providers for Dumy found"],
  ["--show-metadata=Dummy", 64, "write CLASS:PROVIDER:AGENT or CLASS:AGENT"],
])("crm_resource %s ends with %d", async (option, status, complaint) => {
  const result = await run(option);
  expect(result).toMatchObject({ status, stdout: "" });
  expect(result.stderr).toContain(complaint);
});
