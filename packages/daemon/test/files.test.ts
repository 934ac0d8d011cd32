import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeDirectory, readKey } from "../src/files.ts";

let directory: string;
let keyFile: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "q-files-"));
  keyFile = join(directory, "key");
});

afterEach(() => rmSync(directory, { recursive: true }));

describe("key of the engine", () => {
  test("hexadecimal digits, in lower or upper case, with white space around", () => {
    writeFileSync(keyFile, ` ${"0aFF".repeat(16)}\n`);
    expect(readKey(keyFile)).toEqual(Buffer.from("0aff".repeat(16), "hex"));
  });

  test.each([
    ["absent", () => {}, "no such file or directory"],
    ["a directory", () => mkdirSync(keyFile), "it is a directory"],
    ["empty", () => writeFileSync(keyFile, "\n"), "is not usable"],
    ["too short", () => writeFileSync(keyFile, "00".repeat(15)), "is not usable"],
    ["half a byte", () => writeFileSync(keyFile, "0".repeat(33)), "is not usable"],
    ["text", () => writeFileSync(keyFile, "correct horse battery staple, and more"), "is not usable"],
    ["noise", () => writeFileSync(keyFile, Buffer.alloc(64, 0xfe)), "is not usable"],
  ])("%s: names the file, the reason and the mend", (_, make, reason) => {
    make();
    expect(() => readKey(keyFile)).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(new RegExp(`${keyFile}.*${reason}.*32 hexadecimal digits or more`)),
      }),
    );
  });
});

describe("directories", () => {
  test("are made with all above them; those that are there stay as they are", () => {
    const path = join(directory, "a/b/c");
    makeDirectory(path, 0o750);
    expect(statSync(path).mode & 0o777).toBe(0o750 & ~process.umask());
    chmodSync(path, 0o700);
    makeDirectory(path, 0o750);
    expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  test("a file in the way is told", () => {
    writeFileSync(join(directory, "a"), "");
    expect(() => makeDirectory(join(directory, "a"), 0o750)).toThrow("a file of that name is in the way");
    expect(() => makeDirectory(join(directory, "a/b"), 0o750)).toThrow(
      `cannot make the directory ${join(directory, "a/b")}: a part of the path is not a directory`,
    );
  });
});
