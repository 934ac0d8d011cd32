import { spawnSync } from "node:child_process";
import { readFileSync, renameSync, writeFileSync, writeSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { ExitCode } from "../exit-codes.ts";
import { FileError } from "../world.ts";

/** Tarballs on the disk, or in a pipe where the path is null. */
export interface BackupFiles {
  /** The bytes of the tarball, unpacked from what it was packed with. @throws FileError */
  read(path: string | null): Buffer;
  /** Packs a tarball with bzip2 and writes it for its owner alone. @throws FileError */
  write(path: string | null, tarball: Uint8Array): void;
}

const STDIN = 0;
const STDOUT = 1;
const BYTES_MAX = 256 * 1024 * 1024;

export const processBackupFiles: BackupFiles = {
  read: (path) => {
    try {
      return unpacked(readFileSync(path ?? STDIN));
    } catch (error) {
      throw new FileError(`${path ?? "standard input"} cannot be read: ${(error as Error).message}`, {
        cause: error,
      });
    }
  },
  write: (path, tarball) => {
    try {
      const packed = bzip2([], tarball);
      if (path === null) {
        for (let at = 0; at < packed.length; ) at += writeSync(STDOUT, packed, at);
      } else {
        // Beside it first: a file that is replaced may be readable for others.
        writeFileSync(`${path}.new`, packed, { mode: 0o600, flush: true, flag: "wx" });
        renameSync(`${path}.new`, path);
      }
    } catch (error) {
      const reason = (error as Error).message;
      throw new FileError(`the backup cannot be written to ${path ?? "standard output"}: ${reason}`, {
        cause: error,
        exitCode: ExitCode.cannotCreate,
      });
    }
  },
};

function unpacked(content: Buffer): Buffer {
  if (content.subarray(0, 3).toString("latin1") === "BZh") return bzip2(["-d"], content);
  const isGzip = content[0] === 0x1f && content[1] === 0x8b;
  return isGzip ? gunzipSync(content, { maxOutputLength: BYTES_MAX }) : content;
}

function bzip2(options: readonly string[], input: Uint8Array): Buffer {
  const { error, status, stdout, stderr } = spawnSync("bzip2", ["-c", ...options], {
    input,
    maxBuffer: BYTES_MAX,
  });
  if ((error as NodeJS.ErrnoException | undefined)?.code === "ENOENT")
    throw new Error("the program bzip2 is missing; install it");
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(stderr.toString().trim());
  return stdout;
}
