/** JSON on one line with a blank after commas and colons, and only ASCII: the classic form of pcs. */
export function classicJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(classicJson).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([name, item]) => `${text(name)}: ${classicJson(item)}`);
    return `{${entries.join(", ")}}`;
  }
  return typeof value === "string" ? text(value) : JSON.stringify(value);
}

function text(value: string): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
