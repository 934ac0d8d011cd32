import type { Channel, Member, MembershipView } from "@quorate/ports";
import { type FencerMessage, messageBody } from "./messages.ts";

/** The fencers that are there, by name, and the way to them. Names are compared without regard to case. */
export class Peers {
  readonly #channel: Channel;
  #members: readonly Member[] = [];
  /** Process ids by name in lower case, of fencers that went as well. */
  readonly #lastPids = new Map<string, number>();

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  update(view: MembershipView): void {
    this.#members = view.members;
    for (const { name, pid } of view.members) this.#lastPids.set(name.toLowerCase(), pid);
  }

  get localName(): string {
    return this.#channel.localName;
  }

  /** Ascending by node id. */
  get members(): readonly Member[] {
    return this.#members;
  }

  others(): readonly Member[] {
    return this.#members.filter((member) => !this.isLocal(member.name));
  }

  isLocal(name: string): boolean {
    return isSameName(name, this.localName);
  }

  byName(name: string): Member | null {
    return this.#members.find((member) => isSameName(member.name, name)) ?? null;
  }

  /** The same life of that fencer is still there. */
  isAlive(name: string, pid: number): boolean {
    return this.byName(name)?.pid === pid;
  }

  /** Process id of that fencer as it was seen last; null when it never was. */
  lastPid(name: string): number | null {
    return this.#lastPids.get(name.toLowerCase()) ?? null;
  }

  send(message: FencerMessage): void {
    this.#channel.send(messageBody(message));
  }

  /** To nobody when that fencer is not there. */
  sendTo(name: string, message: FencerMessage): void {
    const member = this.byName(name);
    if (member !== null) this.#channel.send(messageBody(message), member.nodeId);
  }
}

export function isSameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
