import type { XmlElement } from "@quorate/xml";
import type { ConfiguredOperation } from "../actions/operation-configuration.ts";
import type { RecurringOperation } from "../actions/recurring-actions.ts";
import type { SummedInfluences } from "../placement/colocation/summed-influences.ts";
import type { Action, ActionMeta } from "./action.ts";
import type { Colocation } from "./colocation.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { Explanation } from "./explanation.ts";
import type { NodeFailCounts } from "./fail-counts.ts";
import type { HistoryIndex } from "./history/history-index.ts";
import type { FailedAction, HistoryEntry } from "./history-entry.ts";
import type { Location } from "./location.ts";
import type { ModelMemory } from "./memory.ts";
import type { ClusterNode } from "./node.ts";
import type { ClusterOptions } from "./options.ts";
import type { Ordering } from "./ordering.ts";
import type { Resource } from "./resource.ts";
import type { ParameterCache } from "./resources/parameters.ts";
import type { ScoreLine } from "./score-line.ts";
import type { Sections } from "./sections.ts";
import type { Ticket } from "./ticket.ts";

/**
 * The model of one run: everything that the stages read and change. Made by `unpackCluster` from a CIB and an
 * instant, then changed in place by placement, actions, orderings and graph. Nothing outlives the run.
 */
export interface Cluster {
  readonly cib: XmlElement;
  readonly sections: Sections;
  /** The one instant of this run, epoch seconds. */
  readonly nowS: number;
  /** Offset from UTC in which date specifications are read. */
  readonly nowOffsetS: number;
  readonly options: ClusterOptions;
  readonly hasQuorum: boolean;
  /** Asked at every `checkpoint`: whether the run is to end without a result. */
  readonly isStale: (() => boolean) | null;
  /** Keep also what only explanations need: why scores changed. */
  readonly isExplaining: boolean;
  /** A watchdog, or at least one fence device was unpacked (part 1, 3.3). */
  hasFencing: boolean;

  /** Ordered by name (part 1, 2.8): "all nodes" means this order. */
  readonly nodes: ClusterNode[];
  readonly nodesByIndex: ClusterNode[];
  /** Nodes with an index below it were there before bundles made nodes of their own, which few resources may use. */
  ordinaryNodeCount: number;
  dc: ClusterNode | null;

  /** Top level: by priority, then document order, then removed ones as they were found (part 1, 6.12). */
  readonly resources: Resource[];
  readonly resourcesByIndex: Resource[];
  readonly lookup: ClusterLookup;

  /** Template id -> ids of the primitives made from it, in order. Templates without users have an empty list. */
  readonly templates: Map<string, string[]>;
  readonly tags: Map<string, string[]>;
  readonly tickets: Map<string, Ticket>;

  /** In order of creation; applied from the last to the first (part 2, 4.2.6 and 4.6.5). */
  readonly locations: Location[];
  /** In order of creation. */
  readonly colocations: Colocation[];
  /** In order of creation. */
  readonly orderings: Ordering[];

  /** In order of creation; iterate backwards for "newest first". */
  readonly actions: Action[];
  /** Actions without resource by folded key. */
  readonly clusterActions: Map<string, Action>;
  /** In the order in which they were found. */
  readonly failedActions: FailedAction[];
  /** Connections of which the digest check waits for placement; the most recently added is done first. */
  readonly deferredChecks: DeferredCheck[];

  /** What was read of the document's elements, in this run or in earlier ones. */
  readonly memory: ModelMemory;
  /** Recurring failures that expired. */
  readonly expiredEntries: Set<HistoryEntry>;
  /** All resource history of the status section. */
  readonly history: HistoryIndex;
  /** Instance attributes that were read so far, by the effective element of the resource; see `parametersOf`. */
  readonly parameters: Map<XmlElement, ParameterCache>;
  /** Operations that were asked for so far, by the effective element of the resource, or the root for what has none; see `configuredOperation`. */
  readonly operations: Map<XmlElement, ConfiguredOperation[]>;
  /** Those that repeat, by the effective element of the resource; see `createRecurringActions`. */
  readonly recurringOperations: Map<XmlElement, readonly RecurringOperation[]>;
  /** By expected exit status: meta table -> the same with that status; see `expectResult`. */
  readonly expectedResults: {
    readonly "7": Map<ActionMeta, ActionMeta>;
    readonly "8": Map<ActionMeta, ActionMeta>;
  };
  /** Fail counts of the nodes that were asked for so far; see `failCount`. */
  readonly failCounts: Map<ClusterNode, NodeFailCounts>;

  /** Earliest instant after now at which the decision may change, epoch seconds; null: none. */
  recheckAtS: number | null;
  /** What depends on resources that are still to be placed, summed up. */
  readonly influences: SummedInfluences;
  /** How often preferences were handed on along a colocation; placement limits it. */
  colocationSteps: number;
  /** How deep placement is in resources that wait for others, see `assign`. */
  assignDepth: number;
  /** Placement's score lines, in the order in which they came up. */
  readonly scoreLines: ScoreLine[];
  /** The tables of scores become lines. */
  readonly recordsScores: boolean;
  readonly diagnostics: Diagnostic[];
  readonly explanations: Explanation[];
}

/** Look-ups by name. Names of nodes ignore case. */
export interface ClusterLookup {
  /** By id or history name, the first in depth-first order of the top-level list (part 1, 6.5). */
  resource(idOrHistoryName: string): Resource | null;
  /** By exact id. */
  resourceById(id: string): Resource | null;
  nodeByName(name: string): ClusterNode | null;
  nodeById(id: string): ClusterNode | null;
  /** The target of an `id-ref`; null when there is none or more than one. */
  element(name: string, id: string): XmlElement | null;
}

/** A check of an operation's digest that has to wait until the connection has a node (part 1, 19.5). */
export interface DeferredCheck {
  readonly resource: Resource;
  readonly node: ClusterNode;
  readonly entry: HistoryEntry;
  /** `last-failure`: part 1, 14.3 step 4. `active`: 19.5 step 4b. */
  readonly kind: "last-failure" | "active";
}
