import { emptyContents } from "../document/sections.ts";
import { versionOf } from "../document/versions.ts";
import type { Draft } from "../draft.ts";
import { DONE, type StepOutcome } from "./step.ts";

/** `cib_bump`: a new epoch without any change. Source: CIB specification, section 2. */
export function bump(draft: Draft): StepOutcome {
  draft.set(draft.root, "epoch", String(versionOf(draft.root).epoch + 1));
  return DONE;
}

/** `cib_erase`: an empty document; the root's attributes stay, the admin epoch rises. Source: section 2. */
export function erase(draft: Draft): StepOutcome {
  for (const child of [...draft.root.children]) draft.remove(child);
  for (const child of emptyContents()) draft.append(draft.root, child);
  draft.set(draft.root, "admin_epoch", String(versionOf(draft.root).adminEpoch + 1));
  return DONE;
}
