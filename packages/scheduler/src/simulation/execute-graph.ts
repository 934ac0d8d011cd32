import type { Synapse, TransitionGraph } from "../graph/transition-graph.ts";
import { ReadyQueue } from "./ready-queue.ts";

/** Above every failure: a synapse with this priority fires even then. */
const PRIORITY_MAX = 1_000_000;

export type ExecutionOutcome =
  | "complete"
  /** Some action failed; what depends on it did not fire. */
  | "failed"
  /** Nothing failed, but something could not fire: the graph is invalid. */
  | "terminated";

/**
 * Carries out a graph in the classic order: `perform` is called for one action after the other and says whether
 * it succeeded. Linear in the size of the graph. Source: scheduler specification, part 4, 7.1, 7.2 and 7.5.
 */
export function executeGraph(
  graph: TransitionGraph,
  perform: (synapse: Synapse) => boolean,
): ExecutionOutcome {
  const { synapses } = graph;
  const waitingFor = synapses.map((synapse) => synapse.inputs.length);
  const dependents = new Map<number, number[]>();
  synapses.forEach((synapse, position) => {
    for (const input of synapse.inputs) {
      const known = dependents.get(input.id);
      if (known === undefined) dependents.set(input.id, [position]);
      else known.push(position);
    }
  });
  const queue = new ReadyQueue();
  waitingFor.forEach((count, position) => {
    if (count === 0) queue.add(position);
  });

  let hasFailure = false;
  let firedCount = 0;
  for (let position = queue.take(); position !== null; position = queue.take()) {
    const synapse = synapses[position]!;
    const isUrgent = synapse.priority >= PRIORITY_MAX;
    if (hasFailure && !isUrgent && synapse.action.element !== "pseudo_event") continue;
    firedCount++;
    const isSuccess = perform(synapse);
    if (!isSuccess) hasFailure = true;
    for (const dependent of dependents.get(synapse.action.id) ?? []) {
      if (!isSuccess && synapses[dependent]!.priority < PRIORITY_MAX) continue;
      if (--waitingFor[dependent]! === 0) queue.add(dependent);
    }
  }
  if (hasFailure) return "failed";
  return firedCount === synapses.length ? "complete" : "terminated";
}
