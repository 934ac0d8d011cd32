import type { LoadedAgent } from "../../../configuration/agents.ts";
import {
  defaultInterval,
  intervalMs,
  ON_FAIL,
  type OperationSpec,
} from "../../../configuration/operations.ts";
import { modernRole, ROLES } from "../../../configuration/roles.ts";
import { assignmentMap, checkNames, quoted } from "../../framework/assignments.ts";
import { reportId } from "../../framework/ids.ts";
import { fail, type Reports } from "../../framework/reports.ts";

const ALLOWED = [
  "OCF_CHECK_LEVEL",
  "description",
  "enabled",
  "id",
  "interval",
  "interval-origin",
  "name",
  "on-fail",
  "record-pending",
  "role",
  "start-delay",
  "timeout",
] as const;

/** `monitor interval=10s timeout=20s start timeout=30s`: names with options. @throws PcsError */
export function parseOperations(words: readonly string[]): OperationSpec[] {
  const groups: string[][] = [];
  for (const word of words) {
    if (!word.includes("=")) groups.push([word]);
    else if (groups.length === 0) fail("When using 'op' you must specify an operation name after 'op'");
    else groups.at(-1)!.push(word);
  }
  return groups.map(([name, ...options]) => {
    if (options.length === 0)
      fail("When using 'op' you must specify an operation name and at least one option");
    return operationSpec(name!, assignmentMap(options));
  });
}

export function operationSpec(name: string, options: ReadonlyMap<string, string>): OperationSpec {
  const attributes = new Map([...options].filter(([option]) => option !== "OCF_CHECK_LEVEL"));
  return { name, attributes, checkLevel: options.get("OCF_CHECK_LEVEL") ?? null };
}

/** What the cluster may ask of a resource when its kind changes later, whether its agent tells of it or not. */
export const CLUSTER_OPERATIONS = ["demote", "migrate_from", "migrate_to", "notify", "promote"] as const;

interface OperationRules {
  /** What is known beside the agent's own operations. */
  readonly alsoKnown?: readonly string[];
  /** Words must be spelt as the CIB wants them; otherwise large and small letters are the same. */
  readonly isSpellingExact?: boolean;
}

/** Tells what is wrong with operations, and gives them back with words spelt as the CIB wants them. */
export function checkedOperations(
  reports: Reports,
  specs: readonly OperationSpec[],
  agent: LoadedAgent | null,
  { alsoKnown = [], isSpellingExact = false }: OperationRules = {},
): OperationSpec[] {
  const told = agent?.description?.actions.map(({ name }) => name) ?? null;
  const known = told === null ? null : [...told, ...alsoKnown];
  const checked = specs.map((spec) => {
    if (agent !== null && (known === null || !known.includes(spec.name))) {
      const use = known === null || known.length === 0 ? "" : `, use ${quoted([...new Set(known)].sort())}`;
      reports.forceable(`'${spec.name}' is not a valid operation name value${use}`);
    }
    return checkedOperation(reports, spec, isSpellingExact);
  });
  checkIntervals(reports, checked);
  return checked;
}

function checkedOperation(reports: Reports, spec: OperationSpec, isExact: boolean): OperationSpec {
  checkNames(reports, spec.attributes.keys(), ALLOWED, "resource operation ", false);
  const attributes = new Map(spec.attributes);
  if (attributes.has("interval-origin") && attributes.has("start-delay")) {
    reports.error("Only one of resource operation options 'interval-origin' and 'start-delay' can be used");
  }
  for (const [name, words] of Object.entries(WORDS)) checkWord(reports, attributes, name, words, isExact);
  const role = attributes.get("role");
  if (role !== undefined && modernRole(role) !== role) {
    reports.deprecated(`Value '${role}' of option role is now called '${modernRole(role)}'`);
    attributes.set("role", modernRole(role));
  }
  for (const name of ["interval", "timeout", "start-delay"]) {
    const value = attributes.get(name);
    if (value !== undefined && !isTime(value)) {
      reports.forceable(`'${value}' is not a valid ${name} value, use a time such as 30s, 5min or 1h`);
    }
  }
  const id = attributes.get("id");
  if (id !== undefined) reportId(reports, id, "operation id");
  return { ...spec, attributes };
}

function isTime(value: string): boolean {
  return /^-?\d+\s*[a-z]*$|^P\S+$/i.test(value) && intervalMs(value.replace(/^-/, "")) !== null;
}

const BOOLEANS = ["0", "1", "false", "true"] as const;
const WORDS: Readonly<Record<string, readonly string[]>> = {
  "on-fail": ON_FAIL,
  enabled: BOOLEANS,
  "record-pending": BOOLEANS,
  role: ROLES,
};

function checkWord(
  reports: Reports,
  attributes: Map<string, string>,
  name: string,
  words: readonly string[],
  isExact: boolean,
): void {
  const value = attributes.get(name);
  if (value === undefined) return;
  const known = words.find(
    (word) => word === value || (!isExact && word.toLowerCase() === value.toLowerCase()),
  );
  if (known === undefined) reports.error(`'${value}' is not a valid ${name} value, use ${quoted(words)}`);
  else attributes.set(name, known);
}

function checkIntervals(reports: Reports, specs: readonly OperationSpec[]): void {
  const seen = new Map<string, string>();
  for (const { name, attributes } of specs) {
    const interval = attributes.get("interval") ?? defaultInterval(name);
    const key = `${name} ${intervalMs(interval) ?? interval}`;
    const other = seen.get(key);
    if (other !== undefined) {
      reports.error(
        `the same operation with the same interval is given twice: ${name} with intervals ${other}, ${interval}`,
      );
    }
    seen.set(key, interval);
  }
}
