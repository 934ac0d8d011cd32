import type { XmlElement } from "@quorate/xml";
import { findNode } from "../../configuration/nodes.ts";
import { allPrimitives, isStonith } from "../../configuration/resources.ts";
import { sectionElements } from "../../configuration/sections.ts";
import { quoted } from "../framework/assignments.ts";

/** What fencing levels name that does not exist, a sentence each. */
export function levelProblems(cib: XmlElement): string[] {
  const known = new Set(
    allPrimitives(cib)
      .filter(isStonith)
      .map(({ id }) => id),
  );
  const problems: string[] = [];
  for (const level of sectionElements(cib, "fencing-topology")) {
    const node = level.get("target");
    if (node !== null && findNode(cib, node) === null) {
      problems.push(`Node '${node}' does not appear to exist in configuration`);
    }
    const missing = (level.get("devices") ?? "").split(",").filter((device) => !known.has(device));
    if (missing.length > 0) problems.push(`Stonith resource(s) ${quoted(missing)} do not exist`);
  }
  return problems;
}
