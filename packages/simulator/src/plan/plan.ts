import type { NodeId } from "@quorate/ports";
import type { SwitchState } from "../machine/power.ts";
import type { Behaviour } from "../machine/services.ts";

/** The world in which a plan is carried out. Durations in milliseconds. */
export interface World {
  readonly nodeCount: number;
  /** `plain`: two resources; `rich`: group, clone, promotable clone and fencing levels as well. */
  readonly content: "plain" | "rich";
  /** How long agents take to start, stop, promote, demote. */
  readonly agentMs: number;
  /** How long agents take to look. */
  readonly monitorMs: number;
  /** Each write of the first node's disk; every further disk is slower by this again. */
  readonly diskMs: number;
  readonly fenceMs: number;
  readonly rebootMs: number;
  /** Longest time that a message is on its way. */
  readonly latencyMs: number;
  /** A host that is no member, in use as the remote node `r1`; absent: there is none. */
  readonly remote?: {
    /** Wait between a fencing of it and the next connection, in seconds. */
    readonly reconnectS: number;
    /** Resources that belong there. */
    readonly prefers: readonly string[];
  };
}

/** The remote host of a world that has one, and its node. */
export const REMOTE = "r1";

/** What happens to the remote host, its node, or the connection to it. */
export type RemoteFault =
  | {
      readonly kind:
        | "remoteCrash"
        | "remoteStart"
        /** The service manager starts it again. */
        | "remoteKillDaemon"
        /** In order; it is not started again. */
        | "remoteShutdown"
        /** All lines to the remote host. */
        | "remoteMend";
    }
  | { readonly kind: "remoteFreeze"; readonly forMs: number }
  /** The nodes whose bit is set and the remote host do not reach each other. */
  | { readonly kind: "remoteCut"; readonly mask: number }
  | {
      readonly kind: "remoteAgent";
      readonly operation: string;
      readonly behaviour: Behaviour;
      readonly forMs: number;
    }
  | { readonly kind: "remoteSwitch"; readonly state: SwitchState; readonly forMs: number }
  | { readonly kind: "remoteStandby"; readonly isOn: boolean }
  /** An administrator has failures forgotten and everything looked for anew: of all, or of the connection only. */
  | { readonly kind: "remoteCleanup"; readonly nodeId: NodeId; readonly isAll: boolean }
  /** Of the remote node, set by way of a node of the cluster. */
  | { readonly kind: "remoteAttribute"; readonly nodeId: NodeId; readonly value: string }
  /** The connection is to be on this node. */
  | { readonly kind: "moveConnection"; readonly nodeId: NodeId }
  /** An administrator disables it for a while. */
  | { readonly kind: "stopConnection"; readonly forMs: number }
  /**
   * A resource on the remote host dies, and when the node with the connection is told to start it again, that node loses all others before they
   * hear of it. Then the remote node is to be in standby, or not, and the daemon on the host ends, or not.
   */
  | { readonly kind: "remoteUntold"; readonly isStandby: boolean; readonly isDaemonKilled: boolean }
  /** Nobody reaches the remote host, and its switch is broken. */
  | { readonly kind: "remoteLost"; readonly state: SwitchState; readonly forMs: number }
  /** To whichever node has the connection. */
  | {
      readonly kind: "harmHolder";
      readonly how: "crash" | "killDaemon" | "isolate" | "freeze" | "freezeDaemon" | "shutdown";
      readonly forMs: number;
    };

export type Fault =
  | RemoteFault
  | {
      readonly kind: "crash" | "start" | "killDaemon" | "shutdown" | "isolate";
      readonly nodeId: NodeId;
    }
  /** The nodes whose bit is set reach each other only, and so do the others. */
  | { readonly kind: "split"; readonly mask: number }
  /** These two do not reach each other; whether others do is another matter. */
  | { readonly kind: "cutLink"; readonly nodeId: NodeId; readonly other: NodeId }
  | { readonly kind: "heal" }
  /** All machines lose power at once; those whose bit is set have it back after `forMs`. */
  | { readonly kind: "blackout"; readonly mask: number; readonly forMs: number }
  /** All daemons die at once, their machines and services go on; those whose bit is set are started again. */
  | { readonly kind: "killDaemons"; readonly mask: number }
  | { readonly kind: "freeze" | "freezeDaemon"; readonly nodeId: NodeId; readonly forMs: number }
  | { readonly kind: "breakResource"; readonly resource: string }
  | {
      readonly kind: "agent";
      readonly nodeId: NodeId;
      readonly operation: string;
      readonly behaviour: Behaviour;
      readonly forMs: number;
    }
  | {
      readonly kind: "switch";
      readonly nodeId: NodeId;
      readonly state: SwitchState;
      readonly forMs: number;
    }
  /** The switches of all machines. */
  | { readonly kind: "switches"; readonly state: SwitchState; readonly forMs: number }
  | { readonly kind: "diskFails"; readonly nodeId: NodeId; readonly forMs: number }
  /** Power is cut, and of a file only the beginning is left; only while a majority of others is in use. */
  | { readonly kind: "tear"; readonly nodeId: NodeId; readonly file: string; readonly keptPercent: number }
  | { readonly kind: "clockJump"; readonly nodeId: NodeId; readonly offsetMs: number }
  | { readonly kind: "standby"; readonly nodeId: NodeId; readonly isOn: boolean }
  /** Clients on these nodes change the configuration at the same time. */
  | { readonly kind: "changes"; readonly nodeIds: readonly NodeId[] }
  | { readonly kind: "attribute"; readonly nodeId: NodeId; readonly value: string; readonly delayMs: number };

/** `afterMs` is the time before it. */
export interface Step {
  readonly afterMs: number;
  readonly fault: Fault;
}

/** One run: the same plan gives the same events, always. */
export interface Plan {
  /** Of delays and identifiers. */
  readonly seed: number;
  readonly world: World;
  readonly steps: readonly Step[];
}

/** What the clusters of a world run; `exclusive` ones on one node at a time. */
export const CONTENT = {
  plain: { exclusive: ["d1", "d2"], everywhere: [], promotable: [] },
  rich: { exclusive: ["d1", "ip", "www"], everywhere: ["ping"], promotable: ["store"] },
} as const;

/** Does the fault need a remote host? */
export function isRemoteFault({ kind }: Fault): boolean {
  return /^remote|Connection$|^harmHolder$/.test(kind);
}

/** Every node that a fault names. */
export function nodesOf(fault: Fault): readonly NodeId[] {
  if (fault.kind === "changes") return fault.nodeIds;
  if (fault.kind === "cutLink") return [fault.nodeId, fault.other];
  return "nodeId" in fault ? [fault.nodeId] : [];
}

/** A fault in a few words. */
export function describeFault(fault: Fault): string {
  const { kind, ...rest } = fault;
  const details = Object.entries(rest).map(([name, value]) =>
    name === "nodeId" ? `n${String(value)}` : `${name}=${JSON.stringify(value)}`,
  );
  return [kind, ...details].join(" ");
}
