import type { FencingRecord, Member, MembershipView, NodeId } from "@quorate/ports";
import type { Peers } from "../peers.ts";
import type { Ledger } from "./ledger.ts";

interface Dependencies {
  readonly localNodeId: NodeId;
  readonly peers: Peers;
  readonly ledger: Ledger;
  /** This node has the operation in hand. */
  isOwned(id: string): boolean;
  /** A success that nobody here had heard of, and that is news. */
  confirmed(record: FencingRecord): void;
  /** An operation that nothing more is to be done for. */
  past(id: string): void;
  /** Operations that count as failed now. */
  presumedFailed(ids: readonly string[]): void;
}

/** The fencers tell each other their histories when they meet. Source: fencer specification, 10. */
export class HistoryExchange {
  readonly #deps: Dependencies;
  #hasView = false;
  /** Others were here once, and it shows in which life this daemon was. */
  #hadCompany = false;
  /** Others have come back since who went on without this daemon: what they did meanwhile was done to this life of it. */
  #wasAway = false;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  /** A newcomer tells, and when parts meet one of each that were together before. */
  onView(view: MembershipView): void {
    const isFirst = !this.#hasView;
    this.#hasView = true;
    const isMerge = view.joined.some((member) => member.reason === "nodeUp");
    if (isMerge && this.#hadCompany) this.#wasAway = true;
    this.#hadCompany ||= view.members.length > 1;
    const joined = new Set(view.joined.map((member) => member.nodeId));
    const stayed = view.members.filter((member) => !joined.has(member.nodeId));
    const isSpeaker = stayed[0]?.nodeId === this.#deps.localNodeId;
    if ((isFirst && view.members.length > 1) || (isMerge && isSpeaker)) this.tell();
  }

  tell(): void {
    this.#deps.peers.send({ type: "sync", records: this.#deps.ledger.all() });
  }

  /** Another told what it has: it gets what it lacks. */
  told(from: Member, records: readonly FencingRecord[]): void {
    const { localNodeId, peers, ledger } = this.#deps;
    if (from.nodeId === localNodeId) return;
    const missing = ledger.missingIn(records);
    if (missing.length > 0) peers.sendTo(from.name, { type: "history", records: missing });
    this.learn(records);
  }

  learn(records: readonly FencingRecord[]): void {
    const { ledger, isOwned } = this.#deps;
    const { confirmed, past, presumed } = ledger.learn(records, isOwned, (record) =>
      this.#endsThisLife(record),
    );
    for (const record of confirmed) this.#deps.confirmed(record);
    for (const id of past) this.#deps.past(id);
    this.#deps.presumedFailed(presumed);
  }

  /**
   * A machine that stood still, or that was cut off from its storage only, may come back with the daemon that was fenced.
   * It must not take the history of a former life for its own: each node that was fenced and has booted since is told of that.
   */
  #endsThisLife({ target, targetPid, action }: FencingRecord): boolean {
    const { peers } = this.#deps;
    const ownPid = peers.lastPid(peers.localName);
    return (
      this.#wasAway &&
      action !== "on" &&
      peers.isLocal(target) &&
      (targetPid === null || targetPid === ownPid)
    );
  }
}
