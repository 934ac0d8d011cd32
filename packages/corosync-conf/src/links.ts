import type { KeyValue } from "./build.ts";
import { type CorosyncConf, itemsOf, type Section, sectionsOf } from "./document.ts";
import { addSection, ensureSection, removeItem, setItem } from "./edit.ts";
import { nodeSections } from "./view.ts";

/** Gives nodes, by their names, an address on a link. @throws RangeError as `setItem` */
export function setLinkAddresses(
  document: CorosyncConf,
  link: number,
  addresses: ReadonlyMap<string, string>,
): void {
  for (const section of nodeSections(document)) {
    const name = itemsOf(section).findLast(({ key }) => key === "name")?.value;
    const address = name === undefined ? undefined : addresses.get(name);
    if (address !== undefined) setItem(section, `ring${link}_addr`, address);
  }
}

/** Sets options of a link; an empty value removes one. A section that says nothing any more goes. @throws RangeError as `setItem` */
export function setLinkOptions(document: CorosyncConf, link: number, options: readonly KeyValue[]): void {
  const present = interfacesOf(document, link);
  for (const [key, value] of options) {
    // A key that stands twice counts with its last value: it must stand once.
    for (const { section } of present) removeItem(section, key);
    if (value === "") continue;
    if (present.length === 0) {
      const parent = ensureSection(document, "totem");
      const section = addSection(parent, "interface");
      setItem(section, "linknumber", String(link));
      present.push({ parent, section });
    }
    setItem(present.at(-1)!.section, key, value);
  }
  for (const { parent, section } of present)
    if (itemsOf(section).every(({ key }) => key === "linknumber")) removeSection(parent, section);
}

/** Removes the addresses of all nodes on a link, and its options. */
export function removeLink(document: CorosyncConf, link: number): void {
  for (const section of nodeSections(document)) removeItem(section, `ring${link}_addr`);
  for (const { parent, section } of interfacesOf(document, link)) removeSection(parent, section);
}

/** The sections with the options of a link. Without a number it is the first link. */
function interfacesOf(
  document: CorosyncConf,
  link: number,
): { readonly parent: Section; readonly section: Section }[] {
  return sectionsOf(document, "totem").flatMap((parent) =>
    sectionsOf(parent, "interface")
      .filter((section) => {
        const number = itemsOf(section).findLast(({ key }) => key === "linknumber")?.value ?? "0";
        return Number(number) === link;
      })
      .map((section) => ({ parent, section })),
  );
}

function removeSection(parent: Section, section: Section): void {
  const index = parent.entries.indexOf(section);
  if (index >= 0) parent.entries.splice(index, 1);
}
