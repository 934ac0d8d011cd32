import { isRemoteFault, nodesOf, type Plan } from "./plan.ts";

/** Trials are runs of their own. */
const TRIALS_MAX = 400;

/**
 * A smaller plan that fails, too: fewer faults, fewer nodes, a simpler world, shorter waits. `fails` is asked for each
 * trial; what it answers for the plan itself is taken to be yes.
 */
export function shrinkPlan(plan: Plan, fails: (candidate: Plan) => boolean): Plan {
  let best = plan;
  let trials = 0;
  const accept = (candidate: Plan): boolean => {
    trials += 1;
    if (trials > TRIALS_MAX || !fails(candidate)) return false;
    best = candidate;
    return true;
  };
  let hasProgress = true;
  while (hasProgress && trials < TRIALS_MAX) {
    hasProgress = false;
    for (let size = Math.ceil(best.steps.length / 2); size >= 1; size = Math.floor(size / 2))
      for (let start = 0; start < best.steps.length; ) {
        const steps = [...best.steps.slice(0, start), ...best.steps.slice(start + size)];
        if (accept({ ...best, steps })) hasProgress = true;
        else start += size;
      }
    for (const candidate of simplerWorlds(best)) if (accept(candidate)) hasProgress = true;
    for (let index = 0; index < best.steps.length; index += 1) {
      const step = best.steps[index]!;
      if (step.afterMs === 0) continue;
      const steps = best.steps.with(index, { ...step, afterMs: 0 });
      if (accept({ ...best, steps })) hasProgress = true;
    }
  }
  return best;
}

function* simplerWorlds(plan: Plan): Generator<Plan> {
  const { world } = plan;
  if (world.nodeCount > 2) {
    const nodeCount = world.nodeCount - 1;
    const steps = plan.steps.filter(({ fault }) => nodesOf(fault).every((nodeId) => nodeId <= nodeCount));
    yield { ...plan, steps, world: { ...world, nodeCount } };
  }
  if (world.content === "rich") yield { ...plan, world: { ...world, content: "plain" } };
  if (world.remote !== undefined) {
    const { remote, ...others } = world;
    const steps = plan.steps.filter(({ fault }) => !isRemoteFault(fault));
    yield { ...plan, steps, world: others };
    if (remote.prefers.length > 1)
      yield { ...plan, world: { ...world, remote: { ...remote, prefers: remote.prefers.slice(0, 1) } } };
  }
  if (world.latencyMs > 0) yield { ...plan, world: { ...world, latencyMs: 0 } };
}
