import type { Step, World } from "../../src/index.ts";

/** Plans that once broke something, each with what it broke. */
export const FOUND: readonly {
  readonly name: string;
  readonly seed?: number;
  readonly world: Partial<World>;
  readonly steps: readonly Step[];
}[] = [
  {
    name: "a change acknowledged by the last daemon of a quorate ring was given up for an older copy",
    world: { agentMs: 5, diskMs: 1, fenceMs: 20, rebootMs: 100 },
    steps: [
      { afterMs: 0, fault: { kind: "crash", nodeId: 3 } },
      { afterMs: 242, fault: { kind: "shutdown", nodeId: 2 } },
      { afterMs: 66, fault: { kind: "changes", nodeIds: [1] } },
      { afterMs: 7, fault: { kind: "crash", nodeId: 1 } },
    ],
  },
  {
    name: "a daemon that came back was shown as online with its old history before it had joined",
    world: { nodeCount: 5, agentMs: 1_500, diskMs: 40, fenceMs: 20, rebootMs: 100 },
    steps: [
      { afterMs: 0, fault: { kind: "crash", nodeId: 4 } },
      { afterMs: 0, fault: { kind: "crash", nodeId: 1 } },
      { afterMs: 0, fault: { kind: "shutdown", nodeId: 3 } },
      { afterMs: 301, fault: { kind: "isolate", nodeId: 2 } },
      { afterMs: 1_579, fault: { kind: "crash", nodeId: 1 } },
      { afterMs: 2_144, fault: { kind: "killDaemon", nodeId: 4 } },
    ],
  },
  {
    name: "a DC without any record took a node for clean whose daemon had vanished before its eyes",
    world: { agentMs: 5, diskMs: 1, fenceMs: 2_500, rebootMs: 8_000 },
    steps: [
      { afterMs: 0, fault: { kind: "killDaemon", nodeId: 2 } },
      { afterMs: 3_426, fault: { kind: "shutdown", nodeId: 3 } },
      { afterMs: 8, fault: { kind: "breakResource", resource: "d1" } },
      { afterMs: 1_099, fault: { kind: "killDaemon", nodeId: 1 } },
      { afterMs: 3_395, fault: { kind: "start", nodeId: 1 } },
      { afterMs: 2_875, fault: { kind: "killDaemon", nodeId: 1 } },
    ],
  },
  {
    name: "a DC alone left in order although a resource had just started on it",
    seed: 296_636,
    world: { agentMs: 5, diskMs: 1, fenceMs: 20, rebootMs: 100 },
    steps: [
      { afterMs: 0, fault: { kind: "crash", nodeId: 1 } },
      { afterMs: 328, fault: { kind: "shutdown", nodeId: 2 } },
      { afterMs: 0, fault: { kind: "killDaemon", nodeId: 3 } },
    ],
  },
  {
    name: "one daemon in a quorate ring counted as the majority, and its change pushed out that of two",
    world: { agentMs: 1_500, diskMs: 1, fenceMs: 20, rebootMs: 100 },
    steps: [
      { afterMs: 0, fault: { kind: "split", mask: 1 } },
      { afterMs: 0, fault: { kind: "shutdown", nodeId: 2 } },
      { afterMs: 0, fault: { kind: "shutdown", nodeId: 3 } },
      { afterMs: 0, fault: { kind: "changes", nodeIds: [2] } },
      { afterMs: 511, fault: { kind: "standby", nodeId: 1, isOn: false } },
    ],
  },
  {
    name: "two DCs went on in one quorate partition while a silent member held up the election after a merge",
    seed: 14,
    world: { agentMs: 5, monitorMs: 5, diskMs: 40, rebootMs: 100 },
    steps: [
      { afterMs: 0, fault: { kind: "blackout", mask: 7, forMs: 1_000 } },
      { afterMs: 0, fault: { kind: "cutLink", nodeId: 3, other: 2 } },
      { afterMs: 3_669, fault: { kind: "killDaemon", nodeId: 1 } },
      { afterMs: 2_593, fault: { kind: "changes", nodeIds: [1] } },
      { afterMs: 2_747, fault: { kind: "freezeDaemon", nodeId: 1, forMs: 12_000 } },
      { afterMs: 3_948, fault: { kind: "heal" } },
      { afterMs: 1_683, fault: { kind: "switch", nodeId: 2, state: "hangsAfterwards", forMs: 1_000 } },
      { afterMs: 1_832, fault: { kind: "changes", nodeIds: [3, 1] } },
    ],
  },
  {
    name: "a copy from disk that was last used with quorum pushed out a newer one whose holder had lost quorum since",
    seed: 30,
    world: { agentMs: 5, monitorMs: 300, fenceMs: 20, rebootMs: 8_000 },
    steps: [
      { afterMs: 0, fault: { kind: "changes", nodeIds: [3, 1, 1] } },
      { afterMs: 30, fault: { kind: "blackout", mask: 6, forMs: 50 } },
      { afterMs: 2_685, fault: { kind: "freeze", nodeId: 1, forMs: 3_000 } },
      { afterMs: 2_805, fault: { kind: "heal" } },
      { afterMs: 1_946, fault: { kind: "start", nodeId: 3 } },
      { afterMs: 0, fault: { kind: "changes", nodeIds: [2] } },
      { afterMs: 2_939, fault: { kind: "freezeDaemon", nodeId: 1, forMs: 100 } },
      { afterMs: 1_889, fault: { kind: "freeze", nodeId: 3, forMs: 3_000 } },
    ],
  },
  {
    name: "a node waited for ever to leave, for a recurring operation that was asked for twice before its first result",
    world: { agentMs: 5, monitorMs: 300, fenceMs: 20, rebootMs: 2_000 },
    seed: 42,
    steps: [
      {
        afterMs: 0,
        fault: {
          kind: "agent",
          nodeId: 1,
          operation: "d1_monitor",
          behaviour: { hangs: true, hasEffect: true },
          forMs: 20_000,
        },
      },
      { afterMs: 0, fault: { kind: "freeze", nodeId: 1, forMs: 3_000 } },
      { afterMs: 365, fault: { kind: "start", nodeId: 1 } },
      { afterMs: 3_404, fault: { kind: "standby", nodeId: 2, isOn: false } },
      { afterMs: 0, fault: { kind: "shutdown", nodeId: 3 } },
      { afterMs: 2_002, fault: { kind: "crash", nodeId: 2 } },
      { afterMs: 2_723, fault: { kind: "shutdown", nodeId: 1 } },
    ],
  },
  {
    name: "after all daemons had died, what ran beside one that stayed away was started elsewhere",
    world: { agentMs: 40, monitorMs: 5, fenceMs: 20 },
    steps: [
      { afterMs: 1_000, fault: { kind: "killDaemons", mask: 1 } },
      { afterMs: 500, fault: { kind: "start", nodeId: 2 } },
      { afterMs: 30_000, fault: { kind: "heal" } },
    ],
  },
  {
    name: "a daemon that was stopped before it had joined counted as having stopped what runs beside it",
    world: { agentMs: 40, monitorMs: 5, fenceMs: 20 },
    steps: [
      { afterMs: 1_000, fault: { kind: "killDaemon", nodeId: 2 } },
      { afterMs: 0, fault: { kind: "freezeDaemon", nodeId: 1, forMs: 3_000 } },
      { afterMs: 0, fault: { kind: "start", nodeId: 2 } },
      { afterMs: 20, fault: { kind: "shutdown", nodeId: 2 } },
      { afterMs: 30_000, fault: { kind: "heal" } },
    ],
  },
  {
    name: "a node that was not led yet acknowledged a change to its own copy, although there was quorum",
    world: { agentMs: 5, monitorMs: 5 },
    steps: [
      { afterMs: 1_000, fault: { kind: "freezeDaemon", nodeId: 3, forMs: 12_000 } },
      { afterMs: 10, fault: { kind: "crash", nodeId: 1 } },
      { afterMs: 10, fault: { kind: "killDaemon", nodeId: 2 } },
      { afterMs: 1_500, fault: { kind: "start", nodeId: 1 } },
      { afterMs: 200, fault: { kind: "changes", nodeIds: [1, 2] } },
    ],
  },
  {
    name: "what one daemon of a quorate ring changed in its old copy pushed out what two had acknowledged in the same ring",
    seed: 900_972,
    world: { diskMs: 3, fenceMs: 2_500, rebootMs: 100, monitorMs: 5 },
    steps: [
      { afterMs: 0, fault: { kind: "killDaemon", nodeId: 2 } },
      { afterMs: 0, fault: { kind: "changes", nodeIds: [1] } },
      { afterMs: 637, fault: { kind: "freezeDaemon", nodeId: 3, forMs: 100 } },
      { afterMs: 0, fault: { kind: "isolate", nodeId: 1 } },
      { afterMs: 0, fault: { kind: "killDaemons", mask: 7 } },
      { afterMs: 3_032, fault: { kind: "changes", nodeIds: [2, 2] } },
      { afterMs: 0, fault: { kind: "shutdown", nodeId: 3 } },
    ],
  },
  {
    name: "a node that had lost quorum went on trying to fence nodes of the other side for a quarter of a minute",
    seed: 900_260,
    world: { nodeCount: 4, content: "rich", fenceMs: 2_500, rebootMs: 100, latencyMs: 0 },
    steps: [
      { afterMs: 0, fault: { kind: "switches", state: "hangsAfterwards", forMs: 10_000 } },
      { afterMs: 1_325, fault: { kind: "freeze", nodeId: 3, forMs: 3_000 } },
      { afterMs: 0, fault: { kind: "killDaemon", nodeId: 4 } },
      { afterMs: 1_696, fault: { kind: "isolate", nodeId: 3 } },
      { afterMs: 2_763, fault: { kind: "start", nodeId: 3 } },
      { afterMs: 900, fault: { kind: "tear", nodeId: 4, file: "cib.xml", keptPercent: 30 } },
      { afterMs: 0, fault: { kind: "isolate", nodeId: 2 } },
      { afterMs: 720, fault: { kind: "attribute", nodeId: 2, value: "9", delayMs: 0 } },
      { afterMs: 2_961, fault: { kind: "switch", nodeId: 3, state: "failsAfterwards", forMs: 40_000 } },
      { afterMs: 3_521, fault: { kind: "crash", nodeId: 1 } },
      { afterMs: 2_595, fault: { kind: "changes", nodeIds: [4] } },
      { afterMs: 3_210, fault: { kind: "shutdown", nodeId: 2 } },
      { afterMs: 2_464, fault: { kind: "switches", state: "failsAfterwards", forMs: 40_000 } },
    ],
  },
  {
    name: "a late answer to an earlier comparison passed for another copy, and a node that had yet to join was taken for equal",
    seed: 910_454,
    world: { content: "rich", agentMs: 5, monitorMs: 5, diskMs: 3, rebootMs: 100, latencyMs: 0 },
    steps: [
      { afterMs: 0, fault: { kind: "shutdown", nodeId: 1 } },
      { afterMs: 0, fault: { kind: "crash", nodeId: 2 } },
      {
        afterMs: 843,
        fault: {
          kind: "agent",
          nodeId: 1,
          operation: "www_stop",
          behaviour: { hangs: true, hasEffect: true },
          forMs: 20_000,
        },
      },
      { afterMs: 808, fault: { kind: "freezeDaemon", nodeId: 2, forMs: 12_000 } },
      { afterMs: 0, fault: { kind: "changes", nodeIds: [3, 2] } },
      { afterMs: 502, fault: { kind: "attribute", nodeId: 2, value: "1", delayMs: 0 } },
      { afterMs: 864, fault: { kind: "shutdown", nodeId: 3 } },
      { afterMs: 0, fault: { kind: "start", nodeId: 1 } },
    ],
  },
  {
    name: "the fencing of a node's former life, learned of after a merge, passed for that of its present one",
    seed: 952_252,
    world: {
      nodeCount: 5,
      content: "plain",
      agentMs: 1_500,
      monitorMs: 5,
      diskMs: 40,
      fenceMs: 2_500,
      rebootMs: 100,
      latencyMs: 0,
    },
    steps: [
      { afterMs: 0, fault: { kind: "freeze", nodeId: 2, forMs: 12_000 } },
      { afterMs: 1_807, fault: { kind: "split", mask: 22 } },
      { afterMs: 3_598, fault: { kind: "diskFails", nodeId: 2, forMs: 3_000 } },
      { afterMs: 0, fault: { kind: "standby", nodeId: 5, isOn: true } },
      { afterMs: 3_145, fault: { kind: "standby", nodeId: 1, isOn: false } },
    ],
  },
];
