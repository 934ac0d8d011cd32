/** Exit codes of resource agents as the cluster knows them. Source: OCF resource agent API 1.1; executor specification, 6 and 9. */
export const OcfCode = {
  ok: 0,
  genericError: 1,
  invalidArguments: 2,
  unimplemented: 3,
  insufficientPrivileges: 4,
  notInstalled: 5,
  notConfigured: 6,
  notRunning: 7,
  promoted: 8,
  failedPromoted: 9,
  degraded: 190,
  degradedPromoted: 191,
  /** No result yet; stands in the history while an operation runs. */
  pending: 193,
} as const;

/** How an operation ended, apart from what the agent said. Source: executor specification, 9. */
export const ExecutionStatus = {
  pending: -1,
  done: 0,
  cancelled: 1,
  timedOut: 2,
  unsupported: 3,
  error: 4,
  hardError: 5,
  fatalError: 6,
  notInstalled: 7,
  disconnected: 8,
  invalid: 9,
  noFenceDevice: 10,
  noSecrets: 11,
} as const;

/** Call id in the history entry of an operation that has no result yet. */
export const PENDING_CALL_ID = -1;
