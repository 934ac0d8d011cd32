import { Dice } from "../time/random.ts";
import { drawBehaviour, drawSwitch } from "./draw-behaviour.ts";
import { CONTENT, type Fault, type Plan, type RemoteFault, type Step } from "./plan.ts";

const WEIGHTS: Readonly<Record<RemoteFault["kind"], number>> = {
  remoteCrash: 5,
  remoteStart: 6,
  remoteKillDaemon: 5,
  remoteShutdown: 3,
  remoteFreeze: 5,
  remoteCut: 7,
  remoteMend: 7,
  remoteAgent: 7,
  remoteSwitch: 4,
  remoteStandby: 2,
  remoteAttribute: 5,
  remoteCleanup: 4,
  moveConnection: 7,
  stopConnection: 2,
  harmHolder: 10,
  remoteUntold: 6,
  remoteLost: 4,
};

/** The draws for remote hosts are a stream of their own, so that a seed's other faults do not depend on them. */
const STREAM = 0x5e_ed_0f_f5;

const LONG_LOSS_MS = 100_000;

/** The same plan with a remote host in its world and faults of that among its own. */
export function withRemoteHost(plan: Plan): Plan {
  const dice = new Dice((plan.seed ^ STREAM) >>> 0);
  const { exclusive } = CONTENT[plan.world.content];
  const second = exclusive[1] === "ip" ? "web" : exclusive[1];
  const world = {
    ...plan.world,
    remote: {
      reconnectS: dice.one([0, 0, 20]),
      prefers: dice.chance(0.5) ? [exclusive[0], second] : [exclusive[0]],
    },
  };
  // Few of the others leave the time in which the remote node is in use.
  const keptShare = dice.one([1, 0.4, 0.1]);
  const kept = plan.steps.filter(() => dice.chance(keptShare));
  const count = dice.between(3, 20);
  const isBurst = dice.chance(0.4);
  const steps: Step[] = [...kept];
  for (let index = 0; index < count; index += 1) {
    const place = dice.between(0, steps.length);
    const afterMs = dice.chance(isBurst ? 0.6 : 0.25)
      ? dice.between(0, 40)
      : dice.one([100, 900, 3_000, 9_000] as const);
    const fault = drawFault(dice, plan);
    steps.splice(place, 0, { afterMs, fault });
    // Only when no node could connect any more is it decided where else to go.
    if (fault.kind === "remoteLost" && fault.forMs >= LONG_LOSS_MS)
      steps.splice(place + 1, 0, { afterMs: LONG_LOSS_MS, fault: { kind: "remoteMend" } });
  }
  return { ...plan, world, steps };
}

function drawFault(dice: Dice, { world }: Plan): Fault {
  const kind = dice.weighted(WEIGHTS);
  const node = () => dice.between(1, world.nodeCount);
  const { exclusive, promotable } = CONTENT[world.content];
  switch (kind) {
    case "remoteCrash":
    case "remoteStart":
    case "remoteKillDaemon":
    case "remoteShutdown":
    case "remoteMend":
      return { kind };
    case "remoteFreeze":
      return { kind, forMs: dice.one([100, 3_000, 12_000, 40_000]) };
    case "remoteCut":
      return { kind, mask: dice.between(1, 2 ** world.nodeCount - 1) };
    case "remoteAgent": {
      const resources = [...exclusive, ...promotable];
      const resource = resources[dice.between(0, resources.length - 1)]!;
      return { kind, ...drawBehaviour(dice, resource), forMs: dice.one([500, 5_000, 20_000]) };
    }
    case "remoteSwitch":
      return { kind, state: drawSwitch(dice), forMs: dice.one([1_000, 10_000, 40_000]) };
    case "remoteUntold":
      return { kind, isStandby: dice.chance(0.7), isDaemonKilled: dice.chance(0.5) };
    case "remoteLost":
      return { kind, state: drawSwitch(dice), forMs: dice.one([20_000, LONG_LOSS_MS]) };
    case "remoteStandby":
      return { kind, isOn: dice.chance(0.5) };
    case "remoteCleanup":
      return { kind, nodeId: node(), isAll: dice.chance(0.5) };
    case "remoteAttribute":
      return { kind, nodeId: node(), value: String(dice.between(0, 9)) };
    case "moveConnection":
      return { kind, nodeId: node() };
    case "stopConnection":
      return { kind, forMs: dice.one([500, 5_000]) };
    case "harmHolder":
      return {
        kind,
        how: dice.one(["crash", "killDaemon", "isolate", "freeze", "freezeDaemon", "shutdown"]),
        forMs: dice.one([800, 3_000, 12_000]),
      };
    default:
      return kind satisfies never;
  }
}
