import type { Clock, Engine, Log } from "@quorate/ports";

export interface CorosyncOptions {
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Why Corosync cannot be used: `library`: its libraries cannot be loaded; `configuration`: it runs with a configuration that no
 * cluster can be built on; `unavailable`: it does not answer, or not yet.
 */
export type CorosyncProblem = "library" | "configuration" | "unavailable";

/** The text says what to do. */
export class CorosyncError extends Error {
  readonly problem: CorosyncProblem;

  constructor(problem: CorosyncProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.problem = problem;
  }
}

/**
 * The engine of this process over Corosync on this machine. Nothing of it is loaded before the call; while Corosync is not ready it tries
 * again for some seconds.
 * @throws CorosyncError
 */
export async function connectToCorosync(options: CorosyncOptions): Promise<Engine> {
  const { openCorosync } = await import("./connect.ts");
  return openCorosync(options);
}
