import type { Generation } from "./facts.ts";

const SCORES = ["INFINITY", "-INFINITY", "100", "-100", "1", "-5000", "0"] as const;

/** The `constraints` section over the ids that the resources defined. */
export function constraintsText(generation: Generation): string {
  const { random, features, ids } = generation;
  if (ids.any.length === 0) return "";
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
    const [dependent, primary] = pair();
    const attribute = random.chance(10) ? ' node-attribute="site"' : "";
    return `<rsc_colocation id="${id}" rsc="${dependent}" with-rsc="${primary}" score="${random.pick(SCORES)}"${attribute}/>`;
  }

  function promotedColocation(id: string): string {
    const primary = random.pick(ids.promotable);
    const dependent = random.pick(ids.any);
    if (dependent === primary) return "";
    return `<rsc_colocation id="${id}" rsc="${dependent}" with-rsc="${primary}" with-rsc-role="Promoted" score="${random.pick(SCORES)}"/>`;
  }

  function order(id: string): string {
    const [first, then] = pair();
    const kind = random.chance(50) ? ` kind="${random.pick(["Optional", "Serialize", "Mandatory"])}"` : "";
    const symmetrical = random.chance(15) ? ' symmetrical="false"' : "";
    return `<rsc_order id="${id}" first="${first}" then="${then}"${kind}${symmetrical}/>`;
  }

  function promotedOrder(id: string): string {
    const first = random.pick(ids.promotable);
    const then = random.pick(ids.any);
    if (first === then) return "";
    return `<rsc_order id="${id}" first="${first}" then="${then}" first-action="promote" then-action="start"/>`;
  }

  function colocationSets(id: string): string {
    return `<rsc_colocation id="${id}" score="${random.pick(["INFINITY", "-INFINITY", "50"])}">${sets(id)}</rsc_colocation>`;
  }

  function orderSets(id: string): string {
    return `<rsc_order id="${id}">${sets(id, ' require-all="false"')}</rsc_order>`;
  }

  function sets(id: string, extra = ""): string {
    const members = random.shuffled(ids.any);
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

  /** The earlier one first, so that orders and colocations seldom contradict each other. */
  function pair(): readonly [string, string] {
    const first = random.integer(0, ids.any.length - 1);
    const second = random.integer(0, ids.any.length - 1);
    const [low, high] = first < second || random.chance(10) ? [first, second] : [second, first];
    return [ids.any[high] as string, ids.any[low] as string];
  }
}
