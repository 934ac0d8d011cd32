/** `inf`, `+inf`, `infinity` in any case, or a whole number; anything else names a node attribute. */
const SCORE = /^([+-]?)(\d+|inf(?:inity)?)$/i;

const NAMED: ReadonlyMap<string, string> = new Map([
  ["mandatory", "INFINITY"],
  ["advisory", "0"],
]);

/** The attribute that a score word stands for: `score` for numbers and infinities, `score-attribute` for names. */
export function scoreAttribute(word: string): readonly [name: "score" | "score-attribute", value: string] {
  const named = NAMED.get(word.toLowerCase());
  if (named !== undefined) return ["score", named];
  const match = SCORE.exec(word);
  if (match === null) return ["score-attribute", word];
  const isInfinite = /^inf/i.test(match[2]!);
  return ["score", isInfinite ? `${match[1]}INFINITY` : word];
}
