import { Dice } from "../time/random.ts";
import { drawBehaviour, drawSwitch } from "./draw-behaviour.ts";
import { withRemoteHost } from "./draw-remote.ts";
import { CONTENT, type Fault, type Plan, type RemoteFault, type Step, type World } from "./plan.ts";

const WEIGHTS: Readonly<Record<Exclude<Fault, RemoteFault>["kind"], number>> = {
  crash: 7,
  start: 6,
  killDaemon: 7,
  shutdown: 5,
  isolate: 5,
  split: 5,
  cutLink: 3,
  heal: 14,
  blackout: 4,
  killDaemons: 2,
  freeze: 4,
  freezeDaemon: 3,
  breakResource: 4,
  agent: 7,
  switch: 4,
  switches: 4,
  diskFails: 3,
  tear: 3,
  clockJump: 3,
  standby: 4,
  changes: 18,
  attribute: 4,
};

const FILES = ["cib.xml", "cib.xml.sig", "cib.ancestry", "cib.last"] as const;
const HOUR_MS = 3_600_000;

/** The plan that belongs to a seed, without or with a remote host. */
export function drawPlan(seed: number, { hasRemote = false }: { readonly hasRemote?: boolean } = {}): Plan {
  const plan = drawMembers(seed);
  return hasRemote ? withRemoteHost(plan) : plan;
}

function drawMembers(seed: number): Plan {
  const dice = new Dice(seed);
  const world: World = {
    nodeCount: dice.one([3, 3, 3, 3, 2, 4, 5]),
    content: dice.chance(0.3) ? "rich" : "plain",
    agentMs: dice.one([5, 40, 300, 1_500]),
    monitorMs: dice.one([5, 40, 300]),
    diskMs: dice.one([1, 3, 40]),
    fenceMs: dice.one([20, 300, 2_500]),
    rebootMs: dice.one([100, 2_000, 8_000]),
    latencyMs: dice.one([0, 0, 1, 30]),
  };
  // Bursts of faults find other things than faults that are far apart.
  const count = dice.between(1, 40);
  const isBurst = dice.chance(0.4);
  const steps: Step[] = [];
  for (let index = 0; index < count; index += 1)
    steps.push({
      afterMs: dice.chance(isBurst ? 0.6 : 0.25) ? dice.between(0, 40) : dice.between(0, 4_000),
      fault: drawFault(dice, world),
    });
  return { seed, world, steps };
}

function drawFault(dice: Dice, world: World): Fault {
  const kind = dice.weighted(WEIGHTS);
  const node = () => dice.between(1, world.nodeCount);
  const mask = () => dice.between(0, 2 ** world.nodeCount - 1);
  const { exclusive, promotable } = CONTENT[world.content];
  const resource = () =>
    [...exclusive, ...promotable][dice.between(0, exclusive.length + promotable.length - 1)]!;
  switch (kind) {
    case "crash":
    case "start":
    case "killDaemon":
    case "shutdown":
    case "isolate":
      return { kind, nodeId: node() };
    case "split":
      return { kind, mask: mask() };
    case "cutLink":
      return { kind, nodeId: node(), other: node() };
    case "heal":
      return { kind };
    case "blackout":
      return { kind, mask: mask(), forMs: dice.one([50, 1_000, 4_000]) };
    case "killDaemons":
      return { kind, mask: mask() };
    case "freeze":
    case "freezeDaemon":
      return { kind, nodeId: node(), forMs: dice.one([100, 800, 3_000, 12_000]) };
    case "breakResource":
      return { kind, resource: resource() };
    case "agent":
      return {
        kind,
        nodeId: node(),
        ...drawBehaviour(dice, resource()),
        forMs: dice.one([500, 5_000, 20_000]),
      };
    case "switches":
      return { kind, state: drawSwitch(dice), forMs: dice.one([10_000, 40_000]) };
    case "switch":
      return {
        kind,
        nodeId: node(),
        state: drawSwitch(dice),
        forMs: dice.one([1_000, 10_000, 40_000]),
      };
    case "diskFails":
      return { kind, nodeId: node(), forMs: dice.one([100, 3_000]) };
    case "tear":
      return { kind, nodeId: node(), file: dice.one(FILES), keptPercent: dice.one([0, 30, 99]) };
    case "clockJump":
      return {
        kind,
        nodeId: node(),
        offsetMs: dice.one([-24 * HOUR_MS, -HOUR_MS, -2_000, 2_000, HOUR_MS, 24 * HOUR_MS]),
      };
    case "standby":
      return { kind, nodeId: node(), isOn: dice.chance(0.5) };
    case "changes": {
      const nodeIds = Array.from({ length: dice.between(1, 3) }, node);
      return { kind, nodeIds };
    }
    case "attribute":
      return { kind, nodeId: node(), value: String(dice.between(0, 9)), delayMs: dice.one([0, 0, 500]) };
    default:
      return kind satisfies never;
  }
}
