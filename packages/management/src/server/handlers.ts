import { hostname } from "node:os";
import { join } from "node:path";
import { changeKnownHosts } from "../client/known-hosts.ts";
import { groupId, removeFile, replaceFile } from "../machine/files.ts";
import type { OwnCluster } from "../machine/own-cluster.ts";
import type { CheckPassword } from "../password/check-password.ts";
import type { ManagementPaths } from "../paths.ts";
import { ManagementError, type MethodName, type Methods } from "../protocol/contract.ts";
import { checkedContent, MANAGED_FILES, REMOVABLE_FILES } from "../protocol/managed-files.ts";
import { VERSION } from "../version.ts";
import type { Leases } from "./leases.ts";
import type { LoginLimit } from "./login-limit.ts";
import type { TokenHolder, TokenStore } from "./tokens.ts";

/** A name that no machine has. */
const NOBODY = "quorate-no-such-user";
/** The one user that may log in: its password is the administrator's of the cluster. */
const ADMINISTRATOR = "hacluster";

export interface ServerParts {
  readonly root: string;
  readonly paths: ManagementPaths;
  readonly cluster: OwnCluster;
  /** Path of the program that shows the cluster's status. */
  readonly pcs: string;
  readonly tokens: TokenStore;
  readonly limit: LoginLimit;
  readonly leases: Leases;
  readonly checkPassword: CheckPassword;
  readonly monotonicMs: () => number;
  readonly wallTime: () => Date;
}

export interface Caller {
  readonly address: string;
  /** Null for `auth.login`, the only request that needs none. */
  readonly holder: TokenHolder | null;
  readonly lease: string | null;
}

export type Handlers = {
  readonly [M in MethodName]: (
    params: Methods[M]["params"],
    caller: Caller,
  ) => Promise<Methods[M]["result"]> | Methods[M]["result"];
};

const NOTHING = {} as const;

export function createHandlers(parts: ServerParts): Handlers {
  const { cluster, leases, tokens } = parts;
  const done = async (work: Promise<unknown>): Promise<typeof NOTHING> => {
    await work;
    return NOTHING;
  };
  return {
    "auth.login": (params, caller) => login(parts, params, caller),
    "auth.logout": (_, { holder }) => done(tokens.revoke(holder!.id)),
    "host.state": async () => ({
      hostName: hostname(),
      version: VERSION,
      clusterName: cluster.clusterName(),
      hasCorosyncConf: cluster.readConf() !== null,
      services: await cluster.states(),
    }),
    "lease.take": ({ purpose }, { holder, address }) => ({
      lease: leases.take(purpose, `${holder!.client} (${address})`, parts.monotonicMs()),
    }),
    "lease.release": (_, { lease }) => {
      leases.release(lease);
      return NOTHING;
    },
    "cluster.start": () => done(cluster.start()),
    "cluster.stop": ({ service }) => done(cluster.stop(service)),
    "cluster.enable": () => done(cluster.enable()),
    "cluster.disable": () => done(cluster.disable()),
    "cluster.destroy": () => done(cluster.destroy()),
    "cluster.restore": (params) => done(cluster.restorePacked(params)),
    "cluster.status": async (params) => ({ text: await cluster.statusText(parts.pcs, params) }),
    "file.read": ({ kind }) => {
      const text = cluster.readText(kind);
      return { content: text === null ? null : Buffer.from(text).toString("base64") };
    },
    "file.write": ({ files }) => {
      // All are looked at before the first is written.
      const contents = files.map(({ kind, content }) => ({ kind, content: checkedContent(kind, content) }));
      for (const { kind, content } of contents) {
        const { path, mode, group } = MANAGED_FILES[kind];
        replaceFile(join(parts.root, path), content, mode, group === null ? null : groupId(group));
      }
      return NOTHING;
    },
    "file.remove": ({ kinds }) => {
      for (const kind of kinds) removeFile(join(parts.root, REMOVABLE_FILES[kind]));
      return NOTHING;
    },
    "corosync.reload": () => done(cluster.reloadConf()),
    "sbd.state": () => cluster.sbd.state(),
    "sbd.check": ({ watchdog, devices }) => cluster.sbd.check(watchdog, devices),
    "sbd.enable": () => done(cluster.sbd.enable()),
    "sbd.disable": () => done(cluster.sbd.disable()),
    "qnetd.authority": () => ({ content: cluster.qnetd.caCertificate().toString("base64") }),
    "qnetd.sign": async ({ clusterName, content }) => ({
      content: (await cluster.qnetd.sign(clusterName, Buffer.from(content, "base64"))).toString("base64"),
    }),
    "qdevice.request": async ({ clusterName, content }) => {
      const authority = Buffer.from(content, "base64");
      const request = await cluster.qdevice.requestCertificate(clusterName, authority);
      return { content: request.toString("base64") };
    },
    "qdevice.certify": ({ content }) => done(cluster.qdevice.takeCertificate(Buffer.from(content, "base64"))),
    "qdevice.remove": () => {
      cluster.qdevice.remove();
      return NOTHING;
    },
    "qdevice.switch": ({ action }) => done(cluster.qdevice.switch(action)),
    "hosts.learn": ({ hosts }) =>
      done(
        changeKnownHosts(parts.paths.knownHosts, (known) => {
          for (const host of hosts) known.set(host.name, host);
        }),
      ),
    "hosts.forget": ({ names }) =>
      done(
        changeKnownHosts(parts.paths.knownHosts, (known) => {
          for (const name of names) known.delete(name);
        }),
      ),
  };
}

async function login(
  { limit, checkPassword, tokens, monotonicMs, wallTime }: ServerParts,
  { user, password, client }: Methods["auth.login"]["params"],
  { address }: Caller,
): Promise<Methods["auth.login"]["result"]> {
  const waitS = limit.begin(address, monotonicMs());
  if (waitS !== null)
    throw new ManagementError(
      "tooManyLogins",
      `too many failed logins; nothing was tried, wait ${waitS} s and try again`,
    );
  let isAccepted = false;
  try {
    // Another name costs as much time and as many attempts, and learns nothing of this machine's users.
    const verdict = await checkPassword(user === ADMINISTRATOR ? user : NOBODY, password);
    if (verdict.kind === "broken")
      throw new ManagementError("failed", `the password could not be checked: ${verdict.reason}`);
    isAccepted = verdict.kind === "accepted" && user === ADMINISTRATOR;
  } finally {
    limit.ended(address, isAccepted, monotonicMs());
  }
  if (!isAccepted) throw new ManagementError("unauthorized", "Username and/or password is incorrect");
  return { token: await tokens.issue({ user, client, address }, wallTime()) };
}
