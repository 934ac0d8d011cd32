import { XmlElement } from "@quorate/xml";
import { idExists, uniqueId } from "../../configuration/ids.ts";
import { modernRole, ROLES, roleForSchema } from "../../configuration/roles.ts";
import { ensureSection } from "../../configuration/sections.ts";
import { checkNames, parseAssignments, quoted } from "../framework/assignments.ts";
import type { PcsCall, PcsCommand } from "../framework/command.ts";
import { checkId } from "../framework/ids.ts";
import { fail } from "../framework/reports.ts";
import { isScore } from "../framework/score.ts";
import { reportConstrained } from "./constrained-resource.ts";
import { constraintsOf, type PlainKind, setConstraintText } from "./constraint-text.ts";

const SET_VALUES: Readonly<Record<string, readonly string[]>> = {
  action: ["demote", "promote", "start", "stop"],
  "require-all": ["false", "true"],
  role: ROLES,
  sequential: ["false", "true"],
};

const OPTION_VALUES: Readonly<Record<PlainKind, Readonly<Record<string, readonly string[] | null>>>> = {
  rsc_order: { id: null, kind: ["Mandatory", "Optional", "Serialize"], symmetrical: ["false", "true"] },
  rsc_colocation: { id: null, score: null },
  rsc_ticket: { id: null, "loss-policy": ["demote", "fence", "freeze", "stop"], ticket: null },
};

const USAGE =
  "<resource>... [<option>=<value>]... [set <resource>... [<option>=<value>]...]... [setoptions <option>=<value>...]";

interface ParsedSet {
  readonly ids: readonly string[];
  readonly options: readonly (readonly [string, string])[];
}

/** `set` of one kind of constraint: resources in sets instead of pairs. */
export function setCommand(kind: PlainKind): PcsCommand {
  return {
    usage: [USAGE],
    help: `Make a constraint of sets of resources. Options of a set: ${Object.keys(SET_VALUES).join(", ")}; of the constraint: ${Object.keys(OPTION_VALUES[kind]).join(", ")}.`,
    options: ["-f", "--force"],
    async run(call) {
      const { sets, options } = parseSets(call);
      const editor = await call.cib();
      const { cib } = editor;
      checkOptions(call, cib, kind, new Map(options));
      for (const set of sets) checkSet(call, cib, set);
      call.reports.check();
      const constraint = buildConstraint(cib, kind, sets, options);
      refuseDuplicates(call, cib, constraint);
      ensureSection(cib, "constraints").append(constraint);
      await editor.commit();
    },
  };
}

function parseSets(call: PcsCall): { sets: ParsedSet[]; options: (readonly [string, string])[] } {
  const end = call.args.indexOf("setoptions");
  const options = end < 0 ? [] : parseAssignments(call.args.slice(end + 1));
  const groups: string[][] = [[]];
  for (const word of end < 0 ? call.args : call.args.slice(0, end)) {
    if (word === "set") groups.push([]);
    else groups.at(-1)!.push(word);
  }
  const sets = groups.map((words) => {
    const optionIndex = words.findIndex((word) => word.includes("="));
    const ids = optionIndex < 0 ? words : words.slice(0, optionIndex);
    if (ids.length === 0) call.usage();
    return { ids, options: optionIndex < 0 ? [] : parseAssignments(words.slice(optionIndex)) };
  });
  return { sets, options };
}

function checkSet(call: PcsCall, cib: XmlElement, set: ParsedSet): void {
  checkNames(
    call.reports,
    set.options.map(([name]) => name),
    Object.keys(SET_VALUES),
    "set ",
    false,
  );
  for (const [name, value] of set.options) {
    const allowed = SET_VALUES[name];
    if (allowed !== undefined && !allowed.includes(value)) {
      call.reports.error(`'${value}' is not a valid ${name} value, use ${quoted(allowed)}`);
    }
  }
  reportConstrained(call, cib, set.ids);
}

function checkOptions(
  call: PcsCall,
  cib: XmlElement,
  kind: PlainKind,
  options: ReadonlyMap<string, string>,
): void {
  const allowed = OPTION_VALUES[kind];
  checkNames(call.reports, options.keys(), Object.keys(allowed), "", false);
  for (const [name, value] of options) {
    const values = allowed[name];
    if (values !== null && values !== undefined && !values.includes(value)) {
      call.reports.error(`'${value}' is not a valid ${name} value, use ${quoted(values)}`);
    }
  }
  const score = options.get("score");
  if (score !== undefined && !isScore(score)) {
    call.reports.error(`invalid score '${score}', use integer or INFINITY or -INFINITY`);
  }
  if (kind === "rsc_ticket" && (options.get("ticket") ?? "") === "") {
    call.reports.error("required option 'ticket' is missing");
  }
  const id = options.get("id");
  if (id !== undefined) {
    checkId(id, "constraint id");
    if (idExists(cib, id)) fail(`'${id}' already exists`);
  }
}

function buildConstraint(
  cib: XmlElement,
  kind: PlainKind,
  sets: readonly ParsedSet[],
  options: readonly (readonly [string, string])[],
): XmlElement {
  const given = new Map(options);
  if (kind === "rsc_colocation" && !given.has("score")) given.set("score", "INFINITY");
  const names = sets.flatMap(({ ids }) => ids).slice(0, 3);
  const short = names.map((name) => `${name.charAt(0)}${name.charAt(name.length - 1)}`).join("");
  const id = given.get("id") ?? uniqueId(cib, `${kind.slice("rsc_".length)}_set_${short}`);
  const constraint = new XmlElement(kind, [["id", id]]);
  for (const [name, value] of given) if (name !== "id") constraint.set(name, value);
  const taken = new Set<string>([id]);
  for (const set of sets) {
    const setId = uniqueId(cib, `${id}_set`, taken);
    taken.add(setId);
    const element = new XmlElement("resource_set", [["id", setId]]);
    for (const [name, value] of set.options) {
      element.set(name, name === "role" ? roleForSchema(cib, modernRole(value)) : value);
    }
    for (const resource of set.ids) element.append(new XmlElement("resource_ref", [["id", resource]]));
    constraint.append(element);
  }
  return constraint;
}

function refuseDuplicates(call: PcsCall, cib: XmlElement, constraint: XmlElement): void {
  const contents = (element: XmlElement) =>
    JSON.stringify([
      element.get("ticket"),
      element.all("resource_set").map((set) => set.all("resource_ref").map(({ id }) => id)),
    ]);
  const duplicates = constraintsOf(cib, constraint.name).filter(
    (other) => other.first("resource_set") !== null && contents(other) === contents(constraint),
  );
  if (duplicates.length === 0) return;
  call.reports.info("Duplicate constraints:");
  for (const other of duplicates) call.reports.info(`  ${setConstraintText(other, { showsIds: true })}`);
  call.reports.forceable("duplicate constraint already exists");
  call.reports.check();
}
