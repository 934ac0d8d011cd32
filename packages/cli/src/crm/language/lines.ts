/** One command of a crm text, continued lines joined. */
export interface LogicalLine {
  readonly text: string;
  /** Number of the physical line on which it begins, from 1. */
  readonly number: number;
  /** The comments that stand directly before it, without a single leading `# `. */
  readonly comments: readonly string[];
}

/**
 * Splits a crm text into commands. A line that ends with a backslash goes on in the next one; a line whose first
 * mark is `#` is a comment.
 */
export function logicalLines(text: string): LogicalLine[] {
  const lines: LogicalLine[] = [];
  let comments: string[] = [];
  let pending = "";
  let begun = 0;
  const finish = (last: string): void => {
    const whole = (pending + last).trim();
    if (whole !== "") lines.push({ text: whole, number: begun, comments });
    comments = [];
    pending = "";
  };
  for (const [index, line] of text.split("\n").entries()) {
    if (pending === "") {
      if (/^\s*#/.test(line)) comments.push(line.trim().replace(/^# /, ""));
      if (/^\s*(#|$)/.test(line)) continue;
      begun = index + 1;
    }
    if (line.endsWith("\\")) pending += `${line.slice(0, -1)}\n`;
    else finish(line);
  }
  finish("");
  return lines;
}

/** The words of a command, or what is wrong with its quotes. */
export type Words =
  | { readonly ok: true; readonly words: readonly string[] }
  | { readonly ok: false; readonly message: string };

/** Splits at blanks as a shell does: single and double quotes keep blanks, outside of
 * them a backslash keeps the next character, within double quotes only a double quote. */
export function splitWords(text: string): Words {
  const words: string[] = [];
  let word: string | null = null;
  let quote = "";
  for (let index = 0; index < text.length; index++) {
    const char = text[index]!;
    if (quote !== "") {
      if (char === quote) quote = "";
      else if (char === "\\" && quote === '"' && text[index + 1] === '"') word += text[++index]!;
      else word += char;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= "";
    } else if (char === "\\" && index + 1 < text.length) {
      word = (word ?? "") + text[++index]!;
    } else if (/\s/.test(char)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? "") + char;
    }
  }
  if (quote !== "") return { ok: false, message: `the quote ${quote} is not closed` };
  if (word !== null) words.push(word);
  return { ok: true, words };
}
