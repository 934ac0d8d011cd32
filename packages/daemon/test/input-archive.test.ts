import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Bzip2, loadBzip2 } from "@quorate/host";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { InputArchive } from "../src/world/input-archive.ts";

const hasBzip2 = spawnSync("bzip2", ["--help"]).error === undefined;
let directory = "";
let remarks: string[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "quorate-inputs-"));
  remarks = [];
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

async function opened(where = directory, load: () => Promise<Bzip2> = loadBzip2): Promise<InputArchive> {
  const archive = new InputArchive(where, (remark) => remarks.push(remark), load);
  await archive.open();
  return archive;
}

const input = (max: number) => ({ series: "input" as const, nowS: 1_800_000_000, max });

describe("inputs of the scheduler on disk", () => {
  test.skipIf(!hasBzip2)("are compressed, numbered, dated, and for the owner only", async () => {
    const archive = await opened();
    const warn = { ...input(5), series: "warn" as const };
    expect(archive.save('<cib epoch="1"/>', input(5))).toBe(join(directory, "pe-input-0.bz2"));
    expect(archive.save('<cib epoch="2"/>', warn)).toBe(join(directory, "pe-warn-0.bz2"));
    expect(archive.save('<cib epoch="3"/>', input(5))).toBe(join(directory, "pe-input-1.bz2"));
    await archive.idle();
    const { stdout } = spawnSync("bzip2", ["-dc", join(directory, "pe-input-1.bz2")], { encoding: "utf8" });
    expect(stdout).toBe('<cib execution-date="1800000000" epoch="3"/>');
    expect(statSync(join(directory, "pe-input-1.bz2")).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(directory, "pe-input.last"), "utf8")).toBe("2\n");
    expect(remarks).toEqual([]);
  });

  test("the same input again is the same file, and is written once", async () => {
    const archive = await opened();
    const first = archive.save("<cib/>", input(5));
    expect(archive.save("<cib/>", input(5))).toBe(first);
    await archive.idle();
    expect(readFileSync(join(directory, "pe-input.last"), "utf8")).toBe("1\n");
  });

  test("a series begins anew at its limit, also after a restart; 0 saves nothing, a negative limit never begins anew", async () => {
    const numbers: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      const archive = await opened();
      numbers.push(archive.save(`<cib epoch="${index}"/>`, input(2)).replace(/.*-(\d+)\..*/, "$1"));
      await archive.idle();
    }
    expect(numbers).toEqual(["0", "1", "0", "1", "0"]);
    expect(readdirSync(directory).filter((name) => /^pe-input-/.test(name))).toHaveLength(2);
    const archive = await opened();
    expect(archive.save('<cib epoch="6"/>', input(0))).toBe("");
    writeFileSync(join(directory, "pe-input.last"), "70000");
    const later = await opened();
    expect(later.save('<cib epoch="7"/>', input(-1))).toMatch(/pe-input-70000\./);
    await later.idle();
  });

  test("without libbz2 they are saved as they are, which is said once", async () => {
    const archive = await opened(directory, () => Promise.reject(new Error("there is no libbz2 here")));
    expect(archive.save('<cib epoch="1"/>', input(5))).toBe(join(directory, "pe-input-0.xml"));
    await archive.idle();
    expect(readFileSync(join(directory, "pe-input-0.xml"), "utf8")).toMatch(/^<cib execution-date=/);
    expect(remarks).toEqual(["scheduler inputs are saved uncompressed: there is no libbz2 here"]);
  });

  test("a directory that cannot be used is told once, and nothing is claimed to be saved", async () => {
    writeFileSync(join(directory, "file"), "");
    const archive = await opened(join(directory, "file", "below"));
    expect(archive.save("<cib/>", input(5))).toBe("");
    expect(remarks).toHaveLength(1);
    expect(remarks[0]).toMatch(
      /^scheduler inputs cannot be saved in .*a part of the path is not a directory/,
    );
  });

  test("a failed write is told, and the same input is tried again", async () => {
    const archive = await opened();
    rmSync(directory, { recursive: true });
    archive.save("<cib/>", input(5));
    await archive.idle();
    expect(remarks).toHaveLength(1);
    expect(archive.save("<cib/>", input(5))).toMatch(/pe-input-1\./);
    await archive.idle();
    expect(remarks).toHaveLength(2);
  });

  test("more than the disk takes are left out", async () => {
    const archive = await opened();
    const paths = Array.from({ length: 12 }, (_, index) =>
      archive.save(`<cib epoch="${index}"/>`, input(50)),
    );
    expect(paths.slice(0, 8)).not.toContain("");
    expect(paths.slice(8)).toEqual(["", "", "", ""]);
    expect(remarks).toEqual(["scheduler inputs are not saved at the moment: the disk is too slow"]);
    await archive.idle();
    expect(archive.save("<cib/>", input(50))).not.toBe("");
  });
});
