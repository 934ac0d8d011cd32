import { chmodSync, chownSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { checkParams } from "./check-params.ts";
import type { EventName, Events, MethodName, Methods } from "./contract.ts";
import { ApiError, type ApiErrorBody } from "./errors.ts";
import { encodeFrame, FrameReader, PROTOCOL_VERSION } from "./framing.ts";

/** One function for each method of the contract. An `ApiError` thrown becomes the answer; anything else is a defect, answered as `internal`. */
export type Handlers = {
  readonly [M in MethodName]: (params: Methods[M]["params"], caller: Caller) => Promise<Methods[M]["result"]>;
};

/** Who asks. `name` is what the client calls itself (`cibadmin`), `pid` its process; both are claims, not proofs. */
export interface Caller {
  readonly name: string;
  readonly pid: number;
  /** The user who opened the connection, as the operating system says it; null when it could not say. */
  readonly user: PeerUser | null;
}

export interface PeerUser {
  readonly uid: number;
  readonly name: string;
  /** Names of all Unix groups of the user. */
  readonly groups: readonly string[];
}

export interface ApiServer {
  /** Sends an event to every connected client that subscribed to it. */
  publish<E extends EventName>(name: E, data: Events[E]): void;
  /** Stops listening, ends all connections and removes the socket. */
  close(): Promise<void>;
}

export interface ServeOptions {
  readonly socketPath: string;
  readonly handlers: Handlers;
  readonly log: (message: string) => void;
  /** Unix group whose members may connect, beside the owner of the process; null: nobody else. Without it the group of the process. */
  readonly groupId?: number | null;
  /** Asks the operating system who is at the other end of a connection. Without it nobody is known. */
  readonly identify?: (fd: number) => PeerUser | null;
  /** What a caller may learn of an event; null: nothing. Without it everything. */
  readonly visibleTo?: <E extends EventName>(caller: Caller, name: E, data: Events[E]) => Events[E] | null;
}

/** How long the last answers may take to be read when the server closes. */
const FAREWELL_MS = 500;

/** A client that does not read its answers is cut off when this much waits for it. */
const UNREAD_BYTES_MAX = 256 * 1024 * 1024;

/**
 * Serves the contract on a Unix socket. A socket file left by a dead daemon is replaced: the caller makes
 * sure, by a lock of its own, that no living daemon uses it.
 * @throws the operating system's error when the path cannot be used
 */
export function serve(options: ServeOptions): Promise<ApiServer> {
  const connections = new Set<Connection>();
  rmSync(options.socketPath, { force: true });
  const server: Server = createServer((socket) => {
    const connection = new Connection(socket, options);
    connections.add(connection);
    socket.on("close", () => connections.delete(connection));
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.socketPath, () => {
      server.off("error", reject);
      const { groupId } = options;
      if (typeof groupId === "number") chownSync(options.socketPath, -1, groupId);
      chmodSync(options.socketPath, groupId === null ? 0o600 : 0o660);
      resolve({
        publish: (name, data) => {
          let frame: Buffer | null = null;
          for (const connection of connections) {
            const { caller } = connection;
            if (caller === null || !connection.subscriptions.has(name)) continue;
            const visible = options.visibleTo === undefined ? data : options.visibleTo(caller, name, data);
            if (visible === null) continue;
            if (visible === data) frame ??= encodeFrame({ event: name, data });
            connection.write(visible === data ? frame! : encodeFrame({ event: name, data: visible }));
          }
        },
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            for (const connection of connections) connection.end();
          }),
      });
    });
  });
}

/** Node.js has no public way to the descriptor of a socket; null when this way is closed one day. */
function descriptorOf(socket: Socket): number | null {
  const fd = (socket as unknown as { _handle?: { fd?: unknown } })._handle?.fd;
  return typeof fd === "number" && fd >= 0 ? fd : null;
}

/**
 * Has a request of the contract carried out, wherever it came from.
 * @throws ApiError when it is no request of the contract, and whatever the handler throws
 */
export async function answerRequest(
  handlers: Handlers,
  { method, params }: { readonly method: string; readonly params: unknown },
  caller: Caller,
): Promise<unknown> {
  if (!Object.hasOwn(handlers, method))
    throw new ApiError(
      "unknownMethod",
      `this daemon does not know the request "${method}"; is it older than the tool?`,
    );
  const problem = checkParams(method as MethodName, params);
  if (problem !== null) throw new ApiError("badRequest", problem);
  const handler = handlers[method as MethodName] as (params: unknown, caller: Caller) => Promise<unknown>;
  return handler(params, caller);
}

/** What whoever asked is told of a failure; what is nobody's fault but ours goes to the log. */
export function describeRefusal(error: unknown, log: (message: string) => void): ApiErrorBody {
  if (error instanceof ApiError) return { code: error.code, message: error.message };
  if (error instanceof RangeError) return { code: "tooLarge", message: error.message };
  log(`local API: defect while answering: ${error instanceof Error ? error.stack : String(error)}`);
  return { code: "internal", message: "the daemon hit a defect while answering; its log has the details" };
}

class Connection {
  readonly subscriptions = new Set<string>();
  readonly #socket: Socket;
  readonly #options: ServeOptions;
  readonly #reader = new FrameReader();
  readonly #user: PeerUser | null;
  #caller: Caller | null = null;

  constructor(socket: Socket, options: ServeOptions) {
    this.#socket = socket;
    this.#options = options;
    const fd = descriptorOf(socket);
    this.#user = fd === null ? null : (options.identify?.(fd) ?? null);
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk) => this.#receive(chunk));
    this.write(encodeFrame({ quorate: PROTOCOL_VERSION }));
  }

  /** Null before the greeting. */
  get caller(): Caller | null {
    return this.#caller;
  }

  write(frame: Buffer): void {
    if (this.#socket.destroyed) return;
    if (this.#socket.writableLength > UNREAD_BYTES_MAX) {
      this.#options.log(
        `local API: ${this.#caller?.name ?? "a client"} does not read its answers, disconnecting it`,
      );
      this.#socket.destroy();
      return;
    }
    this.#socket.write(frame);
  }

  end(): void {
    this.#socket.end(() => this.#socket.destroy());
    // A client that does not read must not keep its daemon from ending.
    setTimeout(() => this.#socket.destroy(), FAREWELL_MS).unref();
  }

  #receive(chunk: Buffer): void {
    const frames = this.#reader.push(chunk);
    if (!frames.ok) {
      this.#refuse(frames.problem);
      return;
    }
    for (const value of frames.values) {
      if (this.#caller === null) this.#greet(value);
      else this.#answer(value, this.#caller);
    }
  }

  #greet(value: unknown): void {
    const greeting = value as { quorate?: unknown; name?: unknown; pid?: unknown } | null;
    if (greeting?.quorate !== PROTOCOL_VERSION) {
      this.#refuse(`speaks protocol ${String(greeting?.quorate)}, this daemon speaks ${PROTOCOL_VERSION}`);
      return;
    }
    this.#caller = {
      name: String(greeting.name ?? "unknown"),
      pid: Number(greeting.pid ?? 0),
      user: this.#user,
    };
  }

  #refuse(problem: string): void {
    this.#options.log(`local API: closing a connection: ${problem}`);
    this.#socket.destroy();
  }

  #answer(value: unknown, caller: Caller): void {
    const request = value as { id?: unknown; method?: unknown; params?: unknown } | null;
    const id = request?.id;
    if (typeof id !== "number" || typeof request?.method !== "string") {
      this.#refuse("a request has no id or no method");
      return;
    }
    if (request.method === "subscribe") {
      const { events } = (request.params ?? {}) as { events?: unknown };
      if (Array.isArray(events)) for (const name of events) this.subscriptions.add(String(name));
      this.write(encodeFrame({ id, result: {} }));
      return;
    }
    const { handlers, log } = this.#options;
    answerRequest(handlers, { method: request.method, params: request.params ?? {} }, caller)
      .then((result) => this.write(encodeFrame({ id, result })))
      .catch((error: unknown) => this.#fail(id, describeRefusal(error, log)));
  }

  #fail(id: number, error: ApiErrorBody): void {
    this.write(encodeFrame({ id, error }));
  }
}
