import type { Clock, Engine, Log, NodeLinks } from "@quorate/ports";

/** What Corosync offers beyond the engine port. */
export interface CorosyncEngine extends Engine {
  /** To each other configured node; empty with transports that have no links. */
  links(): Promise<readonly NodeLinks[]>;
  /** Stops Corosync on this node, after an end from which the node must not come back by itself. Never rejects. */
  stopCorosync(): Promise<void>;
}

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
export async function connectToCorosync(options: CorosyncOptions): Promise<CorosyncEngine> {
  const { openCorosync } = await import("./connect.ts");
  return openCorosync(options);
}
