import { digestOf, filterParameters } from "../actions/digests.ts";
import type { GraphAction, GraphResource, TransitionGraph } from "../graph/transition-graph.ts";
import type { Cluster } from "../model/cluster.ts";
import type { ModelMemory } from "../model/memory.ts";
import { type ExecutionOutcome, executeGraph } from "./execute-graph.ts";
import { injectFailCount } from "./fail-count-injection.ts";
import { writeResult } from "./history-writer.ts";
import type { SimulationReport } from "./simulation-report.ts";
import type { WorkingCib } from "./working-cib.ts";

export interface TransitionSimulation {
  readonly report: SimulationReport;
  /** The cluster for which the graph was made. */
  readonly cluster: Cluster;
  readonly cib: WorkingCib;
  /** Operations that shall fail: `RSC_TASK_INTERVAL@NODE=RC`, the first match applies. */
  readonly failures: readonly string[];
  /** Time of the results in the history, epoch seconds. */
  readonly timeS: number;
}

/** Carries out the graph on the working CIB and reports every action. Source: scheduler specification, part 4, 7. */
export function simulateTransition(
  graph: TransitionGraph,
  simulation: TransitionSimulation,
): ExecutionOutcome {
  simulation.report.beginExecution();
  const outcome = executeGraph(graph, ({ action }) => perform(action, graph, simulation));
  simulation.report.endExecution();
  return outcome;
}

/** Returns whether the action succeeded. */
function perform(action: GraphAction, graph: TransitionGraph, simulation: TransitionSimulation): boolean {
  switch (action.element) {
    case "pseudo_event":
      simulation.report.step({ kind: "pseudo", key: action.operationKey, node: action.onNode });
      return true;
    case "crm_event":
      performClusterAction(action, simulation);
      return true;
    case "rsc_op":
      return performOperation(action, graph, simulation);
  }
}

function performClusterAction(action: GraphAction, { report, cib }: TransitionSimulation): void {
  const node = action.onNode ?? "";
  if (action.operation === "stonith") {
    const fencing = action.attributes.get("CRM_meta_stonith_action") ?? "";
    report.step({ kind: "fencing", node, action: fencing });
    if (fencing !== "on") cib.takeDown(node, action.onNodeUuid ?? undefined);
    return;
  }
  report.step({ kind: "cluster", task: action.operation, resource: action.resource?.id ?? null, node });
}

function performOperation(
  action: GraphAction,
  graph: TransitionGraph,
  simulation: TransitionSimulation,
): boolean {
  const { report } = simulation;
  const resource = action.resource!;
  const task = action.operation;
  const node = action.onNode ?? "";
  const name = shownResource(simulation.cluster, resource);
  const intervalMs = Number(action.attributes.get("CRM_meta_interval") ?? "0");
  report.step({ kind: "operation", resource: name, task, intervalMs, node });
  if (task === "delete" || task === "meta-data") return true;

  const isRouted = action.routerNode !== null;
  const state = simulation.cib.nodeState(node, isRouted ? node : (action.onNodeUuid ?? undefined));
  const expectedStatus = Number(action.attributes.get("CRM_meta_op_target_rc") ?? "0");
  const failure = matchingFailure(action, name, intervalMs, simulation);
  if (failure !== null) {
    report.pretendedFailure(action.id, failure);
    const attributes = injectFailCount(simulation.cib, state, {
      resource: name,
      task,
      intervalMs,
      exitStatus: failure,
      isFatal: isFatal(task, graph),
      timeS: simulation.timeS,
    });
    for (const attribute of attributes) report.step(attribute);
  }
  writeResult(simulation.cib.history(state), {
    shownResource: name,
    resourceId: resource.id,
    class: resource.class,
    provider: resource.provider,
    type: resource.type,
    task,
    intervalMs,
    exitStatus: failure ?? expectedStatus,
    expectedStatus,
    exitReason: failure === null ? "" : "Simulated action result",
    operationKey: action.operationKey,
    onNode: node,
    migrateSource: action.attributes.get("CRM_meta_migrate_source") ?? null,
    migrateTarget: action.attributes.get("CRM_meta_migrate_target") ?? null,
    digest: parameterDigest(action, intervalMs, simulation.cluster.memory),
    timeS: simulation.timeS,
  });
  simulation.cib.countUpdate();
  return failure === null;
}

/** Digest of the parameters with which the operation ran, so that a later run finds them unchanged. */
function parameterDigest(action: GraphAction, intervalMs: number, memory: ModelMemory): string {
  const parameters = new Map(action.attributes);
  filterParameters(parameters, intervalMs);
  return digestOf(parameters, memory);
}

/** The name under which the scheduler knows the resource. Source: part 4, 7.3. */
function shownResource(cluster: Cluster, { id, longId }: GraphResource): string {
  if (cluster.lookup.resource(id) !== null) return id;
  return longId !== null && cluster.lookup.resource(longId) !== null ? longId : id;
}

/** The exit status with which the operation shall fail, or null. Source: part 4, 7.5. */
function matchingFailure(
  action: GraphAction,
  shownName: string,
  intervalMs: number,
  { failures, report }: TransitionSimulation,
): number | null {
  const operation = `_${action.operation}_${intervalMs}@${action.onNode ?? ""}=`;
  const names = [shownName, action.resource!.id].map((name) => (name + operation).toLowerCase());
  for (const spec of failures) {
    const prefix = names.find((name) => spec.toLowerCase().startsWith(name));
    if (prefix === undefined) continue;
    const status = /^\s*[+-]?\d+/.exec(spec.slice(prefix.length));
    if (status !== null) return Number(status[0]);
    report.error(`Invalid failed operation '${spec}' (result code must be integer)`);
  }
  return null;
}

function isFatal(task: string, graph: TransitionGraph): boolean {
  if (task === "start") return graph.attributes.get("failed-start-offset") === "INFINITY";
  return task === "stop" && graph.attributes.get("failed-stop-offset") === "INFINITY";
}
