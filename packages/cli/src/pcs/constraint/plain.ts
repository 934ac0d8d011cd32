import { XmlElement } from "@quorate/xml";
import { idExists, uniqueId } from "../../configuration/ids.ts";
import { modernRole, ROLES, roleForSchema } from "../../configuration/roles.ts";
import { ensureSection } from "../../configuration/sections.ts";
import { parseAssignments, quoted } from "../framework/assignments.ts";
import type { PcsCall, PcsCommand, PcsGroup } from "../framework/command.ts";
import { checkId } from "../framework/ids.ts";
import { fail, PcsUsageError } from "../framework/reports.ts";
import { isScore } from "../framework/score.ts";
import { checkConstrained, reportConstrained } from "./constrained-resource.ts";
import {
  colocationText,
  constraintsOf,
  kindLines,
  orderText,
  type PlainKind,
  ticketText,
} from "./constraint-text.ts";
import { refuseDuplicates } from "./duplicates.ts";
import { checkScore } from "./location.ts";
import { removeReferences } from "./remove-resource.ts";
import { setCommand } from "./resource-sets.ts";

const configOf = (kind: PlainKind, what: string): PcsCommand => ({
  usage: [""],
  help: `Show ${what} constraints; with --full also their ids.`,
  options: ["-f", "--full"],
  async run(call) {
    call.expect(0, 0);
    const { cib } = await call.cib();
    const options = { showsIds: call.has("--full"), showsExpired: true, nowMs: call.world.nowMs() };
    call.print(kindLines(cib, kind, options).join("\n"));
  },
});

/** A group of commands for one kind of constraint, with the old name of `config`. */
function plainGroup(
  summary: string,
  config: PcsCommand,
  commands: PcsGroup["commands"],
  otherwise?: PcsCommand,
): PcsGroup {
  return {
    summary,
    otherwise: otherwise ?? { ...config, isHidden: true },
    ...(otherwise === undefined ? {} : { takesOthers: true }),
    commands: {
      config,
      show: {
        ...config,
        isHidden: true,
        run(call) {
          call.reports.deprecated("'show' is replaced by 'config'");
          return config.run(call);
        },
      },
      ...commands,
    },
  };
}

function checkConstraintId(cib: XmlElement, id: string | undefined): void {
  if (id === undefined) return;
  checkId(id, "constraint id");
  if (idExists(cib, id)) fail(`id '${id}' is already in use, please specify another one`);
}

function checkOptionNames(names: Iterable<string>, allowed: readonly string[]): void {
  const unknown = [...names].filter((name) => !allowed.includes(name));
  if (unknown.length > 0) fail(`invalid option ${quoted(unknown)}, allowed options are: ${quoted(allowed)}`);
}

/** The role as the schema spells it; the word may be written in any case. @throws PcsError */
function checkedRole(call: PcsCall, cib: XmlElement, role: string): string {
  const written = ROLES.find((known) => known.toLowerCase() === role.toLowerCase());
  if (written === undefined) fail(`invalid role value '${role}', allowed values are: ${quoted(ROLES)}`);
  if (modernRole(written) !== written) {
    call.reports.deprecated(`role '${role}' is now called '${modernRole(written)}'`);
  }
  return roleForSchema(cib, written);
}

const colocationAdd: PcsCommand = {
  usage: ["[<role>] <resource> with [<role>] <resource> [<score>] [<option>=<value>]... [id=<id>]"],
  help: "Run the first resource where the second one runs (or, with a negative score, not there).",
  options: ["-f", "--force"],
  async run(call) {
    const words = call.expect(3);
    const withIndex = words.indexOf("with");
    if (withIndex < 1 || withIndex > 2) call.usage();
    const optionIndex = words.findIndex((word, index) => index > withIndex && word.includes("="));
    const plain = words.slice(withIndex + 1, optionIndex < 0 ? undefined : optionIndex);
    if (plain.length === 0) call.usage();
    let score = "INFINITY";
    const target = [...plain];
    if (target.length > 1 && isScore(target[1]!)) score = target.splice(1, 1)[0]!;
    else if (target.length > 2) score = target.splice(2, 1)[0]!;
    if (target.length > 2) fail(`missing value of '${target[2]}' option`);
    const options = parseAssignments([...(optionIndex < 0 ? [] : words.slice(optionIndex))]);
    const editor = await call.cib();
    addColocation(call, editor.cib, words.slice(0, withIndex), target, score, options);
    await editor.commit();
  },
};

function addColocation(
  call: PcsCall,
  cib: XmlElement,
  source: readonly string[],
  target: readonly string[],
  score: string,
  options: readonly (readonly [string, string])[],
): void {
  const role = source.length === 2 ? checkedRole(call, cib, source[0]!) : null;
  const targetRole = target.length === 2 ? checkedRole(call, cib, target[0]!) : null;
  const [rsc, withRsc] = [source.at(-1)!, target.at(-1)!];
  const given = new Map(options);
  checkScore(score);
  checkScore(given.get("score") ?? score);
  const allowed = ["id", "score", "node-attribute", "influence", "rsc-role", "with-rsc-role"];
  checkOptionNames(given.keys(), allowed);
  checkConstrained(call, cib, rsc);
  checkConstrained(call, cib, withRsc);
  checkConstraintId(cib, given.get("id"));
  const constraint = new XmlElement("rsc_colocation", [
    ["id", given.get("id") ?? uniqueId(cib, `colocation-${rsc}-${withRsc}-${score}`)],
    ["rsc", rsc],
    ["with-rsc", withRsc],
    ["score", given.get("score") ?? score],
  ]);
  if (role !== null || targetRole !== null) {
    constraint.set("rsc-role", role ?? "Started");
    constraint.set("with-rsc-role", targetRole ?? "Started");
  }
  for (const [name, value] of given) if (name !== "id" && name !== "score") constraint.set(name, value);
  const roleOf = (element: XmlElement, name: string) => modernRole(element.get(name) ?? "Started");
  const duplicates = constraintsOf(cib, "rsc_colocation").filter(
    (other) =>
      other.get("rsc") === rsc &&
      other.get("with-rsc") === withRsc &&
      roleOf(other, "rsc-role") === roleOf(constraint, "rsc-role") &&
      roleOf(other, "with-rsc-role") === roleOf(constraint, "with-rsc-role"),
  );
  refuseDuplicates(
    call,
    duplicates.map((other) => `${colocationText(other)} (id:${other.id})`),
  );
  ensureSection(cib, "constraints").append(constraint);
}

const colocationRemove: PcsCommand = {
  usage: ["<resource> <resource>"],
  help: "Delete the colocations of two resources.",
  options: ["-f"],
  async run(call) {
    const [left, right] = call.expect(2, 2);
    const editor = await call.cib();
    const found = constraintsOf(editor.cib, "rsc_colocation").filter((constraint) => {
      const pair = [constraint.get("rsc"), constraint.get("with-rsc")];
      return (pair[0] === left && pair[1] === right) || (pair[0] === right && pair[1] === left);
    });
    for (const constraint of found) constraint.remove();
    if (found.length === 0) fail(`There is no colocation of '${left}' and '${right}'`);
    await editor.commit();
  },
};

const ACTIONS: ReadonlySet<string> = new Set(["start", "stop", "promote", "demote"]);

const orderAdd: PcsCommand = {
  usage: ["[<action>] <resource> then [<action>] <resource> [<option>=<value>]..."],
  help: "Do something with the first resource before the second. Actions: start (default), stop, promote, demote. Options: kind=Mandatory|Optional|Serialize, symmetrical, require-all, id.",
  options: ["-f", "--force", "--full"],
  async run(call) {
    if (call.args.length === 0) {
      await orderConfig.run(call);
      return;
    }
    const words = [...call.expect(3)];
    const side = (): { action: string; resource: string } => {
      const action =
        ACTIONS.has(words[0] ?? "") &&
        words[1] !== undefined &&
        words[1] !== "then" &&
        !words[1].includes("=")
          ? words.shift()!
          : "start";
      const resource = words.shift();
      if (resource === undefined) throw new PcsUsageError();
      return { action, resource };
    };
    const first = side();
    if (words.shift() !== "then") call.usage();
    const then = side();
    if (words.some((word) => !word.includes("="))) call.usage();
    const editor = await call.cib();
    addOrder(call, editor.cib, first, then, parseAssignments(words));
    await editor.commit();
  },
};

function addOrder(
  call: PcsCall,
  cib: XmlElement,
  first: { readonly action: string; readonly resource: string },
  then: { readonly action: string; readonly resource: string },
  options: readonly (readonly [string, string])[],
): void {
  const given = new Map(options);
  checkConstrained(call, cib, first.resource);
  checkConstrained(call, cib, then.resource);
  const kind = given.get("kind");
  const duplicates = constraintsOf(cib, "rsc_order").filter(
    (other) =>
      other.get("first") === first.resource &&
      other.get("then") === then.resource &&
      (other.get("first-action") ?? "start") === first.action &&
      (other.get("then-action") ?? "start") === then.action,
  );
  for (const name of ["symmetrical", "require-all"]) {
    const value = given.get(name);
    if (value !== undefined && value !== "true" && value !== "false") {
      fail(`invalid ${name} value '${value}', allowed values are: true, false`);
    }
  }
  checkConstraintId(cib, given.get("id"));
  refuseDuplicates(
    call,
    duplicates.map((other) => `${orderText(other)} (id:${other.id})`),
  );
  checkOptionNames(given.keys(), ["id", "kind", "symmetrical", "require-all", "first-action", "then-action"]);
  if (kind !== undefined && !["Mandatory", "Optional", "Serialize"].includes(kind)) {
    fail(`'${kind}' is not a valid kind value, use 'Mandatory', 'Optional' or 'Serialize'`);
  }
  const id =
    given.get("id") ?? uniqueId(cib, `order-${first.resource}-${then.resource}-${kind ?? "mandatory"}`);
  const constraint = new XmlElement("rsc_order", [
    ["id", id],
    ["first", first.resource],
    ["then", then.resource],
  ]);
  for (const [name, value] of given) if (name !== "id") constraint.set(name, value);
  constraint.set("first-action", first.action);
  constraint.set("then-action", then.action);
  const shown = [...given].filter(([name]) => name !== "kind").map(([name, value]) => `${name}=${value}`);
  shown.push(`first-action=${first.action}`, `then-action=${then.action}`);
  call.reports.info(
    `Adding ${first.resource} ${then.resource} (kind: ${kind ?? "Mandatory"}) (Options: ${shown.join(" ")})`,
  );
  ensureSection(cib, "constraints").append(constraint);
}

const orderRemove: PcsCommand = {
  usage: ["<resource>..."],
  help: "Take resources out of orderings.",
  options: ["-f"],
  async run(call) {
    const ids = call.expect(1);
    const editor = await call.cib();
    let isFound = false;
    for (const id of ids) {
      for (const constraint of constraintsOf(editor.cib, "rsc_order")) {
        if (constraint.get("first") === id || constraint.get("then") === id) {
          constraint.remove();
          isFound = true;
        }
      }
      if (removeReferences(editor.cib, id).length > 0) isFound = true;
    }
    if (!isFound) fail("No matching resources found in ordering list");
    await editor.commit();
  },
};

const ticketAdd: PcsCommand = {
  usage: ["<ticket> [<role>] <resource> [loss-policy=fence|stop|freeze|demote] [id=<id>]"],
  help: "Let a resource run only while the cluster has a ticket.",
  options: ["-f", "--force"],
  async run(call) {
    const words = [...call.args];
    const ticket = words.shift();
    if (ticket === undefined) fail("Ticket not specified");
    const plain = words.filter((word) => !word.includes("="));
    if (plain.length === 0 || plain.length > 2) fail(`invalid resource specification: '${plain.join(" ")}'`);
    const options = new Map(parseAssignments(words.slice(plain.length)));
    if (options.has("rsc-role")) fail("write the role before the resource, not as an option");
    const editor = await call.cib();
    addTicket(call, editor.cib, ticket, plain, options);
    await editor.commit();
  },
};

function addTicket(
  call: PcsCall,
  cib: XmlElement,
  ticket: string,
  plain: readonly string[],
  options: ReadonlyMap<string, string>,
): void {
  const resource = plain.at(-1)!;
  const { reports } = call;
  checkOptionNames(options.keys(), ["id", "loss-policy"]);
  if (!/^[\p{L}\p{N}-]{1,63}$/u.test(ticket)) {
    reports.error(`ticket name '${ticket}' is not valid, use up to 63 letters, digits or dashes`);
  }
  const lossPolicy = options.get("loss-policy");
  if (lossPolicy !== undefined && !["demote", "fence", "freeze", "stop"].includes(lossPolicy)) {
    reports.error(
      `'${lossPolicy}' is not a valid loss-policy value, use 'demote', 'fence', 'freeze', 'stop'`,
    );
  }
  reportConstrained(call, cib, [resource]);
  const role = plain.length === 2 ? checkedRole(call, cib, plain[0]!) : null;
  const id = options.get("id");
  if (id !== undefined) {
    checkId(id, "constraint id");
    if (idExists(cib, id)) fail(`'${id}' already exists`);
  }
  reports.check();
  const duplicates = constraintsOf(cib, "rsc_ticket").filter(
    (other) =>
      other.get("ticket") === ticket &&
      other.get("rsc") === resource &&
      modernRole(other.get("rsc-role") ?? "") === modernRole(role ?? ""),
  );
  refuseDuplicates(
    call,
    duplicates.map((other) => `${ticketText(other)} (id:${other.id})`),
  );
  const parts = ["ticket", ticket, resource, ...(role === null ? [] : [role])];
  const constraint = new XmlElement("rsc_ticket", [
    ["id", id ?? uniqueId(cib, parts.join("-"))],
    ["ticket", ticket],
    ["rsc", resource],
  ]);
  if (role !== null) constraint.set("rsc-role", role);
  if (lossPolicy !== undefined) constraint.set("loss-policy", lossPolicy);
  ensureSection(cib, "constraints").append(constraint);
}

const ticketRemove: PcsCommand = {
  usage: ["<ticket> <resource>"],
  help: "Delete the constraints of a resource with a ticket.",
  options: ["-f"],
  async run(call) {
    const [ticket, resource] = call.expect(2, 2);
    const editor = await call.cib();
    let isFound = false;
    for (const constraint of constraintsOf(editor.cib, "rsc_ticket")) {
      if (constraint.get("ticket") !== ticket) continue;
      if (constraint.get("rsc") === resource) {
        constraint.remove();
        isFound = true;
      } else if (removeReferences(constraint, resource!).length > 0) isFound = true;
    }
    if (!isFound) fail("no matching ticket constraint found");
    await editor.commit();
  },
};

const orderConfig = configOf("rsc_order", "ordering");
const colocationConfig = configOf("rsc_colocation", "colocation");
const ticketConfig = configOf("rsc_ticket", "ticket");

export const orderGroup = plainGroup(
  "In which order things happen",
  orderConfig,
  { set: setCommand("rsc_order"), delete: orderRemove, remove: orderRemove },
  orderAdd,
);

export const colocationGroup = plainGroup("Which resources run together", colocationConfig, {
  add: colocationAdd,
  set: setCommand("rsc_colocation"),
  delete: colocationRemove,
  remove: colocationRemove,
});

export const ticketGroup = plainGroup("Which resources need a ticket", ticketConfig, {
  add: ticketAdd,
  set: setCommand("rsc_ticket"),
  delete: ticketRemove,
  remove: ticketRemove,
});
