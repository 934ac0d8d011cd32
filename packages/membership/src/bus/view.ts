import type {
  Arrival,
  ArrivalReason,
  ConfigurationChange,
  DepartureReason,
  Member,
  MembershipView,
  NodeId,
  NodeListEntry,
  ProcessId,
  QuorumUpdate,
  Ring,
} from "@quorate/ports";

/** Text form of a ring id: both numbers in hexadecimal, as `1.2a`. */
export function formatRing(ring: Ring): string {
  return `${ring.representative.toString(16)}.${ring.sequence.toString(16)}`;
}

/**
 * Makes one view of the several events of a change. A change of the ring is complete when ring and quorum of the
 * same ring id have come; a change of the group alone is complete at once. Of two processes of one node the one with the
 * higher id counts, which all nodes can tell from the list alone.
 */
export class ViewBuilder {
  readonly #nodeList: () => readonly NodeListEntry[];
  #members = new Map<NodeId, Member>();
  readonly #joined = new Map<NodeId, ArrivalReason>();
  readonly #left = new Map<string, Member & { readonly reason: DepartureReason }>();
  #ring: Ring | null = null;
  #ringNodes: readonly NodeId[] = [];
  #quorum: QuorumUpdate | null = null;
  #isFirst = true;
  #awaitsRing = true;

  /** @param nodeList as configured at the time of the call: nodes can be added */
  constructor(nodeList: () => readonly NodeListEntry[]) {
    this.#nodeList = nodeList;
  }

  /** Events are missing before the view is coherent. */
  get isWaiting(): boolean {
    return this.#awaitsRing || this.#ring === null || !isSameRing(this.#quorum?.ring ?? null, this.#ring);
  }

  /** Somebody came or went since the last view. */
  get hasNews(): boolean {
    return this.#joined.size > 0 || this.#left.size > 0;
  }

  isMember(process: ProcessId): boolean {
    return this.#members.get(process.nodeId)?.pid === process.pid;
  }

  member(nodeId: NodeId): Member | null {
    return this.#members.get(nodeId) ?? null;
  }

  configurationChanged(change: ConfigurationChange): void {
    const before = this.#members;
    const after = new Map<NodeId, Member>();
    for (const process of change.members) after.set(process.nodeId, this.#nameOf(process));
    for (const old of before.values()) {
      if (after.get(old.nodeId)?.pid === old.pid) continue;
      // One that came and went before anybody was told of it.
      if (this.#joined.delete(old.nodeId)) continue;
      const departure = change.left.find((left) => left.nodeId === old.nodeId && left.pid === old.pid);
      this.#left.set(`${old.nodeId}.${old.pid}`, { ...old, reason: departure?.reason ?? "processDown" });
    }
    for (const member of after.values()) {
      if (before.get(member.nodeId)?.pid === member.pid) continue;
      this.#joined.set(member.nodeId, reasonOf(member, change.joined));
    }
    this.#members = after;
    if (
      change.left.some((departure) => departure.reason === "nodeDown") ||
      change.joined.some((arrival) => arrival.reason === "nodeUp")
    )
      this.#awaitsRing = true;
  }

  ringChanged(ring: Ring, nodes: readonly NodeId[]): void {
    this.#ring = ring;
    this.#ringNodes = nodes;
    this.#awaitsRing = false;
  }

  quorumChanged(update: QuorumUpdate): void {
    this.#quorum = update;
  }

  /** The view after the change; the next one starts without arrivals and departures. Only when not waiting. */
  take(): MembershipView {
    const members = [...this.#members.values()].sort((a, b) => a.nodeId - b.nodeId);
    const isFirst = this.#isFirst;
    const view: MembershipView = {
      ringNodes: [...this.#ringNodes].sort((a, b) => a - b).map((nodeId) => this.#entryOf(nodeId)),
      members,
      joined: members
        .filter((member) => isFirst || this.#joined.has(member.nodeId))
        .map((member) => ({ ...member, reason: this.#joined.get(member.nodeId) ?? "join" })),
      left: isFirst ? [] : [...this.#left.values()].sort((a, b) => a.nodeId - b.nodeId || a.pid - b.pid),
      isQuorate: this.#quorum?.isQuorate ?? false,
      ringId: this.#ring === null ? "" : formatRing(this.#ring),
    };
    this.#isFirst = false;
    this.#joined.clear();
    this.#left.clear();
    return view;
  }

  #nameOf(process: ProcessId): Member {
    return { nodeId: process.nodeId, pid: process.pid, name: this.#entryOf(process.nodeId).name };
  }

  #entryOf(nodeId: NodeId): NodeListEntry {
    return (
      this.#nodeList().find((entry) => entry.nodeId === nodeId) ?? {
        nodeId,
        name: `node-${nodeId}`,
        votes: 1,
      }
    );
  }
}

function reasonOf(member: Member, joined: readonly Arrival[]): ArrivalReason {
  return (
    joined.find((arrival) => arrival.nodeId === member.nodeId && arrival.pid === member.pid)?.reason ?? "join"
  );
}

function isSameRing(a: Ring | null, b: Ring): boolean {
  return a !== null && a.representative === b.representative && a.sequence === b.sequence;
}
