import { mkdirSync, readFileSync } from "node:fs";

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file or directory",
  EACCES: "permission denied",
  EISDIR: "it is a directory",
  ENOTDIR: "a part of the path is not a directory",
  EEXIST: "a file of that name is in the way",
  ENOSPC: "no space left on the device",
  EROFS: "the file system is read-only",
};

/** What an error of the operating system says, without call and path. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return REASONS[code ?? ""] ?? message;
}

/** @throws Error that names the directory and the reason */
export function makeDirectory(path: string, mode: number): void {
  try {
    mkdirSync(path, { recursive: true, mode });
  } catch (error) {
    throw new Error(`cannot make the directory ${path}: ${reasonOf(error)}`, { cause: error });
  }
}

/** Hexadecimal digits of a key that is too short to protect anything. */
const KEY_DIGITS_MIN = 32;

/**
 * The key of the embedded engine: hexadecimal digits in a file.
 * @throws Error that names the file, what is wrong with it and how to make a good one
 */
export function readKey(path: string): Buffer {
  const mend = "it must hold the key that all nodes of the cluster share, 32 hexadecimal digits or more";
  let text: string;
  try {
    text = readFileSync(path, "utf8").trim();
  } catch (error) {
    throw new Error(`cannot read the key file ${path}: ${reasonOf(error)}; ${mend}`, { cause: error });
  }
  if (!/^([0-9a-f]{2})*$/i.test(text) || text.length < KEY_DIGITS_MIN)
    throw new Error(`the key file ${path} is not usable: ${mend}`);
  return Buffer.from(text, "hex");
}
