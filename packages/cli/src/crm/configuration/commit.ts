import { CibError } from "../../cluster/cib-session.ts";
import { hasSameConfiguration, type WriteOutcome } from "../../cluster/write-configuration.ts";
import { needsNewFencingSwitch } from "../../verify/findings.ts";
import { writeConfiguration } from "../shell/cib-access.ts";
import type { Shell } from "../shell/shell.ts";
import { checkDocument } from "./checks/check-document.ts";
import { checkObjects } from "./checks/check-objects.ts";
import { checkUniqueness } from "./checks/check-uniqueness.ts";
import { spellParameters } from "./checks/parameter-names.ts";
import type { WorkingCopy } from "./working-copy.ts";

/** Whether a check found nothing that should keep a change from being committed. */
export async function verify(shell: Shell, copy: WorkingCopy, scope: "changed" | "all"): Promise<boolean> {
  const objects = scope === "all" ? copy.objects() : copy.changedObjects();
  const frequency = shell.settings.get("core.check_frequency");
  const asksAgents = frequency === "always" || (frequency === "on-verify" && scope === "all");
  if (asksAgents) await spellParameters(shell, copy, copy.changedObjects());
  const isStrict = shell.settings.get("core.check_mode") !== "relaxed";
  const areUnique = !asksAgents || (await checkUniqueness(shell, copy, objects)) || !isStrict;
  const areObjectsGood = !asksAgents || (await checkObjects(shell, copy, objects, { isStrict }));
  const isDocumentGood = checkDocument(shell, copy.cib, scope === "changed" ? copy.original : null);
  return areUnique && areObjectsGood && isDocumentGood;
}

/**
 * Checks what was changed and writes it. With errors nothing is written, unless the session is forced. What was read is
 * forgotten afterwards.
 */
export async function commit(shell: Shell, { isForced = false } = {}): Promise<boolean> {
  const copy = shell.openConfiguration;
  if (copy === null || !copy.isChanged || hasSameConfiguration(copy.original, copy.cib)) {
    // What was changed and changed back, or set to what it was, is not pending any more.
    const wasSet = (copy?.changedObjects() ?? []).length > 0;
    if (copy?.isChanged) shell.forgetConfiguration();
    if (wasSet) return true;
    shell.messages.info("apparently there is nothing to commit");
    shell.messages.info("try changing something first");
    return true;
  }
  const isGood = await verify(shell, copy, "changed");
  const mayForce = isForced || shell.options.isForced;
  if (!isGood && !mayForce) return false;
  // Users of crm know that fencing switched off by its new name has to be forced; here it need not be, but it is worth the word.
  if (mayForce && (!isGood || runsUnfenced(copy))) shell.messages.info("commit forced");
  const outcome = await write(shell, copy, mayForce);
  if (outcome === "changedMeanwhile") {
    shell.messages.error(
      "The configuration was changed by somebody else since it was read. Nothing was written. Type refresh and make the changes again",
    );
    return false;
  }
  shell.forgetConfiguration();
  return shell.settle();
}

/** Whether there are resources, and older clusters would not start them with what switches fencing off here. */
function runsUnfenced({ cib }: WorkingCopy): boolean {
  const resources = cib.first("configuration")?.first("resources") ?? null;
  return resources !== null && resources.elements().length > 0 && needsNewFencingSwitch(cib);
}

/** A change that is, or may be, in effect is not pending any more: it must not be written a second time. */
async function write(shell: Shell, copy: WorkingCopy, allowsMistakes: boolean): Promise<WriteOutcome> {
  try {
    return await writeConfiguration(shell.world, copy.original, copy.cib, { allowsMistakes });
  } catch (error) {
    if (error instanceof CibError && error.effect !== "none") shell.forgetConfiguration();
    throw error;
  }
}
