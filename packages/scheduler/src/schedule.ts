import type { XmlElement } from "@quorate/xml";
import { checkConfigurationChanges } from "./actions/configuration-changes.ts";
import { createActions } from "./actions/create-actions.ts";
import { fenceAndShutDown } from "./actions/fencing-stage.ts";
import { orderRemoteActions } from "./actions/remote-orderings.ts";
import { buildGraph } from "./graph/build-graph.ts";
import type { TransitionGraph } from "./graph/transition-graph.ts";
import { checkpoint } from "./model/checkpoint.ts";
import type { Cluster } from "./model/cluster.ts";
import { type UnpackOptions, unpackCluster } from "./model/unpack.ts";
import { applyOrderings } from "./orderings/apply-orderings.ts";
import { orderInternally } from "./orderings/internal-orderings.ts";
import {
  addImplicitConstraints,
  applyNodeCriteria,
  applyNodeHealth,
  assignResources,
  readConstraints,
} from "./placement/placement.ts";
import { summarizeTransition, type TransitionSummary } from "./render/transition-summary.ts";

const STAGES: readonly ((cluster: Cluster) => void)[] = [
  applyNodeHealth,
  readConstraints,
  applyNodeCriteria,
  addImplicitConstraints,
  orderInternally,
  checkConfigurationChanges,
  assignResources,
  createActions,
  orderRemoteActions,
  fenceAndShutDown,
  applyOrderings,
];

/** The decision of one run. */
export interface Schedule {
  readonly cluster: Cluster;
  /** Reads what it says from the cluster and the document: `detachGraph` for one that may be kept while they change. */
  readonly graph: TransitionGraph;
  readonly summary: TransitionSummary;
}

/**
 * What the cluster shall do, given its CIB and the time. The same document and instant give the same schedule; the
 * document is not changed. Bad configuration never throws: see `cluster.diagnostics`.
 * @throws StaleRun when `options.isStale` says so
 */
export function schedule(cib: XmlElement, options: UnpackOptions): Schedule {
  return decide(unpackCluster(cib, options));
}

/**
 * The stages from constraints to graph, each over the whole cluster before the next. The cluster must be fresh: it
 * is changed in place. Source: scheduler specification, part 2, 2.1; part 3, 6; part 4, 15.2.
 */
export function decide(cluster: Cluster): Schedule {
  for (const stage of STAGES) {
    checkpoint(cluster);
    stage(cluster);
  }
  const summary = summarizeTransition(cluster);
  return { cluster, graph: buildGraph(cluster), summary };
}
