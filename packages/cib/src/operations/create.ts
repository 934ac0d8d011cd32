import { XmlElement } from "@quorate/xml";
import { CIB_RESULT_CODES } from "../document/result-codes.ts";
import { elementsAt, ensureSection } from "./find.ts";
import { modify } from "./modify.ts";
import { DONE, failed, type Step, type StepOutcome } from "./step.ts";

/** Adds new objects to a section, or to what an XPath selects. Source: CIB specification, section 3, Create. */
export function create(step: Step): StepOutcome {
  const { draft, data } = step;
  if (data === null) return failed("invalidArgument", "cib_create needs the object to create");
  const isWhole = step.xpath === null && (step.section === null || /^(cib|all)$/i.test(step.section));
  if (isWhole || data.name === "cib") return modify({ ...step, section: null, xpath: null });

  let parent: XmlElement;
  if (step.xpath !== null) {
    const found = elementsAt(draft.root, step.xpath, false);
    if (!found.ok) return found.outcome;
    parent = found.value[0] ?? draft.root;
  } else {
    const found = ensureSection(draft, step.section);
    if (!found.ok) return found.outcome;
    parent = found.value;
  }

  const objects = data.name === parent.name && step.xpath === null ? data.elements() : [data];
  for (const object of objects) {
    if (parent.elements().some((child) => isTaken(child, object))) return alreadyThere(object);
    object.attributes.delete("__replace__");
    draft.append(parent, object);
  }
  return DONE;
}

/** Same name and same id, or same name when the new one has no id. */
function isTaken(existing: XmlElement, object: XmlElement): boolean {
  return existing.name === object.name && (object.id === null || existing.id === object.id);
}

function alreadyThere(object: XmlElement): StepOutcome {
  const update = new XmlElement("failed_update");
  if (object.id !== null) update.set("id", object.id);
  update.set("object-type", object.name);
  update.set("operation", "cib_create");
  update.set("reason", CIB_RESULT_CODES.exists.text);
  update.append(object.clone());
  const reply = new XmlElement("failed");
  reply.append(update);
  return failed("exists", `<${object.name} id="${object.id ?? ""}"> exists already`, reply);
}
