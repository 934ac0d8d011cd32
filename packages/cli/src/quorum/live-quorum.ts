import type { ApiClient } from "@quorate/api";
import type { World } from "../world.ts";
import type { QuorumView } from "./status-text.ts";

/** Quorum as this node's daemon sees it. @throws ApiError */
export async function liveQuorum(daemon: ApiClient, world: World): Promise<QuorumView> {
  const [status, node] = await Promise.all([
    daemon.request("quorum.status", {}),
    daemon.request("node.status", {}),
  ]);
  return { status, localNodeId: node.nodeId, nowMs: world.nowMs() };
}

/** Told where a quorum device takes part: its own state is Corosync's alone. */
export function deviceNotice({ status }: QuorumView): string | null {
  if (!status.flags.includes("Qdevice")) return null;
  return "a quorum device takes part; corosync-quorumtool -s and corosync-qdevice-tool -s show its state";
}
