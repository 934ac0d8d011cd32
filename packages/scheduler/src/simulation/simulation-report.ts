import type { Cluster } from "../model/cluster.ts";
import type { ScoreLine } from "../model/score-line.ts";
import type { StatusOptions } from "../render/status-options.ts";
import type { TransitionSummary } from "../render/transition-summary.ts";

/** Something that was changed in the CIB before the scheduler looked at it. Source: scheduler specification, part 4, 6. */
export type Modification =
  | { readonly kind: "node"; readonly change: "online" | "offline" | "failed"; readonly node: string }
  | {
      readonly kind: "ticket";
      readonly change: "grant" | "revoke" | "standby" | "activate";
      readonly ticket: string;
    }
  | { readonly kind: "operation"; readonly spec: string }
  | InjectedAttribute;

export interface InjectedAttribute {
  readonly kind: "attribute";
  readonly name: string;
  readonly value: string;
  readonly nodeId: string;
}

/** One action that was carried out. Source: part 4, 7.3. */
export type ExecutedStep =
  | { readonly kind: "pseudo"; readonly key: string; readonly node: string | null }
  | { readonly kind: "fencing"; readonly node: string; readonly action: string }
  | {
      readonly kind: "cluster";
      readonly task: string;
      readonly resource: string | null;
      readonly node: string;
    }
  | {
      readonly kind: "operation";
      readonly resource: string;
      readonly task: string;
      readonly intervalMs: number;
      readonly node: string;
    }
  | InjectedAttribute;

export interface ShownScores {
  readonly scores: boolean;
  readonly utilization: boolean;
}

/**
 * Told what a simulation does, step by step, in the order of the sections: `currentStatus`, `beginModifications` ...
 * `endModifications`, `scores`, `summary`, `beginExecution` ... `endExecution`, `revisedStatus`; any of them may be missing.
 * Makes text or XML of it.
 */
export interface SimulationReport {
  /** Only scores are shown; a status need not be made. */
  readonly isQuiet: boolean;
  /** The instant that is used instead of the clock's, each time the CIB is read. */
  effectiveDate(line: string): void;
  /** Remarks that came up while the status was read. */
  notices(lines: readonly ScoreLine[]): void;
  currentStatus(cluster: Cluster, options: StatusOptions): void;
  beginModifications(settings: { readonly quorum: string | null; readonly watchdog: string | null }): void;
  modification(modification: Modification): void;
  endModifications(): void;
  scores(lines: readonly ScoreLine[], shown: ShownScores): void;
  summary(summary: TransitionSummary): void;
  beginExecution(): void;
  step(step: ExecutedStep): void;
  /** An operation that fails because the request says so. */
  pretendedFailure(actionId: number, exitStatus: number): void;
  endExecution(): void;
  revisedStatus(cluster: Cluster, options: StatusOptions): void;
  error(text: string): void;
}
