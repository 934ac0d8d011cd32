import { emptyCib } from "@quorate/cib";
import { serializeXml } from "@quorate/xml";
import { describe, expect, test } from "vitest";
import { main } from "../../src/commands/pcs.ts";
import { MemoryWorld } from "../memory-world.ts";

function worldWithCib(): MemoryWorld {
  const world = new MemoryWorld();
  const cib = emptyCib({ featureSet: "3.20.5", schema: "pacemaker-4.0" });
  world.files.set("cib.xml", serializeXml(cib));
  return world;
}

const run = (world: MemoryWorld, ...argv: string[]) => world.run(main, "pcs", "-f", "cib.xml", ...argv);

describe("pcs on a file", () => {
  test("a mistyped value is refused with the right word, and nothing is written", async () => {
    const world = worldWithCib();
    const before = world.files.get("cib.xml");
    const result = await run(world, "property", "set", "stonith-enabled=ture");
    expect(result.status).toBe(1);
    expect(result.stderr).toContain("did you mean 'true'");
    expect(world.files.get("cib.xml")).toBe(before);
  });

  test("--force writes it after all", async () => {
    const world = worldWithCib();
    expect((await run(world, "property", "set", "stonith-enabled=ture", "--force")).status).toBe(0);
    expect(world.files.get("cib.xml")).toContain('value="ture"');
  });

  test("a mistyped property names the nearest one", async () => {
    const result = await run(worldWithCib(), "property", "set", "no-quorum-polcy=stop");
    expect(result.status).toBe(1);
    expect(result.stderr).toContain("did you mean 'no-quorum-policy'");
  });

  test("an option that a command does not take is refused before anything is read", async () => {
    const result = await run(new MemoryWorld(), "tag", "create", "t", "r", "--wait");
    expect(result.status).toBe(1);
    expect(result.stderr).toContain("--wait");
  });

  test("a mistyped command is told apart, with its usage", async () => {
    const result = await run(worldWithCib(), "constraint", "locaton");
    expect(result.status).toBe(1);
    expect(result.stderr).toContain("did you mean 'location'");
    expect(result.stderr).toContain("Usage:");
  });

  test("every command has help, which names it", async () => {
    const result = await new MemoryWorld().run(main, "pcs", "resource", "create", "--help");
    expect(result.status).toBe(0);
    expect(result.stdout).toContain("create <resource id>");
  });

  test.each([
    ["help", "Usage: pcs [-f FILE]"],
    ["resource help", "Usage: pcs resource COMMAND"],
    ["resource help create", "Usage: pcs resource create..."],
    ["cluster node help add", "Usage: pcs cluster node add..."],
  ])("'%s' is help, too", async (words, text) => {
    const { status, stdout } = await new MemoryWorld().run(main, "pcs", ...words.split(" "));
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining(text) });
  });

  test("'help' where a name stands is a name", async () => {
    expect((await run(worldWithCib(), "tag", "create", "help", "nothing")).stderr).toContain("'nothing'");
  });

  test("constraints about a resource that does not exist are refused", async () => {
    const result = await run(worldWithCib(), "constraint", "colocation", "add", "a", "with", "b");
    expect(result.status).toBe(1);
    expect(result.stderr).toContain("'a' does not exist");
  });
});
