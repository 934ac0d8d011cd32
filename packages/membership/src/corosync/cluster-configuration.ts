import type { NodeId, NodeListEntry } from "@quorate/ports";
import type { ConfigurationMap } from "./cmap.ts";
import { CorosyncError } from "./entry.ts";

/** What Corosync's configuration says about the cluster. */
export interface ClusterConfiguration {
  readonly clusterName: string;
  /** Ascending by id. */
  readonly nodeList: readonly NodeListEntry[];
  /** How long Corosync takes to form a ring without a node that was lost, in ms. */
  readonly ringMs: number;
}

const WHERE = "in /etc/corosync/corosync.conf on all nodes, then restart Corosync";

/**
 * Names are the identity of nodes in the CIB and must be the same everywhere, so a node without one is refused. Only the local node may go
 * by its host name, when it is the only node.
 * @throws CorosyncError of kind `configuration`, RequestError
 */
export async function readClusterConfiguration(
  map: ConfigurationMap,
  local: { readonly nodeId: NodeId; readonly hostName: string },
): Promise<ClusterConfiguration> {
  if ((await map.string("quorum.provider")) !== "corosync_votequorum")
    throw new CorosyncError(
      "configuration",
      `Corosync quorum is not configured: set "provider: corosync_votequorum" in section quorum ${WHERE}`,
    );
  const positions = new Set<string>();
  for (const key of await map.keys("nodelist.node.")) positions.add(key.split(".")[2]!);
  const nodeList: NodeListEntry[] = [];
  for (const position of positions) {
    const at = `nodelist.node.${position}`;
    const nodeId = await map.number(`${at}.nodeid`);
    if (nodeId === null) continue;
    const name = (await map.string(`${at}.name`)) ?? hostNameOf(await map.string(`${at}.ring0_addr`)) ?? "";
    const votes = (await map.number(`${at}.quorum_votes`)) ?? 1;
    nodeList.push({ nodeId, name, votes });
  }
  nodeList.sort((a, b) => a.nodeId - b.nodeId);
  if (nodeList.length === 1 && nodeList[0]!.name === "")
    nodeList[0] = { ...nodeList[0]!, name: local.hostName };
  refuseUnusable(nodeList, local.nodeId);
  const clusterName = (await map.string("totem.cluster_name")) ?? "";
  const tokenMs = (await map.number("runtime.config.totem.token")) ?? 0;
  const consensusMs = (await map.number("runtime.config.totem.consensus")) ?? 0;
  return { clusterName, nodeList, ringMs: tokenMs + consensusMs };
}

function refuseUnusable(nodeList: readonly NodeListEntry[], localNodeId: NodeId): void {
  const names = new Map<string, NodeId>();
  for (const { nodeId, name } of nodeList) {
    if (name === "")
      throw new CorosyncError(
        "configuration",
        `node ${nodeId} has no name in Corosync's node list: add "name: NAME" to its node section ${WHERE}`,
      );
    const other = names.get(name.toLowerCase());
    if (other !== undefined)
      throw new CorosyncError(
        "configuration",
        `Nodes ${other} and ${nodeId} share the same name '${name}': give each node a name of its own ${WHERE}`,
      );
    names.set(name.toLowerCase(), nodeId);
  }
  if (!nodeList.some(({ nodeId }) => nodeId === localNodeId))
    throw new CorosyncError(
      "configuration",
      `node ${localNodeId}, which is this one, is not in Corosync's node list: add a node section with "nodeid: ${localNodeId}" ${WHERE}`,
    );
}

/** An address is no name. */
function hostNameOf(address: string | null): string | null {
  return address === null || /^\d+\.\d+\.\d+\.\d+$/.test(address) || address.includes(":") ? null : address;
}
