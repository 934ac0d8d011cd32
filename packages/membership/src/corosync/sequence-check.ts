import type { Log, ProcessId } from "@quorate/ports";
import { decodeFrame, encodeFrame, FrameKind, sequenceAfter } from "./frame.ts";

type Check =
  | { readonly kind: "message"; readonly message: Uint8Array }
  /** No message, but a sign that Corosync delivers. */
  | { readonly kind: "sign" }
  /** Not sent by this software, or by another version of it. */
  | { readonly kind: "foreign"; readonly problem: string }
  /** Own messages are missing before this one: nobody got them, so what this node believes to have said is wrong. */
  | { readonly kind: "ownGap"; readonly count: number };

/** Numbers the messages of this process and looks for gaps in those of all. */
export class SequenceCheck {
  readonly #log: Log;
  #next = 1;
  #lastSent = 0;
  /** The last number that this process used before its present membership. */
  #ownBefore = 0;
  /** Of each process that was heard since it joined or we joined. */
  readonly #last = new Map<string, number>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** The message under the next number, which stays the next one until `sent`. */
  frame(message: Uint8Array): Uint8Array {
    return encodeFrame(FrameKind.message, this.#next, message);
  }

  /** A frame without content under the next number. */
  sign(): Uint8Array {
    return encodeFrame(FrameKind.sign, this.#next, new Uint8Array(0));
  }

  sent(): void {
    this.#lastSent = this.#next;
    this.#next = sequenceAfter(this.#next);
  }

  check(from: ProcessId, bytes: Uint8Array, isSelf: boolean): Check {
    const decoded = decodeFrame(bytes);
    if (!decoded.ok) return { kind: "foreign", problem: decoded.problem };
    const { sequence, message } = decoded;
    const last = this.#last.get(keyOf(from)) ?? (isSelf ? this.#ownBefore : undefined);
    this.#last.set(keyOf(from), sequence);
    if (last !== undefined && sequence !== sequenceAfter(last)) {
      const count = sequence - last - 1;
      if (isSelf) return { kind: "ownGap", count };
      // Nobody got them, so nobody differs; the sender itself notices and starts anew.
      this.#log("error", `Corosync dropped ${count} message(s) of node ${from.nodeId} process ${from.pid}`);
    }
    return decoded.kind === FrameKind.sign ? { kind: "sign" } : { kind: "message", message };
  }

  /** The process left: in another life, or after another ring, it goes on with other numbers. */
  forget(process: ProcessId): void {
    this.#last.delete(keyOf(process));
  }

  /** This process left the group: it misses what the others send. */
  left(): void {
    this.#last.clear();
    this.#ownBefore = this.#lastSent;
  }
}

function keyOf(process: ProcessId): string {
  return `${process.nodeId}.${process.pid}`;
}
