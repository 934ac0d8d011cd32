import { loadKoffi } from "@quorate/host";
import type * as Koffi from "koffi";
import { CorosyncError } from "./entry.ts";

/** Handles use all 64 bits: passed back as they came. */
export type Handle = number | bigint;

/** A function of a library. `async` runs it in the thread pool: for what may wait as long as Corosync does. */
export interface NativeCall {
  (...args: readonly unknown[]): number;
  async(...args: readonly unknown[]): void;
}

/** Address of a function of this process that a library may call. */
export type CallbackPointer = bigint;

export interface PollHandle {
  close(): void;
  unref(): void;
}

/** Corosync's client libraries. Names and types as in their headers. Source: Corosync interface facts, 3 and 6. */
export interface Native {
  readonly cpg: Readonly<
    Record<
      | "cpg_model_initialize"
      | "cpg_finalize"
      | "cpg_fd_get"
      | "cpg_dispatch"
      | "cpg_join"
      | "cpg_leave"
      | "cpg_mcast_joined"
      | "cpg_local_get",
      NativeCall
    >
  >;
  readonly quorum: Readonly<
    Record<
      | "quorum_model_initialize"
      | "quorum_finalize"
      | "quorum_fd_get"
      | "quorum_dispatch"
      | "quorum_trackstart",
      NativeCall
    >
  >;
  readonly votequorum: Readonly<
    Record<
      | "votequorum_initialize"
      | "votequorum_finalize"
      | "votequorum_fd_get"
      | "votequorum_dispatch"
      | "votequorum_trackstart"
      | "votequorum_getinfo"
      | "votequorum_setexpected",
      NativeCall
    >
  >;
  readonly cmap: Readonly<
    Record<
      | "cmap_initialize"
      | "cmap_finalize"
      | "cmap_get"
      | "cmap_iter_init"
      | "cmap_iter_next"
      | "cmap_iter_finalize",
      NativeCall
    >
  >;
  readonly cfg: Readonly<
    Record<
      | "corosync_cfg_initialize"
      | "corosync_cfg_finalize"
      | "corosync_cfg_fd_get"
      | "corosync_cfg_dispatch"
      | "corosync_cfg_trackstart"
      | "corosync_cfg_try_shutdown"
      | "corosync_cfg_replyto_shutdown"
      | "corosync_cfg_node_status_get",
      NativeCall
    >
  >;
  /** @param prototype name of a function type that is declared here */
  callback(prototype: string, call: (...args: never[]) => void): CallbackPointer;
  /** A copy: what a library hands to a callback is valid during the call only. */
  copy(pointer: unknown, byteCount: number): Buffer;
  /** Calls back whenever the descriptor is readable or hung up; level-triggered. */
  poll(descriptor: number, ready: () => void): PollHandle;
}

let loading: Promise<Native> | null = null;

/**
 * Loads the libraries at the first call; types and callbacks of a process are registered once.
 * @throws CorosyncError of kind `library`
 */
export function loadNative(): Promise<Native> {
  loading ??= load();
  return loading;
}

const SONAMES = {
  cpg: "libcpg.so.4",
  quorum: "libquorum.so.5",
  votequorum: "libvotequorum.so.8",
  cmap: "libcmap.so.4",
  cfg: "libcfg.so.7",
} as const;

const TYPES: readonly (readonly [name: string, members: Readonly<Record<string, string>>])[] = [
  ["cpg_name", { length: "uint32_t", value: "uint8_t [128]" }],
  ["ring_id", { nodeid: "uint32_t", seq: "uint64_t" }],
  ["iovec", { iov_base: "void *", iov_len: "size_t" }],
];

const PROTOTYPES: readonly string[] = [
  "void cpg_deliver_fn(uint64_t h, void *group, uint32_t nodeid, uint32_t pid, void *msg, size_t len)",
  "void cpg_confchg_fn(uint64_t h, void *group, void *m, size_t nm, void *l, size_t nl, void *j, size_t nj)",
  "void cpg_totem_fn(uint64_t h, ring_id ring, uint32_t n, void *members)",
  "void q_quorum_fn(uint64_t h, uint32_t quorate, ring_id ring, uint32_t n, void *members)",
  "void q_nodelist_fn(uint64_t h, ring_id ring, uint32_t n, void *m, uint32_t nj, void *j, uint32_t nl, void *l)",
  "void vq_quorum_fn(uint64_t h, uint64_t ctx, uint32_t quorate, uint32_t n, void *nodes)",
  "void vq_expected_fn(uint64_t h, uint64_t ctx, uint32_t expected)",
  "void cfg_shutdown_fn(uint64_t h, int32_t flags)",
  "void vq_nodelist_fn(uint64_t h, uint64_t ctx, ring_id ring, uint32_t n, void *nodes)",
];

/** Structs with pointers to the functions above. */
const CALLBACK_TYPES: typeof TYPES = [
  [
    "cpg_model_v1",
    {
      model: "int32_t",
      deliver: "cpg_deliver_fn *",
      confchg: "cpg_confchg_fn *",
      totem: "cpg_totem_fn *",
      flags: "uint32_t",
    },
  ],
  ["cfg_callbacks", { shutdown: "cfg_shutdown_fn *" }],
  ["q_model_v1", { model: "int32_t", quorum: "q_quorum_fn *", nodelist: "q_nodelist_fn *" }],
  ["vq_callbacks", { quorum: "vq_quorum_fn *", expected: "vq_expected_fn *", nodelist: "vq_nodelist_fn *" }],
];

const FUNCTIONS = {
  cpg: {
    cpg_model_initialize: "_Out_ uint64_t *h, int model, cpg_model_v1 *md, void *ctx",
    cpg_finalize: "uint64_t h",
    cpg_fd_get: "uint64_t h, _Out_ int *fd",
    cpg_dispatch: "uint64_t h, int type",
    cpg_join: "uint64_t h, const cpg_name *g",
    cpg_leave: "uint64_t h, const cpg_name *g",
    cpg_mcast_joined: "uint64_t h, int guarantee, const iovec *iov, unsigned int n",
    cpg_local_get: "uint64_t h, _Out_ uint32_t *id",
  },
  quorum: {
    quorum_model_initialize: "_Out_ uint64_t *h, int model, q_model_v1 *md, _Out_ uint32_t *type, void *ctx",
    quorum_finalize: "uint64_t h",
    quorum_fd_get: "uint64_t h, _Out_ int *fd",
    quorum_dispatch: "uint64_t h, int type",
    quorum_trackstart: "uint64_t h, unsigned int flags",
  },
  votequorum: {
    votequorum_initialize: "_Out_ uint64_t *h, vq_callbacks *cb",
    votequorum_finalize: "uint64_t h",
    votequorum_fd_get: "uint64_t h, _Out_ int *fd",
    votequorum_dispatch: "uint64_t h, int type",
    votequorum_trackstart: "uint64_t h, uint64_t ctx, unsigned int flags",
    votequorum_getinfo: "uint64_t h, unsigned int nodeid, void *info",
    votequorum_setexpected: "uint64_t h, unsigned int votes",
  },
  cfg: {
    corosync_cfg_initialize: "_Out_ uint64_t *h, cfg_callbacks *cb",
    corosync_cfg_finalize: "uint64_t h",
    corosync_cfg_fd_get: "uint64_t h, _Out_ int *fd",
    corosync_cfg_dispatch: "uint64_t h, int type",
    corosync_cfg_trackstart: "uint64_t h, uint8_t flags",
    corosync_cfg_try_shutdown: "uint64_t h, int flags",
    corosync_cfg_replyto_shutdown: "uint64_t h, int reply",
    corosync_cfg_node_status_get: "uint64_t h, unsigned int nodeid, int version, void *status",
  },
  cmap: {
    cmap_initialize: "_Out_ uint64_t *h",
    cmap_finalize: "uint64_t h",
    cmap_get: "uint64_t h, const char *key, void *buf, _Inout_ size_t *len, _Out_ int *type",
    cmap_iter_init: "uint64_t h, const char *prefix, _Out_ uint64_t *it",
    cmap_iter_next: "uint64_t h, uint64_t it, void *name, _Out_ size_t *len, _Out_ int *type",
    cmap_iter_finalize: "uint64_t h, uint64_t it",
  },
} as const satisfies Readonly<Record<keyof typeof SONAMES, Readonly<Record<string, string>>>>;

async function load(): Promise<Native> {
  const koffi = await importKoffi();
  for (const [name, members] of TYPES) koffi.struct(name, { ...members });
  for (const prototype of PROTOTYPES) koffi.proto(prototype);
  for (const [name, members] of CALLBACK_TYPES) koffi.struct(name, { ...members });
  return {
    cpg: openLibrary(koffi, "cpg"),
    quorum: openLibrary(koffi, "quorum"),
    votequorum: openLibrary(koffi, "votequorum"),
    cmap: openLibrary(koffi, "cmap"),
    cfg: openLibrary(koffi, "cfg"),
    callback: (prototype, call) => koffi.register(call, `${prototype} *`),
    copy: (pointer, byteCount) =>
      byteCount === 0 ? Buffer.alloc(0) : Buffer.from(koffi.view(pointer, byteCount).slice(0)),
    poll: (descriptor, ready) =>
      koffi.node.poll(descriptor, { readable: true, disconnect: true }, () => ready()),
  };
}

async function importKoffi(): Promise<typeof Koffi> {
  try {
    return await loadKoffi();
  } catch (error) {
    throw new CorosyncError(
      "library",
      `cannot load the koffi module, through which Corosync's libraries are called: ${firstLine(error)}; it is part of Quorate: install Quorate again, with the optional packages for this machine (${process.platform} ${process.arch})`,
      { cause: error },
    );
  }
}

function openLibrary<Name extends keyof typeof FUNCTIONS>(
  koffi: typeof Koffi,
  name: Name,
): Record<keyof (typeof FUNCTIONS)[Name], NativeCall> {
  const soname = SONAMES[name];
  try {
    const library = koffi.load(soname);
    const calls = Object.entries(FUNCTIONS[name]).map(([call, parameters]) => [
      call,
      library.func(`int ${call}(${parameters})`) as NativeCall,
    ]);
    return Object.fromEntries(calls) as Record<keyof (typeof FUNCTIONS)[Name], NativeCall>;
  } catch (error) {
    throw new CorosyncError(
      "library",
      `cannot use Corosync's client library ${soname}: ${firstLine(error)}; install Corosync 3 with its libraries: on Debian and Ubuntu "apt-get install corosync libcpg4 libquorum5 libvotequorum8 libcmap4 libcfg7", on RHEL, Fedora and their like "dnf install corosync corosynclib"`,
      { cause: error },
    );
  }
}

function firstLine(error: unknown): string {
  return (error as Error).message.split("\n")[0]!;
}
