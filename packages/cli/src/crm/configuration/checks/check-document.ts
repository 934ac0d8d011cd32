import { checkStructure, describeProblem } from "@quorate/cib";
import { schedule } from "@quorate/scheduler";
import type { XmlElement } from "@quorate/xml";
import type { Shell } from "../../shell/shell.ts";

/** Checks the CIB as a whole, as `crm_verify` does. */
export function checkDocument(shell: Shell, cib: XmlElement): boolean {
  const problems = checkStructure(cib).map(describeProblem);
  if (problems.length === 0) {
    const { diagnostics } = schedule(cib.clone(), { nowS: Math.floor(shell.world.nowMs() / 1000) }).cluster;
    for (const { severity, message } of diagnostics) if (severity === "error") problems.push(message);
  }
  for (const problem of problems) shell.messages.error(problem);
  if (problems.length > 0) shell.messages.error("crm_verify: Errors found during check: config not valid");
  return problems.length === 0;
}
