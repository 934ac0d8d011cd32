import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/** Who asked for what from where, and what became of it. No field may hold a secret. */
export interface AuditEntry {
  readonly who: string;
  /** The token's id; null for a login. */
  readonly token: string | null;
  readonly from: string;
  readonly what: string;
  /** What was asked for in detail, without secrets. */
  readonly detail: Readonly<Record<string, unknown>>;
  readonly outcome: "begun" | "done" | "refused" | "failed";
  readonly reason: string | null;
}

export type Audit = (entry: AuditEntry) => void;

/**
 * Writes one line of JSON for each entry to a file that only its owner may read, and to `log`, which is the journal: so that a full disk hides nothing,
 * and nobody forges a line, as JSON has no line breaks in it.
 */
export function createAudit(path: string, log: (line: string) => void, wallTime: () => Date): Audit {
  return (entry) => {
    const line = JSON.stringify({ time: wallTime().toISOString(), ...entry });
    log(`audit: ${line}`);
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
      appendFileSync(path, `${line}\n`, { mode: 0o600 });
    } catch (error) {
      log(`the audit line above could not be written to ${path}: ${(error as Error).message}`);
    }
  };
}
