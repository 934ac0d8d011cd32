import {
  checkOptions,
  checkStructure,
  describeOptionProblem,
  describeProblem,
  isTrue,
  type OptionProblem,
} from "@quorate/cib";
import { type Diagnostic, schedule } from "@quorate/scheduler";
import type { XmlElement } from "@quorate/xml";

export type Severity = "error" | "warning" | "note";

/** One thing that is wrong with a configuration. */
export interface Finding {
  /** What kind of mistake it is; never changes its meaning, so that tools can be told about it. */
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  /** Line in the text that was read; 0 when it is not known. */
  readonly line: number;
}

/** Everything that is wrong with a configuration: with its form, its options, and what the scheduler makes of it. */
export function findProblems(cib: XmlElement, nowS: number): readonly Finding[] {
  const form = checkStructure(cib).map(
    (problem): Finding => ({
      rule: `schema/${problem.code}`,
      severity: "error",
      message: describeProblem(problem),
      line: problem.line,
    }),
  );
  // What has not the form of a configuration is not worth scheduling.
  if (cib.name !== "cib" || cib.first("configuration") === null) return form;
  const options = checkOptions(cib).map(optionFinding);
  return [
    ...form,
    ...promotableFindings(cib),
    ...fencingFindings(cib),
    ...options,
    ...decisionFindings(cib, nowS),
  ];
}

function optionFinding(problem: OptionProblem): Finding {
  return {
    rule: `option/${problem.code}`,
    severity: problem.severity,
    message: describeOptionProblem(problem),
    line: problem.line,
  };
}

/** Only agents of class ocf know how to promote. */
function promotableFindings(cib: XmlElement): readonly Finding[] {
  const findings: Finding[] = [];
  for (const clone of cib.first("configuration")?.first("resources")?.descendants("clone") ?? []) {
    const isPromotable = clone
      .all("meta_attributes")
      .some((block) =>
        block
          .all("nvpair")
          .some((pair) => pair.get("name") === "promotable" && isTrue(pair.get("value") ?? "")),
      );
    if (!isPromotable) continue;
    const wrong = [...clone.descendants("primitive")].find(
      (primitive) => (primitive.get("class") ?? "ocf").toLowerCase() !== "ocf",
    );
    if (wrong === undefined) continue;
    const id = `${wrong.id ?? ""}${wrong.parent === clone ? ":0" : ""}`;
    findings.push({
      rule: "resource/promotable-class",
      severity: "error",
      message: `Resource ${id} is of type ${wrong.get("class")} and therefore cannot be used as a promotable clone resource`,
      line: wrong.line,
    });
    findings.push({
      rule: "resource/ignored",
      severity: "error",
      message: `Ignoring <clone> resource '${clone.id ?? ""}' because configuration is invalid`,
      line: clone.line,
    });
  }
  return findings;
}

function fencingFindings(cib: XmlElement): readonly Finding[] {
  if (!lacksFencing(cib, SWITCHES)) return [];
  return [
    {
      rule: "fencing/none",
      severity: "error",
      message:
        "Resource start-up disabled since no fencing resources have been defined. Either configure some or disable fencing with the fencing-enabled option. NOTE: Clusters with shared data need fencing to ensure data integrity.",
      line: cib.first("configuration")?.line ?? 0,
    },
  ];
}

/** Whether nothing could be fenced although none of these options switches fencing off. A watchdog fences, too. Source: part 1, 3.3. */
function lacksFencing(cib: XmlElement, switches: ReadonlySet<string>): boolean {
  const configuration = cib.first("configuration");
  const options = (configuration?.first("crm_config")?.all("cluster_property_set") ?? []).flatMap((block) =>
    block
      .all("nvpair")
      .map((pair) => ({ name: pair.get("name") ?? "", isOn: isTrue(pair.get("value") ?? "") })),
  );
  const isSwitchedOff = options.some(({ name, isOn }) => switches.has(name) && !isOn);
  const hasWatchdog = options.some(({ name, isOn }) => name === "have-watchdog" && isOn);
  const resources = configuration?.first("resources") ?? null;
  const hasDevice = [...(resources?.descendants() ?? [])].some(
    (each) => each.get("class")?.toLowerCase() === "stonith",
  );
  return !isSwitchedOff && !hasDevice && !hasWatchdog;
}

/** Whether clusters that know `stonith-enabled` only would refuse to run these resources for want of fencing. */
export function needsNewFencingSwitch(cib: XmlElement): boolean {
  return lacksFencing(cib, OLD_SWITCHES) && !lacksFencing(cib, SWITCHES);
}

const OLD_SWITCHES: ReadonlySet<string> = new Set(["stonith-enabled", "stonith_enabled"]);
const SWITCHES: ReadonlySet<string> = new Set(["fencing-enabled", ...OLD_SWITCHES]);

/** Said by a check of its own, in the classic words. */
const SAID_ELSEWHERE: ReadonlySet<string> = new Set(["no-fencing-device", "option-invalid", "meta-invalid"]);

function decisionFindings(cib: XmlElement, nowS: number): readonly Finding[] {
  const promotable = new Set(promotableFindings(cib).map(({ line }) => line));
  const { diagnostics } = schedule(cib.clone(), { nowS, offsetS: 0 } as Parameters<
    typeof schedule
  >[1]).cluster;
  return diagnostics
    .filter(({ code, line }) => !SAID_ELSEWHERE.has(code) && !(line > 0 && promotable.has(line)))
    .map((diagnostic) => ({
      rule: `cluster/${diagnostic.code}`,
      severity: diagnostic.severity,
      message: messageOf(diagnostic, cib),
      line: diagnostic.line,
    }));
}

function messageOf({ code, message, elementId }: Diagnostic, cib: XmlElement): string {
  if (code !== "node-cannot-be-fenced") return message;
  const nodes = cib.first("configuration")?.first("nodes")?.all("node") ?? [];
  const name = nodes.find(({ id }) => id === elementId)?.get("uname") ?? elementId ?? "";
  return `Node ${name} is unclean but cannot be fenced`;
}
