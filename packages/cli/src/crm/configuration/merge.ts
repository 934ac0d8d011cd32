import type { XmlElement } from "@quorate/xml";
import { HIDDEN, isSecret } from "../language/write/values.ts";

/** Values that come to a list are named after what the list belongs to, not after the list. */
export function mergeLists(
  target: XmlElement,
  added: XmlElement,
  newId: (listName: string, name: string) => string,
): void {
  for (const list of added.elements()) {
    const same = target.first(list.name);
    if (same === null) {
      target.append(list);
      continue;
    }
    const known = new Set(same.all("nvpair").map((nvpair) => nvpair.get("name")));
    for (const nvpair of list.all("nvpair")) {
      const name = nvpair.get("name");
      if (name !== null && nvpair.id === null && !known.has(name)) nvpair.set("id", newId(list.name, name));
    }
    mergeValues(same, list);
  }
}

/** Values that have a namesake replace its value; the others are added. */
export function mergeValues(target: XmlElement, added: XmlElement): void {
  for (const part of added.elements()) {
    const name = part.get("name");
    const same = target.all("nvpair").find((nvpair) => part.name === "nvpair" && nvpair.get("name") === name);
    if (same === undefined) target.append(part);
    else same.set("value", part.get("value") ?? "");
  }
}

/** A text that was made with hidden secrets does not overwrite them. */
export function keepHiddenSecrets(element: XmlElement, old: XmlElement): void {
  for (const nvpair of element.descendants("nvpair")) {
    const name = nvpair.get("name");
    if (nvpair.get("value") !== HIDDEN || name === null || !isSecret(name)) continue;
    const former = [...old.descendants("nvpair")].find((candidate) => candidate.get("name") === name);
    if (former !== undefined) nvpair.set("value", former.get("value") ?? HIDDEN);
  }
}
