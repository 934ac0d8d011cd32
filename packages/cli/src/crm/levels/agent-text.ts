import { FENCING_OPTIONS } from "@quorate/cib";
import type { AgentCatalogue } from "@quorate/executor";
import type { AgentName } from "@quorate/ports";

type Description = Extract<Awaited<ReturnType<AgentCatalogue["describe"]>>, { ok: true }>["description"];
type Parameter = Description["parameters"][number];

/** What an agent says of itself, as a page for people. */
export function describeAgent(label: string, agent: AgentName, description: Description): string {
  const title =
    description.shortText === "" || agent.class === "stonith" ? label : `${description.shortText} (${label})`;
  const lines = [title, ""];
  if (description.longText !== "") lines.push(description.longText, "");
  const parameters = description.parameters.map(parameterText);
  if (agent.class === "stonith") parameters.push(...FENCING_OPTIONS.map(fencingOptionText));
  if (parameters.length > 0) lines.push("Parameters (*: required, []: default):", "", ...parameters);
  const operations = description.actions.filter(
    ({ name }) => name !== "meta-data" && name !== "validate-all",
  );
  if (operations.length > 0) {
    // Behind a long text there is a blank line already.
    if (lines.at(-1)?.endsWith("\n") !== true) lines.push("");
    const width = Math.max(13, ...operations.map(({ name }) => name.length + 2));
    lines.push("Operations' defaults (advisory minimum):", "");
    lines.push(...operations.map((operation) => operationText(operation, width)));
  }
  return lines.join("\n");
}

function parameterText(parameter: Parameter): string {
  const mark = parameter.isRequired && parameter.defaultValue === null ? "*" : "";
  const fallback = parameter.defaultValue ? `, [${parameter.defaultValue}]` : "";
  const head = `${parameter.name}${mark} (${parameter.type}${fallback}): ${parameter.shortText}`;
  const isLongNew = parameter.longText !== "" && parameter.longText !== parameter.shortText;
  return isLongNew ? `${head}\n    ${parameter.longText.replaceAll("\n", "\n    ")}\n` : head;
}

function fencingOptionText(option: (typeof FENCING_OPTIONS)[number]): string {
  const fallback = option.default === null ? "" : `, [${option.default}]`;
  return `${option.name} (${option.type.kind}${fallback}): ${option.description}`;
}

function operationText({ name, attributes }: Description["actions"][number], width: number): string {
  const shown = [...attributes].filter(([key]) => key !== "name").map(([key, value]) => `${key}=${value}`);
  return `    ${name.padEnd(width)}${shown.join(" ")}`;
}
