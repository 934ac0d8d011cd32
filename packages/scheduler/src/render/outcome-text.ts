const EXIT_TEXTS: ReadonlyMap<number, string> = new Map([
  [0, "OK"],
  [1, "Error occurred"],
  [2, "Invalid parameter"],
  [3, "Unimplemented"],
  [4, "Insufficient privileges"],
  [5, "Not installed"],
  [6, "Not configured"],
  [7, "Not running"],
  [8, "Promoted"],
  [9, "Failed in promoted role"],
  [124, "Timeout occurred"],
  [190, "Service is active but might fail soon"],
  [191, "Service is promoted but might fail soon"],
  [193, "No exit status available"],
]);

/** What an agent's exit status means, in words. Source: scheduler specification, part 4, 4.8. */
export function exitText(exitStatus: number): string {
  const text = EXIT_TEXTS.get(exitStatus);
  if (text !== undefined) return text;
  return exitStatus >= 128 ? "Interrupted by signal" : "Unknown exit status";
}

const EXECUTION_TEXTS: ReadonlyMap<number, string> = new Map([
  [-1, "Pending"],
  [0, "Done"],
  [1, "Cancelled"],
  [2, "Timed out"],
  [3, "Unsupported"],
  [4, "Error"],
  [5, "Hard error"],
  [6, "Fatal error"],
  [7, "Not installed"],
  [8, "Internal communication failure"],
  [9, "Cannot execute now"],
  [10, "No fence device"],
  [11, "CIB secrets unavailable"],
]);

/** How far an operation came, in words. Source: scheduler specification, part 4, 4.9. */
export function executionText(executionStatus: number): string {
  return EXECUTION_TEXTS.get(executionStatus) ?? "UNKNOWN!";
}
