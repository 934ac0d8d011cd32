import { parseAssignments } from "../../framework/assignments.ts";
import type { PcsCall } from "../../framework/command.ts";
import { fail } from "../../framework/reports.ts";

export type Options = ReadonlyMap<string, string>;

/** What the words after the id of a bundle ask for. */
export interface BundleWords {
  /** `docker`; "" when none was named. */
  readonly containerType: string;
  readonly container: Options;
  readonly network: Options;
  readonly meta: Options;
  readonly portMaps: Maps;
  readonly storageMaps: Maps;
}

export interface Maps {
  readonly added: readonly Options[];
  readonly removed: readonly string[];
}

const PARTS = ["container", "network", "port-map", "storage-map", "meta"] as const;
type Part = (typeof PARTS)[number];

function isPart(word: string): word is Part {
  return (PARTS as readonly string[]).includes(word);
}

/** `changesMaps`: maps are added and removed by a word of their own, as `update` wants it. @throws PcsError */
export function parseBundleWords(
  call: PcsCall,
  words: readonly string[],
  { takesType, changesMaps }: { readonly takesType: boolean; readonly changesMaps: boolean },
): BundleWords {
  const sections: { part: Part; words: string[] }[] = [];
  for (const word of words) {
    if (isPart(word)) sections.push({ part: word, words: [] });
    else if (sections.length === 0) call.usage();
    else sections.at(-1)!.words.push(word);
  }
  for (const { part, words: given } of sections) {
    if (given.length === 0 && part !== "meta") fail(`No ${part} options specified`);
  }
  const all = (part: Part) =>
    sections.filter((section) => section.part === part).map((section) => section.words);
  const container = all("container").flat();
  const [first] = container;
  const type = takesType && first !== undefined && !first.includes("=") ? first : "";
  const options = (given: readonly string[]) => new Map(parseAssignments(given));
  return {
    containerType: type,
    container: options(type === "" ? container : container.slice(1)),
    network: options(all("network").flat()),
    meta: options(all("meta").flat()),
    portMaps: parseMaps("port-map", all("port-map"), changesMaps),
    storageMaps: parseMaps("storage-map", all("storage-map"), changesMaps),
  };
}

function parseMaps(part: Part, sections: readonly (readonly string[])[], changesMaps: boolean): Maps {
  const added: Options[] = [];
  const removed: string[] = [];
  for (const [first, ...rest] of sections) {
    if (!changesMaps) added.push(new Map(parseAssignments([first!, ...rest])));
    else if (first === "add" && rest.length > 0) added.push(new Map(parseAssignments(rest)));
    else if ((first === "remove" || first === "delete") && rest.length > 0) removed.push(...rest);
    else fail(`after '${part}' write 'add' with options, or 'remove' with ids`);
  }
  return { added, removed };
}
