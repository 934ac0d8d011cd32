/**
 * What is wrong in an extended regular expression, and where, counted from 0: brackets that are not closed, and repetition of nothing.
 * Null when it can be read.
 */
export function patternMistake(pattern: string): string | null {
  const open: number[] = [];
  /** Of the expression that a repetition would be about. */
  let isRepeatable = false;
  for (let at = 0; at < pattern.length; at++) {
    const mark = pattern[at]!;
    if (mark === "\\") {
      if (++at === pattern.length) return `bad escape (end of pattern) at position ${at - 1}`;
      isRepeatable = true;
    } else if (mark === "[") {
      const end = endOfSet(pattern, at);
      if (end === null) return `unterminated character set at position ${at}`;
      at = end;
      isRepeatable = true;
    } else if (mark === "(") {
      open.push(at);
      isRepeatable = false;
    } else if (mark === ")") {
      if (open.pop() === undefined) return `unbalanced parenthesis at position ${at}`;
      isRepeatable = true;
    } else if (mark === "*" || mark === "+" || mark === "?") {
      if (!isRepeatable) return `nothing to repeat at position ${at}`;
    } else isRepeatable = mark !== "|" && mark !== "^";
  }
  const unclosed = open.at(-1);
  return unclosed === undefined ? null : `missing ), unterminated subpattern at position ${unclosed}`;
}

/** Where a set ends that begins at `start`. A bracket right behind its beginning is one of its characters. */
function endOfSet(pattern: string, start: number): number | null {
  const first = pattern[start + 1] === "^" ? start + 2 : start + 1;
  const end = pattern.indexOf("]", first + 1);
  return end < 0 ? null : end;
}
