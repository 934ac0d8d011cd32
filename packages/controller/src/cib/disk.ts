import type { FileToStore, Store, StoreError, StoreResult } from "@quorate/ports";
import { decodeUtf8, encodeUtf8, parseXml, type XmlElement } from "@quorate/xml";
import type { NodeContext } from "../context.ts";
import { formatProvenance, NO_PROVENANCE, type Provenance, parseProvenance } from "./ancestry.ts";
import { storedForm } from "./document.ts";

const FILE = "cib.xml";
const SIGNATURE = "cib.xml.sig";
const LAST = "cib.last";
/** Not one of the classic files: where the configuration comes from. */
const ANCESTRY = "cib.ancestry";
const BACKUP_COUNT = 100;
const MODE = 0o600;

export interface DiskProblem {
  readonly code: string;
  readonly message: string;
}

/** A state of this node's copy. */
export interface CopyPlace {
  /** How often the copy was replaced by that of another node: sequences before and after that have nothing to do with each other. */
  readonly replacements: number;
  readonly sequence: number;
}

interface StoredFile {
  readonly name: string;
  readonly changedMs: number;
}

/** What is there before a write; `as verified`: what this object loaded or wrote last. */
type OldFile = "absent" | "as verified" | "another";

interface Dependencies {
  readonly context: NodeContext;
  readonly store: Store;
  /** The document to write, what it descends from, and the place that it shows. */
  copy(): {
    readonly document: XmlElement;
    readonly provenance: Provenance;
    readonly place: CopyPlace;
  };
  /** Everything up to this place is durable, or could not be written. */
  persisted(place: CopyPlace, problem: DiskProblem | null): void;
}

/**
 * The files of the CIB: `cib.xml` with its signature, numbered backups as hard links. Writes are coalesced: what is
 * written is always the latest state. After a failure nothing is written any more, so that the last good state stays,
 * and every change is reported as not durable, until `enable`. Source: CIB manager specification, 8.
 */
export class CibDisk {
  readonly #deps: Dependencies;
  #wanted = false;
  #isWriting = false;
  #problem: DiskProblem | null = null;
  #nextBackup = 1;
  /** What this object loaded or wrote last: to read it as a document again and take its digest costs more than all else on a large CIB. */
  #verified: {
    readonly content: Uint8Array;
    readonly signature: Uint8Array;
    /** Written by this object, so known to be more than a page in the kernel's memory. */
    readonly isDurable: boolean;
  } | null = null;

  /** Of the document that is on disk; null while there is none, or none that is known. */
  #provenance: Provenance | null = null;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  /** Why nothing is written any more; null when all is well. */
  get problem(): DiskProblem | null {
    return this.#problem;
  }

  enable(): void {
    this.#problem = null;
    this.write();
  }

  /** Writes the present state, now or after the write that is under way. */
  write(): void {
    this.#wanted = true;
    if (!this.#isWriting) this.#next();
  }

  #next(): void {
    if (!this.#wanted) return;
    if (this.#problem !== null) {
      this.#wanted = false;
      this.#deps.persisted(this.#deps.copy().place, this.#problem);
      return;
    }
    this.#isWriting = true;
    const fail = (problem: DiskProblem) => {
      this.#wanted = false;
      this.#failed(this.#deps.copy().place, problem);
    };
    // The state is taken after that, so that what comes at the same time, as changes do under load, is in it.
    this.#verifyOld(fail, (old) => this.#replace(old));
  }

  #replace(old: OldFile): void {
    this.#wanted = false;
    const { document, provenance, place } = this.#deps.copy();
    const { bytes } = this.#deps.context;
    const stored = storedForm(document);
    const content = bytes.printed(stored);
    const signature = encodeUtf8(bytes.digestV1(stored));
    const fail = (problem: DiskProblem) => this.#failed(place, problem);
    const ancestry = encodeUtf8(formatProvenance(provenance, this.#provenance));
    // Nothing but what it descends from is new, as whenever a node joins: no backup is lost for one that is the same.
    const isSame =
      old === "as verified" && this.#verified?.isDurable === true && isEqual(this.#verified.content, content);
    this.#backUp(old !== "absent" && !isSame, fail, (backupFiles) =>
      this.#step(
        fail,
        (done) =>
          this.#deps.store.write(
            [
              ...backupFiles,
              // First: an ancestry that is ahead of the document is cut at loading, one that is behind would be lost.
              { name: ANCESTRY, content: ancestry, mode: MODE },
              ...(isSame
                ? []
                : [
                    { name: FILE, content, mode: MODE },
                    { name: SIGNATURE, content: signature, mode: MODE },
                  ]),
            ],
            done,
          ),
        () => {
          this.#verified = { content, signature, isDurable: true };
          this.#provenance = provenance;
          this.#isWriting = false;
          this.#deps.persisted(place, null);
          this.#next();
        },
      ),
    );
  }

  #failed(place: CopyPlace, problem: DiskProblem): void {
    this.#isWriting = false;
    this.#verified = null;
    this.#problem = problem;
    this.#deps.context.log(
      "error",
      `Disabling CIB disk writes after failure: ${problem.message} (${problem.code})`,
    );
    this.#deps.persisted(place, problem);
    this.#next();
  }

  /** The file that is replaced must be the one that was written. */
  #verifyOld(fail: (problem: DiskProblem) => void, then: (old: OldFile) => void): void {
    this.#read(FILE, fail, (old) =>
      this.#read(SIGNATURE, fail, (signature) => {
        if (old === null || signature === null) then("absent");
        else if (this.#isVerified(old, signature)) then("as verified");
        else if (this.#isSigned(old, signature)) then("another");
        else fail({ code: "EBADMSG", message: `${FILE} was manually modified while the cluster was active` });
      }),
    );
  }

  #isVerified(content: Uint8Array, signature: Uint8Array): boolean {
    const verified = this.#verified;
    return verified !== null && isEqual(verified.content, content) && isEqual(verified.signature, signature);
  }

  #isSigned(content: Uint8Array, signature: Uint8Array): boolean {
    const parsed = parseDocument(content);
    return parsed.ok && this.#isDigestOf(signature, parsed.document);
  }

  #isDigestOf(signature: Uint8Array, document: XmlElement): boolean {
    return (decodeUtf8(signature) ?? "").trim() === this.#deps.context.bytes.digestV1(document);
  }

  /** `then` is given what is to be written with the new files. */
  #backUp(
    isWanted: boolean,
    fail: (problem: DiskProblem) => void,
    then: (files: readonly FileToStore[]) => void,
  ): void {
    if (!isWanted) {
      then([]);
      return;
    }
    const number = this.#nextBackup;
    const name = `cib-${number}.raw`;
    this.#step(
      fail,
      (done) => this.#deps.store.link(FILE, name, done),
      () =>
        this.#step(
          fail,
          (done) => this.#deps.store.link(SIGNATURE, `${name}.sig`, done),
          () => {
            this.#nextBackup = (number + 1) % BACKUP_COUNT;
            this.#deps.context.log("info", `Archived previous version as ${name}`);
            then([{ name: LAST, content: encodeUtf8(String(this.#nextBackup)), mode: 0o640 }]);
          },
        ),
    );
  }

  #read(
    name: string,
    fail: (problem: DiskProblem) => void,
    then: (content: Uint8Array | null) => void,
  ): void {
    this.#step(fail, (done) => this.#deps.store.read(name, done), then);
  }

  #step<T>(
    fail: (problem: DiskProblem) => void,
    call: (done: (result: StoreResult<T>) => void) => void,
    then: (value: T) => void,
  ): void {
    call((result) =>
      this.#deps.context.queue.run(() => (result.ok ? then(result.value) : fail(problemOf(result.error)))),
    );
  }

  /**
   * Finds the newest good copy: the file, else the backups from the newest on. Null when there is none: the node
   * starts with an empty configuration. A copy whose signature does not fit is put aside, never used.
   */
  load(done: (document: XmlElement | null, provenance: Provenance) => void): void {
    const give = (problem: DiskProblem) => {
      this.#problem = problem;
      this.#deps.context.log("error", `The directory of the CIB cannot be read: ${problem.message}`);
      done(null, NO_PROVENANCE);
    };
    this.#read(LAST, give, (last) => {
      const number = Number(last === null ? "1" : (decodeUtf8(last) ?? "1").trim());
      this.#nextBackup = Number.isInteger(number) && number >= 0 && number < BACKUP_COUNT ? number : 1;
      this.#read(ANCESTRY, give, (stored) => {
        const text = stored === null ? "" : (decodeUtf8(stored) ?? "");
        const found = (document: XmlElement | null) => {
          const provenance =
            document === null ? NO_PROVENANCE : parseProvenance(text, document, this.#deps.context.bytes);
          this.#provenance = document === null ? null : provenance;
          done(document, provenance);
        };
        this.#loadCopy(FILE, give, (document, state) => {
          if (document !== null) found(document);
          else if (state === "absent") this.#loadBackup(give, found);
          else this.#putAside(give, () => this.#loadBackup(give, found));
        });
      });
    });
  }

  #loadCopy(
    name: string,
    fail: (problem: DiskProblem) => void,
    then: (document: XmlElement | null, state: "good" | "absent" | "bad") => void,
  ): void {
    this.#read(name, fail, (content) =>
      this.#read(`${name}.sig`, fail, (signature) => {
        if (content === null) {
          then(null, "absent");
          return;
        }
        const parsed = parseDocument(content);
        if (!parsed.ok) {
          this.#deps.context.log("warning", `Continuing but NOT using CIB from ${name}: ${parsed.reason}`);
          then(null, "bad");
        } else if (signature === null) {
          this.#deps.context.log("warning", `No on-disk digest present at ${name}.sig`);
          then(parsed.document, "good");
        } else if (!this.#isDigestOf(signature, parsed.document)) {
          this.#deps.context.log("error", `${name} does not fit its digest in ${name}.sig`);
          then(null, "bad");
        } else {
          if (name === FILE) this.#verified = { content, signature, isDurable: false };
          then(parsed.document, "good");
        }
      }),
    );
  }

  #putAside(fail: (problem: DiskProblem) => void, then: () => void): void {
    const suffix = this.#deps.context.random.uint32().toString(36).padStart(6, "0").slice(-6);
    const ignoreMissing = (name: string, target: string, next: () => void) =>
      this.#deps.store.link(name, target, (result) =>
        this.#deps.context.queue.run(() => {
          if (!result.ok && result.error.code !== "ENOENT") fail(problemOf(result.error));
          else this.#step(fail, (done) => this.#deps.store.remove(name, done), next);
        }),
      );
    this.#deps.context.log("warning", `Keeping the unusable CIB as cib.auto.${suffix}.xml`);
    ignoreMissing(FILE, `cib.auto.${suffix}.xml`, () =>
      ignoreMissing(SIGNATURE, `cib.auto.${suffix}.xml.sig`, then),
    );
  }

  #loadBackup(fail: (problem: DiskProblem) => void, done: (document: XmlElement | null) => void): void {
    this.#step<readonly StoredFile[]>(
      fail,
      (listed) => this.#deps.store.list(listed),
      (files) => {
        const backups = files
          .filter((file) => /^cib-\d+\.raw$/.test(file.name))
          .sort((a, b) => b.changedMs - a.changedMs || this.#ageOf(a.name) - this.#ageOf(b.name))
          .map((file) => file.name);
        const tryNext = (): void => {
          const name = backups.shift();
          if (name === undefined) {
            this.#deps.context.log("warning", "Continuing with an empty configuration");
            done(null);
            return;
          }
          this.#loadCopy(name, fail, (document) => {
            if (document === null) {
              tryNext();
              return;
            }
            this.#deps.context.log("warning", `Loaded CIB from last valid backup ${name}`);
            done(document);
          });
        };
        tryNext();
      },
    );
  }

  /** How many backups ago this one was made. */
  #ageOf(name: string): number {
    const number = Number(/\d+/.exec(name)?.[0] ?? "0");
    return (this.#nextBackup - 1 - number + BACKUP_COUNT) % BACKUP_COUNT;
  }
}

type ParsedDocument =
  | { readonly ok: true; readonly document: XmlElement }
  | { readonly ok: false; readonly reason: string };

function parseDocument(content: Uint8Array): ParsedDocument {
  const text = decodeUtf8(content);
  if (text === null) return { ok: false, reason: "it is not UTF-8 text" };
  if (text.trim() === "") return { ok: false, reason: "the file is empty" };
  const parsed = parseXml(text);
  if (!parsed.ok) {
    const { line, column, message } = parsed.error;
    return { ok: false, reason: `line ${line}, column ${column}: ${message}` };
  }
  const { root } = parsed;
  return root.name === "cib"
    ? { ok: true, document: root }
    : { ok: false, reason: `line ${root.line}: it holds a <${root.name}>, not a <cib>` };
}

function isEqual(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  // A loop: a function called for each byte takes ten times as long, and these are megabytes.
  for (let index = 0; index < left.length; index++) if (left[index] !== right[index]) return false;
  return true;
}

function problemOf(error: StoreError): DiskProblem {
  return { code: error.code, message: error.message };
}
