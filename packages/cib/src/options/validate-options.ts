import type { XmlElement } from "@quorate/xml";
import { pathOf } from "../patchset/paths.ts";
import { nearestName } from "../validate/nearest-name.ts";
import { type CibPlace, describePlace } from "../validate/problem.ts";
import { CLUSTER_OPTIONS } from "./cluster-options.ts";
import type { Option } from "./option.ts";
import { describeType, isValidValue, nearestValue } from "./option-values.ts";
import {
  CLONE_OPTIONS,
  FENCING_OPTIONS,
  GROUP_OPTIONS,
  OPERATION_OPTIONS,
  PRIMITIVE_OPTIONS,
} from "./resource-options.ts";
import { NOTHING_RESETS, reliesOnWatchdogs, WATCHDOG_TIMEOUT_NAMES } from "./watchdog-timeout.ts";

/** Whose property it is, for the sentence. */
export type OptionScope = "cluster property" | "meta-attribute" | "operation setting" | "fencing parameter";

/**
 * A remark about one property, as data; none of them makes a document invalid. `error`: what is written has
 * not the effect that was meant. `warning`: it may have none, will have none some day, or does harm. `note`: nobody here
 * knows it, but tools and agents keep things of their own there.
 */
export type OptionProblem = CibPlace & { readonly scope: OptionScope; readonly name: string } & (
    | {
        readonly code: "unknownOption";
        readonly severity: "warning" | "note";
        readonly suggestion: string | null;
      }
    | {
        readonly code: "wrongValue";
        readonly severity: "error";
        readonly value: string;
        readonly option: Option;
        readonly suggestion: string | null;
      }
    | {
        readonly code: "unsafeValue";
        readonly severity: "warning";
        readonly value: string;
        readonly reason: string;
      }
    | { readonly code: "oldOption"; readonly severity: "warning"; readonly successor: string | null }
  );

type Table = ReadonlyMap<string, Option>;

/** By name; the first of a name counts. */
function tableOf(options: readonly Option[]): Table {
  const table = new Map<string, Option>();
  for (const each of options) if (!table.has(each.name)) table.set(each.name, each);
  return table;
}

const CLUSTER_TABLE = tableOf(CLUSTER_OPTIONS);
const RESOURCE_TABLE = tableOf([...PRIMITIVE_OPTIONS, ...CLONE_OPTIONS, ...GROUP_OPTIONS]);
const OPERATION_TABLE = tableOf([
  ...OPERATION_OPTIONS,
  ...PRIMITIVE_OPTIONS.filter(({ name }) => name === "requires"),
]);
const FENCING_TABLE = tableOf(FENCING_OPTIONS);

/** Attributes of `op` that are no settings. */
const OPERATION_IDENTITY: ReadonlySet<string> = new Set(["id", "name", "id-ref"]);

/**
 * Everything about the properties of a document that looks wrong: names that nobody knows, values of another kind or that do harm,
 * names that were replaced. In document order within each kind of property.
 */
export function checkOptions(cib: XmlElement): readonly OptionProblem[] {
  const problems: OptionProblem[] = [];
  const configuration = cib.first("configuration");
  if (configuration === null) return problems;

  const clusterBlocks = configuration.first("crm_config")?.all("cluster_property_set") ?? [];
  checkBlocks(clusterBlocks, "cluster property", CLUSTER_TABLE, problems);
  checkBlocks(metaOf(configuration.first("rsc_defaults")), "meta-attribute", RESOURCE_TABLE, problems);
  checkBlocks(metaOf(configuration.first("op_defaults")), "operation setting", OPERATION_TABLE, problems);
  for (const element of configuration.first("resources")?.descendants() ?? []) {
    switch (element.name) {
      case "op":
        checkOperation(element, OPERATION_TABLE, problems);
        break;
      case "primitive":
        if (element.get("class")?.toLowerCase() === "stonith")
          checkFenceDevice(element, FENCING_TABLE, problems);
        checkBlocks(metaOf(element), "meta-attribute", RESOURCE_TABLE, problems);
        break;
      case "template":
      case "group":
      case "clone":
      case "master":
      case "bundle":
        checkBlocks(metaOf(element), "meta-attribute", RESOURCE_TABLE, problems);
        break;
    }
  }
  return problems;
}

/** What is wrong, where, and what to do about it. */
export function describeOptionProblem(problem: OptionProblem): string {
  const place = describePlace(problem);
  const what = `${problem.scope} "${problem.name}"`;
  switch (problem.code) {
    case "unknownOption": {
      const suggestion = problem.suggestion === null ? "" : `. Did you mean "${problem.suggestion}"?`;
      return `${place}: ${what} is not known to the cluster${suggestion}`;
    }
    case "wrongValue": {
      const { type, default: fallback } = problem.option;
      const isReplaced = problem.scope === "cluster property" && fallback !== null;
      const taken = isReplaced ? `, ${fallback} is taken instead` : "";
      const suggestion = problem.suggestion === null ? "" : `. Did you mean "${problem.suggestion}"?`;
      return `${place}: ${what} cannot be "${problem.value}"${taken}; write ${describeType(type)}${suggestion}`;
    }
    case "unsafeValue":
      return `${place}: ${what} as "${problem.value}" ${problem.reason}; remove it or write 0`;
    case "oldOption":
      return problem.successor === null
        ? `${place}: ${what} will go away; remove it`
        : `${place}: ${what} is an old name; use "${problem.successor}"`;
  }
}

function metaOf(owner: XmlElement | null): readonly XmlElement[] {
  return owner?.all("meta_attributes") ?? [];
}

function checkBlocks(
  blocks: readonly XmlElement[],
  scope: OptionScope,
  table: Table,
  problems: OptionProblem[],
): void {
  for (const block of blocks) {
    for (const pair of block.all("nvpair")) {
      const [name, value] = [pair.get("name"), pair.get("value")];
      if (name !== null) checkOne(pair, scope, table, { name, value }, problems);
    }
  }
}

function checkOperation(operation: XmlElement, table: Table, problems: OptionProblem[]): void {
  for (const [name, value] of operation.attributes) {
    if (!OPERATION_IDENTITY.has(name))
      checkOne(operation, "operation setting", table, { name, value }, problems);
  }
  checkBlocks(metaOf(operation), "operation setting", table, problems);
}

/** Only parameters that are the cluster's own; the agent knows the others. */
function checkFenceDevice(device: XmlElement, table: Table, problems: OptionProblem[]): void {
  for (const block of device.all("instance_attributes")) {
    for (const pair of block.all("nvpair")) {
      const [name, value] = [pair.get("name"), pair.get("value")];
      if (name?.startsWith("pcmk_")) checkOne(pair, "fencing parameter", table, { name, value }, problems);
    }
  }
}

function checkOne(
  element: XmlElement,
  scope: OptionScope,
  table: Table,
  { name, value }: { readonly name: string; readonly value: string | null },
  problems: OptionProblem[],
): void {
  const place = { path: pathOf(element), line: element.line, scope, name };
  const known = table.get(name);
  if (known === undefined) {
    const names = [...table.values()]
      .filter(({ deprecation }) => deprecation === null)
      .map((each) => each.name);
    const suggestion = nearestName(name, names);
    problems.push({
      ...place,
      code: "unknownOption",
      severity: suggestion === null ? "note" : "warning",
      suggestion,
    });
    return;
  }
  // These words mean "as if not set" wherever they are allowed (scheduler specification, part 1, 6.4).
  const isUnset = value === null || /^#?default$/i.test(value);
  if (!isUnset && !isValidValue(known.type, value)) {
    const suggestion = nearestValue(known.type, value);
    problems.push({ ...place, code: "wrongValue", severity: "error", value, option: known, suggestion });
  }
  if (
    !isUnset &&
    WATCHDOG_TIMEOUT_NAMES.has(name) &&
    isValidValue(known.type, value) &&
    reliesOnWatchdogs(value)
  )
    problems.push({ ...place, code: "unsafeValue", severity: "warning", value, reason: NOTHING_RESETS });
  if (known.deprecation !== null) {
    const { successor } = known.deprecation;
    problems.push({ ...place, code: "oldOption", severity: "warning", successor });
  }
}
