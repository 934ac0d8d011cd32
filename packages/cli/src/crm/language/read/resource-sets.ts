import { XmlElement } from "@quorate/xml";
import { SET_MARK } from "../write/resource-sets.ts";
import type { Cursor } from "./cursor.ts";

export interface SetMember {
  readonly id: string;
  readonly suffix: string | null;
}

export interface ReadSets {
  readonly sets: readonly XmlElement[];
  /** The members when no brackets and no attributes of sets were used. */
  readonly simple: readonly SetMember[] | null;
  /** Options of the constraint that stand behind the resources. */
  readonly options: ReadonlyMap<string, string>;
}

const ROLES: ReadonlySet<string> = new Set([
  "Stopped",
  "Started",
  "Master",
  "Slave",
  "Promoted",
  "Unpromoted",
]);
const ACTIONS: ReadonlySet<string> = new Set(["start", "promote", "demote", "stop"]);
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...["true", "yes", "on"].map((word) => [word, true] as const),
  ...["false", "no", "off"].map((word) => [word, false] as const),
]);
const LOSS_POLICIES: ReadonlySet<string> = new Set(["stop", "demote", "fence", "freeze"]);
const BRACKETS: Readonly<Record<string, string>> = { "(": ")", "[": "]" };
const SET_OPTIONS: ReadonlySet<string> = new Set(["sequential", "require-all"]);
const CLOSING: ReadonlySet<string> = new Set(Object.values(BRACKETS));

/**
 * Reads resources and sets of them: `A B:Promoted`, `( A B )`, `[ A B sequential=true ]`. A new set begins where brackets do and where the
 * role or action changes. `closing` ends the list, null: the end of the command does.
 */
export function readResourceSets(
  cursor: Cursor,
  suffixName: "role" | "action",
  closing: string | null,
): ReadSets {
  const reader = new SetReader(cursor, suffixName);
  reader.read(closing);
  return reader;
}

class SetReader implements ReadSets {
  readonly sets: XmlElement[] = [];
  readonly options = new Map<string, string>();
  readonly #members: SetMember[] = [];
  readonly #cursor: Cursor;
  readonly #suffixName: "role" | "action";
  #isSimple = true;
  #open: XmlElement | null = null;
  #bracket: string | null = null;
  /** Whether braces stand around all of it, and so around its first set. */
  #isBraced = false;

  constructor(cursor: Cursor, suffixName: "role" | "action") {
    this.#cursor = cursor;
    this.#suffixName = suffixName;
  }

  get simple(): readonly SetMember[] | null {
    return this.#isSimple ? this.#members : null;
  }

  read(closing: string | null): void {
    if (this.#cursor.takeIf(SET_MARK)) this.#isSimple = false;
    this.#isBraced = closing !== null;
    for (let word = this.#cursor.current; word !== null && word !== closing; word = this.#cursor.current) {
      if (word in BRACKETS) this.#begin(word);
      else if (word === this.#bracket) this.#end();
      else if (CLOSING.has(word)) throw this.#cursor.error("Unmatched closing bracket");
      else if (word.includes("=")) this.#option(word);
      else this.#member(word);
    }
    if (this.#bracket !== null)
      throw this.#cursor.error(`Unmatched opening bracket: expected ${this.#bracket}`);
  }

  #begin(bracket: string): void {
    if (this.#bracket !== null) throw this.#cursor.error("Cannot nest resource sets");
    this.#cursor.take();
    this.#isSimple = false;
    this.#bracket = BRACKETS[bracket]!;
    this.#open = null;
  }

  #end(): void {
    this.#cursor.take();
    this.#bracket = null;
    this.#open = null;
  }

  #newSet(suffix: string | null): XmlElement {
    const set = new XmlElement("resource_set");
    if (this.#bracket !== null) set.set("sequential", "false");
    if (this.#bracket === "]") set.set("require-all", "false");
    if (suffix !== null) set.set(this.#suffixName, suffix);
    this.sets.push(set);
    return set;
  }

  #member(word: string): void {
    const colon = word.lastIndexOf(":");
    const id = colon < 0 ? word : word.slice(0, colon);
    const suffix = colon < 0 ? null : word.slice(colon + 1);
    this.#cursor.take();
    const allowed = this.#suffixName === "role" ? ROLES : ACTIONS;
    if (suffix !== null && !allowed.has(suffix)) {
      throw this.#cursor.error(`Invalid ${this.#suffixName} '${suffix}' for '${id}'`);
    }
    this.#members.push({ id, suffix });
    if (this.#open?.elements().length === 0 && suffix !== null) this.#open.set(this.#suffixName, suffix);
    if (this.#open === null || this.#open.get(this.#suffixName) !== suffix) this.#open = this.#newSet(suffix);
    this.#open.append(new XmlElement("resource_ref", [["id", id]]));
  }

  /** An option of the set it stands in, or of the constraint. */
  #option(word: string): void {
    const [, name, value] = /^([^=]*)=(.*)$/s.exec(word) as unknown as [string, string, string];
    // Of sets, numbers count, too.
    const truth = value === "1" ? true : value === "0" ? false : BOOLEANS.get(value.toLowerCase());
    if (this.#open === null && (this.#bracket !== null || this.#isBraced) && SET_OPTIONS.has(name))
      this.#open = this.#newSet(null);
    if (SET_OPTIONS.has(name) && truth !== undefined && this.#open !== null) {
      this.#isSimple = false;
      if (truth) this.#open.attributes.delete(name);
      else this.#open.set(name, "false");
    } else if (this.#bracket === null && this.#isConstraintOption(name!, value!))
      this.options.set(name!, value!);
    else throw this.#cursor.error("Unknown attribute", this.#suffixName);
    this.#cursor.take();
  }

  #isConstraintOption(name: string, value: string): boolean {
    switch (this.#cursor.command) {
      case "order":
        return name === "symmetrical" && BOOLEANS.has(value.toLowerCase());
      case "rsc_ticket":
        return name === "loss-policy" && LOSS_POLICIES.has(value);
      default:
        return name === "node-attribute";
    }
  }
}
