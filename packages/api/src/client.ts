import { connect as connectSocket, type Socket } from "node:net";
import type { EventName, Events, MethodName, Methods } from "./contract.ts";
import { ApiError, type ApiErrorBody } from "./errors.ts";
import { encodeFrame, FrameReader, PROTOCOL_VERSION } from "./framing.ts";

export interface ConnectOptions {
  readonly socketPath: string;
  /** What this client calls itself, e.g. `cibadmin`. */
  readonly clientName: string;
  /** How long to wait for the daemon's greeting. */
  readonly timeoutMs: number;
}

/** A connection to the daemon of one node. */
export interface ApiClient {
  /** Rejects with an `ApiError`. Without `timeoutMs` it waits for as long as the connection lives. */
  request<M extends MethodName>(
    method: M,
    params: Methods[M]["params"],
    options?: { timeoutMs?: number },
  ): Promise<Methods[M]["result"]>;
  /** Calls `listener` for each event from now on. */
  on<E extends EventName>(event: E, listener: (data: Events[E]) => void): Promise<void>;
  /** Calls `listener` once when the connection ends for whatever reason but `close`. */
  onLost(listener: () => void): void;
  close(): void;
}

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: ApiError) => void;
  readonly timer: NodeJS.Timeout | null;
}

/**
 * Connects to a daemon's local API.
 * @throws ApiError `connectionLost` when nothing listens there, with the mend in its message
 */
export function connect(options: ConnectOptions): Promise<ApiClient> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket(options.socketPath);
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new ApiError("timeout", `the daemon at ${options.socketPath} does not answer`));
    }, options.timeoutMs);
    const client = new Client(socket, () => {
      clearTimeout(timer);
      socket.write(encodeFrame({ quorate: PROTOCOL_VERSION, name: options.clientName, pid: process.pid }));
      resolve(client);
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      reject(new ApiError("connectionLost", describeConnectError(error, options.socketPath)));
    });
    client.onLost(() => {
      clearTimeout(timer);
      reject(new ApiError("connectionLost", `the daemon at ${options.socketPath} closed the connection`));
    });
  });
}

function describeConnectError(error: NodeJS.ErrnoException, path: string): string {
  if (error.code === "ENOENT" || error.code === "ECONNREFUSED") return `no quorated is running at ${path}`;
  if (error.code === "EACCES") return `no permission to use ${path}: run as root or as a member of its group`;
  return `cannot connect to ${path}: ${error.message}`;
}

class Client implements ApiClient {
  readonly #socket: Socket;
  readonly #reader = new FrameReader();
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Map<string, ((data: never) => void)[]>();
  readonly #onGreeted: () => void;
  #lostListener: () => void = () => {};
  #nextId = 1;
  #isGreeted = false;
  #isClosed = false;

  constructor(socket: Socket, onGreeted: () => void) {
    this.#socket = socket;
    this.#onGreeted = onGreeted;
    socket.on("data", (chunk) => this.#receive(chunk));
    socket.on("close", () => this.#ended());
  }

  request<M extends MethodName>(
    method: M,
    params: Methods[M]["params"],
    options: { timeoutMs?: number } = {},
  ): Promise<Methods[M]["result"]> {
    return this.#send(method, params, options.timeoutMs ?? null);
  }

  on<E extends EventName>(event: E, listener: (data: Events[E]) => void): Promise<void> {
    const listeners = this.#listeners.get(event);
    if (listeners === undefined) this.#listeners.set(event, [listener]);
    else listeners.push(listener);
    return this.#send("subscribe", { events: [event] }, null);
  }

  onLost(listener: () => void): void {
    this.#lostListener = listener;
  }

  close(): void {
    this.#isClosed = true;
    this.#socket.destroy();
  }

  #send<T>(method: string, params: unknown, timeoutMs: number | null): Promise<T> {
    if (this.#socket.destroyed)
      return Promise.reject(new ApiError("connectionLost", "the connection to the daemon is closed"));
    const id = this.#nextId++;
    return new Promise<T>((resolve, reject) => {
      const timer =
        timeoutMs === null
          ? null
          : setTimeout(() => {
              this.#waiting.delete(id);
              reject(
                new ApiError(
                  "timeout",
                  `no answer from the daemon within ${timeoutMs} ms; the request may still take effect`,
                ),
              );
            }, timeoutMs);
      this.#waiting.set(id, { resolve: resolve as (value: never) => void, reject, timer });
      this.#socket.write(encodeFrame({ id, method, params }));
    });
  }

  #receive(chunk: Buffer): void {
    const frames = this.#reader.push(chunk);
    if (!frames.ok) {
      this.#socket.destroy();
      return;
    }
    for (const value of frames.values) this.#dispatch(value);
  }

  #dispatch(value: unknown): void {
    const frame = value as {
      quorate?: number;
      id?: number;
      result?: unknown;
      error?: ApiErrorBody;
      event?: string;
      data?: unknown;
    };
    if (!this.#isGreeted) {
      if (frame.quorate !== PROTOCOL_VERSION) {
        this.#socket.destroy();
        return;
      }
      this.#isGreeted = true;
      this.#onGreeted();
    } else if (frame.event !== undefined) {
      for (const listener of this.#listeners.get(frame.event) ?? []) listener(frame.data as never);
    } else if (frame.id !== undefined) {
      const waiting = this.#waiting.get(frame.id);
      if (waiting === undefined) return;
      this.#waiting.delete(frame.id);
      if (waiting.timer !== null) clearTimeout(waiting.timer);
      if (frame.error === undefined) waiting.resolve(frame.result as never);
      else waiting.reject(new ApiError(frame.error.code, frame.error.message));
    }
  }

  #ended(): void {
    for (const waiting of this.#waiting.values()) {
      if (waiting.timer !== null) clearTimeout(waiting.timer);
      waiting.reject(
        new ApiError(
          "connectionLost",
          "the daemon closed the connection before it answered; the request may have taken effect",
        ),
      );
    }
    this.#waiting.clear();
    if (!this.#isClosed) this.#lostListener();
  }
}
