import type { Clock, Engine, Log, NodeId, Timer } from "@quorate/ports";
import { encodeFrame, FRAME_HEADER_BYTES, Piece } from "./frame.ts";

interface Outgoing {
  readonly to: NodeId;
  readonly content: Uint8Array;
}

interface Sending extends Outgoing {
  readonly messageNumber: number;
  readonly pieceCount: number;
  /** Pieces that the engine took. */
  sent: number;
  /** Pieces that came back at their place in the order. */
  seen: number;
}

export interface OutboxLimits {
  /** Bytes of content in one engine message. */
  readonly pieceBytes: number;
  /** Waiting messages and their bytes; beyond, the node can only give up. */
  readonly countMax: number;
  readonly bytesMax: number;
  readonly retryMs: number;
}

/**
 * Messages on their way to the engine, in order. A message in several pieces is sent whole before anything else, and
 * nothing follows until its last piece came back: if members join in between, it is sent again from its first piece,
 * and no later message may overtake it.
 */
export class Outbox {
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #limits: OutboxLimits;
  #waiting: Outgoing[] = [];
  #waitingBytes = 0;
  /** A message in several pieces, until it is seen; its pieces are the only thing on the way then. */
  #sending: Sending | null = null;
  #nextNumber = 1;
  #retry: Timer | null = null;
  #isOpen = false;
  #warnAt = 200;

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

  /** An own piece came back. */
  pieceSeen(messageNumber: number): void {
    const sending = this.#sending;
    if (sending === null || sending.messageNumber !== messageNumber) return;
    sending.seen += 1;
    if (sending.seen === sending.pieceCount) this.#sending = null;
    this.flush();
  }

  /** Members joined: a message of which they missed pieces is sent again. */
  membersJoined(): void {
    if (this.#sending === null || this.#sending.seen === 0) return;
    this.#sending = { ...this.#sending, messageNumber: this.#takeNumber(), sent: 0, seen: 0 };
    this.flush();
  }

  flush(): void {
    if (!this.#isOpen || this.#retry !== null) return;
    while (true) {
      if (this.#sending !== null) {
        if (this.#sending.sent === this.#sending.pieceCount || !this.#sendPiece(this.#sending)) return;
        continue;
      }
      const next = this.#waiting[0];
      if (next === undefined) return;
      const pieceCount = Math.ceil(next.content.length / this.#pieceBytes);
      if (pieceCount > 1) {
        this.#takeFirst();
        this.#sending = { ...next, messageNumber: this.#takeNumber(), pieceCount, sent: 0, seen: 0 };
        continue;
      }
      const frame = {
        piece: Piece.whole,
        messageNumber: this.#nextNumber,
        to: next.to,
        totalBytes: next.content.length,
        content: next.content,
      };
      if (!this.#offer(encodeFrame(frame))) return;
      this.#takeNumber();
      this.#takeFirst();
    }
  }

  get #pieceBytes(): number {
    return Math.min(this.#limits.pieceBytes, this.#engine.messageSizeMax - FRAME_HEADER_BYTES);
  }

  #takeNumber(): number {
    const number = this.#nextNumber;
    this.#nextNumber = number === 0xffffffff ? 1 : number + 1;
    return number;
  }

  #takeFirst(): void {
    const first = this.#waiting.shift()!;
    this.#waitingBytes -= first.content.length;
    if (this.#waiting.length === 0) this.#warnAt = 200;
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

  /** At 200 waiting messages, then at every further 1000. Source: cluster layer, 4. */
  #watchGrowth(): void {
    if (this.#waiting.length < this.#warnAt) return;
    this.#log(
      this.#warnAt === 200 ? "warning" : "error",
      `${this.#waiting.length} messages wait for the cluster layer`,
    );
    this.#warnAt = this.#warnAt === 200 ? 1000 : this.#warnAt + 1000;
  }
}
