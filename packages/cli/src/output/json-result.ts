import type { XmlElement } from "@quorate/xml";
import { type CommandResult, requestText } from "./xml-result.ts";

/** Grows when a consumer of an older one could misread a result. Documented in docs/json-output.md. */
const JSON_FORMAT = 1;

/** What an element becomes. Attributes keep their names; `element` and `children` are ours. */
interface JsonElement {
  readonly element: string;
  readonly [attribute: string]: unknown;
}

/**
 * The document that every command prints with `--output-as=json`: the same result as in XML. Values are typed by the name of
 * their attribute, never by how they look: an id of `1` or `true` stays text.
 */
export function jsonResult(result: CommandResult): string {
  const document = {
    format: JSON_FORMAT,
    request: requestText(result),
    result: result.content.map(jsonElement),
    status: { code: result.exitCode, message: result.message, errors: result.errors },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function jsonElement(element: XmlElement): JsonElement {
  const json: Record<string, unknown> = Object.create(null);
  json.element = element.name;
  for (const [name, value] of element.attributes) {
    json[RESERVED.has(name) ? `@${name}` : name] = typedValue(name, value);
  }
  const children = element.elements();
  if (children.length > 0) json.children = children.map(jsonElement);
  const text = element.children.map((child) => (child.kind === "text" ? child.text : "")).join("");
  if (text.trim() !== "") json.text = text;
  return json as unknown as JsonElement;
}

const RESERVED: ReadonlySet<string> = new Set(["element", "children", "text"]);

function typedValue(name: string, value: string): unknown {
  if (BOOLEANS.has(name)) {
    if (value === "true") return true;
    if (value === "false") return false;
  }
  if (NUMBERS.has(name) && /^-?\d+$/.test(value)) return Number(value);
  return value;
}

const BOOLEANS: ReadonlySet<string> = new Set([
  "active",
  "blocked",
  "cached",
  "disabled",
  "expected_up",
  "failed",
  "failure_ignored",
  "fencing-enabled",
  "is_dc",
  "maintenance",
  "maintenance-mode",
  "managed",
  "master_only",
  "mixed_version",
  "multi_state",
  "online",
  "orphan",
  "orphaned",
  "pending",
  "present",
  "promoted-only",
  "quorum",
  "removed",
  "shutdown",
  "standby",
  "standby_onfail",
  "stonith-enabled",
  "stop-all-resources",
  "symmetric-cluster",
  "unclean",
  "unique",
  "with_quorum",
]);

const NUMBERS: ReadonlySet<string> = new Set([
  "call",
  "code",
  "execution_code",
  "exitcode",
  "fencing-timeout-ms",
  "nodes_running_on",
  "number",
  "number_resources",
  "priority-fencing-delay-ms",
  "rc",
  "resources_running",
  "stonith-timeout-ms",
]);
