import { DaemonError, useDaemon } from "../../cluster/daemon.ts";
import type { Shell } from "../shell/shell.ts";

/** The DC as this host sees it; null while there is none, or the daemon of this host does not run or is not ready. */
export async function dcSeenHere({ world }: Shell): Promise<string | null> {
  try {
    return await useDaemon(world, async (daemon) => (await daemon.request("node.status", {})).dc);
  } catch (error) {
    if (error instanceof DaemonError) return null;
    throw error;
  }
}
