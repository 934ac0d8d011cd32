import { compareVersions, FEATURE_SET, parseBoolean } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";
import { SummedInfluences } from "../placement/colocation/summed-influences.ts";
import { checkpoint } from "./checkpoint.ts";
import type { Cluster } from "./cluster.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { HistoryIndex } from "./history/history-index.ts";
import { stopDeferredContainers } from "./history/read-node-history.ts";
import { LookupIndex } from "./lookup.ts";
import { ModelMemory } from "./memory.ts";
import { unpackImplicitNodes } from "./nodes/implicit-nodes.ts";
import { unpackNodes } from "./nodes/unpack-nodes.ts";
import { readOptions } from "./read-options.ts";
import { unpackResources } from "./resources/unpack-resources.ts";
import { findSections } from "./sections.ts";
import { completeRemoteNodes } from "./status/remote-node-state.ts";
import { unpackHistory, unpackStates } from "./status/unpack-status.ts";
import { unpackTags } from "./tags.ts";
import type { Unpacking } from "./unpacking.ts";
import { attributeOf } from "./xml-attribute.ts";

export interface UnpackOptions {
  /** The instant of the run, epoch seconds. */
  readonly nowS: number;
  /** Offset from UTC in which date specifications are read; 0 is UTC. */
  readonly nowOffsetS?: number;
  /** Keep also what only `explainResource` needs; costs memory, changes no decision. */
  readonly isExplaining?: boolean;
  /** Leave out the table of scores of each resource, for who shows none: one line for each resource and node. */
  readonly leavesOutScores?: boolean;
  /** Asked now and then; when true, the run ends with `StaleRun`. Must be cheap. */
  readonly isStale?: () => boolean;
  /** What earlier runs on this very document read, kept up to date; without it, everything is read. */
  readonly memory?: ModelMemory;
}

/**
 * Makes the model of a cluster from its CIB: everything that is known before placement begins. The document is not
 * changed. What is wrong in it never throws: the model has the documented fallback and a diagnostic.
 * Source: scheduler specification, part 1, 1.3.
 */
export function unpackCluster(cib: XmlElement, options: UnpackOptions): Cluster {
  const lookup = new LookupIndex(cib);
  const sections = findSections(cib);
  const memory = options.memory ?? new ModelMemory();
  const diagnostics: Diagnostic[] = [];
  const hasQuorum = parseBoolean(attributeOf(cib, "have-quorum")) === true;
  const run = { nowS: options.nowS, nowOffsetS: options.nowOffsetS ?? 0, lookup, recheckAtS: null };
  const clusterOptions = readOptions({ run, cib, sections, hasQuorum, diagnostics });
  checkFeatureSet(cib, diagnostics);
  const cluster: Cluster = {
    cib,
    sections,
    nowS: run.nowS,
    nowOffsetS: run.nowOffsetS,
    options: clusterOptions,
    hasQuorum,
    isStale: options.isStale ?? null,
    isExplaining: options.isExplaining ?? false,
    recordsScores: options.leavesOutScores !== true,
    hasFencing: clusterOptions.hasWatchdog,
    nodes: [],
    nodesByIndex: [],
    ordinaryNodeCount: 0,
    dc: null,
    resources: [],
    resourcesByIndex: [],
    lookup,
    templates: new Map(),
    tags: new Map(),
    tickets: new Map(),
    locations: [],
    colocations: [],
    orderings: [],
    actions: [],
    clusterActions: new Map(),
    failedActions: [],
    deferredChecks: [],
    memory,
    expiredEntries: new Set(),
    history: new HistoryIndex(sections.status, memory),
    parameters: new Map(),
    operations: new Map(),
    recurringOperations: new Map(),
    expectedResults: { "7": new Map(), "8": new Map() },
    failCounts: new Map(),
    recheckAtS: run.recheckAtS,
    influences: new SummedInfluences(),
    colocationSteps: 0,
    assignDepth: 0,
    scoreLines: [],
    diagnostics,
    explanations: [],
  };
  const unpacking: Unpacking = {
    cluster,
    lookup,
    sections,
    effective: new Map(),
    deferredContainerStops: [],
    recordedFailures: new Set(),
  };
  checkpoint(cluster);
  unpackNodes(unpacking);
  const elements = unpackImplicitNodes(unpacking);
  cluster.ordinaryNodeCount = cluster.nodes.length;
  unpackResources(unpacking, elements);
  unpackTags(unpacking);
  checkpoint(cluster);
  unpackStates(unpacking);
  unpackHistory(unpacking);
  stopDeferredContainers(unpacking);
  completeRemoteNodes(cluster);
  return cluster;
}

function checkFeatureSet(cib: XmlElement, diagnostics: Diagnostic[]): void {
  const featureSet = attributeOf(cib, "crm_feature_set");
  if (featureSet === null || compareVersions(featureSet, FEATURE_SET) <= 0) return;
  diagnostics.push({
    severity: "error",
    code: "feature-set-too-new",
    message: `The CIB was written by a newer cluster (feature set ${featureSet}, known here is ${FEATURE_SET}). Upgrade this node before it may decide.`,
    elementId: null,
    line: cib.line,
  });
}
