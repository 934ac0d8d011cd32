import type { XmlElement } from "@quorate/xml";
import { findSection, sectionPath } from "../document/sections.ts";
import { elementsAt, unknownSection } from "./find.ts";
import { DONE, failed, type Step, type StepOutcome } from "./step.ts";

/** Deletes by example or by XPath; finding nothing is success. Source: CIB specification, section 3, Delete. */
export function remove(step: Step): StepOutcome {
  const { draft, data } = step;
  if (step.xpath !== null) {
    const found = elementsAt(draft.root, step.xpath, step.flags.has("multiple"));
    if (!found.ok) return found.outcome.code === "notFound" ? DONE : found.outcome;
    if (found.value.includes(draft.root))
      return failed("invalidArgument", "the root of the CIB cannot be deleted");
    for (const element of [...found.value].reverse()) draft.remove(element);
    return DONE;
  }

  if (data === null) return failed("invalidArgument", "cib_delete needs an object to look for, or an XPath");
  if (sectionPath(step.section) === null) return unknownSection(step.section);
  const section = findSection(draft.root, step.section);
  if (section === null) return DONE;
  for (const searched of section.name === data.name ? data.elements() : [data]) {
    for (const element of section.descendants(searched.name)) {
      if (!hasAttributesOf(element, searched)) continue;
      draft.remove(element);
      break;
    }
  }
  return DONE;
}

/** Values are compared without regard to case. */
function hasAttributesOf(element: XmlElement, searched: XmlElement): boolean {
  for (const [name, value] of searched.attributes) {
    if (element.get(name)?.toLowerCase() !== value.toLowerCase()) return false;
  }
  return true;
}
