import type { XmlElement } from "@quorate/xml";
import type { Action } from "./action.ts";
import { ActionTable } from "./action-table.ts";
import type { AllowedNodes, ScoreStep } from "./allowed-nodes.ts";
import type { BundleFacts } from "./bundle.ts";
import type { Colocation } from "./colocation.ts";
import type { Location } from "./location.ts";
import type { ClusterNode } from "./node.ts";
import type { NotificationSets } from "./notification.ts";
import type { OrderingSide } from "./ordering.ts";
import { Role } from "./role.ts";
import type { TicketConstraint } from "./ticket.ts";

/** The kinds of resources in their order (part 2, 1.2.3). */
export const Variant = { Primitive: 0, Group: 1, Clone: 2, Bundle: 3 } as const;
export type Variant = (typeof Variant)[keyof typeof Variant];

/** Bits of `Resource.flags`. Source: part 1, 6.15; part 2, 1.3; part 3, 1.3. */
export const ResourceFlag = {
  Managed: 1 << 0,
  Maintenance: 1 << 1,
  /** No action may be taken for the resource. */
  Blocked: 1 << 2,
  /** Shown as FAILED; must be recovered. */
  Failed: 1 << 3,
  /** Recovery includes a stop even if the resource would stay where it is. */
  StopIfFailed: 1 << 4,
  /** Its failures do not count for the migration threshold. */
  IgnoreFailure: 1 << 5,
  /** A start is in progress; a reload becomes a restart. */
  StartPending: 1 << 6,
  /** Not in the configuration, or an instance beyond clone-max. */
  Removed: 1 << 7,
  /** A removed resource that had a launcher. */
  RemovedLaunched: 1 << 8,
  /** Live migration is allowed. */
  Migratable: 1 << 9,
  NeedsQuorum: 1 << 10,
  NeedsFencing: 1 << 11,
  NeedsUnfencing: 1 << 12,
  /** May run, and is probed, only where it is explicitly enabled. */
  ExclusiveProbes: 1 << 13,
  Critical: 1 << 14,
  Notify: 1 << 15,
  /** Globally unique, and every resource that is not in a clone. */
  Unique: 1 << 16,
  Promotable: 1 << 17,
  /** Class `stonith`. */
  FenceDevice: 1 << 18,
  /** `ocf:pacemaker:remote`: a remote, guest or bundle connection. */
  RemoteConnection: 1 << 19,
  /** A bundle connection: may run on another node than its container. */
  RemoteNestingAllowed: 1 << 20,
  /** The container of a bundle's replica. */
  ReplicaContainer: 1 << 21,
  /** Made by the bundle: address, container, connection. Not shown of its own. */
  Internal: 1 << 22,
  /** Placement has not decided yet. */
  Unassigned: 1 << 23,
  /** Loop protection while a resource is being assigned. */
  Assigning: 1 << 24,
  /** Loop protection while scores are propagated. */
  Updating: 1 << 25,
  /** A reload is due (part 1, 19.8). */
  Reload: 1 << 26,
  /** Its actions are those of a restart right now (part 3, 15.3). */
  Restarting: 1 << 27,
  /** Only the unexpected instances are stopped (`multiple-active=stop_unexpected`). */
  StopUnexpected: 1 << 28,
  /** A connection whose `addr` is `#uname`: its digest check waits for placement (part 1, 19.5). */
  AddressIsNodeName: 1 << 29,
} as const;

export type MultipleActivePolicy = "stop_start" | "stop_only" | "stop_unexpected" | "block";

/** What only primitives have. */
export interface PrimitiveFacts {
  readonly class: string;
  readonly provider: string | null;
  readonly type: string;
}

/** What only groups have. */
export interface GroupFacts {
  readonly isOrdered: boolean;
  readonly isColocated: boolean;
}

/** What only clones have. Limits may shrink while the clone is unpacked (class restrictions, part 1, 6.6). */
export interface CloneFacts {
  max: number;
  nodeMax: number;
  readonly promotedMax: number;
  readonly promotedNodeMax: number;
  readonly isOrdered: boolean;
  readonly isInterleaved: boolean;
  /** The `primitive` or `group` element of which the instances are copies. */
  readonly template: XmlElement;
  /** Meta-attributes as instances have them at first, of the one that was made first; null: to be read. */
  instanceMeta: Map<string, string> | null;
  /** Instances made so far; the number of the next one. */
  instanceCount: number;
  /** While history is read: where an instance, or a part of it, is active or has a pending action. */
  readonly instancesByNode: Map<ClusterNode, Resource[]>;
  /** While history is read: all instances before this one are somewhere. */
  firstInactive: number;
  /** Promotion scores were added to the tables of the instances (part 2, 17.1). */
  hasPromotionScores: boolean;
  /** The instances were sorted for the choice of roles (part 2, 17.5). */
  isSortedForPromotion: boolean;
  /** How many instances placement promoted. */
  promotedCount: number;
  /** Filled while actions are created, if the clone notifies. */
  readonly notifications: NotificationSets;
}

/**
 * One resource of any variant: configured, implicit (bundles, guests), or known only from history. All records
 * have the same shape; what belongs to one variant is in the `primitive`, `group`, `clone` or `bundle` part, of
 * which exactly one is not null.
 */
export interface Resource {
  /** Dense number in order of creation; `cluster.resourcesByIndex[index]`. */
  readonly index: number;
  /** With instance number: `rsc:0`. */
  readonly id: string;
  /** `id` of the configuration element, without instance number. */
  readonly configuredId: string;
  /** Null when it is not (part of) an instance of a clone. */
  readonly instanceNumber: number | null;
  readonly variant: Variant;
  readonly primitive: PrimitiveFacts | null;
  group: GroupFacts | null;
  clone: CloneFacts | null;
  bundle: BundleFacts | null;

  /** The effective element: templates are merged in (part 1, 6.2). */
  readonly xml: XmlElement;
  /** The `op` elements in their order, templates merged in. */
  readonly operations: readonly XmlElement[];
  readonly meta: Map<string, string>;
  readonly utilization: Map<string, string>;

  readonly parent: Resource | null;
  readonly children: Resource[];
  /** What this resource runs in: the VM or container of a connection, or of any resource with meta `container`. */
  launcher: Resource | null;
  readonly launched: Resource[];

  /** Of `ResourceFlag`. */
  flags: number;
  priority: number;
  stickiness: number;
  migrationThreshold: number;
  /** 0: failures never expire. May be reset to 0 while history is read (part 1, 14.2). */
  failureTimeoutMs: number;
  /** Remote connections only; 0: none. */
  reconnectIntervalMs: number;
  multipleActive: MultipleActivePolicy;

  /** The name under which history knows it, when that is not its id. */
  historyName: string | null;
  /** The current role; for collectives see `roleOf`. */
  role: Role;
  nextRole: Role;
  /** Where it is active, in the order in which that was found; the first is special (part 1, 16.5). */
  readonly activeNodes: ClusterNode[];
  /** Where its state is known from a probe or an action (part 1, 13.4). */
  readonly knownNodes: Set<ClusterNode>;
  /** The action that was still running when the status was written, and where. */
  pendingOperation: string | null;
  pendingNode: ClusterNode | null;
  partialMigrationSource: ClusterNode | null;
  partialMigrationTarget: ClusterNode | null;
  /** Most recently found first (part 1, 15.2). */
  readonly danglingMigrationSources: ClusterNode[];
  /** Shutdown lock (part 1, 20). */
  lockNode: ClusterNode | null;
  /** Epoch seconds; 0 when not locked. */
  lockTimeS: number;

  allowedNodes: AllowedNodes;
  assignedNode: ClusterNode | null;
  /** Score of the allowed-node entry at the moment of the assignment. */
  assignedScore: number;
  /** The last change of the table before placement decided; later ones are about promotion. */
  decisiveStep: ScoreStep | null | "undecided";
  /** In order of creation; iterate backwards for "newest first". */
  readonly locations: Location[];
  /** Of an instance: how much it wants to be promoted, while roles are chosen (part 2, 17.3). */
  promotionPriority: number;
  /** Where this resource is the dependent, best first (part 2, 12.1). */
  readonly thisWithColocations: Colocation[];
  /** Where this resource is the primary, best first. */
  readonly withThisColocations: Colocation[];
  readonly ticketConstraints: TicketConstraint[];

  /** In order of creation; iterate backwards for "newest first". */
  readonly actions: Action[];
  /** The same by key. */
  readonly actionTable: ActionTable;
  /** Made by `sideOf`: one record for each task that orderings name. */
  readonly sides: OrderingSide[];
}

export interface ResourceIdentity {
  readonly index: number;
  readonly id: string;
  readonly configuredId: string;
  readonly instanceNumber: number | null;
  readonly variant: Variant;
  readonly primitive: PrimitiveFacts | null;
  readonly xml: XmlElement;
  readonly operations: readonly XmlElement[];
  readonly parent: Resource | null;
  readonly allowedNodes: AllowedNodes;
}

export function createResource(identity: ResourceIdentity): Resource {
  return {
    index: identity.index,
    id: identity.id,
    configuredId: identity.configuredId,
    instanceNumber: identity.instanceNumber,
    variant: identity.variant,
    primitive: identity.primitive,
    group: null,
    clone: null,
    bundle: null,
    xml: identity.xml,
    operations: identity.operations,
    meta: new Map(),
    utilization: new Map(),
    parent: identity.parent,
    children: [],
    launcher: null,
    launched: [],
    flags: ResourceFlag.Unassigned,
    priority: 0,
    stickiness: 0,
    migrationThreshold: 0,
    failureTimeoutMs: 0,
    reconnectIntervalMs: 0,
    multipleActive: "stop_start",
    historyName: null,
    role: Role.Stopped,
    nextRole: Role.Unknown,
    activeNodes: [],
    knownNodes: new Set(),
    pendingOperation: null,
    pendingNode: null,
    partialMigrationSource: null,
    partialMigrationTarget: null,
    danglingMigrationSources: [],
    lockNode: null,
    lockTimeS: 0,
    allowedNodes: identity.allowedNodes,
    assignedNode: null,
    assignedScore: 0,
    decisiveStep: "undecided",
    locations: [],
    promotionPriority: 0,
    thisWithColocations: [],
    withThisColocations: [],
    ticketConstraints: [],
    actions: [],
    actionTable: new ActionTable(),
    sides: [],
  };
}

/** True when the resource has every flag of the mask. */
export function hasFlags(resource: Resource, mask: number): boolean {
  return (resource.flags & mask) === mask;
}
