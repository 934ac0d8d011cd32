import { createServer, type Server, type Socket } from "node:net";
import {
  type DBusMessage,
  decodeMessage,
  encodeMessage,
  MessageType,
  NO_FIELDS,
} from "../../src/dbus/message.ts";
import type { DBusValue } from "../../src/dbus/values.ts";

const MANAGER = "org.freedesktop.systemd1.Manager";

export interface FakeUnit {
  activeState: string;
  readonly loadState?: string;
  /** Results of the jobs to come; `done` when none is left. `never`: the job does not end. */
  readonly jobResults?: string[];
}

/** A message bus with a systemd on it, for one test; nothing but what the executor uses. */
export class FakeSystemd {
  readonly units = new Map<string, FakeUnit>();
  readonly calls: string[] = [];
  /** Ends of jobs are told before the reply that names them. */
  tellsJobsEarly = false;
  letsUsersIn = true;
  /** A job that never ends does so with this result as soon as another call has joined it. */
  endsWhenJoined: string | null = null;
  /** Another client of the bus says that each job is done as soon as it has begun. */
  isForged = false;
  /** Calls of this name are answered by `answerHeld` only. */
  holds: string | null = null;
  /** Calls that wait for that. */
  #held: (() => void)[] = [];
  /** A job of a unit that never ends takes in those that come later and want the same; one that wants another thing cancels it. */
  readonly #openJobs = new Map<string, string>();
  readonly #openMembers = new Map<string, string>();
  #owner = ":1.1";
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #lastSerial = 0;
  #lastJob = 0;

  constructor() {
    this.#server = createServer((socket) => this.#connected(socket));
  }

  listen(path: string): Promise<void> {
    return new Promise((resolve) => this.#server.listen(path, resolve));
  }

  async close(): Promise<void> {
    this.dropConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  dropConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #connected(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => {});
    let received: Buffer = Buffer.alloc(0);
    let isIn = false;
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (!isIn) {
        const text = received.toString("latin1");
        if (text.startsWith("\0AUTH EXTERNAL ") && text.endsWith("\r\n"))
          socket.write(
            this.letsUsersIn ? "OK 0123456789abcdef0123456789abcdef\r\n" : "REJECTED EXTERNAL\r\n",
          );
        const begin = text.indexOf("BEGIN\r\n");
        if (begin < 0) return;
        isIn = true;
        received = received.subarray(begin + "BEGIN\r\n".length);
      }
      for (let decoded = decodeMessage(received); decoded !== null; decoded = decodeMessage(received)) {
        received = received.subarray(decoded.size);
        this.#answer(socket, decoded.message);
      }
    });
  }

  answerHeld(): void {
    const held = this.#held;
    this.#held = [];
    this.holds = null;
    for (const answer of held) answer();
  }

  #answer(socket: Socket, call: DBusMessage): void {
    if (call.interface !== "org.freedesktop.DBus")
      this.calls.push([call.member, ...call.body.map(String)].join(" "));
    if (call.member === this.holds) this.#held.push(() => this.#carryOut(socket, call));
    else this.#carryOut(socket, call);
  }

  #carryOut(socket: Socket, call: DBusMessage): void {
    const reply = (signature: string, body: readonly DBusValue[]): void =>
      this.#send(socket, { type: MessageType.reply, replySerial: call.serial, signature, body });
    const refuse = (errorName: string): void =>
      this.#send(socket, {
        type: MessageType.error,
        replySerial: call.serial,
        errorName,
        signature: "s",
        body: [`${errorName} was made up`],
      });
    switch (call.member) {
      case "Hello":
        reply("s", [":1.7"]);
        return;
      case "GetNameOwner":
        reply("s", [this.#owner]);
        return;
      case "AddMatch":
      case "Subscribe":
      case "Reload":
        reply("", []);
        return;
      case "ListUnitFiles":
        reply("a(ss)", [[...this.units.keys()].map((name) => [`/lib/systemd/system/${name}`, "enabled"])]);
        return;
      case "LoadUnit":
        reply("o", [pathOf(String(call.body[0]))]);
        return;
      case "Get": {
        const unit = this.units.get(nameOf(call.path));
        const value =
          call.body[1] === "ActiveState"
            ? (unit?.activeState ?? "inactive")
            : call.body[1] === "LoadState"
              ? (unit?.loadState ?? (unit === undefined ? "not-found" : "loaded"))
              : `About ${nameOf(call.path)}`;
        reply("v", [{ signature: "s", value }]);
        return;
      }
      case "StartUnit":
      case "StopUnit":
      case "RestartUnit":
        this.#job(socket, call, reply, refuse);
        return;
      default:
        refuse("org.freedesktop.DBus.Error.UnknownMethod");
    }
  }

  #job(
    socket: Socket,
    call: DBusMessage,
    reply: (signature: string, body: readonly DBusValue[]) => void,
    refuse: (errorName: string) => void,
  ): void {
    const name = String(call.body[0]);
    const unit = this.units.get(name);
    if (unit === undefined) {
      refuse("org.freedesktop.systemd1.NoSuchUnit");
      return;
    }
    const merged = this.#openJobs.get(name);
    if (merged !== undefined && this.#openMembers.get(name) !== call.member) this.endJob(name, "canceled");
    else if (merged !== undefined) {
      reply("o", [merged]);
      if (this.endsWhenJoined !== null) this.endJob(name, this.endsWhenJoined);
      return;
    }
    this.#lastJob += 1;
    const job = `/org/freedesktop/systemd1/job/${this.#lastJob}`;
    const result = unit.jobResults?.shift() ?? "done";
    if (result === "never") {
      this.#openJobs.set(name, job);
      this.#openMembers.set(name, call.member);
    }
    if (result === "done") unit.activeState = call.member === "StopUnit" ? "inactive" : "active";
    const tell = (): void => {
      if (result !== "never") this.#tellEnd(socket, this.#owner, job, name, result);
      else if (this.isForged) this.#tellEnd(socket, ":1.66", job, name, "done");
    };
    if (this.tellsJobsEarly) tell();
    reply("o", [job]);
    if (!this.tellsJobsEarly) tell();
  }

  /** The job of the unit that did not end does so now. */
  endJob(unit: string, result: string): void {
    for (const socket of this.#sockets)
      this.#tellEnd(socket, this.#owner, this.#openJobs.get(unit)!, unit, result);
    this.#openJobs.delete(unit);
  }

  /** systemd executes itself anew, and is on the bus under another name. */
  changeOwner(owner: string): void {
    this.#owner = owner;
    for (const socket of this.#sockets)
      this.#send(socket, {
        type: MessageType.signal,
        path: "/org/freedesktop/DBus",
        interface: "org.freedesktop.DBus",
        member: "NameOwnerChanged",
        sender: "org.freedesktop.DBus",
        signature: "sss",
        body: ["org.freedesktop.systemd1", ":1.1", owner],
      });
  }

  #tellEnd(socket: Socket, sender: string, job: string, unit: string, result: string): void {
    this.#send(socket, {
      type: MessageType.signal,
      path: "/org/freedesktop/systemd1",
      interface: MANAGER,
      member: "JobRemoved",
      sender,
      signature: "uoss",
      body: [this.#lastJob, job, unit, result],
    });
  }

  #send(socket: Socket, differences: Partial<DBusMessage> & { readonly type: number }): void {
    this.#lastSerial += 1;
    socket.write(encodeMessage({ ...NO_FIELDS, serial: this.#lastSerial, ...differences }));
  }
}

function pathOf(unit: string): string {
  return `/org/freedesktop/systemd1/unit/${Buffer.from(unit).toString("hex")}`;
}

function nameOf(path: string): string {
  return Buffer.from(path.split("/").at(-1)!, "hex").toString();
}
