/** What stands more than once, each once, sorted. */
export function duplicatesOf(words: readonly string[]): string[] {
  return [...new Set(words.filter((word, index) => words.indexOf(word) !== index))].sort();
}
