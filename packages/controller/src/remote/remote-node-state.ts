import { XmlElement } from "@quorate/xml";

/** See `DoubtedHosts`. */
const IN_DOUBT = "unknown";
const UNREACHABLE = "unreachable";

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

/**
 * With a connection since `sinceS`, in seconds since 1970. `left_in_order` is ours, and tells the scheduler what `in_ccm` does not: whoever
 * loses the connection may not be able to write anything any more, and what runs on the host is unknown until it is connected again or fenced.
 */
export function connectedState(node: string, sinceS: number, isInDoubt = false): XmlElement {
  const left = isInDoubt ? IN_DOUBT : "false";
  const attributes = { in_ccm: String(sinceS), node_fenced: "0", left_in_order: left };
  return remoteNodeState(node, attributes, "remote_node_up");
}

/** The connection was stopped as it was to be: what ran on the host has been stopped before. */
export function leftState(node: string): XmlElement {
  return remoteNodeState(node, { in_ccm: "0", left_in_order: "true" }, "remote_node_down");
}

/** The connection is gone, and nobody knows what goes on there. */
export function lostState(node: string): XmlElement {
  return remoteNodeState(node, { in_ccm: "0" }, "remote_node_down");
}

/** Others may have had to do with it. Whether there is a connection stays as it is. */
export function doubtedState(node: string): XmlElement {
  return remoteNodeState(node, { left_in_order: IN_DOUBT }, "remote_node_doubted");
}

/** In doubt, and it could not be connected: to the scheduler it is one that was lost. */
export function unreachableState(node: string): XmlElement {
  return remoteNodeState(node, { left_in_order: UNREACHABLE }, "remote_node_unreachable");
}

export function isDoubted(state: XmlElement): boolean {
  return state.get("left_in_order") === IN_DOUBT;
}

/** Does nobody know what runs there? */
export function isUnknown(state: XmlElement): boolean {
  return isDoubted(state) || state.get("left_in_order") === UNREACHABLE;
}

/** Nothing runs there any more. */
export function fencedState(node: string, fencedS: number): XmlElement {
  const attributes = { in_ccm: "0", node_fenced: String(fencedS), left_in_order: "true" };
  return remoteNodeState(node, attributes, "fenced");
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
  return connectedSince(state) !== 0;
}

/** Seconds since 1970 since when somebody has the connection; 0 when nobody has. */
export function connectedSince(state: XmlElement | null): number {
  return Number(state?.get("in_ccm") ?? "0");
}
