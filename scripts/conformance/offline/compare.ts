import { parseXml, type XmlElement } from "@quorate/xml";

const PLACEHOLDERS: Readonly<Record<string, string>> = {
  "{time}": "[^\\n]+?",
  "{uuid}": "[0-9a-f]{32}",
  "{tmp}": "\\S+?",
  // Which usage text is a matter of the program: it goes to the end of the output.
  "{usage}": "[\\s\\S]*",
};

/** Attributes of the root that depend on the program and the clock. Source: README of the suites. */
const ROOT_ATTRIBUTES_IGNORED: ReadonlySet<string> = new Set([
  "epoch",
  "num_updates",
  "cib-last-written",
  "update-origin",
  "update-client",
  "update-user",
  "crm_feature_set",
  "validate-with",
]);

/** Whether the text is as expected; `{time}` and the like stand for what differs in each run. */
export function isSameText(expected: string, actual: string): boolean {
  if (expected === actual) return true;
  if (!/\{(time|uuid|tmp|usage)\}/.test(expected)) return false;
  const pattern = expected
    .split(/(\{(?:time|uuid|tmp|usage)\})/)
    .map((part) => PLACEHOLDERS[part] ?? part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join("");
  return new RegExp(`^${pattern}$`).test(actual);
}

/** An XML document as lines that are equal when the documents mean the same. Text that is no XML stays as it is. */
export function comparableXml(text: string): string[] {
  const parsed = parseXml(text);
  if (!parsed.ok) return text.split("\n");
  const lines: string[] = [];
  describe(parsed.root, 0, lines);
  return lines;
}

function describe(element: XmlElement, depth: number, lines: string[]): void {
  const isRoot = depth === 0;
  const attributes = [...element.attributes]
    .filter(([name]) => !(isRoot && ROOT_ATTRIBUTES_IGNORED.has(name)))
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .sort();
  const text = element.children
    .map((child) => (child.kind === "text" ? child.text.trim() : ""))
    .filter((part) => part !== "")
    .join(" ");
  lines.push(`${"  ".repeat(depth)}<${[element.name, ...attributes].join(" ")}>${text}`);
  for (const child of element.elements()) describe(child, depth + 1, lines);
}

export function isSameXml(expected: string, actual: string): boolean {
  return comparableXml(expected).join("\n") === comparableXml(actual).join("\n");
}
