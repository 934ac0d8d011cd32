import type { Cluster } from "../model/cluster.ts";
import { renderFailedActions } from "./failed-actions.ts";
import { countInstances } from "./instance-counts.ts";
import { renderNodeAttributes } from "./node-attributes.ts";
import { renderNodeHistory } from "./node-history.ts";
import { renderNodeList } from "./node-list.ts";
import { renderResourceList } from "./resource-list.ts";
import type { StatusOptions } from "./status-options.ts";
import type { TextReport } from "./text-report.ts";

/**
 * The sections of a cluster status, an empty line between them, as items of the open list. Source: scheduler
 * specification, part 4, 4.
 */
export function renderClusterStatus(report: TextReport, cluster: Cluster, options: StatusOptions): void {
  let hasSpacer = renderNodeList(report, cluster, options, false);
  hasSpacer = renderResourceList(report, cluster, options, hasSpacer) || hasSpacer;
  if (options.showsNodeAttributes) {
    hasSpacer = renderNodeAttributes(report, cluster, options, hasSpacer) || hasSpacer;
  }
  if (options.showsFailures) {
    hasSpacer = renderNodeHistory(report, cluster, options, { hasSpacer, shows: "fail counts" }) || hasSpacer;
    renderFailedActions(report, cluster, options, hasSpacer);
  }
}

/** What stands before a status: maintenance mode, disabled and blocked instances. Part 4, 3.3. */
export function renderStatusPreamble(report: TextReport, cluster: Cluster): boolean {
  let isPrinted = false;
  if (cluster.options.isMaintenance) {
    report.info("");
    report.info("              *** Resource management is DISABLED ***");
    report.info("  The cluster will not attempt to start, stop or recover services");
    isPrinted = true;
  }
  const { total, disabled, blocked } = countInstances(cluster);
  if (disabled > 0 || blocked > 0) {
    if (isPrinted) report.spacer();
    report.info(
      `${disabled} of ${total} resource instances DISABLED and ${blocked} BLOCKED from further action due to failure`,
    );
    isPrinted = true;
  }
  return isPrinted;
}
