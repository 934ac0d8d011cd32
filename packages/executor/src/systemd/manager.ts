import { existsSync } from "node:fs";
import type { Clock } from "@quorate/ports";
import { DBusConnection } from "../dbus/connection.ts";
import type { DBusMessage } from "../dbus/message.ts";
import type { DBusValue, DBusVariant } from "../dbus/values.ts";
import { UnitTurns } from "./unit-turns.ts";

const DESTINATION = "org.freedesktop.systemd1";
const MANAGER = {
  destination: DESTINATION,
  path: "/org/freedesktop/systemd1",
  interface: "org.freedesktop.systemd1.Manager",
} as const;
const UNIT_INTERFACE = "org.freedesktop.systemd1.Unit";

/** For calls that only ask; those that begin jobs get the time of the operation. */
const QUERY_LIMIT_MS = 20_000;
/** Reading all unit files again takes systemd long on a busy machine. */
const RELOAD_LIMIT_MS = 60_000;

export type UnitJob = "StartUnit" | "StopUnit" | "RestartUnit";

/**
 * systemd's manager on the system bus. Every call rejects with a DBusError, whose name tells what is wrong; after the
 * connection was lost the next call opens a new one.
 */
export class SystemdManager {
  readonly turns = new UnitTurns();
  readonly #socketPath: string;
  readonly #clock: Clock;
  #connection: Promise<DBusConnection> | null = null;
  /** Jobs that ended while somebody may still wait for the reply that tells their path. */
  readonly #endedJobs = new Map<string, string>();
  /** Several for one job: systemd makes one of two that want the same. */
  readonly #jobWaiters = new Map<string, ((result: string) => void)[]>();
  /** The bus name of systemd itself: whoever else sends signals is not believed. */
  #owner = "";
  #openJobCount = 0;
  /** The reload that systemd is at; never rejects. */
  #reloading: Promise<void> = Promise.resolve();
  /** One that has not begun yet. */
  #nextReload: Promise<void> | null = null;

  constructor(socketPath: string, clock: Clock) {
    this.#socketPath = socketPath;
    this.#clock = clock;
  }

  /** This machine runs no message bus at all; one that only does not answer may be back at any moment. */
  get hasNoBus(): boolean {
    return !existsSync(this.#socketPath);
  }

  /** The unit's object; also of units that do not exist (their load state tells). */
  async loadUnit(unit: string): Promise<string> {
    const [path] = await this.#call("LoadUnit", { signature: "s", args: [unit] });
    return String(path);
  }

  /** A property of a unit's object: `ActiveState`, `LoadState`, `Description`. */
  async unitProperty(path: string, name: string): Promise<string> {
    const connection = await this.#connect();
    const [value] = await connection.call({
      destination: DESTINATION,
      path,
      interface: "org.freedesktop.DBus.Properties",
      member: "Get",
      signature: "ss",
      args: [UNIT_INTERFACE, name],
      timeoutMs: QUERY_LIMIT_MS,
    });
    return String((value as DBusVariant).value);
  }

  /**
   * Has systemd read its unit files again, as they are now. systemd does nothing else meanwhile, so all who ask while it reads
   * share the next reading.
   */
  reload(): Promise<void> {
    if (this.#nextReload === null) {
      const next = this.#reloading.then(() => {
        this.#nextReload = null;
        const call = this.#call("Reload", { timeoutMs: RELOAD_LIMIT_MS });
        this.#reloading = call.then(
          () => {},
          () => {},
        );
        return call.then(() => {});
      });
      this.#nextReload = next;
    }
    return this.#nextReload;
  }

  /**
   * Begins a job and waits for its end: `done`, `failed`, `timeout`, `canceled`, `dependency`, `skipped`. Connecting again may
   * take its time: a job that is not wanted any more then is never begun, which counts as `canceled`.
   */
  async runJob(
    method: UnitJob,
    unit: string,
    { timeoutMs, isWanted }: { readonly timeoutMs: number; isWanted(): boolean },
  ): Promise<string> {
    const connection = await this.#connect();
    if (!isWanted()) return "canceled";
    this.#openJobCount += 1;
    try {
      const [path] = await connection.call({
        ...MANAGER,
        member: method,
        signature: "ss",
        args: [unit, "replace"],
        timeoutMs,
      });
      return await this.#jobResult(connection, String(path));
    } finally {
      this.#openJobCount -= 1;
      if (this.#openJobCount === 0) this.#endedJobs.clear();
    }
  }

  /** Names of all unit files, as `cron.service`. */
  async listUnitFiles(): Promise<readonly string[]> {
    const [files] = await this.#call("ListUnitFiles", {});
    return (files as readonly (readonly DBusValue[])[]).map(([path]) => String(path).split("/").at(-1) ?? "");
  }

  close(): void {
    const connection = this.#connection;
    this.#connection = null;
    connection?.then(
      (open) => open.close(),
      () => {},
    );
  }

  async #call(
    member: string,
    options: { signature?: string; args?: readonly DBusValue[]; timeoutMs?: number },
  ): Promise<readonly DBusValue[]> {
    const connection = await this.#connect();
    return connection.call({ ...MANAGER, member, timeoutMs: QUERY_LIMIT_MS, ...options });
  }

  #connect(): Promise<DBusConnection> {
    if (this.#connection === null) {
      const connection = this.#open();
      this.#connection = connection;
      const forget = (): void => {
        if (this.#connection === connection) this.#connection = null;
      };
      connection.then((open) => open.onClose(forget), forget);
    }
    return this.#connection;
  }

  async #open(): Promise<DBusConnection> {
    const connection = await DBusConnection.open(this.#socketPath, this.#clock);
    try {
      connection.onSignal((signal) => this.#received(signal));
      connection.onClose(() => this.#disconnected());
      await connection.addMatch(
        `type='signal',sender='${DESTINATION}',path='${MANAGER.path}',interface='${MANAGER.interface}',member='JobRemoved'`,
      );
      await connection.watchOwner(DESTINATION, (owner) => {
        this.#owner = owner;
      });
      // Without a subscriber systemd does not send what happens to jobs.
      await connection.call({ ...MANAGER, member: "Subscribe", timeoutMs: QUERY_LIMIT_MS });
    } catch (error) {
      connection.close();
      throw error;
    }
    return connection;
  }

  #received(signal: DBusMessage): void {
    // A match only adds signals: anybody may send one to this connection alone.
    if (signal.sender !== this.#owner) return;
    if (signal.member !== "JobRemoved" || signal.interface !== MANAGER.interface) return;
    const [, job, , result] = signal.body.map(String);
    const waiters = this.#jobWaiters.get(job!);
    this.#jobWaiters.delete(job!);
    for (const waiter of waiters ?? []) waiter(result!);
    // Kept also when somebody was told: another one may share the job and not have come to waiting yet.
    if (this.#openJobCount > 0) this.#endedJobs.set(job!, result!);
  }

  #disconnected(): void {
    const waiting = [...this.#jobWaiters.values()].flat();
    this.#jobWaiters.clear();
    this.#endedJobs.clear();
    for (const waiter of waiting) waiter("disconnected");
  }

  #jobResult(connection: DBusConnection, job: string): Promise<string> {
    const ended = this.#endedJobs.get(job);
    if (ended !== undefined) return Promise.resolve(ended);
    if (connection.isClosed) return Promise.resolve("disconnected");
    return new Promise((resolve) => {
      this.#jobWaiters.set(job, [...(this.#jobWaiters.get(job) ?? []), resolve]);
    });
  }
}
