import type { Log } from "@quorate/ports";
import { type Frame, Piece } from "./frame.ts";

interface Partial {
  readonly messageNumber: number;
  readonly content: Uint8Array;
  filled: number;
}

/**
 * Joins the pieces of large messages, at most one message in progress for each sender. What does not fit together is
 * dropped: the sender sends a message that a change of members has cut through again, under a new number.
 */
export class Assembly {
  readonly #messageBytesMax: number;
  readonly #log: Log;
  readonly #partials = new Map<string, Partial>();

  constructor(messageBytesMax: number, log: Log) {
    this.#messageBytesMax = messageBytesMax;
    this.#log = log;
  }

  /** @returns the whole message when this piece completes it, else null. */
  add(sender: string, frame: Frame): Uint8Array | null {
    if (frame.piece === Piece.whole) {
      this.#partials.delete(sender);
      return frame.content;
    }
    if (frame.piece === Piece.first) {
      this.#partials.delete(sender);
      if (frame.totalBytes > this.#messageBytesMax) {
        this.#log(
          "error",
          `dropped a message of ${frame.totalBytes} bytes from ${sender}: more than ${this.#messageBytesMax} are not taken`,
        );
        return null;
      }
      this.#partials.set(sender, {
        messageNumber: frame.messageNumber,
        content: new Uint8Array(frame.totalBytes),
        filled: 0,
      });
    }
    const partial = this.#partials.get(sender);
    if (partial === undefined || partial.messageNumber !== frame.messageNumber) return null;
    const isFitting = partial.filled + frame.content.length <= partial.content.length;
    if (isFitting) {
      partial.content.set(frame.content, partial.filled);
      partial.filled += frame.content.length;
    }
    if (isFitting && frame.piece !== Piece.last) return null;
    this.#partials.delete(sender);
    if (isFitting && partial.filled === partial.content.length) return partial.content;
    this.#log("error", `dropped a message from ${sender}: its pieces do not fit together`);
    return null;
  }

  /** The sender has left. */
  forget(sender: string): void {
    this.#partials.delete(sender);
  }

  /** Somebody joined who has not seen the first pieces. */
  clear(): void {
    this.#partials.clear();
  }
}
