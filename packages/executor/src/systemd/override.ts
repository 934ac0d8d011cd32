import { randomUUID } from "node:crypto";
import { mkdir, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const FILE = "50-pacemaker.conf";

/**
 * Takes a unit under the cluster's control until the next boot: systemd does not restart it by itself, and at shutdown
 * stops it only after the cluster has ended. Takes effect with the manager's next reload. Source: executor specification, 7.
 */
export async function writeOverride(unitsDirectory: string, unit: string): Promise<void> {
  const directory = join(unitsDirectory, `${unit}.d`);
  await mkdir(directory, { recursive: true, mode: 0o755 });
  const service = unit.endsWith(".service") ? "\n[Service]\nRestart=no\n" : "";
  const text = `[Unit]\nDescription=Cluster Controlled ${unit}\nBefore=pacemaker.service pacemaker_remote.service quorated.service\n${service}`;
  // Two resources may start the same unit at the same time.
  const draft = join(directory, `.${FILE}.${randomUUID()}`);
  await writeFile(draft, text, { mode: 0o644 });
  await rename(draft, join(directory, FILE));
}

/** Gives the unit back to its own settings. */
export async function removeOverride(unitsDirectory: string, unit: string): Promise<void> {
  const directory = join(unitsDirectory, `${unit}.d`);
  await rm(join(directory, FILE), { force: true });
  // Somebody else's settings may be in there, too.
  await rmdir(directory).catch(() => {});
}
