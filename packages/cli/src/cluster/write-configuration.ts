import { diffCib, patchsetToXml } from "@quorate/cib";
import { canonicalXml, type XmlElement } from "@quorate/xml";
import { ALLOWS_MISTAKES, type CibSession } from "./cib-session.ts";
import { isOutdated } from "./patch-cib.ts";

/** How often it is tried again when only counters or the status changed meanwhile. */
const ATTEMPTS_MAX = 10;

export type WriteOutcome = "written" | "changedMeanwhile";

/**
 * Makes the configuration of `target` that of the CIB, as a patch that only fits the version it was made for. When
 * somebody changed the configuration since `original` was read, nothing is written. `allowsMistakes`: also what is mistyped.
 * @throws CibError whose `effect` tells what became of the change
 */
export async function writeConfiguration(
  cib: CibSession,
  original: XmlElement,
  target: XmlElement,
  { allowsMistakes = false } = {},
): Promise<WriteOutcome> {
  const flags = allowsMistakes ? [ALLOWS_MISTAKES] : [];
  let base = original;
  for (let attempt = 1; ; attempt++) {
    try {
      const patchset = diffCib(base, nextVersion(base, target));
      await cib.call({ operation: "cib_apply_diff", data: patchsetToXml(patchset), flags });
      return "written";
    } catch (error) {
      // Everything else is no race: refused for another reason, in effect but not on every disk, or unknown. It is told as it is.
      if (!isOutdated(error) || attempt === ATTEMPTS_MAX) throw error;
      const current = await cib.document();
      if (!hasSameConfiguration(current, original)) return "changedMeanwhile";
      base = current.clone();
    }
  }
}

/** `base` with the configuration of `target`, as an update of it; whoever applies the patch counts the epoch up. */
function nextVersion(base: XmlElement, target: XmlElement): XmlElement {
  const next = base.clone();
  const configuration = next.first("configuration")!;
  next.insert(target.first("configuration")!.clone(), next.children.indexOf(configuration));
  configuration.remove();
  next.set("num_updates", String(Number(base.get("num_updates") ?? "0") + 1));
  return next;
}

export function hasSameConfiguration(a: XmlElement, b: XmlElement): boolean {
  return canonicalXml(a.first("configuration")!) === canonicalXml(b.first("configuration")!);
}
