import type { Cluster } from "../model/cluster.ts";
import type { TextReport } from "../render/text-report.ts";
import { injectFailCount } from "./fail-count-injection.ts";
import { writeResult } from "./history-writer.ts";
import { parseOperationSpec } from "./operation-spec.ts";
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
  report: TextReport,
  cib: WorkingCib,
  cluster: Cluster,
  injections: Injections,
  timeS: number,
): void {
  const item = (text: string): void => {
    if (!report.isQuiet) report.item(text);
  };
  if (!report.isQuiet) report.beginList("Performing Requested Modifications");
  if (injections.quorum !== null) item(`Setting quorum: ${injections.quorum}`);
  if (injections.watchdog !== null) item(`Setting watchdog: ${injections.watchdog}`);
  if (injections.quorum !== null) cib.setQuorum(injections.quorum);
  if (injections.watchdog !== null) cib.setProperty("have-watchdog", injections.watchdog);
  for (const node of injections.nodesUp) {
    item(`Bringing node ${node} online`);
    cib.bringUp(node);
  }
  for (const node of injections.nodesDown) {
    item(`Taking node ${node} offline`);
    cib.takeDown(node);
  }
  for (const node of injections.nodesFailed) {
    item(`Failing node ${node}`);
    cib.fail(node);
  }
  for (const ticket of injections.ticketsGranted) {
    item(`Granting ticket ${ticket}`);
    cib.setTicket(ticket, "granted", "true");
  }
  for (const ticket of injections.ticketsRevoked) {
    item(`Revoking ticket ${ticket}`);
    cib.setTicket(ticket, "granted", "false");
  }
  for (const ticket of injections.ticketsStandby) {
    item(`Making ticket ${ticket} standby`);
    cib.setTicket(ticket, "standby", "true");
  }
  for (const ticket of injections.ticketsActivated) {
    item(`Activating ticket ${ticket}`);
    cib.setTicket(ticket, "standby", "false");
  }
  for (const spec of injections.operations) {
    item(`Injecting ${spec} into the configuration`);
    injectOperation(report, cib, cluster, spec, timeS);
  }
  if (!report.isQuiet) report.endList();
}

/** Source: part 4, 6.4. */
function injectOperation(
  report: TextReport,
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
  injectFailCount(report, cib, state, {
    resource: name,
    task,
    intervalMs,
    exitStatus,
    isFatal: task === "stop" || (task === "start" && cluster.options.isStartFailureFatal),
    timeS,
  });
  writeResult(state, {
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
}
