import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Store, StoreResult } from "@quorate/ports";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createFileStore, performInOrder } from "../src/file-store.ts";

let directory: string;
let store: Store;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "quorate-store-"));
  store = storeIn(join(directory, "cib"));
});

afterEach(() => rmSync(directory, { recursive: true }));

/** What the thread does, without the thread. */
function storeIn(path: string): Store {
  return createFileStore(performInOrder(path));
}

function call<T>(start: (done: (result: StoreResult<T>) => void) => void): Promise<StoreResult<T>> {
  return new Promise((resolve) => start(resolve));
}

const bytes = (text: string) => new TextEncoder().encode(text);

describe("file store", () => {
  test("write creates the directory, replaces, keeps the mode; read gives it back", async () => {
    await call((done) => store.write([{ name: "cib.xml", content: bytes("one"), mode: 0o600 }], done));
    await call((done) => store.write([{ name: "cib.xml", content: bytes("two"), mode: 0o600 }], done));
    expect(readFileSync(join(directory, "cib/cib.xml"), "utf8")).toBe("two");
    expect(statSync(join(directory, "cib/cib.xml")).mode & 0o777).toBe(0o600);
    const read = await call<Uint8Array | null>((done) => store.read("cib.xml", done));
    expect(read.ok && new TextDecoder().decode(read.value!)).toBe("two");
  });

  test.each([0, 1 << 18, (1 << 18) + 1, 3_000_000])("%d bytes are kept whole", async (length) => {
    const content = Uint8Array.from({ length }, (_, index) => index % 251);
    expect(
      await call((done) => store.write([{ name: "cib.xml", content: content, mode: 0o600 }], done)),
    ).toMatchObject({
      ok: true,
    });
    expect(readFileSync(join(directory, "cib/cib.xml")).equals(content)).toBe(true);
  });

  test("a missing file reads as null, lists as nothing, removes as success", async () => {
    expect(await call((done) => store.read("absent", done))).toEqual({ ok: true, value: null });
    expect(await call((done) => store.list(done))).toEqual({ ok: true, value: [] });
    expect(await call((done) => store.remove("absent", done))).toEqual({ ok: true, value: null });
  });

  test("operations happen in the order of the calls: a backup linked before its file is replaced holds the old content", async () => {
    store.write([{ name: "cib.xml", content: bytes("old"), mode: 0o600 }], () => {});
    store.link("cib.xml", "cib-1.raw", () => {});
    store.write([{ name: "cib.xml", content: bytes("new"), mode: 0o600 }], () => {});
    const listed = await call<readonly { readonly name: string }[]>((done) => store.list(done));
    expect(listed.ok && listed.value.map((file) => file.name)).toEqual(["cib-1.raw", "cib.xml"]);
    expect(readFileSync(join(directory, "cib/cib-1.raw"), "utf8")).toBe("old");
  });

  test("an error names its code, leaves the old content and no temporary file", async () => {
    await call((done) => store.write([{ name: "cib.xml", content: bytes("old"), mode: 0o600 }], done));
    mkdirSync(join(directory, "cib/cib.xml.new"));
    const result = await call((done) =>
      store.write([{ name: "cib.xml", content: bytes("new"), mode: 0o600 }], done),
    );
    expect(result).toMatchObject({ ok: false, error: { code: "EISDIR" } });
    expect(readFileSync(join(directory, "cib/cib.xml"), "utf8")).toBe("old");
  });

  test("several files are written as one: when one cannot be, all stay as they were", async () => {
    const files = (text: string) =>
      ["cib.ancestry", "cib.xml", "cib.xml.sig"].map((name) => ({ name, content: bytes(text), mode: 0o600 }));
    expect((await call((done) => store.write(files("old"), done))).ok).toBe(true);
    mkdirSync(join(directory, "cib/cib.xml.sig.new"));
    expect(await call((done) => store.write(files("new"), done))).toMatchObject({
      ok: false,
      error: { code: "EISDIR" },
    });
    for (const { name } of files("")) expect(readFileSync(join(directory, "cib", name), "utf8")).toBe("old");
    expect(existsSync(join(directory, "cib/cib.xml.new"))).toBe(false);
  });

  test("linking a missing file is ENOENT, and later operations still work", async () => {
    const result = await call((done) => store.link("absent", "x", done));
    expect(result).toMatchObject({ ok: false, error: { code: "ENOENT" } });
    expect(
      (await call((done) => store.write([{ name: "a", content: bytes("a"), mode: 0o640 }], done))).ok,
    ).toBe(true);
  });

  test("a path that is no directory is reported, not thrown", async () => {
    writeFileSync(join(directory, "file"), "");
    const broken = storeIn(join(directory, "file"));
    expect(
      await call((done) => broken.write([{ name: "a", content: bytes("a"), mode: 0o600 }], done)),
    ).toMatchObject({
      ok: false,
    });
    expect(existsSync(join(directory, "file"))).toBe(true);
    chmodSync(join(directory, "file"), 0o600);
  });
});
