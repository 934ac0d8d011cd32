import { block, type Generation, type Runnable } from "./facts.ts";

const AGENTS = [
  { agent: "Dummy", attributes: 'class="ocf" provider="pacemaker" type="Dummy"' },
  { agent: "IPaddr2", attributes: 'class="ocf" provider="heartbeat" type="IPaddr2"' },
  { agent: "apache", attributes: 'class="systemd" type="apache"' },
] as const;

/** The `resources` section, and the ids that it defines. */
export function resourcesText(generation: Generation): string {
  const { random, features } = generation;
  const parts: string[] = [];
  if (features.has("fencing")) parts.push(primitive(generation, "fencing", FENCING, 1));
  const makers: ((id: number) => string)[] = [plain, plain, group, clone, clone, promotable, clonedGroup];
  if (features.has("bundles")) makers.push(bundle);
  if (features.has("remotes")) makers.push(remote);
  if (features.has("guests")) makers.push(guest);
  const count = random.integer(2, 7);
  for (let number = 0; number < count; number++) parts.push(random.pick(makers)(number));
  return parts.join("\n");

  function plain(number: number): string {
    const id = `p${number}`;
    offer(id);
    return primitive(generation, id, random.pick(AGENTS).attributes, 1);
  }

  function group(number: number): string {
    const id = `g${number}`;
    offer(id);
    return `<group id="${id}">${meta(id)}${members(number, 1)}</group>`;
  }

  function members(number: number, copies: number): string {
    let text = "";
    for (let member = 0; member < random.integer(1, 3); member++) {
      const id = `g${number}m${member}`;
      if (copies === 1) generation.ids.any.push(id);
      text += primitive(generation, id, random.pick(AGENTS).attributes, copies);
    }
    return text;
  }

  function clone(number: number): string {
    const id = `c${number}`;
    offer(id);
    const values: Record<string, string> = {};
    if (random.chance(40)) values.interleave = "true";
    if (random.chance(25)) values["clone-max"] = String(random.integer(1, 3));
    const isUnique = random.chance(15);
    if (isUnique) values["clone-node-max"] = "2";
    if (random.chance(20)) values.notify = "true";
    const inner = primitive(generation, `${id}p`, AGENTS[0].attributes, 9);
    // History of unique instances carries their number; here the first one is active.
    if (isUnique) rename(`${id}p`, { id: `${id}p:0`, copies: 1 });
    return `<clone id="${id}">${meta(id, values)}${inner}</clone>`;
  }

  function rename(id: string, facts: Pick<Runnable, "id" | "copies">): void {
    const index = generation.runnables.findIndex((runnable) => runnable.id === id);
    const runnable = generation.runnables[index];
    if (runnable !== undefined) generation.runnables[index] = { ...runnable, ...facts };
  }

  function promotable(number: number): string {
    const id = `m${number}`;
    offer(id);
    generation.ids.promotable.push(id);
    const values: Record<string, string> = { promotable: "true" };
    if (random.chance(30)) values["promoted-max"] = "2";
    if (random.chance(40)) values.notify = "true";
    if (random.chance(30)) values.interleave = "true";
    const inner = primitive(
      generation,
      `${id}p`,
      'class="ocf" provider="pacemaker" type="Stateful"',
      9,
      true,
    );
    return `<clone id="${id}">${meta(id, values)}${inner}</clone>`;
  }

  function clonedGroup(number: number): string {
    const id = `k${number}`;
    offer(id);
    const values: Record<string, string> = random.chance(50) ? { interleave: "true" } : {};
    return `<clone id="${id}">${meta(id, values)}<group id="${id}g">${members(number, 9)}</group></clone>`;
  }

  function bundle(number: number): string {
    const id = `b${number}`;
    offer(id);
    const isPromotable = random.chance(40);
    const type = isPromotable ? "Stateful" : "Dummy";
    return `<bundle id="${id}">${meta(id)}<podman image="localhost/${id}" replicas="${random.integer(1, 3)}"${isPromotable ? ' promoted-max="1"' : ""}/>
      <network ip-range-start="192.168.${number}.10"/>
      <primitive id="${id}p" class="ocf" provider="pacemaker" type="${type}"/></bundle>`;
  }

  function remote(number: number): string {
    const id = `remote${number}`;
    generation.remoteNames.push(id);
    return primitive(generation, id, 'class="ocf" provider="pacemaker" type="remote"', 1);
  }

  function guest(number: number): string {
    const id = `vm${number}`;
    offer(id);
    generation.remoteNames.push(`guest${number}`);
    const values = { "remote-node": `guest${number}`, "allow-migrate": "true" };
    return primitive(
      generation,
      id,
      'class="ocf" provider="heartbeat" type="VirtualDomain"',
      1,
      false,
      values,
    );
  }

  function offer(id: string): void {
    generation.ids.any.push(id);
    generation.ids.top.push(id);
  }

  function meta(id: string, values: Record<string, string> = {}): string {
    return block("meta_attributes", `${id}-meta`, { ...values, ...commonMeta(generation) });
  }
}

const FENCING = 'class="stonith" type="fence_dummy"';

function primitive(
  generation: Generation,
  id: string,
  agentAttributes: string,
  copies: number,
  isPromotable = false,
  values: Readonly<Record<string, string>> = {},
): string {
  const { random, features } = generation;
  const agent = /type="([^"]*)"/.exec(agentAttributes)?.[1] ?? "";
  const runnable: Runnable = { id, agent, agentAttributes, copies, isPromotable };
  generation.runnables.push(runnable);
  const meta = { ...values, ...(random.chance(30) ? commonMeta(generation) : {}) };
  if (random.chance(10)) meta["allow-migrate"] = "true";
  const utilization =
    features.has("utilization") && random.chance(60)
      ? block("utilization", `${id}-u`, { cpu: String(random.integer(0, 4)) })
      : "";
  return `<primitive id="${id}" ${agentAttributes}>${block("meta_attributes", `${id}-meta`, meta)}${utilization}
    <operations>${operations(generation, id, isPromotable)}</operations></primitive>`;
}

function operations(generation: Generation, id: string, isPromotable: boolean): string {
  const { random } = generation;
  const roles = isPromotable ? [` role="Promoted"`, ` role="Unpromoted"`] : [""];
  const monitors = roles.map(
    (role, index) => `<op id="${id}-mon-${index}" name="monitor" interval="${10 + index}s"${role}/>`,
  );
  const onFail = random.chance(15)
    ? ` on-fail="${random.pick(["restart", "ignore", "stop", "block", "ban"])}"`
    : "";
  return `${monitors.join("")}<op id="${id}-start" name="start" interval="0" timeout="20s"${onFail}/>`;
}

function commonMeta({ random, features }: Generation): Record<string, string> {
  const values: Record<string, string> = {};
  if (random.chance(15)) values["resource-stickiness"] = random.pick(["1", "100", "INFINITY"]);
  if (random.chance(10)) values["target-role"] = random.pick(["Started", "Stopped"]);
  if (random.chance(10)) values.priority = String(random.integer(-5, 20));
  if (random.chance(8)) values["migration-threshold"] = String(random.integer(1, 3));
  if (random.chance(5)) values.critical = "false";
  if (features.has("unmanaged") && random.chance(8)) values["is-managed"] = "false";
  return values;
}
