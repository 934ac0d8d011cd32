import { mkdtempSync, rmSync } from "node:fs";
import type { Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ownCertificate } from "../src/certificate/own-certificate.ts";
import { requestHost, type Target } from "../src/client/request.ts";
import { OwnCluster } from "../src/machine/own-cluster.ts";
import type { Ended } from "../src/machine/programs.ts";
import { serviceControl } from "../src/machine/services.ts";
import { managementPaths } from "../src/paths.ts";
import type { MethodName, Methods } from "../src/protocol/contract.ts";
import type { AuditEntry } from "../src/server/audit.ts";
import { Leases } from "../src/server/leases.ts";
import { LoginLimit } from "../src/server/login-limit.ts";
import { createManagementServer } from "../src/server/server.ts";
import { TokenStore } from "../src/server/tokens.ts";

export const PASSWORD = "correct horse";

/** A real service on a free port of this machine, with its files in a directory of its own; programs are not run, and time stands still. */
export class TestService {
  readonly root = mkdtempSync(join(tmpdir(), "quorate-pcsd-"));
  readonly paths = managementPaths(this.root);
  readonly audit: AuditEntry[] = [];
  readonly programs: string[] = [];
  readonly log: string[] = [];
  /** What a program answers; success and silence, unless a test says otherwise. */
  answer: (line: string) => Promise<Ended> | Ended = () => ({ status: 0, output: "" });
  nowMs = 0;
  readonly #server: Server;

  private constructor() {
    const run = async (program: string, args: readonly string[]): Promise<Ended> => {
      const line = [program, ...args].join(" ");
      this.programs.push(line);
      return this.answer(line);
    };
    this.#server = createManagementServer({
      root: this.root,
      paths: this.paths,
      certificate: ownCertificate(this.paths, "node1", new Date()),
      cluster: new OwnCluster(this.root, run, serviceControl(run, false)),
      pcs: "/opt/bin/pcs",
      tokens: new TokenStore(this.paths.tokens),
      limit: new LoginLimit(),
      leases: new Leases(),
      checkPassword: async (user, password) =>
        user === "hacluster" && password === PASSWORD
          ? { kind: "accepted" }
          : { kind: "refused", reason: "Authentication failure" },
      audit: (entry) => void this.audit.push(entry),
      log: (line) => void this.log.push(line),
      monotonicMs: () => this.nowMs,
      wallTime: () => new Date(0),
    });
  }

  static async start(): Promise<TestService> {
    const service = new TestService();
    await new Promise<void>((resolve) => service.#server.listen(0, "127.0.0.1", resolve));
    return service;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.root, { recursive: true, force: true });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** As somebody who was never here. */
  get stranger(): Target {
    return { name: "node1", address: "127.0.0.1", port: this.port, token: null, fingerprint: null };
  }

  async login(password = PASSWORD, user = "hacluster"): Promise<Target> {
    const params = { user, password, client: "test" };
    const { result, fingerprint } = await requestHost(this.stranger, "auth.login", params, SOON);
    return { ...this.stranger, token: result.token, fingerprint };
  }

  async ask<M extends MethodName>(
    target: Target,
    method: M,
    params: Methods[M]["params"],
    lease: string | null = null,
  ): Promise<Methods[M]["result"]> {
    return (await requestHost(target, method, params, { ...SOON, lease })).result;
  }
}

const SOON = { timeoutMs: 10_000 };

export const CONF = `totem {
    version: 2
    cluster_name: web
    transport: knet
}
nodelist {
    node {
        ring0_addr: 192.0.2.1
        name: node1
        nodeid: 1
    }
}
quorum {
    provider: corosync_votequorum
}
`;
