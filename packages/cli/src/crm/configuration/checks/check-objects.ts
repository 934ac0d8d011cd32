import type { Shell } from "../../shell/shell.ts";
import type { ConfigurationObject } from "../document.ts";
import type { WorkingCopy } from "../working-copy.ts";
import { checkBundle } from "./check-bundle.ts";
import { checkConstraint } from "./check-constraint.ts";
import { checkMetaAttributes } from "./check-meta-attributes.ts";
import { checkPrimitive } from "./check-primitive.ts";
import { checkProperties } from "./check-properties.ts";
import { checkTopology } from "./check-topology.ts";

/** What a check finds: errors keep a change from being committed, warnings do not; notes are warnings of which crmsh says nothing. */
export interface Finding {
  readonly severity: "error" | "warning" | "note";
  readonly text: string;
}

/**
 * Checks objects one by one, each with what it refers to, and tells what was found. False when there was an error, unless the checks are not strict. Until there are resources
 * a configuration is being built, and need not fit together yet.
 */
export async function checkObjects(
  shell: Shell,
  copy: WorkingCopy,
  objects: readonly ConfigurationObject[],
  { isStrict }: { readonly isStrict: boolean },
): Promise<boolean> {
  let isGood = true;
  if (!copy.hasResources) return isGood;
  for (const object of [...objects].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    for (const { severity, text } of await findings(shell, copy, object)) {
      if (severity === "note") shell.messages.aside(text);
      else if (severity === "warning" || !isStrict) shell.messages.warning(text);
      else {
        shell.messages.error(text);
        isGood = false;
      }
    }
  }
  return isGood;
}

async function findings(
  shell: Shell,
  copy: WorkingCopy,
  object: ConfigurationObject,
): Promise<readonly Finding[]> {
  switch (object.type.word) {
    case "primitive":
    case "rsc_template":
      return checkPrimitive(shell, copy, object);
    case "group":
    case "clone":
    case "ms":
    case "rsc_defaults":
    case "op_defaults":
      return checkMetaAttributes(object);
    case "bundle":
      return [...checkBundle(object), ...checkMetaAttributes(object)];
    case "location":
    case "colocation":
    case "order":
    case "rsc_ticket":
      return checkConstraint(copy, object);
    case "fencing_topology":
      return checkTopology(copy, object);
    case "property":
      return checkProperties(object);
    default:
      return [];
  }
}
