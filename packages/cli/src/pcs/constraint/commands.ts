import type { XmlElement } from "@quorate/xml";
import { findById } from "../../configuration/ids.ts";
import { sectionElements } from "../../configuration/sections.ts";
import type { PcsCall, PcsCommand, PcsGroup } from "../framework/command.ts";
import { fail } from "../framework/reports.ts";
import { allConstraintLines, constraintsOf } from "./constraint-text.ts";
import { appendRule, locationGroup, splitRuleOptions } from "./location.ts";
import { colocationGroup, orderGroup, ticketGroup } from "./plain.ts";
import { constraintsNaming } from "./remove-resource.ts";

const config: PcsCommand = {
  usage: [""],
  help: "Show all constraints; with --all also expired ones, with --full their ids.",
  options: ["-f", "--all", "--full"],
  async run(call) {
    call.expect(0, 0);
    const { cib } = await call.cib();
    const options = {
      showsIds: call.has("--full"),
      showsExpired: call.has("--all"),
      nowMs: call.world.nowMs(),
    };
    call.print(allConstraintLines(cib, options).join("\n"));
  },
};

const deprecatedConfig: PcsCommand = {
  ...config,
  isHidden: true,
  run(call) {
    call.reports.deprecated("this command is replaced by 'pcs constraint config'");
    return config.run(call);
  },
};

const remove: PcsCommand = {
  usage: ["<constraint id | rule id>..."],
  help: "Delete constraints, or rules of location constraints.",
  options: ["-f"],
  async run(call) {
    const ids = call.expect(1);
    const editor = await call.cib();
    for (const id of ids) {
      const constraint = sectionElements(editor.cib, "constraints").find((element) => element.id === id);
      const rule = constraint === undefined ? findRule(editor.cib, id) : null;
      if (constraint !== undefined) constraint.remove();
      else if (rule !== null) removeRule(rule);
      else call.reports.error(`Unable to find constraint - '${id}'`);
    }
    // Those that were found go, also when others were not.
    await editor.commit();
    call.reports.check();
  },
};

const ref: PcsCommand = {
  usage: ["<resource id>..."],
  help: "Show which constraints are about resources.",
  options: ["-f"],
  async run(call) {
    const ids = call.expect(1);
    const { cib } = await call.cib();
    const lines = ids.flatMap((id) => {
      const inSets = sectionElements(cib, "constraints").filter((constraint) =>
        [...constraint.descendants("resource_ref")].some((other) => other.id === id),
      );
      const found = [...byKind(constraintsNaming(cib, id)), ...byKind(inSets)];
      return [
        `Resource: ${id}`,
        ...(found.length === 0 ? ["  No Matches."] : found.map((other) => `  ${other}`)),
      ];
    });
    call.print(lines.join("\n"));
  },
};

/** Ids of constraints: colocations, locations, orders and tickets, each sorted. */
function byKind(constraints: readonly XmlElement[]): string[] {
  const keys = constraints.map(({ name, id }) => [name, id ?? ""] as const);
  const isBefore = (one: readonly string[], other: readonly string[]) =>
    one[0] === other[0] ? one[1]! < other[1]! : one[0]! < other[0]!;
  return keys.sort((one, other) => (isBefore(one, other) ? -1 : 1)).map(([, id]) => id);
}

const ruleAdd: PcsCommand = {
  usage: [
    "<constraint id> [id=<rule id>] [role=Promoted|Unpromoted] [score=<score> | score-attribute=<attribute>] <expression>",
  ],
  help: "Add a rule to a location constraint; expressions are those of 'pcs constraint location ... rule'.",
  options: ["-f"],
  async run(call) {
    const [id, ...rest] = call.expect(1);
    const editor = await call.cib();
    const constraint = constraintsOf(editor.cib, "rsc_location").find((element) => element.id === id);
    if (constraint === undefined) fail(`Unable to find constraint: ${id}`);
    const { options, expression } = splitRuleOptions(rest, []);
    constraint.attributes.delete("node");
    constraint.attributes.delete("score");
    appendRule(call, editor.cib, constraint, options, expression);
    await editor.commit();
  },
};

const ruleRemove: PcsCommand = {
  usage: ["<rule id>"],
  help: "Delete a rule; with the last rule its constraint goes.",
  options: ["-f"],
  async run(call) {
    const [id] = call.expect(1, 1);
    const editor = await call.cib();
    const rule = findRule(editor.cib, id!);
    if (rule === null) fail(`unable to find rule with id: ${id}`);
    tellRemoval(call, rule);
    removeRule(rule);
    await editor.commit();
  },
};

function tellRemoval(call: PcsCall, rule: XmlElement): void {
  const constraint = rule.parent!;
  call.reports.info(
    constraint.all("rule").length === 1
      ? `Removing Constraint: ${constraint.id}`
      : `Removing Rule: ${rule.id}`,
  );
}

function findRule(cib: XmlElement, id: string): XmlElement | null {
  const found = findById(cib, id);
  return found?.name === "rule" && found.parent?.name === "rsc_location" ? found : null;
}

function removeRule(rule: XmlElement): void {
  const constraint = rule.parent!;
  rule.remove();
  if (constraint.first("rule") === null) constraint.remove();
}

export const constraintGroup: PcsGroup = {
  summary: "Where and in which order resources run",
  otherwise: { ...config, isHidden: true },
  commands: {
    config,
    list: deprecatedConfig,
    show: deprecatedConfig,
    location: locationGroup,
    order: orderGroup,
    colocation: colocationGroup,
    ticket: ticketGroup,
    delete: remove,
    remove: { ...remove },
    ref,
    rule: {
      summary: "Rules of location constraints",
      commands: { add: ruleAdd, delete: ruleRemove, remove: ruleRemove },
    },
  },
};
