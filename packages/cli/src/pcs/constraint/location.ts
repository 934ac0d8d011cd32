import { XmlElement } from "@quorate/xml";
import { findById, idExists, sanitizedId, uniqueId } from "../../configuration/ids.ts";
import { findNode, guestNodeNames, nodesOf, remoteNodeNames } from "../../configuration/nodes.ts";
import { modernRole, roleForSchema } from "../../configuration/roles.ts";
import { ensureSection } from "../../configuration/sections.ts";
import { assignmentMap } from "../framework/assignments.ts";
import type { PcsCall, PcsCommand, PcsGroup } from "../framework/command.ts";
import { checkId } from "../framework/ids.ts";
import { fail } from "../framework/reports.ts";
import { isScore } from "../framework/score.ts";
import { parseRule } from "../rules/parse-rule.ts";
import { fillRule } from "../rules/rule-tree.ts";
import { checkConstrained } from "./constrained-resource.ts";
import { constraintsOf, locationByNodeLines, locationLines, ruleConstraintLines } from "./constraint-text.ts";
import { refuseDuplicates } from "./duplicates.ts";
import { constraintsWithSameRule } from "./same-rule.ts";

/** A resource by id, or all whose names match a pattern. */
interface Subject {
  readonly attribute: "rsc" | "rsc-pattern";
  readonly value: string;
}

/** `A`, `%A`, `resource%A` or `regexp%PATTERN`. */
function parseSubject(text: string): Subject {
  if (text.startsWith("regexp%")) return { attribute: "rsc-pattern", value: text.slice("regexp%".length) };
  if (text.startsWith("resource%")) return { attribute: "rsc", value: text.slice("resource%".length) };
  return { attribute: "rsc", value: text.startsWith("%") ? text.slice(1) : text };
}

const config: PcsCommand = {
  usage: ["[resources [<resource>...] | nodes [<node>...]]"],
  help: "Show location constraints by resource or by node; with --all also expired ones, with --full their ids.",
  options: ["-f", "--all", "--full"],
  run: (call) => show(call, call.args),
};

async function show(call: PcsCall, words: readonly string[]): Promise<void> {
  const { cib } = await call.cib();
  const options = {
    showsIds: call.has("--full"),
    showsExpired: call.has("--all"),
    nowMs: call.world.nowMs(),
  };
  const [by, ...names] = words;
  if (by === "nodes") {
    call.print(locationByNodeLines(cib, options, names).join("\n"));
    return;
  }
  const titles = names.map((name) => {
    const subject = parseSubject(name);
    return `${subject.attribute === "rsc" ? "Resource" : "Resource pattern"}: ${subject.value}`;
  });
  call.print(locationLines(cib, options, titles.length === 0 ? null : new Set(titles)).join("\n"));
}

const add: PcsCommand = {
  usage: ["<id> <resource> <node> <score> [resource-discovery=<option>]"],
  help: "Add a location constraint with an id of your choice.",
  options: ["-f", "--force"],
  async run(call) {
    const [id, resource, node, score, ...rest] = call.expect(4);
    const options = assignmentMap(rest);
    for (const name of options.keys()) {
      if (name !== "resource-discovery") fail(`bad option '${name}'; allowed is resource-discovery`);
    }
    const editor = await call.cib();
    checkNode(call, editor.cib, node!);
    checkId(id!, "constraint id");
    checkScore(score!);
    const subject = parseSubject(resource!);
    if (subject.attribute === "rsc") checkConstrained(call, editor.cib, subject.value);
    checkDiscovery(options.get("resource-discovery"));
    const previous = findById(editor.cib, id!);
    if (previous !== null && previous.name !== "rsc_location") fail(`id '${id}' is already in use`);
    previous?.remove();
    appendLocation(editor.cib, id!, subject, node!, score!, [...options]);
    await editor.commit();
  },
};

const remove: PcsCommand = {
  usage: ["<id>"],
  help: "Delete a location constraint.",
  options: ["-f", "--force"],
  async run(call) {
    const [id] = call.expect(1, 1);
    const editor = await call.cib();
    const found = constraintsOf(editor.cib, "rsc_location").find((constraint) => constraint.id === id);
    if (found === undefined) fail(`resource location id: ${id} not found.`);
    found.remove();
    await editor.commit();
  },
};

const make: PcsCommand = {
  usage: [
    "<resource> prefers <node>[=<score>]...",
    "<resource> avoids <node>[=<score>]...",
    "<resource> rule [id=<rule id>] [resource-discovery=<option>] [role=Promoted|Unpromoted] [constraint-id=<id>] [score=<score> | score-attribute=<attribute>] <expression>",
  ],
  help: "Say where a resource should run. <resource> is an id or regexp%<pattern>. An expression: defined|not_defined <attribute>; <attribute> lt|gt|lte|gte|eq|ne [string|integer|number|version] <value>; date gt|lt <date>; date in_range <date> to <date>; date in_range <date> to duration <options>; date-spec <options>; expressions joined by and, or and brackets.",
  options: ["-f", "--force"],
  async run(call) {
    const [resource, verb, ...rest] = call.expect(2);
    if (rest.length === 0) call.usage();
    const subject = parseSubject(resource!);
    if (verb === "rule") await addRuleConstraint(call, subject, rest);
    else if (verb === "prefers" || verb === "avoids")
      await addPreferences(call, subject, rest, verb === "avoids");
    else call.usage();
  },
};

async function addPreferences(
  call: PcsCall,
  subject: Subject,
  words: readonly string[],
  isAvoiding: boolean,
): Promise<void> {
  const editor = await call.cib();
  const preferences = words.map((word) => {
    const equals = word.indexOf("=");
    return equals < 0
      ? { node: word, score: "INFINITY" }
      : { node: word.slice(0, equals), score: word.slice(equals + 1) };
  });
  if (call.isOnFile) call.reports.warn("Validation for node existence in the cluster will be skipped");
  for (const { node, score } of preferences) {
    if (node === "") fail(`missing node in '=${score}'; write NODE=${score}`);
    if (!call.isOnFile) checkNode(call, editor.cib, node);
    checkScore(score);
  }
  if (subject.attribute === "rsc") checkConstrained(call, editor.cib, subject.value);
  for (const { node, score } of preferences) {
    const signed = isAvoiding ? negated(score) : score;
    const id = `location-${sanitizedId(subject.value)}-${node}-${signed.replace(/^\+/, "")}`;
    appendLocation(editor.cib, id, subject, node, signed, []);
  }
  await editor.commit();
}

function negated(score: string): string {
  if (score.startsWith("-")) return score.slice(1);
  return `-${score.replace(/^\+/, "")}`;
}

/** Adds a constraint; one of the same resource and node that was there before goes. */
function appendLocation(
  cib: XmlElement,
  id: string,
  subject: Subject,
  node: string,
  score: string,
  options: readonly (readonly [string, string])[],
): void {
  for (const constraint of constraintsOf(cib, "rsc_location")) {
    const isSame =
      constraint.get(subject.attribute) === subject.value &&
      constraint.get("node") === node &&
      constraint.first("rule") === null;
    if (isSame) constraint.remove();
  }
  ensureSection(cib, "constraints").append(
    new XmlElement("rsc_location", [
      ["id", id],
      [subject.attribute, subject.value],
      ["node", node],
      ["score", score],
      ...options,
    ]),
  );
}

function checkNode(call: PcsCall, cib: XmlElement, node: string): void {
  if (call.isOnFile) {
    if (!call.reports.hasErrors)
      call.reports.warn("Validation for node existence in the cluster will be skipped");
    return;
  }
  const known = [
    ...nodesOf(cib).map((element) => element.get("uname") ?? ""),
    ...guestNodeNames(cib),
    ...remoteNodeNames(cib),
  ];
  if (findNode(cib, node) === null && !known.includes(node)) {
    call.reports.forceable(`Node '${node}' does not seem to be in the cluster`);
    call.reports.check();
  }
}

/** @throws PcsError */
export function checkScore(score: string): void {
  if (!isScore(score)) fail(`invalid score '${score}', use integer or INFINITY or -INFINITY`);
}

function checkDiscovery(value: string | undefined): void {
  if (value !== undefined && !["always", "never", "exclusive"].includes(value)) {
    fail(`'${value}' is not a valid resource-discovery value, use 'always', 'never' or 'exclusive'`);
  }
}

async function addRuleConstraint(call: PcsCall, subject: Subject, words: readonly string[]): Promise<void> {
  const { options, expression } = splitRuleOptions(words, ["constraint-id", "resource-discovery"]);
  const editor = await call.cib();
  const { cib } = editor;
  if (subject.attribute === "rsc") checkConstrained(call, cib, subject.value);
  checkDiscovery(options.get("resource-discovery"));
  const givenId = options.get("constraint-id");
  if (givenId !== undefined) {
    checkId(givenId, "constraint id");
    if (idExists(cib, givenId)) fail(`id '${givenId}' is already in use, please specify another one`);
  }
  const id = givenId ?? uniqueId(cib, `location-${sanitizedId(subject.value)}`);
  const constraint = new XmlElement("rsc_location", [
    ["id", id],
    [subject.attribute, subject.value],
  ]);
  const discovery = options.get("resource-discovery");
  if (discovery !== undefined) constraint.set("resource-discovery", discovery);
  ensureSection(cib, "constraints").append(constraint);
  appendRule(call, cib, constraint, options, expression);
  const details = { showsIds: true, showsExpired: true, nowMs: call.world.nowMs() };
  refuseDuplicates(
    call,
    constraintsWithSameRule(cib, constraint).flatMap((other) => ruleConstraintLines(other, details)),
  );
  await editor.commit();
}

const RULE_OPTIONS = ["id", "role", "score", "score-attribute"] as const;

/** Options at the beginning of a rule; what follows is the expression. */
export function splitRuleOptions(
  words: readonly string[],
  moreOptions: readonly string[],
): { readonly options: ReadonlyMap<string, string>; readonly expression: readonly string[] } {
  const options = new Map<string, string>();
  let index = 0;
  for (; index < words.length; index++) {
    const word = words[index]!;
    const equals = word.indexOf("=");
    const name = word.slice(0, Math.max(0, equals));
    if (equals < 0 || ![...RULE_OPTIONS, ...moreOptions].includes(name)) break;
    options.set(name, word.slice(equals + 1));
  }
  return { options, expression: words.slice(index) };
}

/** Adds a rule to a constraint that is in the CIB. @throws PcsError */
export function appendRule(
  call: PcsCall,
  cib: XmlElement,
  constraint: XmlElement,
  options: ReadonlyMap<string, string>,
  expression: readonly string[],
): void {
  const id = options.get("id");
  if (id !== undefined) {
    checkId(id, "rule id");
    if (idExists(cib, id)) fail(`id '${id}' is already in use, please specify another one`);
  }
  if (options.has("score") && options.has("score-attribute"))
    fail("can not specify both score and score-attribute");
  const score = options.get("score");
  if (score !== undefined && !isScore(score)) fail(`invalid score '${score}'`);
  const role = options.get("role");
  if (role !== undefined && !/^(master|promoted|slave|unpromoted)$/i.test(role)) {
    fail(`invalid role '${role}', use 'Promoted' or 'Unpromoted'`);
  }
  if (expression.length === 0) fail("no rule expression was specified");
  const condition = parseRule(expression, {
    allowsNodeAttributes: true,
    allowsResources: false,
    allowsOperations: false,
  });
  const rule = new XmlElement("rule", [["id", id ?? uniqueId(cib, `${constraint.id}-rule`)]]);
  if (role !== undefined) {
    const written = `${role.charAt(0).toUpperCase()}${role.slice(1).toLowerCase()}`;
    if (modernRole(written) !== written)
      call.reports.deprecated(`role '${role}' is now called '${modernRole(written)}'`);
    rule.set("role", roleForSchema(cib, written));
  }
  const scoreAttribute = options.get("score-attribute");
  if (scoreAttribute === undefined) rule.set("score", score ?? "INFINITY");
  else rule.set("score-attribute", scoreAttribute);
  constraint.append(rule);
  fillRule(cib, rule, condition, false);
}

export const locationGroup: PcsGroup = {
  summary: "Where resources run",
  otherwise: {
    ...make,
    options: ["-f", "--force", "--all", "--full"],
    async run(call) {
      if (call.args.length === 0) {
        await show(call, []);
      } else {
        if (call.has("--all") || call.has("--full")) call.usage();
        await make.run(call);
      }
    },
  },
  takesOthers: true,
  commands: {
    config,
    show: {
      ...config,
      isHidden: true,
      run(call) {
        call.reports.deprecated(
          "'pcs constraint location show' is replaced by 'pcs constraint location config'",
        );
        return show(call, call.args);
      },
    },
    add,
    delete: remove,
    remove,
  },
};
