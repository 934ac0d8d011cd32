import {
  closeSync,
  fchmodSync,
  fsync,
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
import { promisify } from "node:util";
import type { FileToStore, StoreResult } from "@quorate/ports";

/** An operation of the `Store` port as data, so that it can go to a thread. */
export type StoreOperation =
  | { readonly kind: "read"; readonly name: string }
  | { readonly kind: "write"; readonly files: readonly FileToStore[] }
  | { readonly kind: "link"; readonly from: string; readonly to: string }
  | { readonly kind: "remove"; readonly name: string }
  | { readonly kind: "list" };

/** Performs it on a directory. Blocks, but for the disk's confirmations; the caller sees to it that one is done before the next begins. Never rejects. */
export async function performStoreOperation(
  directory: string,
  operation: StoreOperation,
): Promise<StoreResult<unknown>> {
  try {
    return { ok: true, value: await perform(directory, operation) };
  } catch (error) {
    const problem = error as NodeJS.ErrnoException;
    return { ok: false, error: { code: problem.code ?? "EIO", message: problem.message } };
  }
}

async function perform(directory: string, operation: StoreOperation): Promise<unknown> {
  switch (operation.kind) {
    case "read":
      return readIfThere(join(directory, operation.name));
    case "write":
      await replaceDurably(directory, operation.files);
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

const synced = promisify(fsync);

/**
 * Temporary files in the same directory, fsync, re-read and compare, renames, fsync of the directory. The fsyncs of the files are under way at the same
 * time, because a file system with a journal then confirms them together, and that of the directory is one for all: each may take as long as everything
 * else. Renames keep their order.
 */
async function replaceDurably(directory: string, files: readonly FileToStore[]): Promise<void> {
  mkdirSync(directory, { recursive: true, mode: 0o750 });
  const pending = files.map((file) => {
    const path = join(directory, file.name);
    return { ...file, path, temporary: `${path}.new` };
  });
  try {
    // Settled, not only the first failure: nothing of this may go on beside the next operation.
    const written = await Promise.allSettled(pending.map((file) => writeDurably(file.temporary, file)));
    for (const result of written) if (result.status === "rejected") throw result.reason;
    for (const { temporary, path } of pending) renameSync(temporary, path);
  } catch (error) {
    for (const { temporary } of pending) removeIfPossible(temporary);
    throw error;
  }
  withFile(directory, fsyncSync);
}

async function writeDurably(path: string, { content, mode }: FileToStore): Promise<void> {
  const file = openSync(path, "w", mode);
  try {
    writeFileSync(file, content);
    fchmodSync(file, mode);
    await synced(file);
  } finally {
    closeSync(file);
  }
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
  return withFile(path, (file) => {
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

function withFile<T>(path: string, use: (file: number) => T): T {
  const file = openSync(path, "r");
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
