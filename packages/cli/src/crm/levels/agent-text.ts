import { FENCING_OPTIONS } from "@quorate/cib";
import type { AgentCatalogue } from "@quorate/executor";
import type { AgentName } from "@quorate/ports";

type Description = Extract<Awaited<ReturnType<AgentCatalogue["describe"]>>, { ok: true }>["description"];
type Parameter = Description["parameters"][number];

/** What an agent says of itself, as a page for people. */
export function describeAgent(label: string, agent: AgentName, description: Description): string {
  const isNameEnough = description.shortText === "" || agent.type.startsWith("fence_");
  const title = isNameEnough ? label : `${description.shortText} (${label})`;
  const lines = [title, ""];
  if (description.longText !== "") lines.push(description.longText, "");
  const parameters = description.parameters.map(parameterText);
  if (agent.class === "stonith") parameters.push(...FENCING_OPTIONS.map(fencingOptionText));
  if (parameters.length > 0) lines.push("Parameters (*: required, []: default):", "", ...parameters);
  const operations = description.actions.filter(({ name }) => !UNLISTED.has(name));
  if (operations.length > 0) {
    // Behind a long text there is a blank line already.
    if (lines.at(-1)?.endsWith("\n") !== true) lines.push("");
    lines.push("Operations' defaults (advisory minimum):", "");
    lines.push(...operations.map(operationText));
  }
  return lines.join("\n");
}

/** `ocf:heartbeat:IPaddr2`. */
export function agentLabel({ class: standard, provider, type }: AgentName): string {
  return [standard, provider, type].filter((part) => part !== "").join(":");
}

/** Operations that are not for the configuration. */
const UNLISTED: ReadonlySet<string> = new Set(["meta-data", "validate-all"]);

function parameterText({ name, type, isRequired, defaultValue, shortText, longText }: Parameter): string {
  const mark = isRequired && !defaultValue ? "*" : "";
  const fallback = defaultValue ? `, [${defaultValue}]` : "";
  // What the name or the long text says as well is not said twice.
  const summary = shortText === longText || shortText === name ? "" : shortText;
  const head = `${name}${mark} (${type}${fallback}): ${summary}`;
  return longText === "" ? head : `${head}\n    ${longText.replaceAll("\n", "\n    ")}\n`;
}

function fencingOptionText(option: (typeof FENCING_OPTIONS)[number]): string {
  const fallback = option.default === null ? "" : `, [${option.default}]`;
  return `${option.name} (${option.type.kind}${fallback}): ${option.description}`;
}

const NAME_WIDTH = 13;

function operationText({ name, attributes }: Description["actions"][number]): string {
  const shown = [...attributes].filter(([key]) => key !== "name").map(([key, value]) => ` ${key}=${value}`);
  return `    ${name.padEnd(NAME_WIDTH)}${shown.join("")}`;
}
