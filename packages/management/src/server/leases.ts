import { randomBytes } from "node:crypto";
import { LEASE_MS, ManagementError } from "../protocol/contract.ts";

interface Lease {
  readonly secret: string;
  readonly purpose: string;
  readonly holder: string;
  usedMs: number;
  /** Requests of its holder that are being carried out: as long as one is, it does not end. */
  runningCount: number;
}

/** Who may change this host now: whoever has the lease, or anybody while nobody has it. Times are monotonic milliseconds. */
export class Leases {
  #current: Lease | null = null;

  /** @throws ManagementError `busy` while somebody else has it */
  take(purpose: string, holder: string, nowMs: number): string {
    this.#refuseOthers(null, nowMs);
    const secret = randomBytes(32).toString("base64url");
    this.#current = { secret, purpose, holder, usedMs: nowMs, runningCount: 0 };
    return secret;
  }

  /**
   * Begins a change; the caller calls what is returned, with the time, when it has ended.
   * @throws ManagementError `busy` when somebody else has the lease, or the caller's has ended: others may have changed the host since,
   * so what it was about to do rests on what is no longer true
   */
  begin(secret: string | null, nowMs: number): (nowMs: number) => void {
    this.#refuseOthers(secret, nowMs);
    const lease = this.#current;
    if (lease === null) {
      if (secret === null) return () => {};
      throw new ManagementError(
        "busy",
        "this host did not wait any longer for this command, and others may have changed it since; nothing was done here, look at what was done before and run the command again",
      );
    }
    lease.runningCount++;
    return (endMs) => {
      lease.runningCount--;
      lease.usedMs = endMs;
    };
  }

  release(secret: string | null): void {
    if (this.#current?.secret === secret) this.#current = null;
  }

  #refuseOthers(secret: string | null, nowMs: number): void {
    const lease = this.#current;
    if (lease === null || secret === lease.secret) return;
    if (lease.runningCount === 0 && nowMs - lease.usedMs >= LEASE_MS) {
      this.#current = null;
      return;
    }
    throw new ManagementError(
      "busy",
      `another command (${lease.purpose}, from ${lease.holder}) is changing this host; wait until it has ended`,
    );
  }
}
