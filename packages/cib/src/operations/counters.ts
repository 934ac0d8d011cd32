import { emptyContents } from "../document/sections.ts";
import { versionOf } from "../document/versions.ts";
import type { Draft } from "../draft.ts";
import type { CibRequest } from "./request.ts";
import { DONE, type StepOutcome } from "./step.ts";

/**
 * `cib_bump`: a new epoch without any change. On the section `configuration` it counts exactly as a change of the configuration
 * does; otherwise it is itself an update. Source: CIB specification, section 2.
 */
export function bump(draft: Draft, request: CibRequest): StepOutcome {
  draft.set(draft.root, "epoch", String(versionOf(draft.root).epoch + 1));
  if (isConfigurationBump(request)) draft.set(draft.root, "num_updates", "0");
  return DONE;
}

export function isConfigurationBump({ operation, section }: CibRequest): boolean {
  return operation === "cib_bump" && section === "configuration";
}

/** `cib_erase`: an empty document; the root's attributes stay, the admin epoch rises. Source: section 2. */
export function erase(draft: Draft): StepOutcome {
  for (const child of [...draft.root.children]) draft.remove(child);
  for (const child of emptyContents()) draft.append(draft.root, child);
  draft.set(draft.root, "admin_epoch", String(versionOf(draft.root).adminEpoch + 1));
  return DONE;
}
