import { parseCorosyncConf, validateCorosyncConf } from "@quorate/corosync-conf";
import { type FileKind, ManagementError, type RemovableKind } from "./contract.ts";
import { parseRecoverySites } from "./recovery-sites.ts";

/** A file that another host may have written here. There are no others: a request names a kind, never a path. */
export interface ManagedFile {
  /** Below the root of the installation. */
  readonly path: string;
  readonly mode: number;
  /** Name of the group that may read it, too; null for that of the service. */
  readonly group: string | null;
  /** Removed when the host leaves its cluster. */
  readonly isOfCluster: boolean;
  /** What is wrong with a content; null when it may be written. */
  problemOf(content: Buffer): string | null;
}

const CONF_BYTES_MAX = 512 * 1024;
const SETTINGS_BYTES_MAX = 16 * 1024;
/** 1024 to 4096 bits. Source: corosync-keygen(8). */
const COROSYNC_KEY_BYTES = { min: 128, max: 512 } as const;
/** Less protects nothing; it is a pre-shared key of TLS, whose length that limits. */
const REMOTE_KEY_BYTES = { min: 32, max: 16 * 1024 } as const;

const RECOVERY_SITES = "/var/lib/pcsd/disaster-recovery";

export const MANAGED_FILES: Readonly<Record<FileKind, ManagedFile>> = {
  "corosync.conf": {
    path: "/etc/corosync/corosync.conf",
    mode: 0o644,
    group: null,
    isOfCluster: true,
    problemOf: problemOfConf,
  },
  "corosync authkey": {
    path: "/etc/corosync/authkey",
    mode: 0o400,
    group: null,
    isOfCluster: true,
    problemOf: (content) => problemOfKey(content, COROSYNC_KEY_BYTES),
  },
  "pacemaker authkey": {
    path: "/etc/pacemaker/authkey",
    mode: 0o640,
    group: "haclient",
    isOfCluster: true,
    problemOf: (content) => problemOfKey(content, REMOTE_KEY_BYTES),
  },
  "sbd settings": {
    path: "/etc/default/sbd",
    mode: 0o644,
    group: null,
    isOfCluster: false,
    problemOf: problemOfSettings,
  },
  "disaster-recovery config": {
    path: RECOVERY_SITES,
    mode: 0o600,
    group: null,
    isOfCluster: true,
    problemOf: problemOfSites,
  },
};

/** Below the root of the installation. */
export const REMOVABLE_FILES: Readonly<Record<RemovableKind, string>> = {
  "pcsd settings": "/var/lib/pcsd/pcs_settings.conf",
  "disaster-recovery config": RECOVERY_SITES,
};

function problemOfKey(
  { length }: Buffer,
  { min, max }: { readonly min: number; readonly max: number },
): string | null {
  return length >= min && length <= max ? null : `a key has ${min} to ${max} bytes, not ${length}`;
}

/** It is read by systemd and by a shell, as root: names and plain values only, which both take the same way. */
function problemOfSettings(content: Buffer): string | null {
  if (content.length > SETTINGS_BYTES_MAX) return `it is longer than ${SETTINGS_BYTES_MAX} bytes`;
  const wrong = content
    .toString("utf8")
    .split("\n")
    .findIndex((line) => !/^(?:#[ -~]*|[A-Za-z_]\w*=(?:[\w./:,=@%+-]*|"[\w./:,;=@%+ -]*"))?$/.test(line));
  return wrong < 0
    ? null
    : `line ${wrong + 1} is not NAME=VALUE with letters, digits and ./:,=@%+- or, in double quotes, blanks and ';', too`;
}

function problemOfSites(content: Buffer): string | null {
  if (content.length > SETTINGS_BYTES_MAX) return `it is longer than ${SETTINGS_BYTES_MAX} bytes`;
  try {
    parseRecoverySites(content.toString("utf8"));
    return null;
  } catch (error) {
    return (error as ManagementError).message;
  }
}

function problemOfConf(content: Buffer): string | null {
  if (content.length > CONF_BYTES_MAX) return `it is longer than ${CONF_BYTES_MAX} bytes`;
  const parsed = parseCorosyncConf(content.toString("utf8"));
  if (!parsed.ok) return `line ${parsed.error.line}: ${parsed.error.message}`;
  const error = validateCorosyncConf(parsed.document, { nearestName: () => null }).find(
    ({ severity }) => severity === "error",
  );
  if (error === undefined) return null;
  return `${error.line === null ? "" : `line ${error.line}: `}${error.message}`;
}

/** The bytes of a file that may be written. @throws ManagementError */
export function checkedContent(kind: FileKind, base64: string): Buffer {
  const content = Buffer.from(base64, "base64");
  const problem = MANAGED_FILES[kind].problemOf(content);
  if (problem !== null)
    throw new ManagementError("badRequest", `the ${kind} was refused, nothing was written: ${problem}`);
  return content;
}
