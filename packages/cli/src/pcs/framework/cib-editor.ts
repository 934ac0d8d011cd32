import {
  checkStructure,
  compareDotted,
  describeOptionProblem,
  describeProblem,
  diffCib,
  newMistakes,
} from "@quorate/cib";
import { canonicalXml, serializeXml, type XmlElement } from "@quorate/xml";
import { ALLOWS_MISTAKES, CibError, type CibSession } from "../../cluster/cib-session.ts";
import { writeConfiguration } from "../../cluster/write-configuration.ts";
import { schemaVersion } from "../../configuration/roles.ts";
import { fail, failChange, PcsError } from "./reports.ts";

/**
 * A copy of the CIB that a command changes freely, and then puts in place as a whole with `commit`. Into a running cluster the change
 * goes as a patch, and only when nobody else changed the configuration since it was read.
 */
export class CibEditor {
  #cib: XmlElement;
  readonly session: CibSession;
  #original: XmlElement;

  readonly #isForced: boolean;

  private constructor(session: CibSession, original: XmlElement, isForced: boolean) {
    this.session = session;
    this.#isForced = isForced;
    this.#original = original;
    this.#cib = original.clone();
  }

  /** `isForced`: meta-attributes may have values that their types forbid. */
  static async open(session: CibSession, isForced: boolean): Promise<CibEditor> {
    return new CibEditor(session, (await session.document()).clone(), isForced);
  }

  /** To be changed. `upgradeSchema` puts another document in its place. */
  get cib(): XmlElement {
    return this.#cib;
  }

  get isChanged(): boolean {
    return canonicalXml(this.cib) !== canonicalXml(this.#original);
  }

  /** The CIB as it was read. */
  get original(): XmlElement {
    return this.#original;
  }

  /**
   * Upgrades the CIB, at once, when its schema is older than what the change needs. Before the first change of `cib`, which is another
   * document afterwards. Resolves to whether it was necessary. @throws PcsError
   */
  async upgradeSchema(since: string): Promise<boolean> {
    if (compareDotted(schemaVersion(this.#cib), since) >= 0) return false;
    try {
      await this.session.call({ operation: "cib_upgrade" });
    } catch (error) {
      if (error instanceof CibError) failChange("The CIB cannot be upgraded", error);
      throw error;
    }
    this.#original = (await this.session.document()).clone();
    this.#cib = this.#original.clone();
    return true;
  }

  /** Writes the changes, if there are any. @throws PcsError */
  async commit(): Promise<void> {
    if (!this.isChanged) return;
    this.refuseMistakes(this.cib);
    try {
      if (this.session.isLive) await this.#commitLive();
      else {
        const flags = this.#isForced ? [ALLOWS_MISTAKES] : [];
        await this.session.call({ operation: "cib_replace", data: this.cib.clone(), flags });
      }
    } catch (error) {
      if (error instanceof CibError) failChange("The CIB could not be changed", error);
      throw error;
    }
    this.#original = this.cib.clone();
  }

  /** A document that was wrong before may stay so; new mistakes in `next` are refused. @throws PcsError */
  refuseMistakes(next: XmlElement): void {
    this.#refuseInvalid(next);
    if (!this.#isForced) this.#refuseWrongMeta(next);
  }

  #refuseInvalid(next: XmlElement): void {
    const known = new Set(checkStructure(this.#original).map(describeWithoutPlace));
    const problems = checkStructure(next).filter(
      (problem) => problem.code !== "sectionTooNew" && !known.has(describeWithoutPlace(problem)),
    );
    if (problems.length === 0) return;
    throw new PcsError([
      "The CIB would not be valid with this change, so nothing was changed",
      ...problems.map(describeProblem),
    ]);
  }

  /** The cluster takes a value that it does not understand for the default: `is-managed=fasle` would let it stop what must be left alone. */
  #refuseWrongMeta(next: XmlElement): void {
    const patchset = diffCib(this.#original, next);
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
    const outcome = await writeConfiguration(this.session, this.#original, this.cib, {
      allowsMistakes: this.#isForced,
    });
    if (outcome === "written") return;
    fail("The configuration was changed by somebody else meanwhile; nothing was done, look and repeat");
  }

  text(): string {
    return serializeXml(this.cib);
  }
}

function describeWithoutPlace(problem: Parameters<typeof describeProblem>[0]): string {
  return describeProblem({ ...problem, path: "", line: 0 });
}
