import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";

/** Content of a file; null when there is none. @throws Error of the operating system */
export function readIfThere(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/**
 * Replaces a file as a whole and onto the disk. It has `mode` from its first byte on, follows no link, and whoever reads, or comes after a crash,
 * finds the old content or the new. `group`: id of the group that it belongs to; null for this process's. A missing directory is made, for its owner and group only.
 * @throws Error of the operating system; then the old file is as it was
 */
export function replaceFile(
  path: string,
  content: Uint8Array,
  mode: number,
  group: number | null = null,
): void {
  const directory = dirname(path);
  mkdirSync(directory, { recursive: true, mode: 0o750 });
  const temporary = `${path}.${randomBytes(6).toString("hex")}.new`;
  try {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    const file = openSync(temporary, flags, mode);
    try {
      if (group !== null) fchownSync(file, process.getuid!(), group);
      // Whatever the umask took away.
      fchmodSync(file, mode);
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncDirectory(directory);
}

/** Removes a file for good; one that is not there is as good as removed. @throws Error of the operating system */
export function removeFile(path: string): void {
  rmSync(path, { force: true });
  syncDirectoryOf(path);
}

/** The same for a directory with all that is in it; of a link, only the link goes. */
export function removeDirectory(path: string): void {
  rmSync(path, { recursive: true, force: true });
  syncDirectoryOf(path);
}

function syncDirectoryOf(path: string): void {
  try {
    syncDirectory(dirname(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

function syncDirectory(directory: string): void {
  const file = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Id of a group of this machine; null when there is no such group. */
export function groupId(name: string): number | null {
  const line = readIfThere("/etc/group")
    ?.toString("utf8")
    .split("\n")
    .find((entry) => entry.startsWith(`${name}:`));
  const id = line?.split(":")[2] ?? "";
  return /^\d+$/.test(id) ? Number(id) : null;
}
