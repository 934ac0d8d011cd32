/** Something wrong in a file. */
export interface ConfProblem {
  /** An error keeps the cluster from starting, or makes it unsafe; a warning deserves a look. */
  readonly severity: "error" | "warning";
  /** Counted from 1; null when it is about something that is missing. */
  readonly line: number | null;
  /** A sentence with the mend. */
  readonly message: string;
}
