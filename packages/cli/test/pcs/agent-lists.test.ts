import { expect, test } from "vitest";
import { main } from "../../src/commands/pcs.ts";
import { MemoryWorld } from "../memory-world.ts";

test("the help of pcs names the lists of agents, and a surplus word is refused before agents are looked for", async () => {
  const help = await new MemoryWorld().run(main, "pcs", "resource", "--help");
  expect(help.stdout).toContain("standards");
  expect((await new MemoryWorld().run(main, "pcs", "resource", "standards", "x")).status).toBe(1);
});
