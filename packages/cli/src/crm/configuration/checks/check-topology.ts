import type { ConfigurationObject } from "../document.ts";
import type { WorkingCopy } from "../working-copy.ts";
import type { Finding } from "./check-objects.ts";

/** Levels should be for nodes and with devices that there are. */
export function checkTopology(copy: WorkingCopy, { element }: ConfigurationObject): Finding[] {
  const findings: Finding[] = [];
  const nodes = new Set(copy.nodeNames());
  for (const level of element.all("fencing-level")) {
    const target = level.get("target");
    if (target !== null && !nodes.has(target)) {
      findings.push({ severity: "warning", text: `fencing_topology: target ${target} not a node` });
    }
    for (const device of (level.get("devices") ?? "").split(",")) {
      const isDevice = copy.find(device)?.element.get("class") === "stonith";
      if (!isDevice)
        findings.push({
          severity: "warning",
          text: `fencing_topology: resource ${device} is not a stonith device`,
        });
    }
  }
  return findings;
}
