import {
  CLUSTER_OPTIONS,
  describeType,
  isValidValue,
  nearestName,
  type Option,
  WATCHDOG_TIMEOUT_NAMES,
} from "@quorate/cib";
import { assignNvpairs, nvpairs } from "../../configuration/nvsets.ts";
import { parseAssignments, quoted } from "../framework/assignments.ts";
import type { CibEditor } from "../framework/cib-editor.ts";
import type { PcsCall, PcsCommand, PcsGroup } from "../framework/command.ts";
import { isScore } from "../framework/score.ts";
import {
  clusterProperties,
  ensurePropertySet,
  ID_NAME_LENGTH_MAX,
  propertySet,
} from "./cluster-properties.ts";
import { checkWatchdogTimeout } from "./watchdog-timeout.ts";

/** Not generated, but whoever sets them by hand makes them disagree with what they are copied from. */
const UNTOUCHED: ReadonlySet<string> = new Set(["last-lrm-refresh", "cluster-name"]);
const SETTABLE = CLUSTER_OPTIONS.filter((option) => !option.isGenerated && !UNTOUCHED.has(option.name));
const SETTABLE_NAMES = SETTABLE.map(({ name }) => name).sort();

const config: PcsCommand = {
  usage: ["[<property>]"],
  help: "Show the properties that are set; with --all also those that are not, with their defaults; with --defaults only defaults.",
  options: ["-f", "--all", "--defaults"],
  run: (call) => show(call, call.expect(0, 1)),
};

async function show(call: PcsCall, names: readonly string[]): Promise<void> {
  if (names.length > 0 && (call.has("--all") || call.has("--defaults"))) call.usage();
  if (call.has("--all") && call.has("--defaults")) call.usage();
  const values = new Map<string, string>();
  const showsDefaults = call.has("--all") || call.has("--defaults") || names.length > 0;
  if (showsDefaults) {
    for (const option of CLUSTER_OPTIONS) {
      if (isShownByDefault(option)) values.set(option.name, option.default ?? "");
    }
  }
  if (!call.has("--defaults")) {
    for (const [name, value] of clusterProperties((await call.cib()).cib)) values.set(name, value);
  }
  const lines = [...values]
    .filter(([name]) => names.length === 0 || names.includes(name))
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => ` ${name}: ${value}`);
  call.print(["Cluster Properties:", ...lines].join("\n"));
}

/** Properties that the cluster writes itself have no default worth showing, but for these two. */
function isShownByDefault(option: Option): boolean {
  return !option.isGenerated || option.name === "have-watchdog" || option.name === "cluster-name";
}

const set: PcsCommand = {
  usage: ["<property>=[<value>]..."],
  help: "Set properties of the cluster. An empty value removes a property. With --force also unknown properties and values are written.",
  options: ["-f", "--force"],
  async run(call) {
    const assignments = parseAssignments(call.expect(1));
    const editor = await call.cib();
    await change(call, editor, assignments);
  },
};

const unset: PcsCommand = {
  usage: ["<property>..."],
  help: "Remove properties, so that their defaults hold.",
  options: ["-f", "--force"],
  async run(call) {
    const names = call.expect(1);
    const editor = await call.cib();
    await change(
      call,
      editor,
      names.map((name) => [name, ""] as const),
    );
  },
};

async function change(
  call: PcsCall,
  editor: CibEditor,
  assignments: readonly (readonly [name: string, value: string])[],
): Promise<void> {
  const present = propertySet(editor.cib);
  const presentNames = new Set(present === null ? [] : nvpairs(present).map(([name]) => name));
  for (const [name, value] of assignments) checkProperty(call, presentNames, name, value);
  call.reports.check();
  assignNvpairs(editor.cib, ensurePropertySet(editor.cib), assignments, ID_NAME_LENGTH_MAX);
  await editor.commit();
}

function checkProperty(call: PcsCall, present: ReadonlySet<string>, name: string, value: string): void {
  const { reports } = call;
  const option = SETTABLE.find((candidate) => candidate.name === name);
  const isGenerated = CLUSTER_OPTIONS.some((candidate) => candidate.isGenerated && candidate.name === name);
  if (isGenerated || UNTOUCHED.has(name)) {
    reports.error(`property '${name}' is written by the cluster itself and cannot be changed here`);
    return;
  }
  if (value === "") {
    if (!present.has(name)) reports.forceable(`Cannot remove property '${name}', it is not set`);
    else if (WATCHDOG_TIMEOUT_NAMES.has(name)) checkWatchdogTimeout(call, name, value);
    return;
  }
  if (option === undefined) {
    const nearest = nearestName(name, SETTABLE_NAMES);
    const hint = nearest === null ? "" : `, did you mean '${nearest}'?`;
    reports.forceable(
      `invalid cluster property option '${name}'${hint} (allowed options are: ${quoted(SETTABLE_NAMES)})`,
    );
    return;
  }
  if (!isWritableValue(option, value)) {
    const nearest =
      option.type.kind === "choice" ? nearestName(value, option.type.words) : nearestBoolean(option, value);
    const hint = nearest === null ? "" : `, did you mean '${nearest}'?`;
    reports.forceable(
      `'${value}' is not a valid ${name} value${hint}${nearest === null ? ":" : ""} use ${describeType(option.type)}`,
    );
  } else if (WATCHDOG_TIMEOUT_NAMES.has(name)) checkWatchdogTimeout(call, name, value);
}

function nearestBoolean(option: Option, value: string): string | null {
  return option.type.kind === "boolean" ? nearestName(value, ["true", "false"]) : null;
}

/** Stricter than the cluster, which reads the number at the beginning and forgets the rest, and words in any case. */
function isWritableValue(option: Option, value: string): boolean {
  switch (option.type.kind) {
    case "integer":
    case "score":
      return isScore(value) && isValidValue(option.type, value);
    case "duration":
      return /^(\d+\s*[a-z]*|P\S+)$/i.test(value) && isValidValue(option.type, value);
    case "timeout":
      return /^([+-]?\d+\s*[a-z]*|P\S+)$/i.test(value) && isValidValue(option.type, value);
    case "percentage":
      return /^\d+%$/.test(value);
    case "choice":
      return option.type.words.includes(value);
    default:
      return isValidValue(option.type, value);
  }
}

export const propertyGroup: PcsGroup = {
  summary: "Properties of the cluster",
  otherwise: { ...config, usage: [""], run: (call) => show(call, call.expect(0, 0)), isHidden: true },
  commands: {
    config,
    list: { ...config, isHidden: true, run: deprecatedShow },
    show: { ...config, isHidden: true, run: deprecatedShow },
    set,
    unset,
  },
};

function deprecatedShow(call: PcsCall): Promise<void> {
  call.reports.deprecated("'pcs property show' is replaced by 'pcs property config'");
  return show(call, call.expect(0, 1));
}
