/**
 * What is wrong with the configuration or the status, as data: the scheduler never throws on bad input, it takes
 * the documented fallback and says so here.
 */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly code: DiagnosticCode;
  /** For people: what is wrong with its values, and what to do. */
  readonly message: string;
  /** Id of the element that is meant; null when it has none. */
  readonly elementId: string | null;
  /** Line in the document; 0 when it was not parsed from text. */
  readonly line: number;
}

export type DiagnosticCode =
  | "feature-set-too-new"
  | "option-invalid"
  | "node-invalid"
  | "node-duplicate"
  | "node-type-unknown"
  | "resource-invalid"
  | "template-unknown"
  | "clone-invalid"
  | "bundle-invalid"
  | "meta-invalid"
  | "state-unknown-node"
  | "history-invalid"
  | "constraint-invalid"
  | "constraint-unknown-resource"
  | "constraint-unknown-node"
  | "constraint-unsupported"
  | "colocations-entangled"
  | "operation-invalid"
  | "multiple-active"
  | "no-fencing-device"
  | "node-unclean"
  | "node-cannot-be-fenced"
  | "ordering-loop"
  | "ordering-ignored"
  | "upgrade-incomplete";
