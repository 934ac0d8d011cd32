import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { listAgents, listProviders, listStandards } from "../src/index.ts";
import { SHIPPED_AGENTS, TESTDATA } from "./harness.ts";

const directories = {
  ocfDirectories: [join(TESTDATA, "ocf"), join(SHIPPED_AGENTS, "ocf"), "/no/such/directory"],
  lsbDirectory: join(TESTDATA, "init.d"),
  fenceDirectories: [join(TESTDATA, "fence"), join(SHIPPED_AGENTS, "fence")],
};

describe("lists of agents", () => {
  it("standards and providers", async () => {
    expect(listStandards()).toEqual(["ocf", "lsb", "service", "stonith"]);
    expect(await listProviders(directories)).toEqual(["hostile", "quorate"]);
  });

  it("executable files only, of one provider or all, sorted", async () => {
    const hostile = await listAgents(directories, "ocf", "hostile");
    expect(hostile).toContain("exits-with");
    expect(hostile).not.toContain("not-executable");
    expect(hostile).not.toContain("is-a-directory");
    expect(await listAgents(directories, "ocf", "quorate")).toEqual(["Dummy", "Stateful", "http"]);
    expect(await listAgents(directories, "ocf", null)).toEqual(
      [...hostile, "Dummy", "Stateful", "http"].sort(),
    );
  });

  it("of the other classes", async () => {
    expect(await listAgents(directories, "lsb", null)).toEqual(["demo"]);
    expect(await listAgents(directories, "stonith", null)).toEqual([
      "fence_deaf",
      "fence_echo",
      "fence_hangs",
      "fence_playground",
    ]);
    expect(await listAgents(directories, "nagios", null)).toEqual([]);
  });
});
