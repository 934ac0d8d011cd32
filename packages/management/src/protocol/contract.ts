/** Where the service listens unless it, or the caller, is told otherwise. */
export const DEFAULT_PORT = 2224;

/** The first part of each path. A server answers the versions that it knows, and nothing else. */
export const PROTOCOL = "v1";

/** A request is one JSON text, at most this long. */
export const BODY_BYTES_MAX = 1024 * 1024;

/** How another host is reached, and what lets this one in. */
export interface KnownHost {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** A secret: it is never printed. */
  readonly token: string;
  /** SHA-256 of the certificate, upper-case hexadecimal pairs with colons: nobody else is that host. */
  readonly fingerprint: string;
}

/** What may be written on a host, by name; where it is, and what it must look like, the host knows (`ManagedFile`). */
export const FILE_KINDS = [
  "corosync.conf",
  "corosync authkey",
  "pacemaker authkey",
  "sbd settings",
  "disaster-recovery config",
] as const;
export type FileKind = (typeof FILE_KINDS)[number];

/** What another host may read; the keys are not among it. */
export const READABLE_KINDS = [
  "corosync.conf",
  "disaster-recovery config",
] as const satisfies readonly FileKind[];
export type ReadableKind = (typeof READABLE_KINDS)[number];

/** What another host may have removed; `pcsd settings` is what the pcsd of another cluster manager keeps of a cluster, for its web page. */
export const REMOVABLE_KINDS = ["pcsd settings", "disaster-recovery config"] as const;
export type RemovableKind = (typeof REMOVABLE_KINDS)[number];

/** `content`: base64. */
export interface FileContent {
  readonly kind: FileKind;
  readonly content: string;
}

/** What makes a host a node of a cluster, from a backup. Contents are base64; that of the CIB is packed by gzip before. */
export interface Restoring {
  readonly cib: string;
  readonly files: readonly FileContent[];
  /** Who may connect to Corosync beside root: names of files in uidgid.d. */
  readonly uidgid: readonly { readonly name: string; readonly content: string }[];
}

export const SERVICES = ["corosync", "quorated"] as const;
export type ServiceName = (typeof SERVICES)[number];

export interface ServiceState {
  readonly isActive: boolean;
  /** Started at boot. Null: this cannot be told here. */
  readonly isEnabled: boolean | null;
}

/** What the service of a quorum device's client can be told. */
export const QDEVICE_ACTIONS = ["enable", "disable", "start", "stop"] as const;
export type QdeviceAction = (typeof QDEVICE_ACTIONS)[number];

/** Why SBD cannot be used on a host as it was asked for. */
export interface SbdProblem {
  readonly kind: "noWatchdog" | "noDevice" | "notBlockDevice";
  readonly path: string;
}

export interface SbdState extends ServiceState {
  readonly isInstalled: boolean;
  /** Text of its settings; null when there are none. */
  readonly settings: string | null;
}

export interface HostState {
  readonly hostName: string;
  readonly version: string;
  /** That of corosync.conf; null without one. */
  readonly clusterName: string | null;
  readonly hasCorosyncConf: boolean;
  readonly services: Readonly<Record<ServiceName, ServiceState>>;
}

/** Requests by name. Those in `CHANGES` change something: each leaves a line in the audit log. */
export interface Methods {
  /** The only request without a token. `client`: who is to get it, for people. */
  "auth.login": {
    params: { readonly user: string; readonly password: string; readonly client: string };
    result: { readonly token: string };
  };
  /** Revokes the token of this request. */
  "auth.logout": { params: Nothing; result: Nothing };
  "host.state": { params: Nothing; result: HostState };
  /** Others than the holder get `busy` for what they want to change until the lease is given back or `LEASE_MS` unused. */
  "lease.take": { params: { readonly purpose: string }; result: { readonly lease: string } };
  "lease.release": { params: Nothing; result: Nothing };
  "cluster.start": { params: Nothing; result: Nothing };
  /** Quorated is stopped everywhere before Corosync is stopped anywhere: so a cluster shuts down without a loss of quorum on its way. */
  "cluster.stop": { params: { readonly service: ServiceName }; result: Nothing };
  "cluster.enable": { params: Nothing; result: Nothing };
  "cluster.disable": { params: Nothing; result: Nothing };
  /** Stops the cluster here, and removes its configuration and state from this host. */
  "cluster.destroy": { params: Nothing; result: Nothing };
  /** Puts a cluster's files in place where it does not run. */
  "cluster.restore": { params: Restoring; result: Nothing };
  /** What `pcs status` says on that host. */
  "cluster.status": {
    params: { readonly isFull: boolean; readonly hidesInactive: boolean };
    result: { readonly text: string };
  };
  "file.read": { params: { readonly kind: ReadableKind }; result: { readonly content: string | null } };
  "file.write": { params: { readonly files: readonly FileContent[] }; result: Nothing };
  "file.remove": { params: { readonly kinds: readonly RemovableKind[] }; result: Nothing };
  /** Has Corosync read its configuration again. */
  "corosync.reload": { params: Nothing; result: Nothing };
  "sbd.state": { params: Nothing; result: SbdState };
  /** Looks for the devices, and for the watchdog unless it is null: that opens each, which may reset a host whose watchdog cannot be closed again. */
  "sbd.check": {
    params: { readonly watchdog: string | null; readonly devices: readonly string[] };
    result: { readonly isInstalled: boolean; readonly problems: readonly SbdProblem[] };
  };
  /** With Corosync's next start it starts, or no longer. */
  "sbd.enable": { params: Nothing; result: Nothing };
  "sbd.disable": { params: Nothing; result: Nothing };
  /** On the host of a quorum device: who signs the certificates of its clients; then a certificate for a node of this cluster. */
  "qnetd.authority": { params: Nothing; result: { readonly content: string } };
  "qnetd.sign": {
    params: { readonly clusterName: string; readonly content: string };
    result: { readonly content: string };
  };
  /** On a node: a key of its own, and the request for its certificate (`content`: that of the authority); then the certificate; both are gone with `remove`. */
  "qdevice.request": {
    params: { readonly clusterName: string; readonly content: string };
    result: { readonly content: string };
  };
  "qdevice.certify": { params: { readonly content: string }; result: Nothing };
  "qdevice.remove": { params: Nothing; result: Nothing };
  "qdevice.switch": { params: { readonly action: QdeviceAction }; result: Nothing };
  /** Hosts that this one may ask from now on. */
  "hosts.learn": { params: { readonly hosts: readonly KnownHost[] }; result: Nothing };
  "hosts.forget": { params: { readonly names: readonly string[] }; result: Nothing };
}

export type Nothing = Readonly<Record<string, never>>;
export type MethodName = keyof Methods;

/** What a request is, beside what it asks for. */
export interface Envelope<M extends MethodName> {
  readonly params: Methods[M]["params"];
  /** Of `lease.take`; null or absent without one. */
  readonly lease?: string | null;
}

export const CHANGES: ReadonlySet<MethodName> = new Set<MethodName>([
  "cluster.start",
  "cluster.stop",
  "cluster.enable",
  "cluster.disable",
  "cluster.destroy",
  "cluster.restore",
  "file.write",
  "file.remove",
  "corosync.reload",
  "sbd.enable",
  "sbd.disable",
  "qnetd.sign",
  "qdevice.request",
  "qdevice.certify",
  "qdevice.remove",
  "qdevice.switch",
  "hosts.learn",
  "hosts.forget",
]);

/** A lease that nobody uses for this long is nobody's any more: its holder has died. */
export const LEASE_MS = 120_000;

/** Why a request was refused, for programs; the message is for people. */
export const ERROR_STATUS = {
  badRequest: 400,
  unauthorized: 401,
  forbidden: 403,
  notFound: 404,
  tooLarge: 413,
  /** Somebody else is changing this host. */
  busy: 409,
  tooManyLogins: 429,
  failed: 500,
} as const;
export type ManagementErrorCode = keyof typeof ERROR_STATUS;

/** A request that was refused or failed, on the side that serves it and on the side that asks. */
export class ManagementError extends Error {
  override readonly name = "ManagementError";
  readonly code: ManagementErrorCode | "unreachable" | "timeout" | "wrongHost";

  constructor(code: ManagementError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

export type Reply =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly error: { readonly code: string; readonly message: string } };
