import { applyOperation, CIB_FLAGS, CIB_OPERATIONS, type CibOutcome, makeRequest } from "@quorate/cib";
import { serializeXml, type XmlElement } from "@quorate/xml";
import { ExitCode } from "../exit-codes.ts";
import { classicLocalTime } from "../input/local-time.ts";
import { readDocument } from "../input/read-document.ts";
import type { World } from "../world.ts";
import { type CibCall, CibError, type CibSession } from "./cib-session.ts";
import { cibError } from "./live-cib.ts";

/** Feature set of this software. Source: CIB manager specification, 1. */
export const FEATURE_SET = "3.20.5";

/** A CIB in a file: the same operations, without a cluster. */
export class FileCib implements CibSession {
  readonly isLive = false;
  readonly #world: World;
  readonly #path: string | null;
  #document: XmlElement;
  #isChanged = false;

  private constructor(world: World, path: string | null, document: XmlElement) {
    this.#world = world;
    this.#path = path;
    this.#document = document;
  }

  /** @throws CibError when the file cannot be read or holds no CIB. `path` null: standard input. */
  static open(world: World, path: string | null): FileCib {
    // There is no CIB to connect to: another exit status than that of an input file which is missing.
    if (path !== null && !world.fileExists(path)) {
      throw new CibError(`${path} cannot be read: no such file or directory`, ExitCode.noSuch, null);
    }
    const result = readDocument(world, path);
    if (!result.ok) throw new CibError(result.message, result.exitCode, null);
    for (const notice of result.notices) world.stderr(`${notice}\n`);
    return new FileCib(world, path, result.document);
  }

  document(): Promise<XmlElement> {
    return Promise.resolve(this.#document);
  }

  call(call: CibCall): Promise<XmlElement | null> {
    const outcome = this.#apply(call);
    if (outcome.code !== "ok") return Promise.reject(cibError(outcome.code, outcome.reason, outcome.reply));
    this.#document = outcome.cib;
    this.#isChanged ||= outcome.isChanged;
    return Promise.resolve(outcome.reply);
  }

  #apply(call: CibCall): CibOutcome {
    const operation = CIB_OPERATIONS.find((name) => name === call.operation);
    if (operation === undefined) {
      throw new CibError(`${call.operation} is not offered on a file`, ExitCode.notSupported, null);
    }
    const request = makeRequest(operation, {
      section: call.section ?? null,
      xpath: call.xpath ?? null,
      data: call.data === undefined || call.data === null ? null : serializeXml(call.data),
      flags: CIB_FLAGS.filter((flag) => call.flags?.includes(flag)),
      clientName: this.#world.programName,
    });
    return applyOperation(this.#document, request, {
      featureSet: FEATURE_SET,
      lastWritten: classicLocalTime(new Date(this.#world.nowMs())),
      isFileBacked: true,
      isStoredValid: true,
      isPrivileged: true,
    });
  }

  /** Writes the file back when an operation changed the document. */
  save(): void {
    if (this.#isChanged && this.#path !== null)
      this.#world.writeFile(this.#path, serializeXml(this.#document));
  }
}
