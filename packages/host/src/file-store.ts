import { type FileHandle, link, lstat, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Store, StoreResult } from "@quorate/ports";

/**
 * The `Store` port on a directory of the file system. Operations run one after another, in the order of the calls, so that a backup is
 * linked before its file is replaced. The directory is created, mode 0750, with the first write.
 */
export function createFileStore(directory: string): Store {
  let tail: Promise<void> = Promise.resolve();

  function enqueue<T>(work: () => Promise<T>, done: (result: StoreResult<T>) => void): void {
    tail = tail.then(async () => {
      const result = await settle(work);
      done(result);
    });
  }

  return {
    read: (name, done) => enqueue(() => readIfThere(join(directory, name)), done),
    write: (name, content, options, done) =>
      enqueue(() => replaceDurably(directory, name, content, options.mode), done),
    link: (from, to, done) =>
      enqueue(async () => {
        await rm(join(directory, to), { force: true });
        await link(join(directory, from), join(directory, to));
        return null;
      }, done),
    remove: (name, done) =>
      enqueue(async () => {
        await rm(join(directory, name), { force: true });
        return null;
      }, done),
    list: (done) => enqueue(() => listFiles(directory), done),
  };
}

async function settle<T>(work: () => Promise<T>): Promise<StoreResult<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    const problem = error as NodeJS.ErrnoException;
    return { ok: false, error: { code: problem.code ?? "EIO", message: problem.message } };
  }
}

async function readIfThere(path: string): Promise<Uint8Array | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** Temporary file in the same directory, fsync, re-read and compare, rename, fsync of the directory. */
async function replaceDurably(
  directory: string,
  name: string,
  content: Uint8Array,
  mode: number,
): Promise<null> {
  await mkdir(directory, { recursive: true, mode: 0o750 });
  const path = join(directory, name);
  const temporary = `${path}.new`;
  try {
    await withFile(temporary, "w", mode, async (file) => {
      await file.writeFile(content);
      await file.chmod(mode);
      await file.sync();
    });
    if (!(await holds(temporary, content)))
      throw Object.assign(new Error(`${temporary} does not hold what was written to it`), { code: "EIO" });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  await withFile(directory, "r", 0, (file) => file.sync());
  return null;
}

/** By parts: to get memory for megabytes takes longer than to read them. */
const PART_LENGTH = 1 << 18;

async function holds(path: string, content: Uint8Array): Promise<boolean> {
  return await withFile(path, "r", 0, async (file) => {
    const part = Buffer.allocUnsafe(Math.min(PART_LENGTH, content.length + 1));
    let at = 0;
    for (;;) {
      const { bytesRead } = await file.read(part, 0, part.length, at);
      if (bytesRead === 0) return at === content.length;
      if (!part.subarray(0, bytesRead).equals(content.subarray(at, at + bytesRead))) return false;
      at += bytesRead;
    }
  });
}

async function withFile<T>(
  path: string,
  flags: string,
  mode: number,
  use: (file: FileHandle) => Promise<T>,
): Promise<T> {
  const file = await open(path, flags, mode);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

async function listFiles(directory: string): Promise<{ name: string; changedMs: number }[]> {
  let names: string[];
  try {
    names = await readdir(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  const files: { name: string; changedMs: number }[] = [];
  for (const name of names.sort()) {
    const status = await lstat(join(directory, name));
    if (status.isFile()) files.push({ name, changedMs: status.ctimeMs });
  }
  return files;
}
