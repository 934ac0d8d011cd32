import type { XmlElement } from "@quorate/xml";
import type { Cluster } from "../../model/cluster.ts";
import { unpackCluster } from "../../model/unpack.ts";
import { renderFailedActions } from "../failed-actions.ts";
import { failCountsOf, renderMigrationSummary } from "../migration-summary.ts";
import { renderNodeAttributes } from "../node-attributes.ts";
import { renderNodeList } from "../node-list.ts";
import { renderResourceList } from "../resource-list.ts";
import type { StatusOptions } from "../status-options.ts";
import { TextReport } from "../text-report.ts";
import { renderClusterSummary } from "./cluster-summary.ts";
import { renderInactiveResources, renderNodesWithResources } from "./nodes-with-resources.ts";
import { renderOperations } from "./operations.ts";

/** What a monitor of the cluster shows. Source: crm_mon(8); scheduler specification, part 4, 4 and 16. */
export interface MonitorOptions {
  readonly showsSummary: boolean;
  readonly showsInactive: boolean;
  readonly groupsByNode: boolean;
  readonly showsFailCounts: boolean;
  readonly showsOperations: boolean;
  /** With `showsOperations`: also when each was done and how long it took. */
  readonly showsTiming: boolean;
  readonly showsNodeAttributes: boolean;
  /** Node ids, and every clone instance on a line of its own. */
  readonly showsDetail: boolean;
  /** `on node1`: whose view this is; null when unknown. */
  readonly viewer: string | null;
  /** The present time as it is shown. */
  readonly timeText: string;
  /** Sections about what the CIB does not know (fencing, the disk of the viewing node): a title with its items; without items it is left out. */
  readonly moreSections: readonly { readonly title: string; readonly items: readonly string[] }[];
}

/**
 * The text of a cluster's status from its CIB.
 * @param nowS epoch seconds; failures may have expired by then
 */
export function monitor(cib: XmlElement, nowS: number, options: MonitorOptions): string {
  let text = "";
  const append = (piece: string) => {
    text += piece;
  };
  const report = new TextReport({ out: append, error: append }, { isFancy: true, isQuiet: false });
  renderSections(report, unpackCluster(cib, { nowS }), options);
  return text;
}

function renderSections(report: TextReport, cluster: Cluster, options: MonitorOptions): void {
  const status: StatusOptions = {
    showsInactive: options.showsInactive,
    showsPending: true,
    showsCloneDetail: options.showsDetail,
    showsImplicit: options.showsDetail,
    showsNodeIds: options.showsDetail,
    showsNodeAttributes: options.showsNodeAttributes,
    showsFailures: true,
    showsDescriptions: options.showsDetail,
  };
  let hasSpacer = options.showsSummary && renderClusterSummary(report, cluster, status, options);
  if (options.groupsByNode) {
    hasSpacer = renderNodesWithResources(report, cluster, status, hasSpacer) || hasSpacer;
    if (options.showsInactive)
      hasSpacer = renderInactiveResources(report, cluster, status, hasSpacer) || hasSpacer;
  } else {
    hasSpacer = renderNodeList(report, cluster, status, hasSpacer) || hasSpacer;
    hasSpacer = renderResourceList(
      report,
      cluster,
      status,
      hasSpacer,
      options.showsInactive ? "No resources" : "No active resources",
    );
  }
  if (options.showsNodeAttributes)
    hasSpacer = renderNodeAttributes(report, cluster, status, hasSpacer) || hasSpacer;
  if (options.showsOperations) {
    hasSpacer =
      renderOperations(report, cluster, status, { hasSpacer, showsTiming: options.showsTiming }) || hasSpacer;
  }
  if (options.showsFailCounts && failCountsOf(cluster).length > 0)
    hasSpacer = renderMigrationSummary(report, cluster, status, hasSpacer) || hasSpacer;
  hasSpacer =
    renderFailedActions(report, cluster, hasSpacer, options.showsDetail ? "technical" : "friendly") ||
    hasSpacer;
  for (const { title, items } of options.moreSections) {
    const list = report.lazyList(title, { hasSpacer });
    for (const item of items) {
      list.open();
      report.item(item);
    }
    hasSpacer = list.close() || hasSpacer;
  }
}
