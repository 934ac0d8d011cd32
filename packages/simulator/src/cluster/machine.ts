import type { ClusterNode, ExitNotice } from "@quorate/controller";
import type { Bus, MemoryEngine } from "@quorate/membership";
import type { AlertRun, Fencer, NodeId } from "@quorate/ports";
import type { MemoryDisk } from "../machine/disk.ts";
import type { Services } from "../machine/services.ts";
import type { MachineClock, ProcessClock } from "../time/virtual-clock.ts";

/** A machine of a simulated cluster: what outlives its daemon, and the daemon's present life. */
export interface Machine {
  readonly nodeId: NodeId;
  readonly name: string;
  readonly services: Services;
  readonly disk: MemoryDisk;
  readonly clock: MachineClock;
  /** What alert agents were told here. */
  readonly alerts: AlertRun[];
  daemon: Daemon | null;
  isPowered: boolean;
  /** Ends of daemons on this machine, in order. */
  readonly exits: ExitNotice[];
}

export interface Daemon {
  readonly node: ClusterNode;
  readonly fencer: Fencer;
  readonly clock: ProcessClock;
  readonly engine: MemoryEngine;
  readonly bus: Bus;
}
