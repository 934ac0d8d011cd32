import { upgradeCib } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";
import { type Finding, findProblems } from "../../../verify/findings.ts";
import type { Shell } from "../../shell/shell.ts";
import { resourcesNamed } from "../references.ts";

/** Told by the checks of objects, where they are worth a word of warning. */
const TOLD_ELSEWHERE: ReadonlySet<string> = new Set([
  "cluster/operation-invalid",
  "cluster/constraint-unknown-node",
  "cluster/constraint-unknown-resource",
]);

/** About what runs: no configuration is wrong because of it. */
const ABOUT_STATUS = "cluster/multiple-active";

/** A value that its option forbids or that does harm, and a name that is nearly that of an option. */
const MISTYPED: ReadonlySet<string> = new Set([
  "option/wrongValue",
  "option/unsafeValue",
  "option/unknownOption",
]);

/**
 * Checks the CIB as a whole, as `crm_verify` does. Mistyped options that were there before stay allowed, but no new
 * ones come in.
 */
export function checkDocument(shell: Shell, cib: XmlElement, original: XmlElement | null): boolean {
  const nowS = Math.floor(shell.world.nowMs() / 1000);
  const found = problemsOf(cib, nowS);
  const isOption = ({ rule }: Finding) => rule.startsWith("option/");
  const isMistyped = ({ rule, severity }: Finding) => MISTYPED.has(rule) && severity !== "note";
  const former = new Set(original === null ? [] : problemsOf(original, nowS).filter(isMistyped).map(textOf));
  const mistyped =
    original === null ? [] : found.filter((finding) => isMistyped(finding) && !former.has(textOf(finding)));
  const errors = found.filter(
    (finding) => finding.severity === "error" && !isOption(finding) && !TOLD_ELSEWHERE.has(finding.rule),
  );
  const dangling = danglingNames(cib);
  for (const message of [...[...mistyped, ...errors].map((finding) => finding.message), ...dangling]) {
    shell.messages.error(message);
  }
  if (original !== null && !hasResources(cib)) tellUnknownNames(shell, found, problemsOf(original, nowS));
  const isGood = errors.length + mistyped.length + dangling.length === 0;
  if (!isGood) shell.messages.error("crm_verify: Errors found during check: config not valid");
  return isGood;
}

/**
 * Names in sets that are not known and like none that is: somebody may mean something by them, so they are written, but not in silence. Where there
 * are resources, the checks of objects tell.
 */
function tellUnknownNames(shell: Shell, found: readonly Finding[], before: readonly Finding[]): void {
  const former = new Set(before.map(textOf));
  for (const finding of found) {
    if (finding.rule !== "option/unknownOption" || finding.severity !== "note") continue;
    if (!former.has(textOf(finding))) shell.messages.aside(finding.message);
  }
}

/** Resources that constraints name, and what permissions and users name, must be there. */
function danglingNames(cib: XmlElement): string[] {
  const configuration = cib.first("configuration")!;
  const ids = new Set<string>();
  for (const element of configuration.descendants()) {
    if (element.id !== null && element.name !== "role" && element.name !== "resource_ref")
      ids.add(element.id);
  }
  const problems: string[] = [];
  for (const element of configuration.descendants()) {
    const reference = element.get("id-ref");
    if (reference !== null && !ids.has(reference))
      problems.push(`id-ref="${reference}" of <${element.name}> names what does not exist`);
  }
  const holders = new Map<string, string>();
  for (const holder of configuration.first("resources")?.elements() ?? []) {
    // What is named in a clone stands for the clone, as the cluster understands it.
    if (holder.name !== "bundle") continue;
    for (const { name, id } of holder.descendants())
      if (id !== null && (name === "primitive" || name === "group")) holders.set(id, holder.id ?? "");
  }
  const resources = [...(configuration.first("resources")?.descendants() ?? [])];
  const derived = new Set(resources.map((resource) => resource.get("template")));
  const idle = new Set(
    resources.filter(({ name, id }) => name === "template" && !derived.has(id)).map(({ id }) => id),
  );
  const expect = (element: XmlElement, id: string | null) => {
    const owner = element.id ?? element.parent?.id ?? "";
    if (id !== null && idle.has(id) && isConstraint(element))
      problems.push(
        `<${element.name}> of "${owner}" names the template "${id}", from which no resource is made`,
      );
    if (id !== null && !ids.has(id))
      problems.push(`<${element.name}> of "${owner}" names "${id}", which does not exist`);
  };
  for (const permission of configuration.descendants("acl_permission"))
    expect(permission, permission.get("reference"));
  for (const role of configuration.descendants("role")) expect(role, role.id);
  for (const constraint of configuration.first("constraints")?.elements() ?? []) {
    for (const resource of resourcesNamed(constraint)) {
      expect(constraint, resource);
      const holder = holders.get(resource);
      if (holder !== undefined)
        problems.push(
          `<${constraint.name}> of "${constraint.id}" names "${resource}", which is in ${holder}: name ${holder} instead`,
        );
    }
    if (constraint.get("kind") === "Serialize" && constraint.get("symmetrical") === "true")
      problems.push(`<rsc_order> of "${constraint.id}": what is serialized cannot be symmetrical`);
  }
  return problems;
}

function isConstraint({ name }: XmlElement): boolean {
  return name.startsWith("rsc_");
}

/** Of the configuration as the cluster would use it. That nothing can be fenced matters from the first resource on: until then it is being built. */
function problemsOf(cib: XmlElement, nowS: number): readonly Finding[] {
  const upgrade = upgradeCib(cib);
  const used = upgrade.kind === "upgraded" ? upgrade.document : cib;
  const isBeingBuilt = !hasResources(used);
  return findProblems(used, nowS).filter(
    ({ rule }) => rule !== ABOUT_STATUS && !(isBeingBuilt && rule === "fencing/none"),
  );
}

function hasResources(cib: XmlElement): boolean {
  return (cib.first("configuration")?.first("resources")?.elements().length ?? 0) > 0;
}

/** Without the place: the line moves when something is written before it. */
function textOf({ message }: Finding): string {
  return message.replace(/^(?:line \d+, )?\S+: /, "");
}
