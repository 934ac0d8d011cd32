import type { ConfigurationObject } from "../document.ts";
import type { WorkingCopy } from "../working-copy.ts";
import type { Finding } from "./check-objects.ts";

/** Levels should be for nodes and with devices that there are. */
export function checkTopology(copy: WorkingCopy, { element }: ConfigurationObject): Finding[] {
  const findings: Finding[] = [];
  const nodes = new Set(copy.nodeNames());
  const levels = element.all("fencing-level");
  for (const target of levels.map((level) => level.get("target"))) {
    if (target !== null && !nodes.has(target))
      findings.push({ severity: "warning", text: `fencing_topology: target ${target} not a node` });
  }
  for (const device of levels.flatMap((level) => (level.get("devices") ?? "").split(","))) {
    const object = copy.find(device);
    if (object?.element.get("class") === "stonith") continue;
    const text = object === null ? `resource ${device} does not exist` : `${device} not a stonith resource`;
    findings.push({ severity: "warning", text: `fencing_topology: ${text}` });
  }
  return findings;
}
