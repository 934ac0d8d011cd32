/** A pattern of the configuration, unanchored; null when it is none, which the structure check reports. */
export function compilePattern(pattern: string): RegExp | null {
  try {
    return new RegExp(pattern);
  } catch {
    return null;
  }
}
