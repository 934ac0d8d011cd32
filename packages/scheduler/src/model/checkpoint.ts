import type { Cluster } from "./cluster.ts";

/** Ends a run of which nobody wants the result any more. */
export class StaleRun extends Error {
  override readonly name = "StaleRun";
}

/**
 * Called between the stages and in the loops over all resources and actions: a large cluster takes seconds, and a newer
 * document must not wait for the rest. @throws StaleRun
 */
export function checkpoint(cluster: Cluster): void {
  if (cluster.isStale?.() === true) throw new StaleRun("a newer run was asked for");
}
