/** Names of parameters whose value is never shown (`passwd`, `password`, `password_script` …). */
const SECRET = /^passw/;

export const HIDDEN = "******";

export interface WriteOptions {
  /** Whether the value of an attribute of this name is not shown. */
  readonly hides: (name: string) => boolean;
}

/** Hides nothing: for a text that is to be read back. */
export const hidesNothing = (): boolean => false;

export function isSecret(name: string): boolean {
  return SECRET.test(name);
}

/** A value as a word of the crm language: in double quotes unless it is made of letters, digits, `_`, `.` and `-` only. */
export function quoted(value: string): string {
  if (/^[\w.-]+$/.test(value)) return value;
  return `"${value.replaceAll('"', '\\"')}"`;
}

/** `name=value`; the name alone when there is no value. */
export function pair(name: string, value: string | null): string {
  return value === null ? name : `${name}=${quoted(value)}`;
}

/** A score as crm writes it: `inf` stands for INFINITY. */
export function scoreWord(score: string): string {
  return score.replace("INFINITY", "inf");
}
