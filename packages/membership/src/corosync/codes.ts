/** Results of Corosync's libraries. Source: Corosync interface facts, 2.1. */
export const Result = {
  ok: 1,
  /** Refused or lost connection: finalize and connect anew. */
  library: 2,
  tryAgain: 6,
  invalid: 7,
  badHandle: 9,
  busy: 10,
  access: 11,
  notExist: 12,
  exist: 14,
  tooBig: 26,
} as const;

const RESULT_NAMES: Readonly<Record<number, string>> = {
  2: "connection refused or lost",
  3: "another version of the interface",
  5: "timed out",
  6: "try again",
  7: "invalid parameter",
  8: "out of memory",
  9: "bad handle",
  10: "busy",
  11: "access denied",
  12: "does not exist",
  13: "name too long",
  14: "exists already",
  15: "buffer too small",
  16: "interrupted",
  17: "name not found",
  18: "out of resources",
  19: "not supported",
  20: "bad operation",
  21: "failed operation",
  22: "message error",
  23: "queue full",
  26: "too big",
  30: "too many groups",
  100: "security error",
};

/** For people, as `access denied (11)`. */
export function describeResult(result: number): string {
  return `${RESULT_NAMES[result] ?? "unknown error"} (${result})`;
}

/** Dispatch one event or say `tryAgain` when there is none. */
export const DISPATCH_ONE_NONBLOCKING = 4;
/** Tell the present state and then every change. */
export const TRACK_CHANGES = 2;
/** Agreed order. */
export const GUARANTEE_AGREED = 2;
export const CPG_MODEL_V1 = 1;
/** Tell the ring right after the own join. */
export const CPG_DELIVER_INITIAL_RING = 1;
export const QUORUM_MODEL_V1 = 1;

/** Bytes of a group name. */
export const GROUP_NAME_BYTES = 128;

/** Reasons of changes of a process group. */
export const CpgReason = { join: 1, leave: 2, nodeDown: 3, nodeUp: 4, processDown: 5 } as const;

/** Flags of a node in votequorum with the names that `corosync-quorumtool -s` prints, in its order. */
export const VOTEQUORUM_FLAGS: readonly (readonly [number, string])[] = [
  [1, "2Node"],
  [2, "Quorate"],
  [4, "WaitForAll"],
  [8, "LastManStanding"],
  [16, "AutoTieBreaker"],
  [32, "AllowDownscale"],
  [64, "Qdevice"],
];
export const VOTEQUORUM_STATE_MEMBER = 1;

/** Types of values in the configuration map. */
export const CmapType = { uint8: 2, uint16: 4, uint32: 6, uint64: 8, string: 11 } as const;

/** How much a request to stop Corosync cares for objections. */
export const CfgShutdown = { request: 0, regardless: 1, immediate: 2 } as const;
export const CfgReply = { no: 0, yes: 1 } as const;
