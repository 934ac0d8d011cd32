import { viewCorosyncConf } from "@quorate/corosync-conf";
import type { KnownHost, MethodName, Methods } from "@quorate/management";
import type { Management } from "../../management/management.ts";
import { readCorosyncConf } from "../corosync/conf-file.ts";
import { quoted } from "../framework/assignments.ts";
import type { PcsCall } from "../framework/command.ts";
import { fail } from "../framework/reports.ts";

/** Source: pcs(8), --request-timeout. */
const TIMEOUT_S_DEFAULT = 60;
/** What stops resources may take as long as they do. */
const PATIENT_MS = 31 * 60_000;
const PATIENT: ReadonlySet<MethodName> = new Set<MethodName>([
  "cluster.start",
  "cluster.stop",
  "cluster.destroy",
]);

/** Other hosts, as one command asks them. */
export class Hosts {
  readonly management: Management;
  readonly #call: PcsCall;
  readonly #timeoutMs: number | null;
  readonly #leases = new Map<string, string>();

  private constructor(call: PcsCall, management: Management, timeoutMs: number | null) {
    this.#call = call;
    this.management = management;
    this.#timeoutMs = timeoutMs;
  }

  /** @throws PcsError, FileError */
  static async of(call: PcsCall): Promise<Hosts> {
    const timeoutS = requestTimeoutS(call);
    return new Hosts(call, await call.world.openManagement(), timeoutS === null ? null : timeoutS * 1000);
  }

  /** How to reach hosts, in the order of their names. @throws PcsError when one was never authenticated */
  known(names: readonly string[]): KnownHost[] {
    const all = new Map(this.management.knownHosts().map((host) => [host.name, host]));
    const missing = names.filter((name) => !all.has(name));
    if (missing.length > 0) {
      const [what, whom] = missing.length === 1 ? ["Host", "host"] : ["Hosts", "hosts"];
      const verb = missing.length === 1 ? "is" : "are";
      fail(
        `${what} ${quoted(missing)} ${verb} not known to pcs, try to authenticate the ${whom} using 'pcs host auth ${missing.join(" ")}' command`,
      );
    }
    return names.map((name) => all.get(name)!);
  }

  /** @throws ManagementError */
  async ask<M extends MethodName>(
    host: KnownHost,
    method: M,
    params: Methods[M]["params"],
  ): Promise<Methods[M]["result"]> {
    const timeoutMs = this.#timeoutMs ?? (PATIENT.has(method) ? PATIENT_MS : TIMEOUT_S_DEFAULT * 1000);
    const lease = this.#leases.get(host.name) ?? null;
    return (await this.management.request(host, method, params, { timeoutMs, lease })).result;
  }

  /**
   * Does the same with all hosts at once, and tells of each that failed, with its name. Resolves to the hosts where it was done, each with the result.
   */
  async each<Host extends { readonly name: string }, T>(
    hosts: readonly Host[],
    work: (host: Host) => Promise<T>,
  ): Promise<ReadonlyMap<string, T>> {
    const done = new Map<string, T>();
    await Promise.all(
      hosts.map(async (host) => {
        try {
          done.set(host.name, await work(host));
        } catch (error) {
          if (!isManagementError(error)) throw error;
          this.#call.reports.error((error as Error).message);
        }
      }),
    );
    return done;
  }

  /** As `each`, for a step that all must take before the next. @throws PcsError when one did not */
  async all<T>(
    hosts: readonly KnownHost[],
    work: (host: KnownHost) => Promise<T>,
  ): Promise<ReadonlyMap<string, T>> {
    const done = await this.each(hosts, work);
    if (done.size < hosts.length) fail("Errors have occurred, therefore pcs is unable to continue");
    return done;
  }

  /** Runs `work` while no other command may change these hosts. One order for all, so that two commands never wait for each other. */
  async exclusively<T>(hosts: readonly KnownHost[], purpose: string, work: () => Promise<T>): Promise<T> {
    const taken: KnownHost[] = [];
    const each = [...new Map(hosts.map((host) => [host.name, host])).values()];
    try {
      for (const host of each.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
        await this.all([host], async () => {
          const { lease } = await this.ask(host, "lease.take", { purpose });
          this.#leases.set(host.name, lease);
        });
        taken.push(host);
      }
      return await work();
    } finally {
      // A host that is gone gives its lease up by itself.
      await Promise.all(taken.map((host) => this.ask(host, "lease.release", {}).catch(() => undefined)));
      for (const { name } of taken) this.#leases.delete(name);
    }
  }
}

/** Null without `--request-timeout`. @throws PcsError */
export function requestTimeoutS(call: PcsCall): number | null {
  const text = call.value("--request-timeout");
  if (text !== null && !/^[1-9]\d{0,5}$/.test(text))
    fail(`'${text}' is not a valid --request-timeout value, use a positive integer`);
  return text === null ? null : Number(text);
}

/** What this machine's own part of the cluster does; `tell` makes the message of what it says when it cannot. @throws PcsError */
export async function orFail<T>(work: Promise<T>, tell = (reason: string) => reason): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!isManagementError(error)) throw error;
    fail(tell(error.message));
  }
}

/** Recognised by its name, so that commands which ask no host do not load the client. */
function isManagementError(error: unknown): error is Error {
  return error instanceof Error && error.name === "ManagementError";
}

/** Names of the cluster's nodes, from this machine's corosync.conf. @throws PcsError, FileError */
export function clusterNodeNames(call: PcsCall): string[] {
  const { nodes } = viewCorosyncConf(readCorosyncConf(call));
  const names = nodes.map(({ name }) => name).filter((name) => name !== null);
  if (names.length < nodes.length)
    fail("a node in corosync.conf has no name; give each a 'name:' there, on all nodes");
  return names;
}

/** `--all`, or the names that were given; empty for this machine alone. @throws PcsError */
export function chosenNodes(call: PcsCall): string[] {
  const names = [...new Set(call.args)];
  if (!call.has("--all")) return names;
  if (names.length > 0) fail("Cannot specify both --all and a list of nodes.");
  return clusterNodeNames(call);
}
