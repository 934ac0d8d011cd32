import type { XmlElement } from "@quorate/xml";

/** `off` and `reboot` cut a node off; `on` gives it back (unfencing). */
export type FencingAction = "off" | "reboot" | "on";

/** How a fencing request ended. */
export interface FenceOutcome {
  /** True only when a fence agent (or a person, by manual confirmation) confirmed it. */
  readonly isSuccess: boolean;
  /** One of `ExecutionStatus`. */
  readonly status: number;
  /** For people; empty on success. */
  readonly reason: string;
  readonly record: FencingRecord;
}

/** Who executes a manual confirmation. */
export const CONFIRMED_BY_HAND = "a human";

/** One entry of the fencing history, the same on every node. Source: fencer specification, 10. */
export interface FencingRecord {
  /** UUID of the operation. */
  readonly id: string;
  readonly target: string;
  /** Process id of the target's daemon, as the owner saw it last before: tells which life of the target ended. Null when it never saw one. */
  readonly targetPid: number | null;
  readonly action: FencingAction;
  /** Node whose fencer owned the operation. */
  readonly origin: string;
  /** Node that executed it; `CONFIRMED_BY_HAND` for a manual confirmation; empty when nobody did. */
  readonly delegate: string;
  /** `NAME.PID` of the client. */
  readonly client: string;
  readonly state: "pending" | "success" | "failed";
  /** Milliseconds since 1970; 0 while pending. */
  readonly completedMs: number;
  readonly exitReason: string;
}

export interface FenceRequest {
  readonly target: string;
  readonly action: FencingAction;
  readonly timeoutS: number;
  /** Seconds; -1 switches the devices' own delays off. */
  readonly delayS: number;
  /** Report success at once when the same happened within this many seconds. 0: never. */
  readonly toleranceS: number;
  /** `NAME.PID` of who asks; requests of different clients may be merged. */
  readonly client: string;
  /** The target may fence itself when nobody else is there to do it. */
  readonly allowsSelf: boolean;
  /** Asked before each further command: false ends the operation as failed. One that has begun goes on. Default: always wanted. */
  readonly isWanted?: () => boolean;
}

/** What a stonith-class resource asks of the fencer. Source: executor specification, 8. */
export interface DeviceRequest {
  readonly deviceId: string;
  /** Agent, as in `fence_ipmilan`. */
  readonly agent: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly timeoutMs: number;
}

/** Nodes that a fencing level is for: one by its name, those whose name fits a pattern, or those with an attribute. */
export interface LevelTarget {
  readonly kind: "name" | "pattern" | "attribute";
  /** The name, the pattern, or the name of the attribute. */
  readonly name: string;
  /** Of the attribute; empty for the other kinds. */
  readonly value: string;
}

export interface FencerEvents {
  /** An operation is known to all members from here on, before anything of it is carried out: on each of them, in the agreed order. */
  begun?(record: FencingRecord): void;
  /**
   * Every finished fencing operation of the cluster, on every node, in the agreed order; on the node that asked, right
   * after its own callback. An operation that only counts as failed because its owner was lost is not told; if it
   * turns out to have succeeded, that is.
   */
  completed(outcome: FenceOutcome): void;
}

/**
 * The fencer of this node, as the controller and the local API see it. Source: fencer specification.
 */
export interface Fencer {
  subscribe(events: FencerEvents): void;
  fence(request: FenceRequest, done: (outcome: FenceOutcome) => void): void;
  /** Records that a person has made sure that the node is off. */
  confirm(target: string, client: string, done: (outcome: FenceOutcome) => void): void;
  history(): readonly FencingRecord[];
  /** Removes finished entries, of all targets or of one, on every node. */
  cleanHistory(target: string | null): void;
  /** Ids of devices that this node could use now; for one target when given. */
  devices(target: string | null, done: (deviceIds: readonly string[]) => void): void;
  /** Registers a device for a stonith resource and monitors it once. Result as an agent's. */
  startDevice(
    request: DeviceRequest,
    done: (result: { status: number; rc: number; reason: string }) => void,
  ): void;
  monitorDevice(
    request: DeviceRequest,
    done: (result: { status: number; rc: number; reason: string }) => void,
  ): void;
  stopDevice(deviceId: string): void;
  isDeviceStarted(deviceId: string): boolean;
  /** Once it has lost quorum, others take it for granted that this node resets itself by its watchdog. */
  isReliedOnToReset(): boolean;
  /** A new configuration to take devices and topology from: the whole CIB, which is to be read at once, since it goes on changing. */
  configurationChanged(cib: XmlElement): void;
  /** Compares histories with all nodes. The fencer does so by itself when it joins and after a merge. */
  synchronizeHistory(): void;
}

/** What administrators can do at the fencer of one node, beside the configuration. Source: fencer specification, 1 and 2. */
export interface FencerDesk {
  /** Registers a device until it is stopped or the node restarts, without asking it anything: for administrators. */
  registerDevice(request: Omit<DeviceRequest, "timeoutMs">): void;
  /** Nodes (or plugs) that the device says or is configured to control, sorted; null with a reason when it cannot tell. */
  deviceTargets(
    deviceId: string,
    done: (result: { readonly targets: readonly string[] | null; readonly reason: string }) => void,
  ): void;
  /** Adds a level on this node until it restarts; replaces one with the same target and index that was added before. */
  registerLevel(target: LevelTarget, index: number, devices: readonly string[]): void;
  /** Removes such a level; `index` null removes all of the target. What the configuration says stays. */
  removeLevel(target: LevelTarget, index: number | null): void;
}

/** This node's own last resort: hardware that resets it unless somebody keeps feeding it. Source: fencer specification, 7. */
export interface Watchdog {
  /** The hardware resets the node this long after it was fed last; null when nobody feeds one (sbd does not run). */
  readonly timeoutMs: number | null;
  /** Resets this node at once, without any order. */
  panic(): void;
}

export interface FenceAgentRun {
  /** Name of the agent, as in `fence_ipmilan`. */
  readonly agent: string;
  /** Device whose secrets (`lrm://`) are meant in the parameters; empty when it is run for no device. */
  readonly deviceId: string;
  /** Lines `key=value` for the agent's standard input, in this order. */
  readonly parameters: ReadonlyMap<string, string>;
  /** From the start of the process; 0 means no limit. */
  readonly timeoutMs: number;
}

/** How a run of a fence agent ended. */
export interface FenceAgentResult {
  /** One of `ExecutionStatus`: `done` for any exit of the agent, whatever its code. */
  readonly status: number;
  /** Exit code of the agent; -1 when it did not run or did not exit by itself. Only 0 is success. */
  readonly exitCode: number;
  readonly stdout: string;
  /** Secrets among the parameters are blanked out. */
  readonly stderr: string;
  /** For people, when the status is not `done`; else empty. */
  readonly reason: string;
}

/**
 * Runs fence agents on this node (fence agent API: parameters on stdin, exit status 0 is success). Any number may run
 * at once. A timeout ends the agent and its whole process group.
 */
export interface FenceAgents {
  run(request: FenceAgentRun, done: (result: FenceAgentResult) => void): void;
}
