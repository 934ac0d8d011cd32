import { setTimeout as sleep } from "node:timers/promises";
import type { Layout } from "@quorate/playground";
import type { World } from "../world.ts";
import type { EventLog } from "./event-log.ts";
import { anyDaemonRoot } from "./reachable-daemon.ts";

const RETRY_MS = 200;

/** Gives the new cluster its configuration as soon as it has quorum and a DC; tries until that succeeds or the playground ends. */
export async function loadConfiguration(
  layout: Layout,
  configuration: string,
  world: World,
  events: EventLog,
  isEnding: () => boolean,
): Promise<void> {
  events.add("waiting for the nodes to form a cluster");
  while (!isEnding()) {
    const root = await anyDaemonRoot(layout.directory, world);
    if (root !== null) {
      const problem = await mergeConfiguration(root, configuration, world);
      if (problem === null) {
        events.add("the cluster has its configuration");
        return;
      }
    }
    await sleep(RETRY_MS);
  }
}

/** Null on success; else why it has to be tried again. */
async function mergeConfiguration(root: string, configuration: string, world: World): Promise<string | null> {
  try {
    const daemon = await world.connectDaemon(root);
    try {
      const status = await daemon.request("node.status", {});
      if (status.dc === null || !status.isQuorate) return "there is no DC with quorum yet";
      const reply = await daemon.request(
        "cib.request",
        { operation: "cib_modify", section: "configuration", xpath: null, data: configuration, flags: [] },
        { timeoutMs: 30_000 },
      );
      return reply.kind === "done" && reply.code === "ok" ? null : JSON.stringify(reply);
    } finally {
      daemon.close();
    }
  } catch (error) {
    return (error as Error).message;
  }
}
