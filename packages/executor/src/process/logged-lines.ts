/** Lines and characters of an agent's output that are logged for one run; agents may print without end. */
const LOGGED_LINES_MAX = 100;
const LOGGED_LENGTH_MAX = 64 * 1024;

/** The last lines of an output, with a mark when there were more. */
export function loggedLines(output: string): readonly string[] {
  const end = output.slice(-LOGGED_LENGTH_MAX);
  const lines = end.split("\n").filter((line) => line !== "");
  return end.length < output.length || lines.length > LOGGED_LINES_MAX
    ? ["(earlier lines left out)", ...lines.slice(-LOGGED_LINES_MAX)]
    : lines;
}
