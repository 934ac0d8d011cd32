import type { Socket } from "node:net";
import { encodeFrame, FrameReader } from "@quorate/api";

/** A side that does not read is given up when this much waits for it. */
const UNREAD_BYTES_MAX = 64 * 1024 * 1024;
/** How long the last words may take to be read. */
const FAREWELL_MS = 500;

export interface LinkEvents {
  message(value: unknown): void;
  /** Exactly once, unless it was closed on this side. */
  closed(reason: string): void;
}

/** Frames over one encrypted connection. */
export class Link {
  readonly #socket: Socket;
  readonly #reader = new FrameReader();
  #events: LinkEvents | null = null;
  #isOver = false;
  #reason = "the other side closed the connection";

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("error", (error) => {
      this.#reason = error.message;
      socket.destroy();
    });
    socket.on("close", () => this.#close(this.#reason));
  }

  /** From now on; may be called again when the greeting is over. */
  listen(events: LinkEvents): void {
    const isFirst = this.#events === null;
    this.#events = events;
    if (isFirst) this.#socket.on("data", (chunk: Buffer) => this.#receive(chunk));
  }

  /** Null, or why it cannot be sent at all: it is too large. */
  send(value: unknown): string | null {
    if (this.#isOver || this.#socket.destroyed) return null;
    if (this.#socket.writableLength > UNREAD_BYTES_MAX) {
      this.#close("the other side does not read");
      return null;
    }
    let frame: Buffer;
    try {
      frame = encodeFrame(value);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return error.message;
    }
    this.#socket.write(frame);
    return null;
  }

  /** Without an event. */
  close(): void {
    this.#isOver = true;
    this.#socket.end(() => this.#socket.destroy());
    setTimeout(() => this.#socket.destroy(), FAREWELL_MS).unref();
  }

  #receive(chunk: Buffer): void {
    const frames = this.#reader.push(chunk);
    if (!frames.ok) {
      this.#close(frames.problem);
      return;
    }
    for (const value of frames.values) {
      if (this.#isOver) return;
      this.#events?.message(value);
    }
  }

  #close(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#socket.destroy();
    this.#events?.closed(reason);
  }
}
