import { FENCING_OPTIONS, nearestName, parseBoolean, parseInterval } from "@quorate/cib";
import type { AgentDescription, ParameterDescription } from "./agent-description.ts";

/** What is wrong with the parameters of a resource, seen from the agent's metadata. No value is ever part of it. */
export type ParameterProblem =
  | {
      readonly kind: "unknown";
      readonly name: string;
      /** Sorted. */
      readonly allowed: readonly string[];
      /** What was probably meant; null when nothing is near. */
      readonly nearest: string | null;
    }
  /** Any of `oldNames` would do, too. */
  | { readonly kind: "missing"; readonly name: string; readonly oldNames: readonly string[] }
  /** `expected` completes "write ...". */
  | { readonly kind: "badValue"; readonly name: string; readonly expected: string }
  | { readonly kind: "deprecated"; readonly name: string; readonly replacedBy: readonly string[] };

/** Understood by the shell library of all OCF agents, whether they say so or not. */
const TRACE_PARAMETERS: ReadonlySet<string> = new Set(["trace_ra", "trace_file"]);

/** Given by the cluster for each request: nobody configures them. Source: fencer specification, 4. */
const GIVEN_TO_FENCE_AGENTS: ReadonlySet<string> = new Set(["action", "plug", "port", "nodename"]);

/** Also consumed by the fencer, besides the documented `pcmk_` ones. Source: fencer specification, 1. */
const OLD_FENCING_PARAMETERS: ReadonlySet<string> = new Set(["provides", "stonith-timeout"]);

/** A value that is kept on the nodes; what it is cannot be judged here. */
const SECRET_PLACEHOLDER = "lrm://";

/**
 * Compares a resource's parameters with what its agent understands: unknown ones in the order of `parameters`, then
 * per parameter of the agent what is missing, of a wrong type or deprecated. `className` is that of the agent: the
 * cluster itself understands and gives some parameters of class stonith.
 */
export function checkParameters(
  agent: { readonly className: string; readonly description: AgentDescription },
  parameters: ReadonlyMap<string, string>,
): readonly ParameterProblem[] {
  const { className, description } = agent;
  const known = new Set(description.parameters.map((parameter) => parameter.name));
  const problems: ParameterProblem[] = [];
  for (const name of parameters.keys()) {
    if (known.has(name) || isClusterParameter(className, name)) continue;
    const allowed = [...known].sort();
    const offered =
      className === "stonith" ? [...allowed, ...FENCING_OPTIONS.map((one) => one.name)] : allowed;
    problems.push({ kind: "unknown", name, allowed, nearest: nearestName(name, offered) });
  }
  for (const parameter of description.parameters) {
    problems.push(...checkParameter(className, parameter, parameters));
  }
  return problems;
}

/** One sentence, with what to do. */
export function describeParameterProblem(problem: ParameterProblem): string {
  switch (problem.kind) {
    case "unknown":
      return problem.nearest === null
        ? `the agent has no parameter "${problem.name}"; it has ${problem.allowed.join(", ") || "none"}`
        : `the agent has no parameter "${problem.name}"; did you mean "${problem.nearest}"?`;
    case "missing":
      return `parameter "${problem.name}" is required: set ${[problem.name, ...problem.oldNames].join(" or ")}`;
    case "badValue":
      return `the value of parameter "${problem.name}" is not understood: write ${problem.expected}`;
    case "deprecated":
      return problem.replacedBy.length === 0
        ? `parameter "${problem.name}" is deprecated and will go away`
        : `parameter "${problem.name}" is deprecated: use ${problem.replacedBy.join(" or ")} instead`;
    default:
      return problem satisfies never;
  }
}

function isClusterParameter(className: string, name: string): boolean {
  return className === "stonith"
    ? FENCING_OPTIONS.some((one) => one.name === name) || OLD_FENCING_PARAMETERS.has(name)
    : className === "ocf" && TRACE_PARAMETERS.has(name);
}

function checkParameter(
  className: string,
  parameter: ParameterDescription,
  parameters: ReadonlyMap<string, string>,
): ParameterProblem[] {
  const { name } = parameter;
  const value = parameters.get(name);
  if (value === undefined || value === "") {
    return isMissing(className, parameter, parameters)
      ? [{ kind: "missing", name, oldNames: parameter.replaces }]
      : [];
  }
  const problems: ParameterProblem[] = [];
  const expected = value === SECRET_PLACEHOLDER ? null : expectation(parameter, value);
  if (expected !== null) problems.push({ kind: "badValue", name, expected });
  if (parameter.isDeprecated) problems.push({ kind: "deprecated", name, replacedBy: parameter.replacedBy });
  return problems;
}

/** An old name with a successor is never demanded itself, and a parameter is there when an old name of it is. */
function isMissing(
  className: string,
  parameter: ParameterDescription,
  parameters: ReadonlyMap<string, string>,
): boolean {
  if (!parameter.isRequired || parameter.isDeprecated) return false;
  if (className === "stonith" && GIVEN_TO_FENCE_AGENTS.has(parameter.name)) return false;
  return !parameter.replaces.some((old) => (parameters.get(old) ?? "") !== "");
}

/** Null when the value is fine, or of a type of the agent's own invention. */
function expectation({ type, choices }: ParameterDescription, value: string): string | null {
  switch (type.toLowerCase()) {
    case "boolean":
      return parseBoolean(value) === null ? "true or false" : null;
    case "integer":
      return /^\s*[+-]?\d+\s*$/u.test(value) ? null : "a whole number";
    case "time":
    case "second":
      return parseInterval(value).isValid ? null : "a time, for example 30s";
    case "percentage":
      return /^\s*\d+(?:\.\d+)?%?\s*$/u.test(value) ? null : "a percentage, for example 80%";
    case "select":
      return choices.length === 0 || choices.includes(value) ? null : `one of ${choices.join(", ")}`;
    default:
      return null;
  }
}
