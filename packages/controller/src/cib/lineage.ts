import type { Member, MembershipView, NodeId } from "@quorate/ports";
import { viewKey } from "../membership/peers.ts";

/**
 * Who shares this node's copy of the CIB. A lineage begins with one daemon that has its copy from disk, takes in whom an `adopt` message
 * names, and goes by another name when members are lost: both halves of a split have had the same copy so far, and
 * each has its own from there on.
 */
export class Lineage {
  readonly #localNodeId: NodeId;
  /** Number of configured nodes. */
  readonly #configuredCount: number;
  #name = "none";
  #isLive = false;
  #view: MembershipView | null = null;
  /** Keys of the members, see `memberKey`. */
  #members: Set<string> = new Set();
  /** The view in which a DC last chose the copy of this lineage. */
  #agreedView = "";

  constructor(localNodeId: NodeId, configuredCount: number) {
    this.#localNodeId = localNodeId;
    this.#configuredCount = configuredCount;
  }

  get name(): string {
    return this.#name;
  }

  get view(): MembershipView | null {
    return this.#view;
  }

  /** Did a DC choose the copy of this lineage? */
  get isLive(): boolean {
    return this.#isLive;
  }

  get members(): ReadonlySet<string> {
    return this.#members;
  }

  /** Those of the group that belong to it. */
  get present(): readonly Member[] {
    return this.#view?.members.filter((member) => this.has(member)) ?? [];
  }

  has(member: Member): boolean {
    return this.#members.has(memberKey(member));
  }

  /** Every member of the group belongs to it. */
  get isWhole(): boolean {
    return this.#view?.members.every((member) => this.has(member)) ?? false;
  }

  /** Quorum counts nodes of the ring, whose daemons may be down: a copy that only few hold is not that of the majority. */
  get hasMajority(): boolean {
    return this.#view?.isQuorate === true && 2 * this.#members.size > this.#configuredCount;
  }

  /**
   * May a change be carried out although not all members share this copy? Where there is quorum, only when it is the copy
   * that counts: the change would be lost with any other. Without quorum an administrator may mend what is there.
   */
  get isAgreed(): boolean {
    const view = this.#view;
    return view !== null && (!view.isQuorate || this.hasMajority || this.#agreedView === viewKey(view));
  }

  /** Does the cluster go on with what is on the disks of all who share this copy? Not where a member of the group may hold another one that counts. */
  get isKept(): boolean {
    return this.#view?.isQuorate === true && (this.isWhole || this.isAgreed);
  }

  /**
   * @returns whether members were lost, so that it has a new name. Who is left is part of it: of those whom an earlier split parted, two may
   *   lose the rest in the same view, and must not pass for sharers of one copy.
   */
  onView(view: MembershipView): boolean {
    const isFirst = this.#view === null;
    this.#view = view;
    const own = this.#ownKey();
    if (isFirst && own !== null) {
      this.#name = `fresh:${own}`;
      this.#members = new Set([own]);
    }
    const before = this.#members.size;
    for (const left of view.left)
      if (left.nodeId !== this.#localNodeId) this.#members.delete(memberKey(left));
    if (this.#members.size === before) return false;
    this.#name = `${this.#name.split("@")[0]}@${viewKey(view)}:${[...this.#members].sort().join("+")}`;
    return true;
  }

  /** A DC chose a copy for these members, this node among them. */
  chosen(name: string, view: string, members: readonly NodeId[]): void {
    this.#name = name;
    this.#members = new Set(members.map((nodeId) => this.keyOf(nodeId)));
    this.#agreedView = view;
    this.#isLive = true;
  }

  /** These go on with another copy, or have none yet. */
  exclude(keys: readonly string[]): void {
    for (const key of keys) this.#members.delete(key);
  }

  /** This node shares its copy with nobody, until a DC chooses again. */
  standAlone(): void {
    const own = this.#ownKey();
    this.#agreedView = "";
    this.#isLive = false;
    this.#name = `left:${own ?? ""}:${this.#view?.ringId ?? ""}`;
    this.#members = new Set(own === null ? [] : [own]);
  }

  /** Of a member of the group; empty when it is none. */
  keyOf(nodeId: NodeId): string {
    const member = this.#view?.members.find((candidate) => candidate.nodeId === nodeId);
    return member === undefined ? "" : memberKey(member);
  }

  #ownKey(): string | null {
    return this.keyOf(this.#localNodeId) || null;
  }
}

/** `nodeId.pid`: another life of a node's daemon is another member. */
export function memberKey(member: Member): string {
  return `${member.nodeId}.${member.pid}`;
}
