import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ArchiveEntry, ArchiveForm } from "../world.ts";

/** Writes texts as files of a folder, or of an archive that holds the folder; only the owner can read it. Throws an Error with the reason. */
export function writeArchive(
  path: string,
  form: ArchiveForm,
  folder: string,
  entries: readonly ArchiveEntry[],
): void {
  const work = mkdtempSync(join(tmpdir(), "quorate-report-"));
  try {
    for (const { name, text } of entries) {
      const file = join(work, folder, name);
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      writeFileSync(file, text, { mode: 0o600 });
    }
    if (form === "directory") {
      cpSync(join(work, folder), path, { recursive: true, errorOnExist: true, force: false });
      chmodSync(path, 0o700);
      return;
    }
    const made = join(work, "archive");
    const option = form === "gz" ? "-z" : "-j";
    const { error, status, stderr } = spawnSync("tar", ["-c", option, "-f", made, "-C", work, folder], {
      encoding: "utf8",
    });
    if (error !== undefined) throw error;
    if (status !== 0) throw new Error(stderr.trim());
    chmodSync(made, 0o600);
    cpSync(made, path, { errorOnExist: true, force: false });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
