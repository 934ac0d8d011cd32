/** A line of a settings file that says something. */
export interface SettingLine {
  /** From 1. */
  readonly line: number;
  readonly text: string;
  /** What it sets; null when it is not of the form `key = value`. */
  readonly setting: { readonly key: string; readonly value: string } | null;
}

/** The lines of `quorated.conf`: `key = value`; `#` starts a comment. */
export function settingLines(text: string): readonly SettingLine[] {
  return text.split("\n").flatMap((raw, index) => {
    const line = raw.replace(/(^|\s)#.*$/, "").trim();
    if (line === "") return [];
    const match = /^([a-z-]+)\s*=\s*(.*)$/.exec(line);
    return [
      { line: index + 1, text: line, setting: match === null ? null : { key: match[1]!, value: match[2]! } },
    ];
  });
}
