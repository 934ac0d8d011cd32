import type { XmlElement } from "@quorate/xml";
import type { Cluster } from "../../model/cluster.ts";
import type { DiagnosticCode } from "../../model/diagnostic.ts";

/** Notes what is wrong with a constraint. `message` goes on after `KIND constraint "ID"`. */
export function noteProblem(
  cluster: Cluster,
  constraint: XmlElement,
  code: DiagnosticCode,
  message: string,
): void {
  cluster.diagnostics.push({
    severity: "error",
    code,
    message: `${constraint.name} "${constraint.id ?? ""}" ${message}`,
    elementId: constraint.id,
    line: constraint.line,
  });
}

/** Notes that a constraint names a resource that does not exist. */
export function noteUnknownResource(cluster: Cluster, constraint: XmlElement, id: string | null): void {
  if (id === null) {
    noteProblem(cluster, constraint, "constraint-unknown-resource", "names no resource and is ignored");
    return;
  }
  noteProblem(
    cluster,
    constraint,
    "constraint-unknown-resource",
    `names resource "${id}", which does not exist, and is ignored: correct the name or remove the constraint`,
  );
}
