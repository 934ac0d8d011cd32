/** One outcome of a request: what tools print after "Call failed: ", and their exit code. */
interface ResultCode {
  readonly text: string;
  readonly exitCode: number;
}

/**
 * Every outcome of a request to the CIB. Source: CIB specification, section 3, "Result codes seen by tools".
 */
export const CIB_RESULT_CODES = {
  ok: { text: "OK", exitCode: 0 },
  notFound: { text: "No such device or address", exitCode: 105 },
  exists: { text: "File exists", exitCode: 108 },
  invalidArgument: { text: "Invalid argument", exitCode: 70 },
  permissionDenied: { text: "Permission denied", exitCode: 4 },
  oldData: { text: "Update was older than existing configuration", exitCode: 103 },
  schema: { text: "Update does not conform to the configured schema", exitCode: 78 },
  transformFailed: { text: "Schema transform failed", exitCode: 78 },
  schemaUnchanged: { text: "Schema is already the latest available", exitCode: 0 },
  corrupt: { text: "Local copy of CIB is corrupt", exitCode: 78 },
  diffFailed: { text: "Application of update diff failed", exitCode: 1 },
  diffResync: { text: "Application of update diff failed, required full refresh", exitCode: 1 },
  digestMismatch: { text: "Digest of the data does not match the one that came with it", exitCode: 104 },
  protocol: { text: "Protocol not supported", exitCode: 76 },
  notSupported: { text: "Operation not supported", exitCode: 3 },
  noTransaction: { text: "No active transaction found", exitCode: 105 },
  multipleMatches: { text: "More than one match", exitCode: 109 },
  notConnected: { text: "Transport endpoint is not connected", exitCode: 102 },
  tooLarge: { text: "Message too long", exitCode: 1 },
  noQuorum: { text: "Operation requires quorum", exitCode: 106 },
  timeout: { text: "Timer expired", exitCode: 124 },
} as const satisfies Record<string, ResultCode>;

export type CibResultCode = keyof typeof CIB_RESULT_CODES;
