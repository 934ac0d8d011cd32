import { layoutOf } from "@quorate/playground";
import type { World } from "../world.ts";
import { NODE_NAMES } from "./node-names.ts";

/** Root of a node whose daemon answers and, if possible, has quorum; null when none does. */
export async function anyDaemonRoot(directory: string, world: World): Promise<string | null> {
  let fallback: string | null = null;
  for (const node of layoutOf(directory, NODE_NAMES).nodes) {
    try {
      const daemon = await world.connectDaemon(node.root);
      const status = await daemon.request("node.status", {}, { timeoutMs: 1000 });
      daemon.close();
      if (status.isQuorate && status.dc !== null) return node.root;
      fallback ??= node.root;
    } catch {
      // A daemon that is down is what a playground is for; the next one is asked.
    }
  }
  return fallback;
}
