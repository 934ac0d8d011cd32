import { hasSameConfiguration } from "../../cluster/write-configuration.ts";
import { writeConfiguration } from "../shell/cib-access.ts";
import type { Shell } from "../shell/shell.ts";
import { checkDocument } from "./checks/check-document.ts";
import { checkObjects } from "./checks/check-objects.ts";
import type { WorkingCopy } from "./working-copy.ts";

/** Whether a check found nothing that should keep a change from being committed. */
export async function verify(shell: Shell, copy: WorkingCopy, scope: "changed" | "all"): Promise<boolean> {
  const objects = scope === "all" ? copy.objects() : copy.changedObjects();
  const areObjectsGood = await checkObjects(shell, copy, objects);
  const isDocumentGood = checkDocument(shell, copy.cib, scope === "changed" ? copy.original : null);
  return areObjectsGood && isDocumentGood;
}

/**
 * Checks what was changed and writes it. With errors nothing is written, unless the session is forced. What was read is
 * forgotten afterwards.
 */
export async function commit(shell: Shell): Promise<boolean> {
  const copy = shell.openConfiguration;
  if (copy === null || !copy.isChanged || hasSameConfiguration(copy.original, copy.cib)) {
    shell.messages.info("apparently there is nothing to commit");
    shell.messages.info("try changing something first");
    return true;
  }
  if (!(await verify(shell, copy, "changed"))) {
    if (!shell.options.isForced) return false;
    shell.messages.info("commit forced");
  }
  const outcome = await writeConfiguration(shell.world, copy.original, copy.cib);
  if (outcome === "changedMeanwhile") {
    shell.messages.error(
      "The configuration was changed by somebody else since it was read. Nothing was written. Type refresh and make the changes again",
    );
    return false;
  }
  shell.forgetConfiguration();
  return true;
}
