import { nearestName } from "@quorate/cib";
import { allowedParameters, type LoadedAgent } from "../../../configuration/agents.ts";
import { quoted } from "../../framework/assignments.ts";
import type { Reports } from "../../framework/reports.ts";

/** Parameters that the cluster gives to fence agents itself. */
const GIVEN_BY_CLUSTER: ReadonlySet<string> = new Set(["action", "plug", "port"]);

/**
 * Tells what is wrong with parameters. `present`: what is set already (for an update); an empty new value removes a parameter then, and is
 * wrong for a new resource.
 */
export function checkParameters(
  reports: Reports,
  agent: LoadedAgent,
  given: ReadonlyMap<string, string>,
  present: ReadonlyMap<string, string> | null,
): void {
  const kind = agent.name.class === "stonith" ? "stonith" : "resource";
  if (present === null) {
    for (const [name, value] of given) if (value === "") reports.error(`${name} cannot be empty`);
  }
  const { description } = agent;
  if (description === null) return;
  const allowed = allowedParameters(agent);
  const unknown = [...given.keys()].filter((name) => !allowed.includes(name)).sort();
  if (unknown.length > 0) {
    const nearest = nearestName(unknown[0]!, [...allowed]);
    const hint = nearest === null ? "" : `, did you mean '${nearest}'?`;
    reports.forceable(
      `invalid ${kind} option${unknown.length > 1 ? "s" : ""} ${quoted(unknown)}${hint} (allowed options are: ${quoted(allowed)})`,
    );
  }
  if (kind === "stonith" && given.has("action") && given.get("action") !== "") {
    reports.forceable(
      "stonith option 'action' is deprecated and should not be used, use 'pcmk_off_action', 'pcmk_reboot_action' instead",
    );
  }
  const after = new Map([...(present ?? []), ...given].filter(([, value]) => value !== ""));
  for (const parameter of description.parameters) {
    if (kind === "stonith" && GIVEN_BY_CLUSTER.has(parameter.name)) continue;
    const isSet = after.has(parameter.name) || parameter.replaces.some((old) => after.has(old));
    if (parameter.isRequired && !parameter.isDeprecated && !isSet) {
      const wasSet = present !== null && !given.has(parameter.name);
      if (!wasSet) reports.forceable(`required ${kind} option '${parameter.name}' is missing`);
    }
    if (parameter.isDeprecated && (given.get(parameter.name) ?? "") !== "") {
      const use = parameter.replacedBy.length === 0 ? "" : `, use ${quoted(parameter.replacedBy)} instead`;
      reports.warn(`${kind} option '${parameter.name}' is deprecated and should not be used${use}`);
    }
  }
}
