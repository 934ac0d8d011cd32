import { isTrue, parseInteger } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";
import { readNodeHistory } from "../history/read-node-history.ts";
import { type ClusterNode, hasNodeFlags, isGuestNode, NodeFlag } from "../node.ts";
import { Role } from "../role.ts";
import { createTicket } from "../ticket.ts";
import type { Unpacking } from "../unpacking.ts";
import { attributeOf } from "../xml-attribute.ts";
import { unpackClusterNodeState } from "./cluster-node-state.ts";
import { unpackRemoteFenced, unpackRemoteNodeState } from "./remote-node-state.ts";

/** First pass: tickets and node states in document order. Source: part 1, 9.2 and 10.1. */
export function unpackStates(unpacking: Unpacking): void {
  for (const element of unpacking.sections.status?.elements() ?? []) {
    if (element.name === "tickets") unpackTickets(unpacking, element);
    else if (element.name === "node_state") {
      const node = findNodeOfState(unpacking, element);
      if (node === null) continue;
      if (node.kind === "remote") unpackRemoteFenced(node, element);
      else unpackClusterNodeState(unpacking, node, element);
    }
  }
}

function findNodeOfState(unpacking: Unpacking, state: XmlElement): ClusterNode | null {
  const id = attributeOf(state, "id");
  if (id === null) return null;
  const name = attributeOf(state, "uname");
  const node = unpacking.lookup.nodeById(id) ?? (name === null ? null : unpacking.lookup.nodeByName(name));
  if (node === null) {
    unpacking.cluster.diagnostics.push({
      severity: "warning",
      code: "state-unknown-node",
      message: `cib.xml:${state.line}: the status of node "${name ?? id}" is ignored: no node has this id or name.`,
      elementId: id,
      line: state.line,
    });
  }
  return node;
}

function unpackTickets(unpacking: Unpacking, section: XmlElement): void {
  for (const state of section.all("ticket_state")) {
    const id = attributeOf(state, "id");
    if (id === null) continue;
    const ticket = unpacking.cluster.tickets.get(id) ?? createTicket(id);
    unpacking.cluster.tickets.set(id, ticket);
    for (const [name, value] of state.attributes) {
      if (name !== "id" && value !== "") ticket.attributes.set(name, value);
    }
    ticket.isGranted = isTrue(attributeOf(state, "granted"));
    ticket.isStandby = isTrue(attributeOf(state, "standby"));
    const lastGranted = attributeOf(state, "last-granted");
    ticket.lastGrantedS = lastGranted === null ? -1 : (parseInteger(lastGranted) ?? 0);
  }
}

/**
 * Further passes: resource history, in repeated passes over the node states until a pass reads nothing, because
 * the history of one node tells whether another one can be read. Source: part 1, 11.1.
 */
export function unpackHistory(unpacking: Unpacking): void {
  const candidates: HistoryCandidate[] = [];
  for (const state of unpacking.sections.status?.all("node_state") ?? []) {
    const id = attributeOf(state, "id");
    const name = attributeOf(state, "uname");
    if (id !== null && name !== null) candidates.push({ state, id, name });
  }
  let pending = candidates;
  for (;;) {
    const left = pending.filter((candidate) => !readIfReady(unpacking, candidate, false));
    if (left.length === pending.length) break;
    pending = left;
  }
  if (!unpacking.cluster.options.isFencingEnabled) return;
  for (const candidate of pending) readIfReady(unpacking, candidate, true);
}

interface HistoryCandidate {
  readonly state: XmlElement;
  readonly id: string;
  readonly name: string;
}

/** True when nothing is left to do for this state entry. */
function readIfReady(unpacking: Unpacking, candidate: HistoryCandidate, isLastPass: boolean): boolean {
  const { lookup } = unpacking;
  const node = lookup.nodeById(candidate.id) ?? lookup.nodeByName(candidate.name);
  if (node === null) return false;
  if (hasNodeFlags(node, NodeFlag.HistoryRead)) return true;
  if (!isLastPass && !isReady(unpacking, node)) return false;
  if (node.kind === "remote") unpackRemoteNodeState(unpacking, node, candidate.state);
  readNodeHistory(unpacking, node, candidate.state);
  node.flags |= NodeFlag.HistoryRead;
  return true;
}

function isReady(unpacking: Unpacking, node: ClusterNode): boolean {
  const { options } = unpacking.cluster;
  const connection = node.connection;
  if (isGuestNode(node)) {
    return connection?.role === Role.Started && connection.launcher?.role === Role.Started;
  }
  if (node.kind === "remote") {
    return connection !== null && (options.locksOnShutdown || connection.role === Role.Started);
  }
  return options.isFencingEnabled || options.locksOnShutdown || hasNodeFlags(node, NodeFlag.Online);
}
