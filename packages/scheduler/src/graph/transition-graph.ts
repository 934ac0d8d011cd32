/**
 * The transition graph as data: what the scheduler hands to whoever executes it (the controller, the simulated
 * execution of crm_simulate). Its XML form is made from this. Records are read-only views: what they say is worked out when a
 * property is read, so take what is needed more than once into a variable. Source: scheduler specification, part 4, 13.
 */
export interface TransitionGraph {
  /** Attributes of the root element in their order: `cluster-delay`, `fencing-timeout`, `batch-limit`, ... */
  readonly attributes: ReadonlyMap<string, string>;
  /** In the order in which the actions were added; `synapses[i].id === i`. */
  readonly synapses: readonly Synapse[];
}

/** One action with what must have happened before it. */
export interface Synapse {
  readonly id: number;
  /** 0 when the XML has none. */
  readonly priority: number;
  readonly action: GraphAction;
  /** The actions that must be confirmed first, in the order of the XML triggers; they may be absent from the graph. */
  readonly inputs: readonly GraphAction[];
}

export type GraphElementName = "rsc_op" | "crm_event" | "pseudo_event";

export interface GraphAction {
  readonly element: GraphElementName;
  readonly id: number;
  /** The task: `start`, `monitor`, `stonith`, `running`, ... */
  readonly operation: string;
  readonly operationKey: string;
  /** Null when the XML has none. */
  readonly internalOperationKey: string | null;
  readonly onNode: string | null;
  readonly onNodeUuid: string | null;
  readonly routerNode: string | null;
  /** `mode="cib"` of lrm_delete. */
  readonly isCibMode: boolean;
  /** Epoch seconds; null when not locked. */
  readonly shutdownLockS: number | null;
  /** The `primitive` child; null for pseudo and cluster actions. */
  readonly resource: GraphResource | null;
  /** The `attributes` child, sorted by name in byte order; names with a leading digit become `param` children. */
  readonly attributes: ReadonlyMap<string, string>;
  /** Ids of the nodes that this action takes down. */
  readonly downed: readonly string[];
  /** `maintenance_nodes` only: node id and whether it is in maintenance. */
  readonly maintenance: readonly MaintenanceChange[];
}

export interface MaintenanceChange {
  readonly nodeId: string;
  readonly isInMaintenance: boolean;
}

export interface GraphResource {
  /** Name of the resource's XML element, `primitive`. */
  readonly element: string;
  readonly id: string;
  readonly longId: string | null;
  readonly class: string;
  readonly provider: string | null;
  readonly type: string;
}
