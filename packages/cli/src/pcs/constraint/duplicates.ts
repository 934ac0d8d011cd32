import type { PcsCall } from "../framework/command.ts";
import { fail } from "../framework/reports.ts";

/** @throws PcsError, unless with `--force`, when there are any; each is a line that shows one. */
export function refuseDuplicates(call: PcsCall, duplicates: readonly string[]): void {
  if (duplicates.length === 0 || call.has("--force")) return;
  fail(
    [
      "duplicate constraint already exists, use --force to override",
      ...duplicates.map((line) => `  ${line}`),
    ].join("\n"),
  );
}
