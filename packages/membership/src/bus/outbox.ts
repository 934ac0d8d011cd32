import type { Clock, Engine, Log, NodeId, Timer } from "@quorate/ports";
import {
  encodeFrame,
  FRAME_HEADER_BYTES,
  type Frame,
  PACKED_HEADER_BYTES,
  type Packed,
  Piece,
  pack,
} from "./frame.ts";

interface Sending extends Packed {
  readonly messageNumber: number;
  readonly pieceCount: number;
  /** Pieces that the engine took. */
  sent: number;
  /** Pieces that came back at their place in the order. */
  seen: number;
}

/** So many waiting messages are worth a word. Source: cluster layer, 4. */
const GROWTH_MIN = 200;

export interface OutboxLimits {
  /** Bytes of content in one engine message. */
  readonly pieceBytes: number;
  /** Waiting messages and their bytes; beyond, the node can only give up. */
  readonly countMax: number;
  readonly bytesMax: number;
  readonly retryMs: number;
  /** With so many own messages on their way the engine counts as loaded, until all came back. */
  readonly loadedFrom: number;
  /** So many are on their way at most while it is loaded; what waits for one of them goes together. */
  readonly onTheWayWhenLoaded: number;
}

/**
 * Messages on their way to the engine, in order. A message in several pieces is sent whole before anything else, and
 * nothing follows until its last piece came back: if members join in between, it is sent again from its first piece,
 * and no later message may overtake it. Small messages go one by one until many are on the way. From then on they
 * wait for those to come back, and what waits goes as one: what the engine does for each message costs it, and every node, more than the content.
 */
export class Outbox {
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #limits: OutboxLimits;
  #waiting: Packed[] = [];
  #waitingBytes = 0;
  /** A message in several pieces, until it is seen; its pieces are the only thing on the way then. */
  #sending: Sending | null = null;
  /** Numbers of the messages that the engine took and that did not come back yet, the multi-piece one apart. */
  #onTheWay: number[] = [];
  #isLoaded = false;
  #isHeld = false;
  #nextNumber = 1;
  #retry: Timer | null = null;
  #isOpen = false;
  #warnAt = GROWTH_MIN;

  constructor(engine: Engine, context: { clock: Clock; log: Log; limits: OutboxLimits }) {
    this.#engine = engine;
    this.#clock = context.clock;
    this.#log = context.log;
    this.#limits = context.limits;
  }

  /** The group takes messages from now on. */
  open(): void {
    this.#isOpen = true;
    this.flush();
  }

  close(): void {
    this.#isOpen = false;
    this.#waiting = [];
    this.#setOnTheWay([]);
    this.#sending = null;
    this.#retry?.cancel();
    this.#retry = null;
  }

  /** False when the bound is reached: nothing can be sent without a gap any more. */
  push(content: Uint8Array, to: NodeId): boolean {
    if (
      this.#waiting.length >= this.#limits.countMax ||
      this.#waitingBytes + content.length > this.#limits.bytesMax
    )
      return false;
    this.#waiting.push({ to, content });
    this.#waitingBytes += content.length;
    this.flush();
    this.#watchGrowth();
    return true;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0 && this.#sending === null;
  }

  /** An own frame came back at its place in the order. */
  frameSeen({ piece, messageNumber }: Frame): void {
    if (piece === Piece.whole || piece === Piece.several)
      this.#setOnTheWay(this.#onTheWay.slice(this.#onTheWay.indexOf(messageNumber) + 1));
    else if (this.#sending?.messageNumber === messageNumber) {
      this.#sending.seen += 1;
      if (this.#sending.seen === this.#sending.pieceCount) this.#sending = null;
    }
    this.flush();
  }

  /** The group changed. A message of which new members missed pieces is sent again. */
  membersChanged(hasJoined: boolean): void {
    // How many are on the way only decides about speed: should the engine ever lose one, the next view makes it good.
    this.#setOnTheWay([]);
    if (hasJoined && this.#sending !== null && this.#sending.seen > 0)
      this.#sending = { ...this.#sending, messageNumber: this.#takeNumber(), sent: 0, seen: 0 };
    this.flush();
  }

  /** What `act` sends goes together. */
  together(act: () => void): void {
    this.#isHeld = true;
    try {
      act();
    } finally {
      this.#isHeld = false;
      this.flush();
    }
  }

  flush(): void {
    if (!this.#isOpen || this.#isHeld || this.#retry !== null) return;
    while (true) {
      if (this.#sending !== null) {
        if (this.#sending.sent === this.#sending.pieceCount || !this.#sendPiece(this.#sending)) return;
        continue;
      }
      const next = this.#waiting[0];
      if (next === undefined) return;
      const pieceCount = Math.ceil(next.content.length / this.#pieceBytes);
      if (pieceCount > 1) {
        this.#take(1);
        this.#sending = { ...next, messageNumber: this.#takeNumber(), pieceCount, sent: 0, seen: 0 };
      } else if (this.#isFull || !this.#sendNext()) return;
    }
  }

  get #isFull(): boolean {
    return this.#isLoaded && this.#onTheWay.length >= this.#limits.onTheWayWhenLoaded;
  }

  #setOnTheWay(numbers: number[]): void {
    this.#onTheWay = numbers;
    if (numbers.length === 0) {
      this.#isLoaded = false;
      // Not each time that nothing waits: under load that is many times a second.
      if (this.#waiting.length === 0) this.#warnAt = GROWTH_MIN;
    }
    if (numbers.length >= this.#limits.loadedFrom) this.#isLoaded = true;
  }

  get #pieceBytes(): number {
    return Math.min(this.#limits.pieceBytes, this.#engine.messageSizeMax - FRAME_HEADER_BYTES);
  }

  #takeNumber(): number {
    const number = this.#nextNumber;
    this.#nextNumber = number === 0xffffffff ? 1 : number + 1;
    return number;
  }

  #take(count: number): void {
    for (const { content } of this.#waiting.splice(0, count)) this.#waitingBytes -= content.length;
  }

  /** The first message, and with it those after it that find room. False when the engine does not take them. */
  #sendNext(): boolean {
    const first = this.#waiting[0]!;
    const count = this.#countThatFits();
    const isAlone = count === 1;
    const content = isAlone ? first.content : pack(this.#waiting.slice(0, count));
    const messageNumber = this.#nextNumber;
    const frame = {
      piece: isAlone ? Piece.whole : Piece.several,
      messageNumber,
      to: isAlone ? first.to : 0,
      totalBytes: content.length,
      content,
    };
    if (!this.#offer(encodeFrame(frame))) return false;
    this.#takeNumber();
    this.#setOnTheWay([...this.#onTheWay, messageNumber]);
    this.#take(count);
    return true;
  }

  /** At least one. */
  #countThatFits(): number {
    let bytes = 0;
    const tooMany = this.#waiting.findIndex(({ content }) => {
      bytes += PACKED_HEADER_BYTES + content.length;
      return bytes > this.#pieceBytes;
    });
    return tooMany === -1 ? this.#waiting.length : Math.max(1, tooMany);
  }

  #sendPiece(sending: Sending): boolean {
    const start = sending.sent * this.#pieceBytes;
    const isLast = sending.sent === sending.pieceCount - 1;
    const isTaken = this.#offer(
      encodeFrame({
        piece: isLast ? Piece.last : sending.sent === 0 ? Piece.first : Piece.middle,
        messageNumber: sending.messageNumber,
        to: sending.to,
        totalBytes: sending.content.length,
        content: sending.content.subarray(start, start + this.#pieceBytes),
      }),
    );
    if (isTaken) sending.sent += 1;
    return isTaken;
  }

  #offer(bytes: Uint8Array): boolean {
    const result = this.#engine.multicast(bytes);
    switch (result) {
      case "ok":
        return true;
      case "lost":
        return false;
      case "tryAgain":
        this.#retry = this.#clock.setTimer(this.#limits.retryMs, () => {
          this.#retry = null;
          this.flush();
        });
        return false;
      case "tooBig":
      case "notJoined":
      case "alreadyJoined":
      case "invalid":
        throw new Error(`the engine refused a message of ${bytes.length} bytes: ${result}`);
    }
  }

  /** Then again at every further 1000. Source: cluster layer, 4. */
  #watchGrowth(): void {
    if (this.#waiting.length < this.#warnAt) return;
    this.#log(
      this.#warnAt === GROWTH_MIN ? "warning" : "error",
      `${this.#waiting.length} messages wait for the cluster layer`,
    );
    this.#warnAt = this.#warnAt === GROWTH_MIN ? 1000 : this.#warnAt + 1000;
  }
}
