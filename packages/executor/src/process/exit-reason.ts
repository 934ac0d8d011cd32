/** What agents put before the reason of a failure on standard error. Source: executor specification, 5. */
export const EXIT_REASON_PREFIX = "ocf-exit-reason:";

/**
 * The reason an OCF agent gave: the text between the last prefix and the end of that line. Null when there is none or
 * it is empty. Source: executor specification, 4 (exit reason).
 */
export function parseExitReason(stderr: string): string | null {
  const at = stderr.lastIndexOf(EXIT_REASON_PREFIX);
  if (at < 0) {
    return null;
  }
  const begin = at + EXIT_REASON_PREFIX.length;
  const end = stderr.indexOf("\n", begin);
  const reason = stderr.slice(begin, end < 0 ? stderr.length : end).replace(/\r$/u, "");
  return reason === "" ? null : reason;
}
