import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AgentCatalogue, createAgentCatalogue, formatAgentName, parseAgentName } from "../src/index.ts";
import { SHIPPED_AGENTS, TESTDATA } from "./harness.ts";
import { realClock } from "./real-clock.ts";

let catalogue: AgentCatalogue;

beforeEach(() => {
  catalogue = createAgentCatalogue({
    clock: realClock,
    ocfDirectories: [join(TESTDATA, "ocf"), join(SHIPPED_AGENTS, "ocf"), "/no/such/directory"],
    lsbDirectory: join(TESTDATA, "init.d"),
    fenceDirectories: [join(TESTDATA, "fence"), join(SHIPPED_AGENTS, "fence")],
    metadataTimeoutMs: 300,
  });
});

afterEach(() => {
  catalogue.close();
});

describe("lists of agents", () => {
  it("standards and providers", async () => {
    expect(catalogue.listStandards()).toEqual(["ocf", "lsb", "service", "stonith"]);
    expect(await catalogue.listProviders()).toEqual(["hostile", "quorate"]);
  });

  it("executable files only, of one provider or all, sorted", async () => {
    const hostile = await catalogue.listAgents("ocf", "hostile");
    expect(hostile).toContain("exits-with");
    expect(hostile).not.toContain("not-executable");
    expect(hostile).not.toContain("is-a-directory");
    expect(await catalogue.listAgents("ocf", "quorate")).toEqual(["Dummy", "Stateful", "http"]);
    expect(await catalogue.listAgents("ocf", null)).toEqual([...hostile, "Dummy", "Stateful", "http"].sort());
  });

  it("of the other classes", async () => {
    expect(await catalogue.listAgents("lsb", null)).toEqual(["demo"]);
    expect(await catalogue.listAgents("stonith", null)).toEqual([
      "fence_deaf",
      "fence_echo",
      "fence_hangs",
      "fence_playground",
      "fence_tells",
    ]);
    expect(await catalogue.listAgents("nagios", null)).toEqual([]);
  });

  it("by type alone", async () => {
    expect(await catalogue.listAlternatives("Dummy")).toEqual(["quorate"]);
    expect(await catalogue.named("demo")).toEqual([
      { class: "lsb", provider: "", type: "demo" },
      { class: "service", provider: "", type: "demo" },
    ]);
    expect(await catalogue.named("nothing")).toEqual([]);
  });
});

describe("descriptions", () => {
  it("of a shipped agent", async () => {
    const result = await catalogue.describe({ class: "ocf", provider: "quorate", type: "Dummy" });
    expect(result).toMatchObject({ ok: true, description: { name: "Dummy" } });
  });

  it.each([
    ["prints-no-xml", "is not XML"],
    ["never-ends", "did not complete within 300ms"],
    ["missing", "No such file or directory"],
  ])("of %s tell why there is none", async (type, reason) => {
    const result = await catalogue.describe({ class: "ocf", provider: "hostile", type });
    expect(result).toMatchObject({ ok: false, reason: expect.stringContaining(reason) });
  });
});

describe("validation by the agent of a device", () => {
  const validate = (agent: string, parameters: Readonly<Record<string, string>>) =>
    catalogue.validateDevice({
      deviceId: "",
      agent,
      parameters: new Map(Object.entries(parameters)),
      timeoutMs: 5000,
    });

  it("asks the agent for validate-all", async () => {
    const valid = await validate("fence_echo", { ip: "x" });
    expect(valid).toMatchObject({ isValid: true, exitCode: 0, reason: "" });
    expect(valid.stdout).toBe("got action=validate-all\ngot ip=x\n");
    expect(await validate("fence_echo", { exit: "1" })).toMatchObject({ isValid: false, exitCode: 1 });
  });

  it("says why it could not be asked", async () => {
    expect(await validate("fence_none", {})).toMatchObject({
      isValid: false,
      exitCode: -1,
      reason: "fence_none: No such file or directory",
    });
  });
});

describe("names of agents", () => {
  it.each(["ocf:heartbeat:IPaddr2", "systemd:getty@tty1", "systemd:a:b", "lsb:cron", "stonith:fence_scsi"])(
    "%s is read and written",
    (text) => {
      expect(formatAgentName(parseAgentName(text)!)).toBe(text);
    },
  );

  it.each(["IPaddr2", "ocf:IPaddr2", "ocf::IPaddr2", "ocf:a:b:c", "nagios:x", "lsb:", ""])(
    "%j is none",
    (text) => {
      expect(parseAgentName(text)).toBeNull();
    },
  );
});
