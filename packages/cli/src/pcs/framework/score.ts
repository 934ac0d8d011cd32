/** Whether pcs takes the text for a score: a whole number or INFINITY, with or without a sign. */
export function isScore(text: string): boolean {
  return /^[+-]?(\d+|INFINITY)$/.test(text);
}
