import { isTrue, parseBoolean } from "@quorate/cib";
import { schedule } from "@quorate/scheduler";
import type { XmlElement } from "@quorate/xml";
import { nvpairValue } from "../../configuration/nvsets.ts";
import { allPrimitives, findResource, isClone, isStonith } from "../../configuration/resources.ts";
import { sectionElements } from "../../configuration/sections.ts";
import { type Finding, findProblems } from "../../verify/findings.ts";
import type { PcsCommand } from "../framework/command.ts";
import { levelProblems } from "../stonith/level-problems.ts";

/** The check of pcs is stricter than crm_verify's: warnings make it fail, and so does what the cluster would have to fence. */
export const clusterVerify: PcsCommand = {
  usage: [""],
  help: "Check the configuration: its form, its options, fencing levels, and whether the cluster is well with it. --full tells what is wrong.",
  options: ["-f", "--full"],
  async run(call) {
    call.expect(0, 0);
    const { cib } = await call.cib();
    const { reports } = call;
    const nowS = Math.floor(call.world.nowMs() / 1000);
    const found = findProblems(cib, nowS).filter(({ severity }) => severity !== "note");
    const notes = found.filter(isNoteOnly);
    const mistakes = [
      ...found
        .filter((finding) => !isNoteOnly(finding))
        .map(({ severity, message }) => ({ severity, message })),
      ...warnings(cib, nowS).map((message) => ({ severity: "warning", message })),
    ];
    if (call.has("--full")) {
      for (const { severity, message } of mistakes) {
        if (severity === "error") reports.error(message);
        else reports.warn(message);
      }
      for (const { message } of notes) reports.warn(`${message} (this alone does not make the check fail)`);
    } else if (mistakes.length > 0) {
      reports.error("the check found mistakes; 'pcs cluster verify --full' tells which");
    }
    for (const problem of levelProblems(cib)) reports.error(problem);
    reports.check();
    return mistakes.length > 0 ? 1 : 0;
  },
};

/** What pcs accepts: names that other releases or later nodes may know, and how things stand right now. */
const NOTE_RULES: ReadonlySet<string> = new Set([
  "cluster/multiple-active",
  "cluster/constraint-unknown-node",
]);

function isNoteOnly({ rule, severity }: Finding): boolean {
  return NOTE_RULES.has(rule) || (severity === "warning" && /^option\/(unknown|old)/.test(rule));
}

function warnings(cib: XmlElement, nowS: number): string[] {
  if (cib.first("configuration") === null) return [];
  const text: string[] = [];
  if (!hasFencing(cib) && isOff(cib, "fencing-enabled") && !isOff(cib, "stonith-enabled")) {
    text.push(
      "Fencing is switched off with 'fencing-enabled', a name that older clusters and pcs 0.11 do not know: without fence devices they start no resource. Set stonith-enabled=false instead, which all know, or configure fence devices",
    );
  }
  const hasResources = sectionElements(cib, "resources").length > 0;
  if (!hasResources && !hasFencing(cib) && !isOff(cib, "fencing-enabled") && !isOff(cib, "stonith-enabled")) {
    text.push(
      "There are no fence devices: without them no resource will be started; configure some before adding resources",
    );
  }
  for (const order of sectionElements(cib, "constraints")) {
    if (asksForInstances(cib, order))
      text.push(
        `Constraint '${order.id}' uses require-all of the clone '${order.get("first")}', which is deprecated: use the meta attribute clone-min of the clone`,
      );
  }
  for (const colocation of sectionElements(cib, "constraints")) {
    const influence = colocation.get("influence");
    if (influence !== null && parseBoolean(influence) === null) {
      text.push(`Constraint '${colocation.id}' has influence '${influence}': write true or false`);
    }
  }
  return [...text, ...fencedNodes(cib, nowS).map((node) => `Node ${node} would be fenced`)];
}

/** Whether an order says itself how many instances of a clone must be there first. In a set `require-all` says something else, and goes on to. */
function asksForInstances(cib: XmlElement, order: XmlElement): boolean {
  if (order.get("require-all") === null) return false;
  const first = findResource(cib, order.get("first") ?? "");
  return first !== null && isClone(first) && nvpairValue(first, "meta_attributes", "clone-min") === null;
}

function hasFencing(cib: XmlElement): boolean {
  return allPrimitives(cib).some(isStonith);
}

function isOff(cib: XmlElement, name: string): boolean {
  return sectionElements(cib, "crm_config")
    .flatMap((block) => block.all("nvpair"))
    .some((pair) => pair.get("name") === name && !isTrue(pair.get("value") ?? ""));
}

/** Nodes that the cluster would fence at once if it ran with this configuration. */
function fencedNodes(cib: XmlElement, nowS: number): string[] {
  const { graph } = schedule(cib.clone(), { nowS });
  const names = graph.synapses
    .map(({ action }) => action)
    .filter(
      ({ operation, attributes }) =>
        operation === "stonith" && attributes.get("CRM_meta_stonith_action") !== "on",
    )
    .map(({ onNode }) => onNode ?? "");
  return [...new Set(names)];
}
