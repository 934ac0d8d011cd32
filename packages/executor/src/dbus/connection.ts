import { connect, type Socket } from "node:net";
import type { Clock, Timer } from "@quorate/ports";
import { type DBusMessage, decodeMessage, encodeMessage, MessageType, NO_FIELDS } from "./message.ts";
import type { DBusValue } from "./values.ts";

/** A call that was answered with an error, or not at all; `name` as in `org.freedesktop.DBus.Error.NoReply`. */
export class DBusError extends Error {
  readonly errorName: string;

  constructor(errorName: string, message: string) {
    super(message);
    this.errorName = errorName;
  }
}

/** Names of errors that this side makes itself; the first two also come from the bus. */
export const NO_REPLY = "org.freedesktop.DBus.Error.NoReply";
export const DISCONNECTED = "org.freedesktop.DBus.Error.Disconnected";
const AUTHENTICATION_FAILED = "org.freedesktop.DBus.Error.AuthFailed";

export interface DBusCall {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly signature?: string;
  readonly args?: readonly DBusValue[];
  readonly timeoutMs: number;
}

const BUS = {
  destination: "org.freedesktop.DBus",
  path: "/org/freedesktop/DBus",
  interface: "org.freedesktop.DBus",
} as const;

const HANDSHAKE_LIMIT_MS = 5000;
/** More than a line of the handshake can be. */
const LINE_BYTES_MAX = 16 * 1024;

interface PendingCall {
  readonly timer: Timer;
  resolve(body: readonly DBusValue[]): void;
  reject(error: DBusError): void;
}

/**
 * A client of a message bus over its Unix socket: calls and signals, nothing else. An own one, because the libraries on
 * npm that are kept up do not run on every version of Node.js that we support, and the others are not kept up.
 */
export class DBusConnection {
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #calls = new Map<number, PendingCall>();
  readonly #signalListeners: ((signal: DBusMessage) => void)[] = [];
  readonly #closeListeners: (() => void)[] = [];
  #received: Buffer = Buffer.alloc(0);
  #lastSerial = 0;
  #isClosed = false;

  private constructor(socket: Socket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
  }

  /**
   * Connects as the user of this process.
   * @throws DBusError when there is no bus or it does not let us in
   */
  static async open(socketPath: string, clock: Clock): Promise<DBusConnection> {
    const socket = await openSocket(socketPath, clock);
    // Whoever waits for something has a timer running; an idle connection must not keep a command from ending.
    socket.unref();
    const connection = new DBusConnection(socket, clock);
    socket.on("data", (chunk: Buffer) => connection.#receive(chunk));
    socket.on("error", () => socket.destroy());
    socket.on("close", () => connection.close());
    try {
      await connection.call({ ...BUS, member: "Hello", timeoutMs: HANDSHAKE_LIMIT_MS });
    } catch (error) {
      connection.close();
      throw error;
    }
    return connection;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** The values of the reply. Rejects with a DBusError. */
  call(call: DBusCall): Promise<readonly DBusValue[]> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) {
        reject(new DBusError(DISCONNECTED, "the connection to the message bus is closed"));
        return;
      }
      this.#lastSerial += 1;
      const serial = this.#lastSerial;
      const bytes = encodeMessage({
        ...NO_FIELDS,
        type: MessageType.call,
        serial,
        destination: call.destination,
        path: call.path,
        interface: call.interface,
        member: call.member,
        signature: call.signature ?? "",
        body: call.args ?? [],
      });
      const timer = this.#clock.setTimer(call.timeoutMs, () => {
        this.#calls.delete(serial);
        reject(new DBusError(NO_REPLY, `${call.member} was not answered within ${call.timeoutMs} ms`));
      });
      this.#calls.set(serial, { timer, resolve, reject });
      this.#socket.write(bytes);
    });
  }

  /** Has the bus send us the signals that fit, as in `type='signal',interface='...'`. */
  async addMatch(rule: string): Promise<void> {
    await this.call({
      ...BUS,
      member: "AddMatch",
      signature: "s",
      args: [rule],
      timeoutMs: HANDSHAKE_LIMIT_MS,
    });
  }

  /**
   * Tells the connection, as in `:1.5`, that has a well-known name: now, and whenever another one takes it over (systemd comes
   * back under another one when it executes itself anew).
   */
  async watchOwner(name: string, tell: (owner: string) => void): Promise<void> {
    this.onSignal(({ sender, member, body }) => {
      // Only the bus itself can have this sender.
      if (sender === BUS.destination && member === "NameOwnerChanged" && body[0] === name)
        tell(String(body[2]));
    });
    await this.addMatch(
      `type='signal',sender='${BUS.destination}',interface='${BUS.interface}',member='NameOwnerChanged',arg0='${name}'`,
    );
    const [owner] = await this.call({
      ...BUS,
      member: "GetNameOwner",
      signature: "s",
      args: [name],
      timeoutMs: HANDSHAKE_LIMIT_MS,
    });
    tell(String(owner));
  }

  /** Listeners are called in the order of arrival, before the reply to any later message is taken. */
  onSignal(listener: (signal: DBusMessage) => void): void {
    this.#signalListeners.push(listener);
  }

  onClose(listener: () => void): void {
    this.#closeListeners.push(listener);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#socket.destroy();
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const call of calls) {
      call.timer.cancel();
      call.reject(new DBusError(DISCONNECTED, "the connection to the message bus was lost"));
    }
    for (const listener of this.#closeListeners) listener();
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    try {
      for (;;) {
        const decoded = decodeMessage(this.#received);
        if (decoded === null) return;
        this.#received = this.#received.subarray(decoded.size);
        this.#deliver(decoded.message);
      }
    } catch {
      // After bytes that make no sense the next message cannot be found either.
      this.close();
    }
  }

  #deliver(message: DBusMessage): void {
    if (message.type === MessageType.signal) {
      for (const listener of this.#signalListeners) listener(message);
      return;
    }
    const call = this.#calls.get(message.replySerial);
    if (call === undefined) return;
    this.#calls.delete(message.replySerial);
    call.timer.cancel();
    if (message.type === MessageType.reply) call.resolve(message.body);
    else call.reject(new DBusError(message.errorName, String(message.body[0] ?? message.errorName)));
  }
}

/** A socket that is connected and has its handshake behind it. Source: D-Bus specification, "Authentication protocol". */
function openSocket(socketPath: string, clock: Clock): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    let answer = "";
    const fail = (name: string, message: string): void => {
      limit.cancel();
      socket.destroy();
      reject(new DBusError(name, message));
    };
    const limit = clock.setTimer(HANDSHAKE_LIMIT_MS, () =>
      fail(NO_REPLY, `${socketPath} does not answer as a message bus`),
    );
    const onError = (error: Error): void => fail(DISCONNECTED, error.message);
    const onClose = (): void => fail(DISCONNECTED, `${socketPath} closed the connection`);
    const onData = (chunk: Buffer): void => {
      answer += chunk.toString("latin1");
      if (!answer.includes("\r\n")) {
        if (answer.length > LINE_BYTES_MAX) fail(AUTHENTICATION_FAILED, `${socketPath} is no message bus`);
        return;
      }
      if (!answer.startsWith("OK ")) {
        fail(AUTHENTICATION_FAILED, `${socketPath} does not let user ${process.getuid?.()} in`);
        return;
      }
      limit.cancel();
      socket.off("error", onError).off("close", onClose).off("data", onData);
      socket.write("BEGIN\r\n");
      resolve(socket);
    };
    socket.on("error", onError).on("close", onClose).on("data", onData);
    socket.on("connect", () => {
      const user = Buffer.from(String(process.getuid?.() ?? 0), "latin1").toString("hex");
      socket.write(`\0AUTH EXTERNAL ${user}\r\n`);
    });
  });
}
