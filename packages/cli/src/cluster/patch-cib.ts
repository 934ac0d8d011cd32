import { diffCib, patchsetToXml } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";
import { ExitCode } from "../exit-codes.ts";
import { CibError, type CibSession } from "./cib-session.ts";

/** How often to begin again when somebody else changed something meanwhile. */
const ATTEMPTS_MAX = 10;

/** Whether a request was refused only because the CIB is no longer the one that it was made for. Any other refusal would be the same again. */
export function isOutdated(error: unknown): error is CibError {
  return error instanceof CibError && (error.exitCode === ExitCode.old || error.exitCode === ExitCode.digest);
}

/**
 * Changes the CIB by a patch that fits only the version that `change` has seen, so that nothing is lost of what others write at the same
 * time; when they were faster, `change` is asked again with what is there then. `change` is given a copy to change in place; when it
 * changes nothing, nothing is written.
 * @throws CibError
 */
export async function patchCib(cib: CibSession, change: (document: XmlElement) => void): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const base = await cib.document();
    const target = base.clone();
    change(target);
    const patchset = diffCib(base, target);
    const { source } = patchset;
    if (patchset.changes.length === 0) return;
    // An update must lead to a newer version. Which one, whoever applies it counts, so the counters themselves are not part of it.
    const next = source === null ? null : { ...source, numUpdates: source.numUpdates + 1 };
    try {
      await cib.call({ operation: "cib_apply_diff", data: patchsetToXml({ ...patchset, target: next }) });
      return;
    } catch (error) {
      if (!isOutdated(error) || attempt >= ATTEMPTS_MAX) throw error;
    }
  }
}
