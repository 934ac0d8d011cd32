import { readdirSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { parseCorosyncConf } from "@quorate/corosync-conf";
import { type FileKind, ManagementError, type Restoring } from "../protocol/contract.ts";
import { checkedContent, MANAGED_FILES } from "../protocol/managed-files.ts";
import { groupId, readIfThere, removeFile, replaceFile } from "./files.ts";

/** All that makes a host a node of its cluster, as a backup holds it. */
export interface ClusterFiles {
  readonly cib: Uint8Array;
  readonly corosyncConf: Uint8Array;
  readonly corosyncKey?: Uint8Array;
  readonly pacemakerKey?: Uint8Array;
  /** Who may connect to Corosync beside root; the names are those of the files. */
  readonly uidgid: readonly { readonly name: string; readonly content: Uint8Array }[];
}

const CIB = "/var/lib/quorate/cib/cib.xml";
/** Of the CIB that was there: its digest, and what it descends from. */
const COMPANIONS = ["/var/lib/quorate/cib/cib.xml.sig", "/var/lib/quorate/cib/cib.ancestry"] as const;
const UIDGID = "/etc/corosync/uidgid.d";
const CIB_BYTES_MAX = 64 * 1024 * 1024;
/** In the order of their writing: the file that makes it a cluster's host comes last. */
const KINDS = [
  ["corosync authkey", "corosyncKey"],
  ["pacemaker authkey", "pacemakerKey"],
  ["corosync.conf", "corosyncConf"],
] as const satisfies readonly (readonly [FileKind, keyof ClusterFiles])[];

/** Those that there are. @throws Error of the operating system */
export function readClusterFiles(root: string): Partial<ClusterFiles> {
  const read = (path: string) => readIfThere(join(root, path));
  const cib = read(CIB);
  const files = KINDS.flatMap(([kind, field]) => {
    const content = read(MANAGED_FILES[kind].path);
    return content === null ? [] : [[field, content] as const];
  });
  return { ...(cib === null ? {} : { cib }), ...Object.fromEntries(files), uidgid: readUidgid(root) };
}

function readUidgid(root: string): ClusterFiles["uidgid"] {
  const directory = join(root, UIDGID);
  let names: string[];
  try {
    names = readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  return names.map((name) => ({ name, content: readIfThere(join(directory, name)) ?? Buffer.alloc(0) }));
}

/** The files as a request carries them. */
export function restoring({ cib, uidgid, ...files }: ClusterFiles): Restoring {
  const base64 = (content: Uint8Array) => Buffer.from(content).toString("base64");
  return {
    cib: base64(gzipSync(cib)),
    files: KINDS.flatMap(([kind, field]) => {
      const content = files[field];
      return content === undefined ? [] : [{ kind, content: base64(content) }];
    }),
    uidgid: uidgid.map(({ name, content }) => ({ name, content: base64(content) })),
  };
}

/**
 * Puts files in place that must fit one another; all are looked at before the first is written. The cluster must not run here. Files of others that may
 * connect to Corosync stay, and so do the former copies of the CIB.
 * @throws ManagementError, Error of the operating system
 */
export function writeClusterFiles(root: string, { cib, files, uidgid }: Restoring): void {
  const content = unpacked(cib);
  const checked = files.map((file) => ({
    kind: file.kind,
    content: checkedContent(file.kind, file.content),
  }));
  if (!checked.some(({ kind }) => kind === "corosync.conf"))
    throw new ManagementError("badRequest", "a backup without corosync.conf is none; nothing was written");
  const access = uidgid.map((file) => ({ name: file.name, content: checkedAccess(file.name, file.content) }));
  // First: what belongs to another CIB would keep the new one from being taken.
  for (const path of COMPANIONS) removeFile(join(root, path));
  replaceFile(join(root, CIB), content, 0o600);
  for (const file of access) replaceFile(join(root, UIDGID, file.name), file.content, 0o644);
  for (const [wanted] of KINDS)
    for (const { kind, content: bytes } of checked.filter((file) => file.kind === wanted)) {
      const { path, mode, group } = MANAGED_FILES[kind];
      replaceFile(join(root, path), bytes, mode, group === null ? null : groupId(group));
    }
}

/** @throws ManagementError */
function unpacked(base64: string): Buffer {
  try {
    return gunzipSync(Buffer.from(base64, "base64"), { maxOutputLength: CIB_BYTES_MAX });
  } catch (error) {
    throw new ManagementError(
      "badRequest",
      `the CIB was refused, nothing was written: ${(error as Error).message}`,
    );
  }
}

/** Corosync reads whatever stands there as configuration; here it may only say who may connect. @throws ManagementError */
function checkedAccess(name: string, base64: string): Buffer {
  const content = Buffer.from(base64, "base64");
  const parsed = parseCorosyncConf(content.toString("utf8"));
  const isAccess =
    parsed.ok &&
    parsed.document.entries.every(
      (entry) => entry.kind === "trivia" || (entry.kind === "section" && entry.name === "uidgid"),
    );
  if (!isAccess)
    throw new ManagementError(
      "badRequest",
      `uidgid.d/${name} was refused, nothing was written: it may hold 'uidgid { ... }' only`,
    );
  return content;
}
