import type { XmlElement } from "@quorate/xml";
import { newMistakes } from "../options/new-mistakes.ts";
import { describeOptionProblem } from "../options/validate-options.ts";
import { applyOperation } from "./apply.ts";
import { type CibRequest, makeRequest } from "./request.ts";

/**
 * What is mistyped in a change, a line each; null when nothing is, or when the change would be refused anyway. The document stays as it is.
 */
export function mistakesInRequest(
  cib: XmlElement,
  request: Pick<CibRequest, "operation" | "section" | "xpath" | "data" | "flags">,
  featureSet: string,
): readonly string[] | null {
  const { operation, section, data } = request;
  const isChecked = section !== "status" && data !== null && /<(?:nvpair|op)[\s/>]/.test(data);
  if (!isChecked || operation === "cib_query") return null;
  const dryRun = makeRequest(operation, { ...request, flags: [...request.flags, "dryrun"] });
  const tried = (isStructureChecked: boolean) =>
    applyOperation(cib, dryRun, {
      featureSet,
      lastWritten: "",
      isFileBacked: false,
      isStoredValid: true,
      isPrivileged: true,
      isStructureChecked,
    });
  // The structure of the whole document only when it matters: to check it takes longer than all else.
  const { code, patchset } = tried(false);
  if (code !== "ok" || patchset === null) return null;
  const mistakes = newMistakes(cib, patchset).map(describeOptionProblem);
  return mistakes.length === 0 || tried(true).code !== "ok" ? null : mistakes;
}
