/** Names of parameters whose values nobody should read in a log. */
const SECRET_NAME =
  /(?:^|_)pass(?:phrase)?$|passw(?:or)?d|secret|token|credential|community|api_?key|private_key|(?:^|_)kg$|(?:snmp_)?(?:priv|auth)_pass/iu;
/** Scripts that print the secret, switches that ask for it: no secrets themselves. */
const HARMLESS_NAME = /_script$|_prompt$|_file$|_path$/iu;

/** A shorter value would blank out half of what is to be read, and is no secret anyway. */
const SECRET_LENGTH_MIN = 3;
const PLACEHOLDER = "********";

/** Blanks out secrets in what agents print, before anybody logs, keeps or shows it. */
export class Redaction {
  readonly #secrets: readonly string[];

  constructor(secrets: Iterable<string>) {
    const wanted = [...new Set(secrets)].filter((secret) => secret.length >= SECRET_LENGTH_MIN);
    // The longest first: one secret may be a part of another.
    this.#secrets = wanted.sort((a, b) => b.length - a.length);
  }

  apply(text: string): string {
    let redacted = text;
    for (const secret of this.#secrets) redacted = redacted.replaceAll(secret, PLACEHOLDER);
    return redacted;
  }
}

/** Values of an agent's parameters that are secret by name; `revealed` are those that came from a secrets file. */
export function redactionOf(
  parameters: ReadonlyMap<string, string>,
  revealed: ReadonlySet<string> = new Set(),
): Redaction {
  const secrets: string[] = [];
  for (const [name, value] of parameters)
    if (revealed.has(name) || (SECRET_NAME.test(name) && !HARMLESS_NAME.test(name))) secrets.push(value);
  return new Redaction(secrets);
}
