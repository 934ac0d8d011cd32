import type { Cluster } from "../model/cluster.ts";
import { injectFailCount } from "./fail-count-injection.ts";
import { writeResult } from "./history-writer.ts";
import { parseOperationSpec } from "./operation-spec.ts";
import type { SimulationReport } from "./simulation-report.ts";
import type { WorkingCib } from "./working-cib.ts";

/** Events that are written into the CIB before the scheduler looks at it, each list in command-line order. */
export interface Injections {
  readonly quorum: string | null;
  readonly watchdog: string | null;
  readonly nodesUp: readonly string[];
  readonly nodesDown: readonly string[];
  readonly nodesFailed: readonly string[];
  readonly ticketsGranted: readonly string[];
  readonly ticketsRevoked: readonly string[];
  readonly ticketsStandby: readonly string[];
  readonly ticketsActivated: readonly string[];
  /** `RSC_TASK_INTERVAL@NODE=RC` */
  readonly operations: readonly string[];
}

/** A quorum value alone injects nothing. Source: scheduler specification, part 4, 3.3. */
export function hasInjections(injections: Injections): boolean {
  const { quorum: _, watchdog, ...lists } = injections;
  return watchdog !== null || Object.values(lists).some((list) => list.length > 0);
}

/** Source: scheduler specification, part 4, 6.1. */
export function applyInjections(
  report: SimulationReport,
  cib: WorkingCib,
  cluster: Cluster,
  injections: Injections,
  timeS: number,
): void {
  const { quorum, watchdog } = injections;
  report.beginModifications({ quorum, watchdog });
  if (quorum !== null) cib.setQuorum(quorum);
  if (watchdog !== null) cib.setProperty("have-watchdog", watchdog);
  for (const node of injections.nodesUp) {
    report.modification({ kind: "node", change: "online", node });
    cib.bringUp(node);
  }
  for (const node of injections.nodesDown) {
    report.modification({ kind: "node", change: "offline", node });
    cib.takeDown(node);
  }
  for (const node of injections.nodesFailed) {
    report.modification({ kind: "node", change: "failed", node });
    cib.fail(node);
  }
  for (const ticket of injections.ticketsGranted) {
    report.modification({ kind: "ticket", change: "grant", ticket });
    cib.setTicket(ticket, "granted", "true");
  }
  for (const ticket of injections.ticketsRevoked) {
    report.modification({ kind: "ticket", change: "revoke", ticket });
    cib.setTicket(ticket, "granted", "false");
  }
  for (const ticket of injections.ticketsStandby) {
    report.modification({ kind: "ticket", change: "standby", ticket });
    cib.setTicket(ticket, "standby", "true");
  }
  for (const ticket of injections.ticketsActivated) {
    report.modification({ kind: "ticket", change: "activate", ticket });
    cib.setTicket(ticket, "standby", "false");
  }
  for (const spec of injections.operations) {
    report.modification({ kind: "operation", spec });
    injectOperation(report, cib, cluster, spec, timeS);
  }
  report.endModifications();
}

/** Source: part 4, 6.4. */
function injectOperation(
  report: SimulationReport,
  cib: WorkingCib,
  cluster: Cluster,
  text: string,
  timeS: number,
): void {
  const parsed = parseOperationSpec(text);
  if (!parsed.ok) {
    report.error(parsed.message);
    return;
  }
  const { resource: name, task, intervalMs, node, exitStatus } = parsed.spec;
  const resource = cluster.lookup.resource(name);
  if (resource === null) {
    report.error(`Invalid resource name: ${name}`);
    return;
  }
  if (resource.primitive === null) {
    report.error(
      `Invalid resource name: ${name} (only a primitive has operations; name a member or instance of it)`,
    );
    return;
  }
  const state = cib.nodeState(node);
  const attributes = injectFailCount(cib, state, {
    resource: name,
    task,
    intervalMs,
    exitStatus,
    isFatal: task === "stop" || (task === "start" && cluster.options.isStartFailureFatal),
    timeS,
  });
  for (const attribute of attributes) report.modification(attribute);
  writeResult(cib.history(state), {
    shownResource: name,
    resourceId: resource.configuredId,
    ...resource.primitive,
    task,
    intervalMs,
    exitStatus,
    expectedStatus: 0,
    exitReason: "Simulated action result",
    operationKey: `${name}_${task}_${intervalMs}`,
    onNode: node,
    migrateSource: null,
    migrateTarget: null,
    digest: null,
    timeS,
  });
  cib.countUpdate();
}
