import {
  closeSync,
  fchmodSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { FileToStore, StoreResult } from "@quorate/ports";

/** An operation of the `Store` port as data, so that it can go to a thread. */
export type StoreOperation =
  | { readonly kind: "read"; readonly name: string }
  | { readonly kind: "write"; readonly files: readonly FileToStore[] }
  | { readonly kind: "link"; readonly from: string; readonly to: string }
  | { readonly kind: "remove"; readonly name: string }
  | { readonly kind: "list" };

/** Performs it on a directory, and blocks until it is done. Never throws. */
export function performStoreOperation(directory: string, operation: StoreOperation): StoreResult<unknown> {
  try {
    return { ok: true, value: perform(directory, operation) };
  } catch (error) {
    const problem = error as NodeJS.ErrnoException;
    return { ok: false, error: { code: problem.code ?? "EIO", message: problem.message } };
  }
}

function perform(directory: string, operation: StoreOperation): unknown {
  switch (operation.kind) {
    case "read":
      return readIfThere(join(directory, operation.name));
    case "write":
      replaceDurably(directory, operation.files);
      return null;
    case "link":
      rmSync(join(directory, operation.to), { force: true });
      linkSync(join(directory, operation.from), join(directory, operation.to));
      return null;
    case "remove":
      rmSync(join(directory, operation.name), { force: true });
      return null;
    case "list":
      return listFiles(directory);
  }
}

function readIfThere(path: string): Uint8Array | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/**
 * Temporary files in the same directory, fsync, re-read and compare, renames, fsync of the directory. One for all: each fsync may take as long as
 * everything else, and file systems with a journal keep renames in their order.
 */
function replaceDurably(directory: string, files: readonly FileToStore[]): void {
  mkdirSync(directory, { recursive: true, mode: 0o750 });
  const pending = files.map((file) => {
    const path = join(directory, file.name);
    return { ...file, path, temporary: `${path}.new` };
  });
  try {
    for (const file of pending) writeDurably(file.temporary, file);
    for (const { temporary, path } of pending) renameSync(temporary, path);
  } catch (error) {
    for (const { temporary } of pending) removeIfPossible(temporary);
    throw error;
  }
  withFile(directory, "r", 0, fsyncSync);
}

function writeDurably(path: string, { content, mode }: FileToStore): void {
  withFile(path, "w", mode, (file) => {
    writeFileSync(file, content);
    fchmodSync(file, mode);
    fsyncSync(file);
  });
  if (!holds(path, content))
    throw Object.assign(new Error(`${path} does not hold what was written to it`), { code: "EIO" });
}

/** What went wrong before is what is to be told. */
function removeIfPossible(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {}
}

/** By parts: to get memory for megabytes takes longer than to read them. */
const PART_LENGTH = 1 << 18;

function holds(path: string, content: Uint8Array): boolean {
  return withFile(path, "r", 0, (file) => {
    const part = Buffer.allocUnsafe(Math.min(PART_LENGTH, content.length + 1));
    let at = 0;
    for (;;) {
      const bytesRead = readSync(file, part, 0, part.length, at);
      if (bytesRead === 0) return at === content.length;
      if (!part.subarray(0, bytesRead).equals(content.subarray(at, at + bytesRead))) return false;
      at += bytesRead;
    }
  });
}

function withFile<T>(path: string, flags: string, mode: number, use: (file: number) => T): T {
  const file = openSync(path, flags, mode);
  try {
    return use(file);
  } finally {
    closeSync(file);
  }
}

function listFiles(directory: string): { name: string; changedMs: number }[] {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  const files: { name: string; changedMs: number }[] = [];
  for (const name of names.sort()) {
    const status = lstatSync(join(directory, name));
    if (status.isFile()) files.push({ name, changedMs: status.ctimeMs });
  }
  return files;
}
