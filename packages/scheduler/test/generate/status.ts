import type { Generation, Runnable } from "./facts.ts";

const MEMBER = 'in_ccm="true" crmd="online" join="member" expected="member"';
const LOST = 'in_ccm="false" crmd="offline" join="down" expected="member"';
const LEFT = 'in_ccm="false" crmd="offline" join="down" expected="down"';

/** The `status` section: node states, and where what is active, with a failure here and there. */
export function statusText(generation: Generation): string {
  const { random, features, nodeNames, runnables } = generation;
  const histories = new Map<string, string>(nodeNames.map((name) => [name, ""]));
  if (random.chance(80)) {
    for (const runnable of runnables) {
      if (random.chance(25)) continue;
      const hosts = random.some(nodeNames, 1, Math.min(runnable.copies, nodeNames.length));
      for (const name of nodeNames) {
        const entries = hosts.includes(name)
          ? activeHistory(generation, runnable, name, hosts[0] === name)
          : entry(runnable, name, { task: "monitor", intervalMs: 0, exit: 7, expected: 7, call: 1 });
        histories.set(
          name,
          `${histories.get(name)}<lrm_resource id="${runnable.id}" ${runnable.agentAttributes}>${entries}</lrm_resource>`,
        );
      }
    }
  }
  const tickets = features.has("tickets")
    ? `<tickets><ticket_state id="t1" granted="${random.chance(70)}" standby="${random.chance(20)}"/></tickets>`
    : "";
  return (
    tickets +
    nodeNames.map((name, index) => nodeState(generation, name, index, histories.get(name) ?? "")).join("")
  );
}

function nodeState(generation: Generation, name: string, index: number, history: string): string {
  const { random, features } = generation;
  const isLost = index > 0 && features.has("lostNodes") && random.chance(15);
  const state = isLost ? random.pick([LOST, LEFT]) : MEMBER;
  const attributes: Record<string, string> = {};
  if (features.has("health") && random.chance(30))
    attributes["#health-disk"] = random.pick(["red", "yellow", "green"]);
  for (const runnable of generation.runnables) {
    if (runnable.isPromotable && random.chance(70))
      attributes[`master-${runnable.id}`] = String(random.integer(1, 20));
    if (features.has("failures") && random.chance(4))
      attributes[`fail-count-${runnable.id}#start_0`] = random.pick(["1", "3", "INFINITY"]);
  }
  const values = Object.entries(attributes)
    .map(([key, value], number) => `<nvpair id="s${index}-${number}" name="${key}" value="${value}"/>`)
    .join("");
  const id = index + 1;
  return `<node_state id="${id}" uname="${name}" ${state}><lrm id="${id}"><lrm_resources>${history}</lrm_resources></lrm>
    <transient_attributes id="${id}"><instance_attributes id="s${index}">${values}</instance_attributes></transient_attributes></node_state>`;
}

function activeHistory(generation: Generation, runnable: Runnable, node: string, isFirst: boolean): string {
  const { random, features } = generation;
  const isFailing = features.has("failures") && random.chance(6);
  const start = entry(runnable, node, { task: "start", intervalMs: 0, exit: 0, expected: 0, call: 2 });
  if (isFailing) {
    const task = random.pick(["start", "stop", "monitor"] as const);
    const exit = random.pick([1, 5, 6, 7]);
    const failed = { task, intervalMs: task === "monitor" ? 10000 : 0, exit, expected: 0, call: 9 };
    return start + entry(runnable, node, failed);
  }
  const isPromoted = runnable.isPromotable && isFirst && random.chance(80);
  const promote = entry(runnable, node, { task: "promote", intervalMs: 0, exit: 0, expected: 0, call: 3 });
  const exit = isPromoted ? 8 : 0;
  const intervalMs = runnable.isPromotable && !isPromoted ? 11000 : 10000;
  const monitor = entry(runnable, node, { task: "monitor", intervalMs, exit, expected: exit, call: 4 });
  return (isPromoted ? promote : start) + monitor;
}

/** As executors keep it: the last of what is done once, the last of each recurring one, and the last failure. */
function entryId({ id }: Runnable, { task, intervalMs, exit, expected }: EntryFacts): string {
  if (exit !== expected) return `${id}_last_failure_0`;
  return intervalMs > 0 ? `${id}_${task}_${intervalMs}` : `${id}_last_0`;
}

interface EntryFacts {
  readonly task: string;
  readonly intervalMs: number;
  readonly exit: number;
  readonly expected: number;
  readonly call: number;
}

function entry(runnable: Runnable, node: string, facts: EntryFacts): string {
  const { task, intervalMs, exit, expected, call } = facts;
  const key = `${call}:1:${expected}:11111111-1111-1111-1111-111111111111`;
  return `<lrm_rsc_op id="${entryId(runnable, facts)}" operation_key="${runnable.id}_${task}_${intervalMs}" operation="${task}"
    interval="${intervalMs}" call-id="${call}" rc-code="${exit}" op-status="0" transition-key="${key}" transition-magic="0:${exit};${key}"
    on_node="${node}" last-rc-change="1700000000" exec-time="0" queue-time="0"/>`;
}
