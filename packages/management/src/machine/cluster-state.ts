import { readdirSync } from "node:fs";
import { join } from "node:path";
import { MANAGED_FILES } from "../protocol/managed-files.ts";
import { removeDirectory, removeFile } from "./files.ts";
import { QDEVICE_CERTIFICATES } from "./own-qdevice.ts";

/** What a cluster leaves on a host beside the managed files: configuration, saved inputs of the scheduler, history. Not the management service's own. */
const STATE_DIRECTORIES = ["/var/lib/quorate/cib", "/var/lib/quorate/pengine", QDEVICE_CERTIFICATES] as const;
/** Corosync's memory of rings that it was in. */
const COROSYNC_STATE = "/var/lib/corosync";

/** Removes the configuration and the state of the cluster from this host. Its services must not run. @throws Error of the operating system */
export function removeClusterFiles(root: string): void {
  // The file that makes it a cluster's host goes first: if this is cut off, nothing starts with half of the rest.
  for (const { path, isOfCluster } of Object.values(MANAGED_FILES))
    if (isOfCluster) removeFile(join(root, path));
  // For good: a copy of the CIB that comes back after a loss of power would be taken for the next cluster's.
  for (const directory of STATE_DIRECTORIES) removeDirectory(join(root, directory));
  for (const name of entriesOf(join(root, COROSYNC_STATE)))
    if (/^ringid_/.test(name)) removeFile(join(root, COROSYNC_STATE, name));
}

function entriesOf(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
