import { XmlElement } from "@quorate/xml";
import { isActive, type Peer } from "./peers.ts";

/**
 * The `node_state` of a node without its children. `in_ccm` and `crmd` are the times since when, as from feature set
 * 3.18 on. Source: controller specification, 4.
 */
export function nodeStateElement(peer: Peer, origin: string): XmlElement {
  const state = new XmlElement("node_state", [
    ["id", String(peer.nodeId)],
    ["uname", peer.name],
    ["in_ccm", membershipOf(peer)],
    ["crmd", String(isActive(peer) ? peer.onlineSinceS : 0)],
    ["join", peer.phase === "none" || peer.phase === "refused" ? "down" : "member"],
  ]);
  if (peer.expected !== null) state.set("expected", peer.expected);
  state.set("crm-debug-origin", origin);
  return state;
}

/** 1: a member whose daemon has left, which is not timed by node-pending-timeout. */
function membershipOf(peer: Peer): string {
  if (!peer.isRingMember || peer.isFenced) return "0";
  return peer.pid === null && peer.hasLeftGroup ? "1" : String(peer.memberSinceS);
}

/** `status` with the given states, as data of a modify. */
export function statusOf(states: readonly XmlElement[]): XmlElement {
  const status = new XmlElement("status");
  for (const state of states) status.append(state);
  return status;
}
