import type { XmlElement } from "@quorate/xml";
import { findResource, outerCollective } from "../../configuration/resources.ts";
import type { PcsCall } from "../framework/command.ts";
import { fail } from "../framework/reports.ts";

/**
 * Checks a resource that a constraint is to be about: it must exist, and a part of a clone or bundle is constrained through
 * the whole. @throws PcsError
 */
export function checkConstrained(call: PcsCall, cib: XmlElement, id: string): void {
  const problem = constrainedProblem(cib, id, `Resource '${id}' does not exist`);
  if (problem === null) return;
  if (!problem.isForceable) fail(problem.message);
  if (!call.has("--force")) fail(`${problem.message}, use --force to override`);
}

/** As `checkConstrained`, for a list: all mistakes are told. */
export function reportConstrained(call: PcsCall, cib: XmlElement, ids: readonly string[]): void {
  for (const id of ids) {
    const problem = constrainedProblem(cib, id, `bundle/clone/group/resource '${id}' does not exist`);
    if (problem === null) continue;
    if (problem.isForceable) call.reports.forceable(problem.message);
    else call.reports.error(problem.message);
  }
}

function constrainedProblem(
  cib: XmlElement,
  id: string,
  missing: string,
): { readonly message: string; readonly isForceable: boolean } | null {
  const resource = findResource(cib, id);
  if (resource === null) return { message: missing, isForceable: false };
  const collective = outerCollective(resource);
  if (collective === null) return null;
  const kind = collective.name === "bundle" ? "bundle" : "clone";
  return {
    message: `${id} is a ${kind} resource, you should use the ${kind} id: ${collective.id} when adding constraints`,
    isForceable: true,
  };
}
