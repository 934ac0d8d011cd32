import { CONSTRAINT_WORDS, CONTAINER_WORDS } from "../object-types.ts";

/** The parts of a text that are shown differently. */
export type Part =
  | "keyword"
  | "identifier"
  | "attr_name"
  | "attr_value"
  | "score"
  | "resource_reference"
  | "id_reference"
  | "ticket";

/** Shows one part of a text in its way. */
export type Adorn = (part: Part, text: string) => string;

/** Words that begin a list of values, or a part of a bundle. */
const LIST_WORDS: ReadonlySet<string> = new Set([
  "params",
  "meta",
  "utilization",
  "attributes",
  "op_params",
  "op_meta",
  "op",
  "operations",
  "docker",
  "podman",
  "rkt",
  "network",
  "storage",
]);

const SCORE = /^(?:-?inf|-?INFINITY|[+-]?\d+|Mandatory|Optional|Serialize):$/;

/** Shows the parts of a crm text, as `configure show` prints it, in their ways. Comments and XML stay as they are. */
export function adornText(text: string, adorn: Adorn): string {
  const lines = text.split("\n");
  const adorned: string[] = [];
  let kind = "";
  let isContinued = false;
  for (const line of lines) {
    if (!isContinued) {
      kind = /^\S+/.exec(line)?.[0] ?? "";
      adorned.push(line.startsWith("#") ? line : adornFirst(line, kind, adorn));
    } else adorned.push(kind === "xml" ? line : adornRest(line, kind, adorn));
    isContinued = line.endsWith("\\");
  }
  return adorned.join("\n");
}

/** The kind of the object, its name, and what follows. */
function adornFirst(line: string, kind: string, adorn: Adorn): string {
  const keyword = adorn("keyword", kind);
  const rest = line.slice(kind.length);
  if (kind === "xml") return keyword + rest;
  const [, blank = "", id = ""] = /^(\s*)(\S*)/.exec(rest) ?? [];
  return (
    keyword + blank + adorn("identifier", id) + adornRest(rest.slice(blank.length + id.length), kind, adorn)
  );
}

/** A word may hold quotes with blanks. */
const WORDS = /(?:"(?:[^"\\]|\\.)*"|[^\s"])+/g;

function adornRest(text: string, kind: string, adorn: Adorn): string {
  let isFirst = true;
  return text.replace(WORDS, (word) => {
    const part = partOf(word, kind, isFirst);
    isFirst = false;
    if (part === "pair") {
      const [, name = "", value = ""] = /^([^=]*)=(.*)$/s.exec(word) ?? [];
      return `${adorn("attr_name", name)}=${adorn("attr_value", value)}`;
    }
    return part === null ? word : adorn(part, word);
  });
}

function partOf(word: string, kind: string, isFirst: boolean): Part | "pair" | null {
  if (LIST_WORDS.has(word)) return "keyword";
  if (kind === "bundle" && word === "primitive") return "keyword";
  if (SCORE.test(word)) return "score";
  if (kind === "rsc_ticket" && isFirst && word.endsWith(":")) return "ticket";
  if (/^(?:@|\$id-ref=)/.test(word)) return "id_reference";
  if (/^[\w.$-]+=/.test(word)) return "pair";
  const namesResources = CONSTRAINT_WORDS.has(kind) || CONTAINER_WORDS.has(kind) || kind === "tag";
  return namesResources && /^[A-Za-z_][\w.-]*(?::\w+)?$/.test(word) ? "resource_reference" : null;
}
