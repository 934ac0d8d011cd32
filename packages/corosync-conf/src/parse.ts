import { type CorosyncConf, newSection, type Section } from "./document.ts";

/** Bytes of a line with its end, as many as Corosync reads. */
const LINE_BYTES_MAX = 511;
/** Characters of section names and key, joined by dots, one more than Corosync takes. */
const PATH_LENGTH_LIMIT = 256;

export interface SyntaxProblem {
  /** Counted from 1. */
  readonly line: number;
  /** A sentence that says what to write instead. */
  readonly message: string;
}

export type ParsedConf =
  | { readonly ok: true; readonly document: CorosyncConf }
  | { readonly ok: false; readonly error: SyntaxProblem };

/** Reads a file. Every line is kept, so that printing gives the same bytes; the first offence against the grammar ends it. */
export function parseCorosyncConf(text: string): ParsedConf {
  const document = newSection("");
  const open: OpenSection[] = [{ section: document, path: "", line: 0 }];
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  for (const [index, raw] of lines.entries()) {
    const line = index + 1;
    const refuse = (message: string): ParsedConf => ({ ok: false, error: { line, message } });
    if (byteLength(raw) > LINE_BYTES_MAX) {
      return refuse(
        `the line is longer than ${LINE_BYTES_MAX} bytes; Corosync reads no such line, comments included`,
      );
    }
    const content = raw.replace(/\r?\n$/, "");
    const words = trim(content);
    const { section, path } = open.at(-1)!;
    if (words === "" || words.startsWith("#")) {
      section.entries.push({ kind: "trivia", raw });
      continue;
    }
    const brace = words.indexOf("{");
    const colon = words.indexOf(":");
    if (brace >= 0) {
      const name = trim(words.slice(0, brace));
      const surplus = words.slice(brace + 1);
      if (surplus !== "") {
        return refuse(
          `nothing may follow "{" on its line, but "${trim(surplus)}" does; put it on a line of its own`,
        );
      }
      if (name === "") return refuse('a name is missing before "{", as in "totem {"');
      const inner = path === "" ? name : `${path}.${name}`;
      if (inner.length >= PATH_LENGTH_LIMIT)
        return refuse("the section lies too deep: its path has 256 characters or more");
      const child: Section = {
        kind: "section",
        name,
        entries: [],
        line,
        rawOpen: raw,
        rawClose: null,
      };
      section.entries.push(child);
      open.push({ section: child, path: inner, line });
    } else if (colon >= 0) {
      const key = trim(words.slice(0, colon));
      if (`${path}.${key}`.length >= PATH_LENGTH_LIMIT)
        return refuse("the key is too long: its path has 256 characters or more");
      section.entries.push({
        kind: "item",
        key,
        value: trim(words.slice(colon + 1)),
        line,
        raw,
        indent: /^[ \t]*/.exec(content)![0],
      });
    } else if (words.includes("}")) {
      if (words !== "}") return refuse(`"}" must stand alone on its line, but the line is "${words}"`);
      if (open.length === 1) return refuse('there is no section for this "}" to close; remove it');
      open.pop();
      const outer = open.at(-1)!.section;
      outer.entries[outer.entries.length - 1] = { ...section, rawClose: raw };
    } else {
      return refuse(`"${words}" opens or closes no section and is no "key: value"; is the colon missing?`);
    }
  }
  const unclosed = open.at(-1)!;
  if (open.length > 1) {
    const message = `missing closing brace of section "${unclosed.section.name}", which line ${unclosed.line} opens`;
    return { ok: false, error: { line: lines.length, message } };
  }
  return { ok: true, document };
}

interface OpenSection {
  readonly section: Section;
  readonly path: string;
  readonly line: number;
}

/** Only blanks and tabs count as white space. */
function trim(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, "");
}

function byteLength(text: string): number {
  let count = 0;
  for (const character of text) {
    const code = character.codePointAt(0)!;
    count += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return count;
}
