import type { ProcessId, Ring } from "@quorate/ports";
import { expect } from "vitest";
import type { History, HistoryEvent } from "./history.ts";

/**
 * What holds for every engine, whatever happened. Source: embedded engine, 9; the numbers are those of its table.
 * Throws at the first violation.
 */
export function checkProperties(histories: readonly History[], nodeCount: number): void {
  for (const history of histories) {
    checkViews(history);
    checkSenders(history, histories);
    checkQuorum(history, nodeCount);
    checkEnd(history);
    expect(history.damaged, "P5 integrity").toEqual([]);
  }
  checkRingIds(histories);
  checkOneRingPerMessage(histories);
  const rings = histories.map(ringsOf);
  for (let a = 0; a < rings.length; a++)
    for (let b = a + 1; b < rings.length; b++) checkAgreement(rings[a]!, rings[b]!);
  checkSurvivors(histories);
}

function key(process: ProcessId): string {
  return `${process.nodeId}.${process.pid}`;
}

function ringKey(ring: Ring): string {
  return `${ring.representative}.${ring.sequence}`;
}

/** P8 views, P9 delivery in view, P14 reasons, P16 order of change events. */
function checkViews(history: History): void {
  let members: string[] | null = null;
  /** What has to come before anything else. */
  let due: "gain or ring" | "ring" | "quorum" | null = null;
  let self: string | null = null;
  for (const event of history.events) {
    switch (event.kind) {
      case "delivered":
        expect(due, "P16: a delivery within a change").toBeNull();
        expect(members, "P9: a delivery from outside the view").toContain(key(event.from));
        break;
      case "configuration": {
        const { change } = event;
        const now = change.members.map(key);
        const sorted = [...change.members].sort((a, b) => a.nodeId - b.nodeId || a.pid - b.pid).map(key);
        expect(now, "P8: members are sorted").toEqual(sorted);
        expect(change.left.length + change.joined.length, "P8: a change changes something").toBeGreaterThan(
          0,
        );
        for (const one of change.joined) expect(now, "P8: joined is in members").toContain(key(one));
        for (const one of change.left) expect(now, "P8: left is not in members").not.toContain(key(one));
        if (members === null) {
          expect(change.joined, "P8: the first change is the own join").toHaveLength(1);
          expect(change.joined[0]).toMatchObject({ nodeId: history.node, reason: "join" });
          self = key(change.joined[0]!);
          due = "ring";
        } else {
          const left = change.left.map(key);
          const expected = [
            ...members.filter((one: string) => !left.includes(one)),
            ...change.joined.map(key),
          ].sort();
          expect([...now].sort(), "P8: members follow from the changes").toEqual(expected);
          const isRingChange =
            change.left.some((one) => one.reason === "nodeDown") ||
            change.joined.some((one) => one.reason === "nodeUp");
          if (isRingChange) {
            expect(due === null || (due === "gain or ring" && change.left.length === 0), "P16").toBe(true);
            due = change.left.length > 0 ? "gain or ring" : "ring";
            const reasons = new Set([...change.left, ...change.joined].map((one) => one.reason));
            expect([...reasons], "P14: one reason for one change").toHaveLength(1);
          } else {
            expect(due, "P16: a group change within a ring change").toBeNull();
            expect(change.left.length + change.joined.length, "P14: one process at a time").toBe(1);
          }
        }
        members = now;
        const isGone = self !== null && !now.includes(self);
        if (isGone) {
          expect(change.left).toEqual([expect.objectContaining({ reason: "leave" })]);
          members = null;
          self = null;
        }
        break;
      }
      case "ring":
        expect(members, "ring events only to members").not.toBeNull();
        expect(due, "P16").not.toBe("quorum");
        expect(event.nodes).toContain(history.node);
        for (const member of members ?? [])
          expect(event.nodes.map(String), "members are of the ring").toContain(member.split(".")[0]);
        due = "quorum";
        break;
      case "quorum":
        expect(members, "quorum events only to members").not.toBeNull();
        expect(due === null || due === "quorum", "P16: quorum after ring").toBe(true);
        due = null;
        break;
      case "connected":
      case "lost":
        break;
    }
  }
}

/** P3 FIFO, P4 no duplicates and no inventions. */
function checkSenders(history: History, histories: readonly History[]): void {
  const last = new Map<string, number>();
  const mayHaveGap = new Map<string, boolean>();
  const self = new Set<string>();
  for (const event of history.events) {
    if (event.kind === "configuration") {
      for (const one of event.change.left) mayHaveGap.set(key(one), true);
      // The own leave: it misses messages of everybody until it joins again.
      if (event.change.left.some((one) => self.has(key(one))))
        for (const sender of mayHaveGap.keys()) mayHaveGap.set(sender, true);
      if (self.size === 0) self.add(key(event.change.joined[0]!));
      // What a process sent before this client joined, or in another ring, is not for it.
      for (const one of event.change.members) if (!mayHaveGap.has(key(one))) mayHaveGap.set(key(one), true);
      for (const one of event.change.joined)
        if (one.reason === "join" && !last.has(key(one))) mayHaveGap.set(key(one), false);
    }
    if (event.kind !== "delivered") continue;
    const sender = key(event.from);
    const previous = last.get(sender) ?? 0;
    expect(
      event.number,
      `P4: client ${history.client} got ${event.client} twice or out of order`,
    ).toBeGreaterThan(previous);
    expect(event.number, "P4: invented").toBeLessThanOrEqual(histories[event.client]!.acceptedCount);
    expect(event.from.nodeId, "P4: of another node").toBe(histories[event.client]!.node);
    // One that joined a second time has sent messages before that this client was not there for.
    const isRejoined = previous === 0 && histories[event.client]!.joinCount > 1;
    if (mayHaveGap.get(sender) !== true && !isRejoined)
      expect(event.number, `P3: client ${history.client} misses messages of ${event.client}`).toBe(
        previous + 1,
      );
    mayHaveGap.set(sender, false);
    last.set(sender, event.number);
  }
}

/** P17: plain majority, and the ring of the last ring event. */
function checkQuorum(history: History, nodeCount: number): void {
  let ring: Ring | null = null;
  for (const event of history.events) {
    if (event.kind === "ring") ring = event.ring;
    if (event.kind !== "quorum") continue;
    expect(event.update.ring, "P16: quorum of the ring").toEqual(ring);
    expect(event.update.isQuorate, "P17").toBe(event.update.nodes.length > nodeCount / 2);
  }
}

/** P21 lost connection. */
function checkEnd(history: History): void {
  const lostAt = history.events.findIndex((event) => event.kind === "lost");
  if (lostAt >= 0) expect(lostAt, "P21: something after lost").toBe(history.events.length - 1);
  expect(history.events.filter((event) => event.kind === "connected").length).toBeLessThanOrEqual(1);
  if (history.events.length > 0) expect(["connected", "lost"]).toContain(history.events[0]!.kind);
}

/** P10 ring ids, P11 symmetry. */
function checkRingIds(histories: readonly History[]): void {
  const nodesOf = new Map<string, string>();
  for (const history of histories) {
    let sequence = 0;
    for (const event of history.events) {
      if (event.kind !== "ring") continue;
      const { ring, nodes } = event;
      expect(ring.sequence, "P10: sequences grow").toBeGreaterThanOrEqual(sequence);
      sequence = ring.sequence;
      expect(ring.representative, "P10: representative").toBe(Math.min(...nodes));
      const known = nodesOf.get(ringKey(ring));
      if (known !== undefined) expect(nodes.join(), "P10: equal ids, equal members").toBe(known);
      nodesOf.set(ringKey(ring), nodes.join());
    }
  }
}

/** P12: whoever gets a message gets it in the same ring, so none crosses a split. */
function checkOneRingPerMessage(histories: readonly History[]): void {
  const ringOfMessage = new Map<string, string>();
  for (const history of histories) {
    let ring = "";
    for (const event of history.events) {
      if (event.kind === "ring") ring = ringKey(event.ring);
      if (event.kind !== "delivered") continue;
      const message = `${event.client}#${event.number}`;
      expect(ring, `P12: ${message} was delivered in two rings`).toBe(ringOfMessage.get(message) ?? ring);
      ringOfMessage.set(message, ring);
    }
  }
}

interface RingPart {
  readonly ring: string;
  /** Deliveries and group changes in this ring, as text. */
  readonly events: string[];
  /** The client came while the ring was there already. */
  isLate: boolean;
  /** Losses at the end of this ring; null when the client did not go on to another. */
  lostAtEnd: ReadonlySet<string> | null;
  next: string | null;
}

interface ClientRings {
  readonly self: ReadonlySet<string>;
  readonly parts: readonly RingPart[];
}

function ringsOf(history: History): ClientRings {
  const parts: RingPart[] = [];
  const self = new Set<string>();
  let current: RingPart | null = null;
  let lost = new Set<string>();
  let isJoining = false;
  for (const event of history.events) {
    switch (event.kind) {
      case "configuration": {
        const { joined, left } = event.change;
        const isOwnJoin = current === null || left.some((one) => self.has(key(one)));
        if (current === null) {
          self.add(key(joined[0]!));
          isJoining = true;
          break;
        }
        for (const one of left) if (one.reason === "nodeDown") lost.add(key(one));
        if (![...left, ...joined].some((one) => one.reason === "nodeDown" || one.reason === "nodeUp"))
          current.events.push(describe(event));
        if (isOwnJoin) current = null;
        break;
      }
      case "ring": {
        const ring = ringKey(event.ring);
        // Corosync tells a client that joins while a ring is on its way of this ring twice.
        if (parts.at(-1)?.ring === ring && current !== null) break;
        if (current !== null) {
          current.lostAtEnd = lost;
          current.next = ring;
        }
        lost = new Set();
        current = { ring, events: [], isLate: isJoining, lostAtEnd: null, next: null };
        isJoining = false;
        parts.push(current);
        break;
      }
      case "delivered":
        current?.events.push(describe(event));
        break;
      case "connected":
      case "quorum":
      case "lost":
        break;
    }
  }
  return { self, parts };
}

function describe(event: HistoryEvent): string {
  switch (event.kind) {
    case "delivered":
      return `${event.client}#${event.number}`;
    case "configuration":
      return [
        ...event.change.left.map((one) => `-${key(one)}/${one.reason}`),
        ...event.change.joined.map((one) => `+${key(one)}`),
      ].join();
    default:
      return event.kind;
  }
}

/** P1 agreement, P6 total order, P7 virtual synchrony. */
function checkAgreement(a: ClientRings, b: ClientRings): void {
  for (const mine of a.parts)
    for (const theirs of b.parts) {
      if (mine.ring !== theirs.ring) continue;
      const isDelivery = (text: string): boolean => text.includes("#");
      const inBoth = (list: readonly string[], other: readonly string[]): string[] => {
        const set = new Set(other);
        return list.filter((text) => isDelivery(text) && set.has(text));
      };
      expect(inBoth(mine.events, theirs.events), "P6: one order").toEqual(inBoth(theirs.events, mine.events));
      const wentTogether =
        mine.next !== null &&
        mine.next === theirs.next &&
        ![...a.self].some((self) => theirs.lostAtEnd!.has(self)) &&
        ![...b.self].some((self) => mine.lostAtEnd!.has(self));
      if (!wentTogether) continue;
      if (!mine.isLate && !theirs.isLate) expect(mine.events, "P7").toEqual(theirs.events);
      else {
        const [longer, shorter] =
          mine.events.length >= theirs.events.length
            ? [mine.events, theirs.events]
            : [theirs.events, mine.events];
        expect(longer.slice(longer.length - shorter.length), "P7 for one that came late").toEqual(shorter);
      }
    }
}

/** P2 self delivery, P15 liveness: all was healed at last, and everybody alive sent once more. */
function checkSurvivors(histories: readonly History[]): void {
  const alive = histories.filter((history) => history.isSurvivor && history.joinCount > history.leaveCount);
  expect(alive.length, "P15: every node has a client at last").toBeGreaterThan(0);
  const lastRings = new Set<string>();
  for (const history of alive) {
    expect(history.waitingCount, "P15: sends are taken at last").toBe(0);
    const own = history.events.filter(
      (event) => event.kind === "delivered" && event.client === history.client,
    );
    expect(own.length, "P2: own messages come back").toBe(history.acceptedCount);
    const ring = history.events.filter((event) => event.kind === "ring").at(-1);
    lastRings.add(ring?.kind === "ring" ? `${ringKey(ring.ring)} ${ring.nodes}` : "none");
    for (const other of alive)
      expect(
        history.events.some(
          (event) =>
            event.kind === "delivered" &&
            event.client === other.client &&
            event.number === other.acceptedCount,
        ),
        `P15: client ${history.client} gets the last message of ${other.client}`,
      ).toBe(true);
  }
  expect([...lastRings], "P15: one ring at last").toHaveLength(1);
}
