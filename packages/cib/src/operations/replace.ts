import type { XmlElement } from "@quorate/xml";
import { digestV2 } from "../document/digests.ts";
import { findSection, sectionPath } from "../document/sections.ts";
import { compareCibVersions, formatVersion, versionOf } from "../document/versions.ts";
import { elementsAt, unknownSection } from "./find.ts";
import { DONE, failed, type Step, type StepOutcome } from "./step.ts";

/** Replaces one object, or the whole document. Source: CIB specification, section 3, Replace. */
export function replace(step: Step): StepOutcome {
  const { draft, data, flags } = step;
  if (data === null) return failed("invalidArgument", "cib_replace needs the object to put in");
  if (data.name === "cib" && step.xpath === null) return replaceWhole(step, data);

  if (step.xpath !== null) {
    const found = elementsAt(draft.root, step.xpath, flags.has("multiple"));
    if (!found.ok) return found.outcome;
    if (found.value.includes(draft.root)) {
      return data.name === "cib"
        ? replaceWhole(step, data)
        : failed("invalidArgument", `the whole CIB cannot be replaced by <${data.name}>`);
    }
    for (const element of found.value) {
      // One match may lie within another that has been replaced by now.
      if (isWithin(element, draft.root)) draft.replace(element, data.clone());
    }
    return DONE;
  }

  if (sectionPath(step.section) === null) return unknownSection(step.section);
  const section = findSection(draft.root, step.section);
  const top = section === null || section.name === data.name ? draft.root : section;
  for (const element of top.descendants(data.name)) {
    if (data.id !== null && element.id !== data.id) continue;
    draft.replace(element, data);
    return DONE;
  }
  return failed("notFound", `no <${data.name} id="${data.id ?? ""}"> in section ${step.section ?? "cib"}`);
}

function replaceWhole(step: Step, data: XmlElement): StepOutcome {
  if (step.digest !== null && step.digest !== digestV2(data)) {
    return failed("digestMismatch", `the document has digest ${digestV2(data)} instead of ${step.digest}`);
  }
  const [own, replacement] = [versionOf(step.draft.root), versionOf(data, -1)];
  if (compareCibVersions(replacement, own) < 0) {
    return failed("oldData", `version ${formatVersion(replacement)} is older than ${formatVersion(own)}`);
  }
  step.draft.replace(step.draft.root, data);
  return DONE;
}

function isWithin(element: XmlElement, root: XmlElement): boolean {
  for (let up: XmlElement | null = element; up !== null; up = up.parent) {
    if (up === root) return true;
  }
  return false;
}
