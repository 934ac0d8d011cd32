import { type DateTime, parseDateTime, type RuleTime, ruleInTime } from "@quorate/cib";
import { parseXml, XmlElement } from "@quorate/xml";
import { withCib } from "../cluster/open-cib.ts";
import { defineCommand, UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import {
  countOption,
  flagOption,
  listOption,
  type ParsedValues,
  valueOption,
} from "../options/option-table.ts";
import type { Output } from "../output/output.ts";

const options = {
  check: flagOption({ long: "check", short: "c", help: "Say whether rules are in effect", heading: "Modes" }),
  xmlText: valueOption({
    long: "xml-text",
    short: "X",
    metavar: "XML",
    help: "Look in this XML instead of the CIB (- is standard input)",
    heading: "Data",
  }),
  date: valueOption({ long: "date", short: "d", metavar: "DATE", help: "Judge as if it were this date" }),
  rule: listOption({ long: "rule", short: "r", metavar: "ID", help: "Id of a rule (may be repeated)" }),
  verbose: countOption({ long: "verbose", short: "V", help: "Accepted", isHidden: true }),
};

type Options = ParsedValues<typeof options>;

interface Verdict {
  readonly exitCode: number;
  /** What comes after the id of the rule; for a rule that cannot be judged, the reason. */
  readonly words: string;
  readonly isJudged: boolean;
}

/** `crm_rule`: whether rules are in effect. Source: crm_rule(8). */
export const main = defineCommand({
  name: "crm_rule",
  summary: "say whether rules of the configuration are in effect",
  usage: "--check --rule ID [options]",
  examples: [
    { line: "crm_rule --check --rule weekend", explanation: "Whether the rule is in effect now" },
    {
      line: "crm_rule --check --rule weekend --date 2026-12-26",
      explanation: "Whether it will be on that day",
    },
  ],
  options,
  run: ({ options: chosen, operands, output }, world) => {
    if (operands.length > 0) throw new UsageError(`surplus argument "${operands[0]}"`);
    if (!chosen.check) throw new UsageError("No mode operation given");
    if (chosen.rule.length === 0) throw new UsageError("--check requires use of --rule=");
    const now = timeOf(chosen, world.nowMs());
    if (chosen.xmlText === null) {
      return withCib(world, async (cib) => checkRules(await cib.document(), chosen, now, output));
    }
    const isStdin = chosen.xmlText === "-";
    const parsed = parseXml(isStdin ? world.readStdin() : chosen.xmlText);
    if (parsed.ok) return checkRules(parsed.root, chosen, now, output);
    const source = isStdin ? "from STDIN" : `string: ${chosen.xmlText}`;
    const { line, column, message } = parsed.error;
    world.stderr(`${world.programName}\terror: line ${line}, column ${column}: ${message}\n`);
    world.stderr(`${world.programName}: Couldn't parse input ${source.trimEnd()}\n`);
    return ExitCode.dataError;
  },
});

function timeOf({ date }: Options, nowMs: number): DateTime {
  const nowS = Math.floor(nowMs / 1000);
  const localOffsetS = -new Date(nowMs).getTimezoneOffset() * 60;
  if (date === null) return { epochS: nowS, offsetS: localOffsetS };
  const parsed = parseDateTime(date, { nowS, localOffsetS });
  if (parsed === null)
    throw new UsageError(`--date "${date}": not a date; write for example 2026-12-24 or 20261224`);
  return parsed;
}

/** The exit status is that of the last rule that is not in effect. */
function checkRules(document: XmlElement, chosen: Options, now: DateTime, output: Output): number {
  let exitCode: number = ExitCode.ok;
  for (const id of chosen.rule) {
    const verdict = judge(document, id, now);
    if (verdict.exitCode !== ExitCode.ok) exitCode = verdict.exitCode;
    output.show({
      text: () => (verdict.isJudged ? `Rule ${id} ${verdict.words}\n` : ""),
      xml: () => [
        new XmlElement("rule-check", [
          ["rule-id", id],
          ["rc", String(verdict.exitCode)],
        ]),
      ],
    });
    if (!verdict.isJudged) {
      output.world.stderr(`Could not determine whether rule ${id} is in effect: ${verdict.words}\n`);
    }
  }
  return exitCode;
}

function judge(document: XmlElement, id: string, now: DateTime): Verdict {
  const rules = [document, ...document.descendants()].filter(
    (each) => each.name === "rule" && each.id === id,
  );
  const [rule] = rules;
  if (rule === undefined) return unjudged(ExitCode.noSuch, "Rule not found");
  if (rules.length > 1) return unjudged(ExitCode.multiple, "Two or more XML elements have the same ID");
  return VERDICTS[ruleInTime(rule, now)];
}

function judged(exitCode: number, words: string): Verdict {
  return { exitCode, words, isJudged: true };
}

function unjudged(exitCode: number, words: string): Verdict {
  return { exitCode, words, isJudged: false };
}

/** The item has expired, is not yet in effect, does not apply now. */
const [EXPIRED, NOT_YET, NOT_APPLICABLE] = [110, 111, 113];

const VERDICTS: Readonly<Record<RuleTime, Verdict>> = {
  within: judged(ExitCode.ok, "is still in effect"),
  passes: judged(ExitCode.ok, "satisfies conditions"),
  after: judged(EXPIRED, "is expired"),
  before: judged(NOT_YET, "has not yet taken effect"),
  fails: judged(NOT_APPLICABLE, "does not satisfy conditions"),
  undetermined: unjudged(ExitCode.configuration, "Rule has a date expression that cannot be used"),
  noDateExpression: unjudged(ExitCode.notSupported, "Rule does not have a date expression"),
  severalDateExpressions: unjudged(ExitCode.notSupported, "Rule has more than one date expression"),
  specificationWithoutYears: unjudged(
    ExitCode.notSupported,
    "Rule must either not use date_spec, or use date_spec with years=",
  ),
};
