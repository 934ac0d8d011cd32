const NAME_START =
  ":A-Z_a-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C\\u200D\\u2070-\\u218F\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD\\u{10000}-\\u{EFFFF}";

/** Whether the text is a Name. Source: XML 1.0, fifth edition, 2.3. */
export function isXmlName(text: string): boolean {
  NAME ??= new RegExp(`^[${NAME_START}][-${NAME_START}.0-9\\u00B7\\u0300-\\u036F\\u203F-\\u2040]*$`, "u");
  return NAME.test(text);
}

/** Made when a name is not plain ASCII for the first time. */
let NAME: RegExp | null = null;
