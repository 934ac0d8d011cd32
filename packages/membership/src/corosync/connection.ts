import { callAsync } from "./calls.ts";
import { DISPATCH_ONE_NONBLOCKING, Result } from "./codes.ts";
import type { Handle, NativeCall, PollHandle } from "./native.ts";

interface ServiceCalls {
  readonly finalize: NativeCall;
  readonly descriptor: NativeCall;
  readonly dispatch: NativeCall;
}

interface ConnectionEvents {
  /** Events were fetched: the receiver's queue has something. */
  fetched(): void;
  /** The service is gone; the connection has closed itself. */
  lost(result: number): void;
}

/** Events fetched before timers and other descriptors get their turn. */
const EVENTS_PER_TURN = 64;

/** Open descriptors watched: a watcher that nobody refers to would be collected, and events would stop silently. */
const watched = new Set<PollHandle>();

/** One connection to a service of Corosync: watches its descriptor and lets the library call back with events. */
export class Connection {
  readonly handle: Handle;
  readonly #calls: ServiceCalls;
  readonly #poll: (descriptor: number, ready: () => void) => PollHandle;
  #events: ConnectionEvents | null = null;
  #watcher: PollHandle | null = null;
  #isClosed = false;

  constructor(
    handle: Handle,
    calls: ServiceCalls,
    poll: (descriptor: number, ready: () => void) => PollHandle,
  ) {
    this.handle = handle;
    this.#calls = calls;
    this.#poll = poll;
  }

  /** From now on events are fetched. */
  start(events: ConnectionEvents): void {
    this.#events = events;
    this.resume();
  }

  /** Leaves events with Corosync until `resume`. */
  pause(): void {
    if (this.#watcher === null) return;
    watched.delete(this.#watcher);
    this.#watcher.close();
    this.#watcher = null;
  }

  resume(): void {
    if (this.#isClosed || this.#watcher !== null) return;
    const descriptor = [-1];
    const result = this.#calls.descriptor(this.handle, descriptor);
    if (result !== Result.ok) {
      this.#lose(result);
      return;
    }
    this.#watcher = this.#poll(descriptor[0]!, () => this.#fetch());
    watched.add(this.#watcher);
  }

  /** The descriptor belongs to the library, so the watcher goes first. Does not wait: a Corosync that stands still would not answer. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.pause();
    void callAsync(this.#calls.finalize, this.handle);
  }

  #fetch(): void {
    let result: number = Result.ok;
    for (let count = 0; count < EVENTS_PER_TURN && !this.#isClosed && result === Result.ok; count++)
      result = this.#calls.dispatch(this.handle, DISPATCH_ONE_NONBLOCKING);
    this.#events?.fetched();
    if (result !== Result.ok && result !== Result.tryAgain) this.#lose(result);
  }

  #lose(result: number): void {
    if (this.#isClosed) return;
    this.close();
    this.#events?.lost(result);
  }
}
