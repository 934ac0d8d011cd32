import type { ConfigurationSection } from "@quorate/cib";
import { XmlElement } from "@quorate/xml";
import { findById, idExists, uniqueId } from "../../configuration/ids.ts";
import { assignNvpairs, nvpairs } from "../../configuration/nvsets.ts";
import { ensureSection, sectionElements } from "../../configuration/sections.ts";
import { assignmentMap, checkNames, parseAssignments, splitAtKeywords } from "../framework/assignments.ts";
import type { PcsCall, PcsCommand, PcsGroup } from "../framework/command.ts";
import { reportId } from "../framework/ids.ts";
import { fail } from "../framework/reports.ts";
import { isScore } from "../framework/score.ts";
import { indented, quotedValue } from "../framework/text.ts";
import { ID_NAME_LENGTH_MAX } from "../property/cluster-properties.ts";
import { isRuleExpired } from "../rules/in-effect.ts";
import { parseRule } from "../rules/parse-rule.ts";
import { ruleLines } from "../rules/rule-text.ts";
import { fillRule, RESOURCE_EXPRESSIONS_SCHEMA, usesResourceExpressions } from "../rules/rule-tree.ts";

type DefaultsSection = Extract<ConfigurationSection, "rsc_defaults" | "op_defaults">;

interface DefaultsTextOptions {
  readonly showsIds: boolean;
  readonly showsExpired: boolean;
  readonly checksExpired: boolean;
  readonly nowMs: number;
}

/** Sets of defaults as they are shown; says so when there are none. */
export function defaultsLines(
  cib: XmlElement,
  section: DefaultsSection,
  options: DefaultsTextOptions,
): string[] {
  const isExpired = (set: XmlElement) => {
    const rule = set.first("rule");
    return options.checksExpired && rule !== null && isRuleExpired(rule, options.nowMs);
  };
  const sets = sectionElements(cib, section).filter((set) => options.showsExpired || !isExpired(set));
  if (sets.length === 0) return ["No defaults set"];
  return sets.flatMap((set) => {
    const attributes = [...set.attributes]
      .filter(([name]) => name !== "id")
      .map(([name, value]) => `${name}=${value}`);
    const title = set.name === "instance_attributes" ? "Attributes" : "Meta Attrs";
    const expired = isExpired(set) ? " (expired)" : "";
    const rule = set.first("rule");
    return [
      [`${title}${expired}:`, set.id ?? "", ...attributes].join(" "),
      ...indented([
        ...[...nvpairs(set)]
          .sort(([left], [right]) => (left < right ? -1 : 1))
          .map(([name, value]) => `${name}=${quotedValue(value)}`),
        ...(rule === null
          ? []
          : ruleLines(rule, {
              showsIds: options.showsIds,
              isExpired: (part) => options.checksExpired && isRuleExpired(part, options.nowMs),
            })),
      ]),
    ];
  });
}

/** The commands for the defaults of resources or of operations. */
export function defaultsGroup(section: DefaultsSection): PcsGroup {
  const allowsOperations = section === "op_defaults";
  const config: PcsCommand = {
    usage: [""],
    help: "Show default values; with --all also expired sets, with --full ids of rules.",
    options: ["-f", "--all", "--full", "--no-expire-check"],
    async run(call) {
      call.expect(0, 0);
      const options = {
        showsIds: call.has("--full"),
        showsExpired: call.has("--all"),
        checksExpired: !call.has("--no-expire-check"),
        nowMs: call.world.nowMs(),
      };
      call.print(defaultsLines((await call.cib()).cib, section, options).join("\n"));
    },
  };
  const update: PcsCommand = {
    usage: ["<name>=[<value>]..."],
    help: "Set default values where there is only one set of them; an empty value removes one.",
    options: ["-f", "--force"],
    run: (call) => updateOnlySet(call, section, parseAssignments(call.expect(1))),
  };
  const setCreate: PcsCommand = {
    usage: ["[id=<id>] [score=<score>] [meta [<name>=<value>]...] [rule <expression>]"],
    help: `Make a set of default values, for what a rule says. Expressions: resource [<standard>]:[<provider>]:[<type>]${allowsOperations ? "; op <name> [interval=<interval>]" : ""}; date gt|lt <date>; date in_range [<date>] to <date>; date in_range <date> to duration <options>; date-spec <options>; joined by and, or and brackets.`,
    options: ["-f", "--force"],
    run: (call) => createSet(call, section, allowsOperations),
  };
  const setDelete: PcsCommand = {
    usage: ["<set id>..."],
    help: "Delete sets of default values.",
    options: ["-f"],
    async run(call) {
      const ids = call.expect(1);
      const editor = await call.cib();
      const sets = ids.map((id) => requireSet(call, editor.cib, section, id));
      call.reports.check();
      for (const set of sets) set?.remove();
      await editor.commit();
    },
  };
  const setUpdate: PcsCommand = {
    usage: ["<set id> [meta [<name>=[<value>]]...]"],
    help: "Change a set of default values.",
    options: ["-f"],
    async run(call) {
      const [id, ...rest] = call.expect(1);
      const parts = splitAtKeywords(rest, { meta: {} });
      if (parts.get("")![0]!.length > 0) call.usage();
      const assignments = parseAssignments(parts.get("meta")?.[0] ?? []);
      const editor = await call.cib();
      const set = requireSet(call, editor.cib, section, id!);
      call.reports.check();
      warnOfOverrides(call);
      assignNvpairs(editor.cib, set!, assignments, ID_NAME_LENGTH_MAX);
      await editor.commit();
    },
  };
  return {
    summary: "Default values",
    takesOthers: true,
    otherwise: {
      ...config,
      isHidden: true,
      options: ["-f", "--force", "--all", "--full", "--no-expire-check"],
      async run(call) {
        if (call.args.length === 0) return config.run(call);
        if (call.args.some((word) => !word.includes("="))) call.usage();
        call.reports.deprecated("write 'defaults update' before the values");
        return update.run(call);
      },
    },
    commands: {
      config,
      update,
      set: {
        summary: "Sets of default values",
        commands: { create: setCreate, delete: setDelete, remove: setDelete, update: setUpdate },
      },
    },
  };
}

function warnOfOverrides(call: PcsCall): void {
  call.reports.warn("Defaults do not apply to resources which override them with their own defined values");
}

async function updateOnlySet(
  call: PcsCall,
  section: DefaultsSection,
  assignments: readonly (readonly [string, string])[],
): Promise<void> {
  const editor = await call.cib();
  const sets = sectionElements(editor.cib, section);
  if (sets.length > 1) fail("Several options sets exist; use 'defaults set update' with the id of one");
  warnOfOverrides(call);
  let set = sets[0];
  if (set === undefined) {
    if (assignments.every(([, value]) => value === "")) return;
    set = new XmlElement("meta_attributes", [["id", uniqueId(editor.cib, `${section}-meta_attributes`)]]);
    ensureSection(editor.cib, section).append(set);
  }
  assignNvpairs(editor.cib, set, assignments, ID_NAME_LENGTH_MAX);
  await editor.commit();
}

async function createSet(call: PcsCall, section: DefaultsSection, allowsOperations: boolean): Promise<void> {
  const { reports } = call;
  const parts = splitAtKeywords(call.args, { meta: { repeats: "never" }, rule: { repeats: "never" } });
  const options = assignmentMap(parts.get("")![0]!);
  const assignments = parseAssignments(parts.get("meta")?.[0] ?? []);
  const ruleWords = parts.get("rule")?.[0] ?? [];
  const editor = await call.cib();
  checkNames(reports, options.keys(), ["id", "score"], "", false);
  const id = options.get("id");
  if (id !== undefined) {
    reportId(reports, id, "id");
    if (idExists(editor.cib, id)) reports.error(`'${id}' already exists`);
  }
  const score = options.get("score");
  if (score !== undefined && !isScore(score)) {
    reports.error(`'${score}' is not a valid score value, use an integer or INFINITY or -INFINITY`);
  }
  const condition =
    ruleWords.length === 0
      ? null
      : parseRule(
          ruleWords.flatMap((word) => word.split(" ")),
          { allowsNodeAttributes: allowsOperations, allowsResources: true, allowsOperations },
        );
  reports.check();
  if (condition !== null && usesResourceExpressions(condition)) {
    if (await editor.upgradeSchema(RESOURCE_EXPRESSIONS_SCHEMA)) {
      reports.info("CIB has been upgraded to the latest schema version.");
    }
  }
  const { cib } = editor;
  warnOfOverrides(call);
  const set = new XmlElement("meta_attributes", [["id", id ?? uniqueId(cib, `${section}-meta_attributes`)]]);
  if (score !== undefined) set.set("score", score);
  ensureSection(cib, section).append(set);
  if (condition !== null) {
    const rule = new XmlElement("rule", [
      ["id", uniqueId(cib, `${set.id}-rule`)],
      ["score", "INFINITY"],
    ]);
    set.append(rule);
    fillRule(cib, rule, condition, true);
  }
  assignNvpairs(cib, set, assignments, ID_NAME_LENGTH_MAX);
  await editor.commit();
}

function requireSet(call: PcsCall, cib: XmlElement, section: DefaultsSection, id: string): XmlElement | null {
  const set = sectionElements(cib, section).find((element) => element.id === id);
  if (set !== undefined) return set;
  const other = findById(cib, id);
  call.reports.error(
    other?.name === "meta_attributes"
      ? `meta_attributes '${id}' exists but does not belong to '${section}'`
      : `options set '${id}' does not exist`,
  );
  return null;
}
