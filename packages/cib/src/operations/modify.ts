import { elementsAt, ensureSection, findNamesake } from "./find.ts";
import { mergeInto } from "./merge.ts";
import { DONE, failed, type Step, type StepOutcome } from "./step.ts";

/** Merges an object into the existing one. Source: CIB specification, section 3, Modify. */
export function modify(step: Step): StepOutcome {
  const { draft, data, flags } = step;
  if (data === null) return failed("invalidArgument", "cib_modify needs the object to merge");

  if (step.xpath !== null) {
    const found = elementsAt(draft.root, step.xpath, flags.has("multiple"));
    if (!found.ok) return found.outcome;
    for (const element of found.value) {
      const target = findNamesake(element, data);
      if (target !== null) mergeInto(draft, target, data.clone());
      else if (flags.has("can-create")) draft.append(element, data.clone());
      else return failed("notFound", `no <${data.name} id="${data.id ?? ""}"> in what ${step.xpath} selects`);
    }
    return DONE;
  }

  const section = ensureSection(draft, step.section);
  if (!section.ok) return section.outcome;
  const target = findNamesake(section.value, data);
  if (target !== null) {
    mergeInto(draft, target, data);
    return DONE;
  }
  if (!flags.has("can-create")) {
    return failed("notFound", `no <${data.name} id="${data.id ?? ""}"> in section ${step.section ?? "cib"}`);
  }
  draft.append(section.value, data);
  return DONE;
}
