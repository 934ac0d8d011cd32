import type { FencingAction, FencingRecord, LevelTarget, NodeLinks, QuorumStatus } from "@quorate/ports";

/**
 * The contract of a node: every request with its parameters and result, every event. All values are JSON. XML travels as text.
 */
export interface Methods {
  "node.status": { params: NoParams; result: NodeStatus };
  /** Known nodes, ascending by id. */
  "node.list": { params: NoParams; result: readonly NodeListItem[] };
  /** What the controller of any node that is online is doing: `S_IDLE`, `S_NOT_DC`, ... */
  "node.state": { params: { readonly name: string }; result: { readonly state: string } };
  /** Makes all nodes forget a node that is not active. */
  "node.remove": { params: { readonly name: string }; result: NoParams };
  "quorum.status": { params: NoParams; result: QuorumStatus };
  /** Corosync's links to the other nodes; empty with an engine or a transport that has none. */
  "quorum.links": { params: NoParams; result: readonly NodeLinks[] };

  /** One CIB operation. A change is answered when this node has carried it out, and a configuration change when it is durable on every member. */
  "cib.request": { params: CibRequestParams; result: CibReply };

  "attributes.update": { params: AttributeUpdate; result: NoParams };
  /** Null when no such attribute was ever set; an entry without value has null. */
  "attributes.query": {
    params: { readonly name: string; readonly node: string | null };
    result: readonly { readonly node: string; readonly value: string | null }[] | null;
  };
  /** Writes all attributes to the CIB now. */
  "attributes.refresh": { params: NoParams; result: NoParams };

  /** Forgets failures (and, for `refresh`, the whole history) of one resource or all, on one node or all; probes follow. */
  "resource.cleanup": { params: CleanupParams; result: NoParams };
  /** Reports a failure of a resource that no agent saw (crm_resource --fail). */
  "resource.fail": { params: { readonly resource: string; readonly node: string }; result: NoParams };

  /** Runs an agent once on this node, beside the cluster: neither result nor state reach the history. */
  "agent.run": { params: AgentRunParams; result: AgentRunReply };

  /** Answered when the fencing is over. */
  "fencing.fence": { params: FenceParams; result: FenceReply };
  "fencing.confirm": {
    params: { readonly target: string; readonly tag?: string | null };
    result: FenceReply;
  };
  "fencing.history": { params: { readonly target: string | null }; result: readonly FencingRecord[] };
  /** Has all nodes compare their histories; answered when those that are there have had the time to tell. */
  "fencing.gatherHistory": { params: NoParams; result: NoParams };
  "fencing.cleanHistory": { params: { readonly target: string | null }; result: NoParams };
  /** Devices this node could use now, for one target when given. */
  "fencing.devices": { params: { readonly target: string | null }; result: readonly string[] };
  /** What the device controls, by its agent's list or its configuration; null when it cannot tell, with the reason. */
  "fencing.targets": {
    params: { readonly device: string };
    result: { readonly targets: readonly string[] | null; readonly reason: string };
  };
  /** Asks a device that is started or was registered on this node whether it works. */
  "fencing.monitor": {
    params: { readonly device: string; readonly timeoutS: number };
    result: { readonly status: number; readonly rc: number; readonly reason: string };
  };
  /** Devices and levels for this node until it restarts; the cluster's are in the CIB. */
  "fencing.registerDevice": {
    params: {
      readonly device: string;
      readonly agent: string;
      readonly parameters: readonly (readonly [name: string, value: string])[];
    };
    result: NoParams;
  };
  "fencing.removeDevice": { params: { readonly device: string }; result: NoParams };
  "fencing.registerLevel": {
    params: LevelParams & { readonly index: number; readonly devices: readonly string[] };
    result: NoParams;
  };
  /** `index` 0: all levels of the target. */
  "fencing.removeLevel": { params: LevelParams & { readonly index: number }; result: NoParams };

  /** Leaves the cluster in order: resources move away or stop first. Answered at once. */
  "daemon.shutdown": { params: NoParams; result: NoParams };
}

/** Whom a fencing level is for. `value` is that of the attribute `name`, else empty. */
interface LevelParams {
  readonly kind: LevelTarget["kind"];
  readonly name: string;
  readonly value: string;
}

export interface Events {
  /** A change of the CIB that this node applied: the patchset as XML (format 2). */
  "cib.changed": { readonly patchset: string };
  /** A fencing operation of the cluster ended. */
  "fencing.completed": FencingRecord;
}

export type MethodName = keyof Methods;
export type EventName = keyof Events;
export type NoParams = Readonly<Record<string, never>>;

export interface NodeStatus {
  readonly version: string;
  readonly featureSet: string;
  readonly nodeId: number;
  readonly nodeName: string;
  readonly clusterName: string;
  /** State of the controller: `S_IDLE`, `S_NOT_DC`, ... */
  readonly state: string;
  /** Name of the DC as this node knows it. */
  readonly dc: string | null;
  readonly isQuorate: boolean;
  readonly isShuttingDown: boolean;
  /** Why this node no longer writes its CIB to disk; null when all is well. */
  readonly diskProblem: string | null;
}

export interface NodeListItem {
  readonly nodeId: number;
  readonly name: string;
  /** Whether the machine is in the membership; its daemon may be down. */
  readonly state: "member" | "lost";
  /** Whether its daemon takes part in the cluster. */
  readonly isOnline: boolean;
}

/** Source: daemons specification, CIB manager, section 3. */
export interface CibRequestParams {
  /** `cib_query`, `cib_modify`, ... */
  readonly operation: string;
  /** Section name; null for the whole document. */
  readonly section: string | null;
  readonly xpath: string | null;
  /** XML text. */
  readonly data: string | null;
  readonly flags: readonly string[];
  /** Whose rights the request has; only root and hacluster may name somebody else. Null or absent: the caller's own. */
  readonly user?: string | null;
}

export type CibReply =
  /** Carried out (a configuration change: and durable on every member), or refused by the CIB's rules: `code` is `ok` or the reason. `data` is XML text: what was asked for, or what was refused. */
  | {
      readonly kind: "done";
      readonly code: string;
      readonly reason: string | null;
      readonly data: string | null;
    }
  /** Carried out, but these members could not make it durable. */
  | {
      readonly kind: "notDurable";
      readonly failures: readonly { node: string; code: string; message: string }[];
    }
  /** Not carried out. */
  | { readonly kind: "unavailable"; readonly reason: string }
  /** It may or may not be in effect. */
  | { readonly kind: "outcomeUnknown"; readonly reason: string };

export interface AttributeUpdate {
  readonly name: string;
  /** `name` is a POSIX extended regular expression over known attributes. */
  readonly isPattern: boolean;
  /** Null unsets. `value++` and `value+=N` count on. Ignored for `delay`. */
  readonly value: string | null;
  readonly kind: "value" | "delay" | "both";
  /** Null: this node. */
  readonly node: string | null;
  readonly delayMs: number | null;
  readonly isPrivate: boolean;
  readonly setId: string | null;
  readonly setType: string | null;
  /** When the request is answered. */
  readonly wait: "no" | "local" | "cluster";
}

export interface CleanupParams {
  readonly kind: "cleanup" | "refresh";
  readonly resource: string | null;
  readonly node: string | null;
  readonly operation: string | null;
  readonly intervalMs: number | null;
}

export interface AgentRunParams {
  readonly resource: string;
  readonly class: string;
  readonly provider: string;
  readonly type: string;
  /** `start`, `stop`, `monitor`, ... */
  readonly action: string;
  readonly timeoutMs: number;
  readonly parameters: readonly (readonly [name: string, value: string])[];
}

export interface AgentRunReply {
  /** Execution status and OCF code, as in the history. */
  readonly status: number;
  readonly rc: number;
  readonly exitReason: string;
  readonly output: string;
}

export interface FenceParams {
  readonly target: string;
  readonly action: FencingAction;
  readonly timeoutS: number;
  readonly delayS: number;
  readonly toleranceS: number;
  /** Told in logs and in the history, between the name of who asks and its process id. */
  readonly tag?: string | null;
}

export interface FenceReply {
  readonly isSuccess: boolean;
  /** One of `ExecutionStatus`. */
  readonly status: number;
  /** For people; empty on success. */
  readonly reason: string;
  readonly record: FencingRecord;
}
