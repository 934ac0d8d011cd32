import { XmlElement } from "@quorate/xml";
import { uniqueId } from "./ids.ts";

export type NvsetName = "instance_attributes" | "meta_attributes" | "utilization";

/** An option with its value, in the order in which it was given. An empty value removes the option. */
export type Assignment = readonly [name: string, value: string];

export function nvpairs(set: XmlElement): readonly (readonly [name: string, value: string])[] {
  return set.all("nvpair").map((pair) => [pair.get("name") ?? "", pair.get("value") ?? ""] as const);
}

/** The value of an option in the sets of this kind, the first that has it; null when none does. */
export function nvpairValue(owner: XmlElement, set: NvsetName, name: string): string | null {
  for (const nvset of owner.all(set)) {
    const pair = nvset.all("nvpair").find((candidate) => candidate.get("name") === name);
    if (pair !== undefined) return pair.get("value");
  }
  return null;
}

/** Sets, changes and (empty value) removes options in one set. New ones come last. `idLengthMax` cuts the name in new ids. */
export function assignNvpairs(
  cib: XmlElement,
  set: XmlElement,
  assignments: readonly Assignment[],
  idLengthMax = Number.POSITIVE_INFINITY,
): void {
  for (const [name, value] of assignments) {
    const present = set.all("nvpair").filter((pair) => pair.get("name") === name);
    if (value === "") {
      for (const pair of present) pair.remove();
    } else if (present.length > 0) {
      for (const pair of present) pair.set("value", value);
    } else {
      appendNvpair(cib, set, name, value, idLengthMax);
    }
  }
}

function appendNvpair(
  cib: XmlElement,
  set: XmlElement,
  name: string,
  value: string,
  idLengthMax: number,
): void {
  const id = uniqueId(cib, `${set.id ?? set.name}-${idPart(name).slice(0, idLengthMax)}`);
  set.append(
    new XmlElement("nvpair", [
      ["id", id],
      ["name", name],
      ["value", value],
    ]),
  );
}

/** A name as a part of an id. */
function idPart(name: string): string {
  return name.replace(/[^\p{L}\p{N}_.-]/gu, "_");
}

export interface NvsetOptions {
  /** Where a new set goes. Default: last. */
  readonly position?: "first" | "last";
  /** Id of a new set; default: that of the owner with the kind of the set behind. */
  readonly id?: string;
  /** Keep a set that became empty, or make one even when nothing is set. Default: a new set is made only for a value. */
  readonly makesEmpty?: boolean;
}

/** `assignNvpairs` on the first set of its kind in an element, which is made when a value is to be set. */
export function updateNvset(
  cib: XmlElement,
  owner: XmlElement,
  name: NvsetName,
  assignments: readonly Assignment[],
  options: NvsetOptions = {},
): XmlElement | null {
  let set = owner.first(name);
  if (set === null) {
    if (options.makesEmpty !== true && assignments.every(([, value]) => value === "")) return null;
    set = new XmlElement(name, [["id", uniqueId(cib, options.id ?? `${owner.id ?? owner.name}-${name}`)]]);
    if (options.position === "first") owner.insert(set, 0);
    else owner.append(set);
  }
  assignNvpairs(cib, set, assignments);
  return set;
}
