/**
 * Exit status of the classic commands. Each number has one meaning in all of them; scripts of administrators test
 * these numbers, so they never change.
 */
export const ExitCode = {
  ok: 0,
  error: 1,
  invalidParameter: 2,
  /** The operation is not supported. */
  notSupported: 3,
  insufficientPrivileges: 4,
  notInstalled: 5,
  notConfigured: 6,
  /** A malformed command line: unknown option, missing value, surplus argument. */
  usage: 64,
  /** The input is there but is not what it should be, such as broken XML. */
  dataError: 65,
  /** An input file is missing or cannot be read. */
  noInput: 66,
  /** Nothing serves the request right now. */
  unavailable: 69,
  software: 70,
  cannotCreate: 73,
  /** The configuration is refused: it does not validate or cannot be upgraded. */
  configuration: 78,
  /** No daemon to talk to, or the connection to it broke. */
  disconnect: 102,
  /** The update is older than what is there. */
  old: 103,
  digest: 104,
  noSuch: 105,
  quorum: 106,
  /** Dangerous; needs `--force`. */
  unsafe: 107,
  exists: 108,
  multiple: 109,
  /** No node leads the cluster. */
  noDc: 114,
  timeout: 124,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** What a command ends with that a signal interrupted, as a shell tells it. */
export const ENDED_BY_SIGNAL = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
