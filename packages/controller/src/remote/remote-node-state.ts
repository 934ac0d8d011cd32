import { XmlElement } from "@quorate/xml";

/** The `node_state` of a remote node without its children. Source: controller specification, 4. */
export function remoteNodeState(
  node: string,
  attributes: Readonly<Record<string, string>>,
  origin: string,
): XmlElement {
  return new XmlElement("node_state", [
    ["id", node],
    ["uname", node],
    ["remote_node", "true"],
    ...Object.entries(attributes),
    ["crm-debug-origin", origin],
  ]);
}

/** Null for a node that is no remote node, or was never online. */
export function stateOfRemote(cib: XmlElement, node: string): XmlElement | null {
  return remoteStates(cib).find((state) => state.get("uname")?.toLowerCase() === node.toLowerCase()) ?? null;
}

export function remoteStates(cib: XmlElement): readonly XmlElement[] {
  const states = cib.first("status")?.all("node_state") ?? [];
  return states.filter((state) => state.get("remote_node") === "true");
}

/** Has some node of the cluster a connection to it, as far as the status section tells? */
export function isConnected(state: XmlElement): boolean {
  return (state.get("in_ccm") ?? "0") !== "0";
}
