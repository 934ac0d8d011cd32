import {
  applyOperation,
  CIB_FLAGS,
  CIB_OPERATIONS,
  type CibOutcome,
  type CibRequest,
  FEATURE_SET,
  makeRequest,
  mistakesInRequest,
} from "@quorate/cib";
import { serializeXml, type XmlElement } from "@quorate/xml";
import { ExitCode } from "../exit-codes.ts";
import { classicLocalTime } from "../input/local-time.ts";
import { readDocument } from "../input/read-document.ts";
import type { World } from "../world.ts";
import { cibError } from "./cib-error.ts";
import { ALLOWS_MISTAKES, type CibCall, CibError, type CibSession } from "./cib-session.ts";
import { guardParameters } from "./guard-parameters.ts";

/** A CIB in a file: the same operations, without a cluster. */
export class FileCib implements CibSession {
  readonly isLive = false;
  readonly #world: World;
  readonly #path: string | null;
  readonly #user: string | null;
  #groups: readonly string[] | null = null;
  #document: XmlElement;
  #isChanged = false;

  private constructor(world: World, path: string | null, document: XmlElement, user: string | null) {
    this.#world = world;
    this.#path = path;
    this.#user = user;
    this.#document = document;
  }

  /**
   * `path` null: standard input. `user`: whose rights apply; null: those of the file alone.
   * @throws CibError when the file cannot be read or holds no CIB
   */
  static open(world: World, path: string | null, user: string | null): FileCib {
    // There is no CIB to connect to: another exit status than that of an input file which is missing.
    if (path !== null && !world.fileExists(path)) {
      throw new CibError(`${path} cannot be read: no such file or directory`, ExitCode.noSuch);
    }
    const result = readDocument(world, path);
    if (!result.ok) throw new CibError(result.message, result.exitCode);
    return new FileCib(world, path, result.document, user);
  }

  /** A CIB in memory, which belongs to the session from now on and is written nowhere. */
  static of(world: World, document: XmlElement): FileCib {
    return new FileCib(world, null, document, null);
  }

  async document(): Promise<XmlElement> {
    return (await this.call({ operation: "cib_query" }))!;
  }

  async call(call: CibCall): Promise<XmlElement | null> {
    if (this.#path !== null && this.#path === this.#world.runningCib)
      await guardParameters(this.#world, call, async () => this.#document.clone());
    const request = this.#requestOf(call);
    // As the daemon judges a change of the running cluster.
    const mistakes = call.flags?.includes(ALLOWS_MISTAKES)
      ? null
      : mistakesInRequest(this.#document, request, FEATURE_SET);
    if (mistakes !== null) {
      const mend = "nothing was changed; where the command takes --force, that writes it all the same";
      throw cibError("schema", [...mistakes, mend].join("\n"), null);
    }
    const outcome = this.#apply(request);
    if (outcome.code !== "ok") throw cibError(outcome.code, outcome.reason, outcome.reply);
    this.#document = outcome.cib;
    this.#isChanged ||= outcome.isChanged;
    return outcome.reply;
  }

  async textOf(call: CibCall): Promise<string | null> {
    const reply = await this.call(call);
    return reply === null ? null : serializeXml(reply);
  }

  #requestOf(call: CibCall): CibRequest {
    const operation = CIB_OPERATIONS.find((name) => name === call.operation);
    if (operation === undefined) {
      throw new CibError(`${call.operation} is not offered on a file`, ExitCode.notSupported);
    }
    return makeRequest(operation, {
      section: call.section ?? null,
      xpath: call.xpath ?? null,
      data: call.data === undefined || call.data === null ? null : serializeXml(call.data),
      flags: CIB_FLAGS.filter((flag) => call.flags?.includes(flag)),
      clientName: this.#world.programName,
      user: this.#user,
      groups: this.#groupsOfUser(),
    });
  }

  #apply(request: CibRequest): CibOutcome {
    return applyOperation(this.#document, request, {
      featureSet: FEATURE_SET,
      lastWritten: classicLocalTime(new Date(this.#world.nowMs())),
      isFileBacked: true,
      isStoredValid: true,
      isPrivileged: true,
    });
  }

  #groupsOfUser(): readonly string[] {
    const groups = this.#groups ?? (this.#user === null ? [] : this.#world.groupsOf(this.#user));
    this.#groups = groups;
    return groups;
  }

  /** Writes the file back when an operation changed the document. */
  save(): void {
    if (this.#isChanged && this.#path !== null)
      this.#world.writeFile(this.#path, serializeXml(this.#document));
  }
}
