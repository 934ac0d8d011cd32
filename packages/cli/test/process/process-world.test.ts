import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { processWorld } from "../../src/process/process-world.ts";

const world = processWorld("crm_simulate");
const directory = mkdtempSync(join(tmpdir(), "quorate-files-"));
const compressed = spawnSync("bzip2", ["-c"], { input: '<cib execution-date="1"/>' });

afterAll(() => rmSync(directory, { recursive: true }));

describe("files that end in .bz2", () => {
  test.skipIf(compressed.status !== 0)("are unpacked", () => {
    const path = join(directory, "pe-input-1.bz2");
    writeFileSync(path, compressed.stdout);
    expect(world.readFile(path)).toBe('<cib execution-date="1"/>');
  });

  test.skipIf(compressed.status !== 0)(
    "are refused when a part is missing or they are something else",
    () => {
      const path = join(directory, "pe-input-2.bz2");
      writeFileSync(path, compressed.stdout.subarray(0, -5));
      expect(() => world.readFile(path)).toThrow(
        /pe-input-2.bz2 cannot be read: it is no complete bzip2 file/,
      );
      writeFileSync(path, "<cib/>");
      expect(() => world.readFile(path)).toThrow(/it is no complete bzip2 file/);
    },
  );

  test("say which program is missing", () => {
    const path = join(directory, "pe-input-3.bz2");
    writeFileSync(path, "");
    const { PATH } = process.env;
    process.env.PATH = "/nonexistent";
    try {
      expect(() => world.readFile(path)).toThrow(/the program bzip2, which unpacks it, is not installed/);
      expect(() => world.readFile(join(directory, "missing.bz2"))).toThrow(/no such file or directory/);
    } finally {
      process.env.PATH = PATH;
    }
  });
});
