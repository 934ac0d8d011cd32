import { constants } from "node:fs";
import { access, open, stat } from "node:fs/promises";
import { join } from "node:path";
import { systemErrorCode } from "../process/system-errors.ts";

/** An agent's file, or why it cannot run: the name of a system error, and what the error is about. */
export type Location =
  | { readonly ok: true; readonly path: string }
  | { readonly ok: false; readonly code: string; readonly subject: string };

/**
 * Finds an agent's file in directories that are searched in order: the first one that has it wins, even when it turns
 * out that it cannot be run. `names` are path components below the directory. Source: executor specification, 4 and 6.
 */
export async function locateAgent(
  directories: readonly string[],
  names: readonly string[],
): Promise<Location> {
  const subject = names.at(-1) ?? "";
  if (names.some((name) => name === "" || name === "." || name === ".." || /[/\0]/u.test(name))) {
    return { ok: false, code: "EINVAL", subject };
  }
  let failure: Location = { ok: false, code: "ENOENT", subject };
  for (const directory of directories) {
    const location = await checkExecutable(join(directory, ...names), subject);
    if (location.ok || location.code !== "ENOENT") {
      return location;
    }
    failure = location;
  }
  return failure;
}

/** Whether a file can be run as an agent; `subject` names it in errors. */
export async function checkExecutable(path: string, subject: string): Promise<Location> {
  try {
    const status = await stat(path);
    if (status.isDirectory()) {
      return { ok: false, code: "EISDIR", subject };
    }
    if (!status.isFile()) {
      return { ok: false, code: "EACCES", subject };
    }
    await access(path, constants.X_OK);
    return (await hasKnownFormat(path)) ? { ok: true, path } : { ok: false, code: "ENOEXEC", subject: path };
  } catch (error) {
    return { ok: false, code: systemErrorCode(error), subject };
  }
}

/**
 * The C library hands whatever the kernel refuses to `/bin/sh`, and an empty or truncated agent would then "succeed"
 * in everything it is asked to do. So only what the kernel runs by itself is run: scripts that name their interpreter,
 * and binaries. A file that can be executed but not read is left to the kernel.
 */
async function hasKnownFormat(path: string): Promise<boolean> {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(path, constants.O_RDONLY);
  } catch (error) {
    if (systemErrorCode(error) === "EACCES") {
      return true;
    }
    throw error;
  }
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    const beginning = buffer.toString("latin1", 0, bytesRead);
    return beginning.startsWith("#!") || beginning === "\x7fELF";
  } finally {
    await file.close();
  }
}
