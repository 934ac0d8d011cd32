const TRUE_WORDS: ReadonlySet<string> = new Set(["true", "on", "yes", "y", "1"]);
const FALSE_WORDS: ReadonlySet<string> = new Set(["false", "off", "no", "n", "0"]);

/** Reads a boolean, ignoring case; null when absent or no boolean. Source: scheduler specification, part 1, 2.3. */
export function parseBoolean(text: string | null): boolean | null {
  if (text === null) return null;
  const word = text.toLowerCase();
  if (TRUE_WORDS.has(word)) return true;
  return FALSE_WORDS.has(word) ? false : null;
}

/** Present, valid and true. */
export function isTrue(text: string | null): boolean {
  return parseBoolean(text) === true;
}
