import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { basename, join } from "node:path";
import type { ServiceName } from "../protocol/contract.ts";
import { MANAGED_FILES } from "../protocol/managed-files.ts";
import { removeDirectory, removeFile } from "./files.ts";

/** What a cluster leaves on a host beside the managed files: configuration, saved inputs of the scheduler, history. Not the management service's own. */
const STATE_DIRECTORIES = ["/var/lib/quorate/cib", "/var/lib/quorate/pengine"] as const;
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

/** Ends the daemons of this machine's cluster at once. Those of playgrounds, which have a root of their own, are others. */
export function killService(name: ServiceName): void {
  const ownSpace = readlinkSync("/proc/self/ns/pid");
  for (const pid of entriesOf("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      // What runs in a container belongs to the container.
      if (readlinkSync(join("/proc", pid, "ns/pid")) !== ownSpace) continue;
      const words = readFileSync(join("/proc", pid, "cmdline"), "utf8").split("\0");
      const [program = "", script = ""] = words.map((word) => basename(word));
      const isNamed = program === name || (program === "node" && script === name);
      if (isNamed && !words.includes("--root")) process.kill(Number(pid), "SIGKILL");
    } catch {
      // It has ended since.
    }
  }
}

function entriesOf(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
