import {
  type KnownHost,
  ManagementError,
  type MethodName,
  parseRecoverySites,
  printRecoverySites,
  type SbdState,
} from "@quorate/management";
import type { Management } from "../../src/management/management.ts";
import type { MemoryWorld } from "../memory-world.ts";
import { confOf } from "./conf-of.ts";

/** What only asks, and leases. */
const ASKS = /\.(?:state|status|check|take|release)$|^file\.read$/;

/** Hosts that are all known to the first of them, n1, and do nothing but remember what they were asked. */
export class FakeHosts {
  /** What changed on which host, in order: `HOST METHOD`. */
  done: string[] = [];
  /** What each such request was given. */
  readonly params: unknown[] = [];
  /** Texts of files by host and kind. */
  readonly files = new Map<string, string>();
  readonly offline = new Set<string>();
  readonly sbd = new Map<string, Partial<SbdState>>();
  check: { isInstalled: boolean; problems: unknown[] } = { isInstalled: true, problems: [] };
  isCorosyncActive = false;
  /** Answers of other requests; nothing, unless a test says otherwise. */
  readonly answers = new Map<MethodName, unknown>();

  /** `nodes`: those of the cluster; `others`: hosts that are in none. */
  constructor(world: MemoryWorld, nodes: readonly string[], others: readonly string[] = []) {
    world.files.set("/etc/corosync/corosync.conf", confOf(...nodes));
    const known = [...nodes, ...others].map(
      (name): KnownHost => ({ name, address: name, port: 2224, token: "t", fingerprint: "f" }),
    );
    const request = async ({ name }: KnownHost, method: MethodName, params: never) => ({
      result: this.#answer(name, method, params),
      fingerprint: "f",
    });
    world.management = {
      hostName: "n1",
      knownHosts: () => known,
      own: { readText: (kind: string) => this.files.get(`n1 ${kind}`) ?? null },
      readKeyFile: () => null,
      parseRecoverySites,
      printRecoverySites,
      request,
    } as unknown as Management;
  }

  #answer(
    name: string,
    method: MethodName,
    params: { files?: { kind: string; content: string }[]; kind?: string; kinds?: string[] },
  ): unknown {
    if (this.offline.has(name))
      throw new ManagementError("unreachable", `Unable to communicate with ${name}`);
    if (!ASKS.test(method)) {
      this.done.push(`${name} ${method}`);
      this.params.push(params);
    }
    for (const { kind, content } of params.files ?? [])
      this.files.set(`${name} ${kind}`, Buffer.from(content, "base64").toString("utf8"));
    for (const kind of params.kinds ?? []) this.files.delete(`${name} ${kind}`);
    const text = this.files.get(`${name} ${params.kind}`);
    const services = { corosync: { isActive: this.isCorosyncActive }, quorated: { isActive: false } };
    const result: Partial<Record<MethodName, unknown>> = {
      "lease.take": { lease: "l" },
      "host.state": { services },
      "file.read": { content: text === undefined ? null : Buffer.from(text).toString("base64") },
      "sbd.check": this.check,
      "sbd.state": {
        isInstalled: true,
        isEnabled: false,
        isActive: false,
        settings: null,
        ...this.sbd.get(name),
      },
    };
    return this.answers.get(method) ?? result[method] ?? {};
  }
}
