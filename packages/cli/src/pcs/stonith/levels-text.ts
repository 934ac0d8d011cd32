import type { XmlElement } from "@quorate/xml";
import { sectionElements } from "../../configuration/sections.ts";

/** Fencing levels, each target with its levels below it. */
export function levelLines(cib: XmlElement): string[] {
  const targets = new Map<string, XmlElement[]>();
  for (const level of sectionElements(cib, "fencing-topology")) {
    const title = targetTitle(level);
    targets.set(title, [...(targets.get(title) ?? []), level]);
  }
  return [...targets]
    .sort(([left], [right]) => orderOf(left) - orderOf(right) || (left < right ? -1 : left > right ? 1 : 0))
    .flatMap(([title, levels]) => [
      title,
      ...[...levels]
        .sort((left, right) => Number(left.get("index")) - Number(right.get("index")))
        .map((level) => `  Level ${level.get("index")} - ${level.get("devices") ?? ""}`),
    ]);
}

function targetTitle(level: XmlElement): string {
  const pattern = level.get("target-pattern");
  if (pattern !== null) return `Target (regexp): ${pattern}`;
  const attribute = level.get("target-attribute");
  if (attribute !== null) return `Target: ${attribute}=${level.get("target-value") ?? ""}`;
  return `Target: ${level.get("target") ?? ""}`;
}

/** Nodes, then patterns, then attributes. */
function orderOf(title: string): number {
  if (title.startsWith("Target (regexp)")) return 1;
  return title.includes("=") ? 2 : 0;
}
