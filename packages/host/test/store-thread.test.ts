import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StoreResult } from "@quorate/ports";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type StorePerformer, storeThread } from "../src/file-store.ts";
import type { StoreOperation } from "../src/store-operations.ts";

const THREAD = join(import.meta.dirname, "../testdata/store-thread.mjs");

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "quorate-store-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const ask = (perform: StorePerformer, operation: StoreOperation): Promise<StoreResult<unknown>> =>
  new Promise((resolve) => perform(operation, resolve));

const write = (name: string, text: string): StoreOperation => ({
  kind: "write",
  files: [{ name, content: new TextEncoder().encode(text), mode: 0o600 }],
});

describe("the disk's thread", () => {
  test("performs in the order of the calls, and gives back what it read", async () => {
    const perform = storeThread(THREAD, directory);
    const results = await Promise.all([
      ask(perform, write("cib.xml", "one")),
      ask(perform, { kind: "link", from: "cib.xml", to: "cib-1.raw" }),
      ask(perform, write("cib.xml", "two")),
      ask(perform, { kind: "read", name: "cib-1.raw" }),
      ask(perform, { kind: "link", from: "absent", to: "x" }),
    ]);
    expect(results.map(({ ok }) => ok)).toEqual([true, true, true, true, false]);
    const [, , , read] = results;
    expect(read!.ok && new TextDecoder().decode(read!.value as Uint8Array)).toBe("one");
    expect(readFileSync(join(directory, "cib.xml"), "utf8")).toBe("two");
  });

  test("a thread that ends answers all that waits as not done, and the next operation starts another", async () => {
    const program = join(directory, "thread.mjs");
    writeFileSync(program, "process.exit(3);");
    const perform = storeThread(program, directory);
    const results = await Promise.all([ask(perform, write("a", "1")), ask(perform, write("b", "2"))]);
    expect(results).toEqual(
      Array(2).fill({ ok: false, error: { code: "EIO", message: "the disk's thread ended with code 3" } }),
    );
    writeFileSync(program, `import ${JSON.stringify(THREAD)};`);
    expect(await ask(perform, write("c", "3"))).toEqual({ ok: true, value: null });
  });
});
