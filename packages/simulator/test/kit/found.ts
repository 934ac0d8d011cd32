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
];
