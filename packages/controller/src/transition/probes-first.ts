import type { GraphAction, Synapse, TransitionGraph } from "@quorate/scheduler";

/**
 * Inputs that a graph does not have, by action id: a promotion waits until it is known of every node in the graph whether the resource runs there.
 * The scheduler orders starts after first looks, and promotions not; but on a node whose daemon came back while everything beside it
 * went on, an instance may be promoted still. A look that itself waits for some promotion is not waited for.
 */
export function probesBeforePromotions(graph: TransitionGraph): ReadonlyMap<number, readonly number[]> {
  const actions = graph.synapses.map(({ action }) => action);
  const promotions = actions.filter(({ operation }) => operation === "promote");
  const probes = promotions.length === 0 ? [] : actions.filter(isProbe);
  if (probes.length === 0) return new Map();
  const promoted = new Set(promotions.map(({ id }) => id));
  const inputs = new Map(graph.synapses.map((synapse) => [synapse.action.id, synapse.inputs]));
  const free = probes.filter(
    ({ id }) =>
      ![...allBefore(id, (before) => inputs.get(before) ?? [])].some((before) => promoted.has(before)),
  );
  const byResource = new Map<string | null, number[]>();
  for (const probe of free) {
    const known = byResource.get(instanceless(probe));
    if (known === undefined) byResource.set(instanceless(probe), [probe.id]);
    else known.push(probe.id);
  }
  return new Map(
    promotions.map((promotion) => [promotion.id, byResource.get(instanceless(promotion)) ?? []]),
  );
}

function isProbe({ element, operation, attributes }: GraphAction): boolean {
  return (
    element === "rsc_op" && operation === "monitor" && (attributes.get("CRM_meta_interval") ?? "0") === "0"
  );
}

/** The resource without the number of its instance. */
function instanceless({ resource }: GraphAction): string | null {
  return resource?.id.replace(/:\d+$/, "") ?? null;
}

/** All actions that have to be over before this one begins. */
export function allBefore(id: number, inputsOf: (id: number) => Synapse["inputs"]): ReadonlySet<number> {
  const found = new Set<number>();
  const open = [id];
  for (let next = open.pop(); next !== undefined; next = open.pop())
    for (const input of inputsOf(next)) {
      if (found.has(input.id)) continue;
      found.add(input.id);
      open.push(input.id);
    }
  return found;
}
