/** `name=value`, with quotes when there is a blank in the value. */
export function assignmentText(name: string, value: string): string {
  return `${name}=${quotedValue(value)}`;
}

export function quotedValue(value: string): string {
  return value.includes(" ") ? `"${value}"` : value;
}

/** A word for a POSIX shell, in single quotes when it holds anything a shell reads. */
export function shellWord(word: string): string {
  if (word === "") return "''";
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`;
}

/** Lines two blanks further to the right. */
export function indented(lines: readonly string[], by = 2): string[] {
  const blanks = " ".repeat(by);
  return lines.map((line) => (line === "" ? line : blanks + line));
}
