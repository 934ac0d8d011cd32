/** Whole clusters under virtual time, with faults, invariants, replay from a seed and shrinking. Start with `runPlan`. */
export { attributeUpdate } from "./cluster/attribute-update.ts";
export { type ChangeFields, SimulatedCluster } from "./cluster/cluster.ts";
export * from "./cluster/configuration.ts";
export type { ControllerChannel } from "./cluster/daemons.ts";
export type { Daemon, Machine } from "./cluster/machine.ts";
export type { ClusterOptions } from "./cluster/options.ts";
export { MemoryDisk } from "./machine/disk.ts";
export { drawPlan } from "./plan/draw.ts";
export { describeFault, type Fault, type Plan, type Step, type World } from "./plan/plan.ts";
export { type Outcome, runPlan } from "./plan/run.ts";
export { shrinkPlan } from "./plan/shrink.ts";
export { seededRandom } from "./time/random.ts";
export { MachineClock, ProcessClock, VirtualClock } from "./time/virtual-clock.ts";
