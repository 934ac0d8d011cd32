import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { expectedText } from "../../scripts/conformance/case.ts";
import { runInMemory } from "../../scripts/conformance/memory-world.ts";
import { runOfflineSuite } from "../../scripts/conformance/offline/run-offline-suite.ts";
import { readOfflineSuite } from "../../scripts/conformance/offline/suite.ts";
import { runUpgradeSuite } from "../../scripts/conformance/upgrade/run-upgrade-suite.ts";

const OLD =
  '<cib validate-with="pacemaker-3.0" admin_epoch="0" epoch="1" num_updates="0"><configuration><crm_config/><nodes/><resources/><constraints/></configuration><status/></cib>';
const SELECTION = { only: [], showsDifferences: false };

let folder: string;
let printed: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "quorate-suite-"));
  printed = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => {
    printed.push(line);
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function put(name: string, text: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}

describe("the upgrade suite", () => {
  function runOne(exitCode: number, document: string): number {
    put("exit-codes.json", JSON.stringify({ a: exitCode }));
    put("xml/a.xml", document);
    return runUpgradeSuite([folder], SELECTION);
  }

  it("fails when there is nothing to compare an upgraded document with", () => {
    expect(runOne(0, OLD)).toBe(1);
    expect(printed[0]).toMatch(/^a: there is no .*ref\/a\.xml to compare with$/);
  });

  it("accepts that a document that must be refused has no reference", () => {
    expect(runOne(78, OLD.replace("<crm_config/>", "<nonsense/>"))).toBe(0);
  });

  it("fails when a document is not listed", () => {
    put("xml/b.xml", OLD);
    expect(runOne(78, OLD.replace("<crm_config/>", "<nonsense/>"))).toBe(1);
    expect(printed[0]).toMatch(/^b\.xml: /);
  });
});

describe("the suite of the scheduler", () => {
  it("takes no missing file for an empty one, except of standard error", () => {
    expect(expectedText(folder, "a", "stderr")).toBe("");
    expect(() => expectedText(folder, "a", "dot")).toThrow(/dot\/a\.dot/);
  });
});

describe("the suite of commands on files", () => {
  async function runCase(fields: object): Promise<string[]> {
    const testCase = {
      id: "c",
      area: "a",
      base: null,
      exit: 0,
      stdout: "",
      stderr: "",
      cib_after: null,
      ...fields,
    };
    put("commands.jsonl", `${JSON.stringify(testCase)}\n`);
    const selection = { ...SELECTION, tool: "pcs", only: ["c"], showsDifferences: true, listsFailing: false };
    await runOfflineSuite(readOfflineSuite(folder)!, selection);
    return printed;
  }

  it("fails when an empty file was to be made and was not", async () => {
    const lines = await runCase({ args: ["--version"], stdout: "0.11.5\n", files_after: { "new.txt": "" } });
    expect(lines).toContain("file new.txt is not there");
  });
});

describe("the world of a case", () => {
  it("has a removed file no longer, and tells which were removed", async () => {
    const files = new Map([
      ["given", "1"],
      ["kept", "2"],
    ]);
    const run = await runInMemory(
      async (_, world) => {
        world.removeFile("given");
        world.writeFile("made", "3");
        world.removeFile("made");
        expect(world.fileExists("given")).toBe(false);
        expect(() => world.readFile("given")).toThrow(/given cannot be read/);
        expect(() => world.removeFile("made")).toThrow(/made cannot be removed/);
        expect(world.readFile("kept")).toBe("2");
        return 0;
      },
      [],
      files,
    );
    expect([...run.removed]).toEqual(["given"]);
    expect(run.written.size).toBe(0);
  });
});
