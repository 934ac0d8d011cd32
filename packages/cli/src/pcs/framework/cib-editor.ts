import {
  checkStructure,
  describeOptionProblem,
  describeProblem,
  diffCib,
  newMistakes,
  patchsetToXml,
} from "@quorate/cib";
import { canonicalXml, serializeXml, type XmlElement } from "@quorate/xml";
import { CibError, type CibSession } from "../../cluster/cib-session.ts";
import { ExitCode } from "../../exit-codes.ts";
import { fail, PcsError } from "./reports.ts";

const ATTEMPTS_MAX = 10;

/**
 * A copy of the CIB that a command changes freely, and then puts in place as a whole with `commit`. Into a running cluster the change
 * goes as a patch, and only when nobody else changed the configuration since it was read.
 */
export class CibEditor {
  /** To be changed. */
  readonly cib: XmlElement;
  readonly session: CibSession;
  #original: XmlElement;

  readonly #isForced: boolean;

  private constructor(session: CibSession, original: XmlElement, isForced: boolean) {
    this.session = session;
    this.#isForced = isForced;
    this.#original = original;
    this.cib = original.clone();
  }

  /** `isForced`: meta-attributes may have values that their types forbid. */
  static async open(session: CibSession, isForced: boolean): Promise<CibEditor> {
    return new CibEditor(session, (await session.document()).clone(), isForced);
  }

  get isChanged(): boolean {
    return canonicalXml(this.cib) !== canonicalXml(this.#original);
  }

  /** The CIB as it was read. */
  get original(): XmlElement {
    return this.#original;
  }

  /** Writes the changes, if there are any. @throws PcsError */
  async commit(): Promise<void> {
    if (!this.isChanged) return;
    this.#refuseInvalid();
    if (!this.#isForced) this.#refuseWrongMeta();
    try {
      if (this.session.isLive) await this.#commitLive();
      else await this.session.call({ operation: "cib_replace", data: this.cib.clone() });
    } catch (error) {
      if (error instanceof CibError) fail(`The CIB could not be changed: ${error.message}`);
      throw error;
    }
    this.#original = this.cib.clone();
  }

  /** A document that was wrong before may stay so; new mistakes are not written. */
  #refuseInvalid(): void {
    const known = new Set(checkStructure(this.#original).map(describeWithoutPlace));
    const problems = checkStructure(this.cib).filter(
      (problem) => problem.code !== "sectionTooNew" && !known.has(describeWithoutPlace(problem)),
    );
    if (problems.length === 0) return;
    throw new PcsError([
      "The CIB would not be valid with this change, so nothing was changed",
      ...problems.map(describeProblem),
    ]);
  }

  /** The cluster takes a value that it does not understand for the default: `is-managed=fasle` would let it stop what must be left alone. */
  #refuseWrongMeta(): void {
    const patchset = diffCib(this.#original, this.cib);
    if (patchset === null) return;
    const wrong = newMistakes(this.#original, patchset).filter(
      ({ code, path }) => code === "wrongValue" && path.includes("/meta_attributes"),
    );
    if (wrong.length === 0) return;
    throw new PcsError([
      ...wrong.map((problem) => describeOptionProblem({ ...problem, line: 0 })),
      "Nothing was changed; where the command takes --force, that writes it all the same",
    ]);
  }

  async #commitLive(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const current = await this.session.document();
      if (configurationText(current) !== configurationText(this.#original)) {
        fail("The configuration was changed by somebody else meanwhile; nothing was done, look and repeat");
      }
      const next = current.clone();
      next.first("configuration")?.remove();
      next.insert(this.cib.first("configuration")!.clone(), 0);
      const patchset = diffCib(current, next);
      if (patchset === null) return;
      try {
        await this.session.call({ operation: "cib_apply_diff", data: patchsetToXml(patchset) });
        return;
      } catch (error) {
        // The status moved on between reading and writing; the configuration is looked at again.
        const isOutdated =
          error instanceof CibError &&
          (error.exitCode === ExitCode.old || error.exitCode === ExitCode.digest);
        if (!isOutdated || attempt >= ATTEMPTS_MAX) throw error;
      }
    }
  }

  text(): string {
    return serializeXml(this.cib);
  }
}

function configurationText(cib: XmlElement): string {
  const configuration = cib.first("configuration");
  return configuration === null ? "" : canonicalXml(configuration);
}

function describeWithoutPlace(problem: Parameters<typeof describeProblem>[0]): string {
  return describeProblem({ ...problem, path: "", line: 0 });
}
