import type { Generation } from "./facts.ts";

const SCORES = ["INFINITY", "-INFINITY", "100", "-100", "1", "-5000", "0"] as const;

/** The `constraints` section over the ids that the resources defined. */
export function constraintsText(generation: Generation): string {
  const { random, features, ids } = generation;
  if (ids.any.length === 0) return "";
  const mayContradict = features.has("contradictions");
  /** What constraints between resources name, in the order in which they may follow each other. */
  const chain = mayContradict ? ids.any : ids.top;
  const makers: ((id: string) => string)[] = [location, location, colocation, colocation, order, order];
  if (ids.promotable.length > 0) makers.push(promotedColocation, promotedOrder, promotedLocation);
  if (features.has("rules")) makers.push(ruleLocation);
  if (features.has("sets")) makers.push(colocationSets, orderSets);
  if (features.has("tickets")) makers.push(ticket);
  let text = "";
  for (let number = 0; number < random.integer(0, 6); number++) text += random.pick(makers)(`x${number}`);
  return text;

  function location(id: string): string {
    const node = random.pick([...generation.nodeNames, ...generation.remoteNames]);
    const discovery = random.chance(10) ? ` resource-discovery="${random.pick(["never", "exclusive"])}"` : "";
    return `<rsc_location id="${id}" rsc="${random.pick(ids.any)}" node="${node}" score="${random.pick(SCORES)}"${discovery}/>`;
  }

  function promotedLocation(id: string): string {
    const node = random.pick(generation.nodeNames);
    return `<rsc_location id="${id}" rsc="${random.pick(ids.promotable)}"><rule id="${id}-r" role="Promoted" score="${random.pick(SCORES)}">
      <expression id="${id}-e" attribute="#uname" operation="eq" value="${node}"/></rule></rsc_location>`;
  }

  function ruleLocation(id: string): string {
    const expression = random.pick([
      'attribute="site" operation="eq" value="west"',
      'attribute="rack" operation="lt" value="2" type="integer"',
      'attribute="rack" operation="not_defined"',
    ]);
    return `<rsc_location id="${id}" rsc="${random.pick(ids.any)}"><rule id="${id}-r" score="${random.pick(SCORES)}">
      <expression id="${id}-e" ${expression}/></rule></rsc_location>`;
  }

  function colocation(id: string): string {
    const chosen = pair();
    if (chosen === null) return "";
    const [dependent, primary] = chosen;
    const attribute = random.chance(10) ? ' node-attribute="site"' : "";
    return `<rsc_colocation id="${id}" rsc="${dependent}" with-rsc="${primary}" score="${random.pick(SCORES)}"${attribute}/>`;
  }

  function promotedColocation(id: string): string {
    const primary = random.pick(ids.promotable);
    const dependent = random.pick(chain);
    if (!mayFollow(dependent, primary)) return "";
    return `<rsc_colocation id="${id}" rsc="${dependent}" with-rsc="${primary}" with-rsc-role="Promoted" score="${random.pick(SCORES)}"/>`;
  }

  function order(id: string): string {
    const chosen = pair();
    if (chosen === null) return "";
    const [first, then] = chosen;
    const kind = random.chance(50) ? ` kind="${random.pick(["Optional", "Serialize", "Mandatory"])}"` : "";
    const symmetrical = random.chance(15) ? ' symmetrical="false"' : "";
    return `<rsc_order id="${id}" first="${first}" then="${then}"${kind}${symmetrical}/>`;
  }

  function promotedOrder(id: string): string {
    const first = random.pick(ids.promotable);
    const then = random.pick(chain);
    if (!mayFollow(first, then)) return "";
    return `<rsc_order id="${id}" first="${first}" then="${then}" first-action="promote" then-action="start"/>`;
  }

  function colocationSets(id: string): string {
    return `<rsc_colocation id="${id}" score="${random.pick(["INFINITY", "-INFINITY", "50"])}">${sets(id)}</rsc_colocation>`;
  }

  function orderSets(id: string): string {
    return `<rsc_order id="${id}">${sets(id, ' require-all="false"')}</rsc_order>`;
  }

  function sets(id: string, extra = ""): string {
    const members = mayContradict ? random.shuffled(chain) : [...chain].reverse();
    const middle = random.integer(0, members.length);
    return [members.slice(0, middle), members.slice(middle)]
      .map((set, index) =>
        set.length === 0
          ? ""
          : `<resource_set id="${id}-${index}"${random.chance(30) ? ' sequential="false"' : ""}${random.chance(15) ? extra : ""}>
             ${set.map((member) => `<resource_ref id="${member}"/>`).join("")}</resource_set>`,
      )
      .join("");
  }

  function ticket(id: string): string {
    const policy = random.pick(["stop", "demote", "freeze", "fence"]);
    return `<rsc_ticket id="${id}" rsc="${random.pick(ids.any)}" ticket="${random.pick(["t1", "t2"])}" loss-policy="${policy}"/>`;
  }

  function mayFollow(first: string, second: string): boolean {
    return mayContradict ? first !== second : chain.indexOf(first) > chain.indexOf(second);
  }

  /** Two different ones, the later one of the chain first; null when there is only one. */
  function pair(): readonly [string, string] | null {
    const first = random.integer(0, chain.length - 1);
    const second = random.integer(0, chain.length - 1);
    if (first === second) return null;
    const isReversed = mayContradict && random.chance(10);
    const [low, high] = first < second !== isReversed ? [first, second] : [second, first];
    return [chain[high] as string, chain[low] as string];
  }
}
