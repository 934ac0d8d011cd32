import { parseXml, serializeXml, XmlElement } from "@quorate/xml";
import { type CibProblem, describeProblem } from "../validate/problem.ts";
import { checkStructure } from "../validate/structure.ts";
import { digestV1 } from "./digests.ts";
import { formatVersion, unusableCounters, versionOf } from "./versions.ts";

/** What is written to disk. Source of everything here: CIB specification, section 8. */
export interface CibFiles {
  /** Content of `cib.xml`. */
  readonly document: string;
  /** Content of `cib.xml.sig`: 32 hex digits, no newline. */
  readonly signature: string;
  /** For the log: the version as written. */
  readonly version: string;
}

/** The document as it goes to disk: without status, `num_updates` 0. The tree is not changed. */
export function cibFiles(cib: XmlElement): CibFiles {
  const stored = new XmlElement(cib.name, cib.attributes);
  stored.set("num_updates", "0");
  for (const child of cib.children) {
    if (child.kind !== "element" || child.name !== "status") stored.append(child.clone());
  }
  return {
    document: serializeXml(stored),
    signature: digestV1(stored),
    version: formatVersion(versionOf(stored)),
  };
}

export type StoredCib =
  | {
      readonly ok: true;
      /** Ready for use: with status, with all counters, without `dc-uuid`. */
      readonly cib: XmlElement;
      readonly isSigned: boolean;
      /** What the log should warn of. */
      readonly warnings: readonly string[];
      /** Not empty: the node stays up, but refuses every request until someone repairs the file. */
      readonly problems: readonly CibProblem[];
    }
  /** `empty` and `malformed`: go on without; `forged`: archive the files; then try the backups. */
  | {
      readonly ok: false;
      readonly cause: "empty" | "malformed" | "forged";
      readonly reason: string;
    };

/**
 * Judges what was read from `cib.xml` and its signature; `signature` null means that the file is absent, which is
 * accepted with a warning, while an empty or wrong one is not.
 */
export function readStoredCib(document: string, signature: string | null): StoredCib {
  if (document.trim() === "") return { ok: false, cause: "empty", reason: "the file is empty" };
  const parsed = parseXml(document);
  if (!parsed.ok) {
    const { message, line, column } = parsed.error;
    return { ok: false, cause: "malformed", reason: `line ${line}, column ${column}: ${message}` };
  }
  const cib = parsed.root;
  const warnings: string[] = [];
  if (signature === null) {
    warnings.push("there is no digest for the configuration on disk, so it could not be verified");
  } else if (signature.trim() !== digestV1(cib)) {
    const reason = `its digest is ${digestV1(cib)}, but the signature file has "${signature.trim().slice(0, 64)}"`;
    return { ok: false, cause: "forged", reason };
  }
  for (const name of unusableCounters(cib)) {
    warnings.push(`${name} of the configuration is missing or not a number, 0 is taken instead`);
    cib.set(name, "0");
  }
  cib.attributes.delete("dc-uuid");
  if (cib.first("status") === null) cib.append(new XmlElement("status"));
  const problems = checkStructure(cib);
  for (const problem of problems) warnings.push(describeProblem(problem));
  return { ok: true, cib, isSigned: signature !== null, warnings, problems };
}

/** Backups are numbered 0 to 99, then again from 0. */
const BACKUP_COUNT = 100;

/** Number of the next backup from the content of `cib.last`; null or nonsense starts at 1. */
export function nextBackupNumber(cibLast: string | null): number {
  const text = cibLast?.trim() ?? "";
  return /^\d{1,9}$/.test(text) ? Number(text) % BACKUP_COUNT : 1;
}

export interface BackupNames {
  readonly document: string;
  readonly signature: string;
  /** Content of `cib.last` once this backup exists. */
  readonly cibLast: string;
}

export function backupNames(backupNumber: number): BackupNames {
  const document = `cib-${backupNumber}.raw`;
  return { document, signature: `${document}.sig`, cibLast: String((backupNumber + 1) % BACKUP_COUNT) };
}
