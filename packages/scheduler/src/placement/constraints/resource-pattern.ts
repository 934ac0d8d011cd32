export interface PatternMatch {
  readonly isMatch: boolean;
  /** Null when the pattern is inverted. */
  readonly submatches: readonly (string | undefined)[] | null;
}

const CLASSES: Readonly<Record<string, string>> = {
  alnum: "A-Za-z0-9",
  alpha: "A-Za-z",
  blank: " \\t",
  cntrl: "\\x00-\\x1f\\x7f",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-\\/:-@\\[-`{-~",
  space: "\\s",
  upper: "A-Z",
  xdigit: "0-9A-Fa-f",
};

/**
 * Searches an id for a POSIX extended regular expression; a leading `!` inverts the result.
 * Source: scheduler specification, part 2, 4.1.2.
 */
export function matchPattern(pattern: string, id: string): PatternMatch | "invalid" {
  const isInverted = pattern.startsWith("!");
  const expression = compile(isInverted ? pattern.slice(1) : pattern);
  if (expression === null) return "invalid";
  const match = expression.exec(id);
  if (isInverted) return { isMatch: match === null, submatches: null };
  return { isMatch: match !== null, submatches: match };
}

function compile(posix: string): RegExp | null {
  try {
    return new RegExp(translate(posix));
  } catch {
    return null;
  }
}

/** Bracket expressions are what differs: no escapes, named classes, and `]` as first member. */
function translate(posix: string): string {
  let result = "";
  for (let index = 0; index < posix.length; index++) {
    const character = posix[index] as string;
    if (character === "\\") {
      const next = posix[++index];
      result += next === undefined ? "\\\\" : /[A-Za-z0-9]/.test(next) ? next : `\\${next}`;
    } else if (character === "[") {
      const end = endOfBracket(posix, index);
      if (end === null) throw new SyntaxError("unterminated bracket expression");
      result += translateBracket(posix.slice(index + 1, end));
      index = end;
    } else if (character === "(" && posix[index + 1] === "?") {
      throw new SyntaxError("a group cannot begin with ?");
    } else {
      result += character;
    }
  }
  return result;
}

function endOfBracket(posix: string, start: number): number | null {
  let index = start + 1;
  if (posix[index] === "^") index++;
  if (posix[index] === "]") index++;
  for (; index < posix.length; index++) {
    if (posix.startsWith("[:", index)) {
      const end = posix.indexOf(":]", index);
      if (end < 0) return null;
      index = end + 1;
    } else if (posix[index] === "]") {
      return index;
    }
  }
  return null;
}

function translateBracket(content: string): string {
  const isNegated = content.startsWith("^");
  const members = (isNegated ? content.slice(1) : content)
    .replace(/[\\\]]/g, "\\$&")
    .replace(/\[:([a-z]+):\\\]/g, (_, name: string) => {
      const members = CLASSES[name];
      if (members === undefined) throw new SyntaxError(`unknown class ${name}`);
      return members;
    });
  return `[${isNegated ? "^" : ""}${members.replace(/\[(?!\\?:)/g, "\\[")}]`;
}
