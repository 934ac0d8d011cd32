import { scanInteger } from "./integer.ts";

/** The score that no other one outweighs. */
export const INFINITY = 1_000_000;

/** What the words `red`, `yellow` and `green` mean as scores: it depends on the health strategy (part 1, 3.5). */
export interface HealthWords {
  readonly red: number;
  readonly yellow: number;
  readonly green: number;
}

const NEUTRAL: HealthWords = { red: 0, yellow: 0, green: 0 };

export interface ParsedScore {
  /** Between -INFINITY and INFINITY. */
  readonly score: number;
  /** False when the text is no score; an absent one is valid. */
  readonly isValid: boolean;
}

/**
 * Reads a score: `INFINITY`, `+INFINITY`, `-INFINITY` (exact case), a health word, or an integer, which is clipped.
 * What is absent or invalid is `absent`. Source: scheduler specification, part 1, 2.2.
 */
export function parseScore(text: string | null, words: HealthWords = NEUTRAL, absent = 0): ParsedScore {
  if (text === null || text === "") return { score: absent, isValid: true };
  if (text === "INFINITY" || text === "+INFINITY") return { score: INFINITY, isValid: true };
  if (text === "-INFINITY") return { score: -INFINITY, isValid: true };
  const scanned = scanInteger(text);
  if (scanned !== null) return { score: clipScore(Number(scanned.value)), isValid: true };
  switch (text.toLowerCase()) {
    case "red":
      return { score: words.red, isValid: true };
    case "yellow":
      return { score: words.yellow, isValid: true };
    case "green":
      return { score: words.green, isValid: true };
    default:
      return { score: absent, isValid: false };
  }
}

/**
 * Adds two scores. Saturates at +-1000000; -INFINITY wins over INFINITY. Not associative once saturated: callers keep
 * the order of the specification. Source: part 1, 2.2.3; part 2, 1.1.
 */
export function addScores(a: number, b: number): number {
  if (a <= -INFINITY || b <= -INFINITY) return -INFINITY;
  if (a >= INFINITY || b >= INFINITY) return INFINITY;
  return clipScore(a + b);
}

export function clipScore(value: number): number {
  return Math.max(-INFINITY, Math.min(value, INFINITY));
}

/** `INFINITY`, `-INFINITY` or the decimal integer. */
export function scoreText(score: number): string {
  if (score >= INFINITY) return "INFINITY";
  return score <= -INFINITY ? "-INFINITY" : String(score);
}
