import type { XmlElement } from "@quorate/xml";
import type { Cluster } from "../../model/cluster.ts";
import { unpackCluster } from "../../model/unpack.ts";
import { readConstraints } from "../../placement/placement.ts";
import { renderFailedActions } from "../failed-actions.ts";
import { renderNodeAttributes } from "../node-attributes.ts";
import { type HistoryDetail, nodeHistoryElement, renderNodeHistory } from "../node-history.ts";
import { renderNodeList } from "../node-list.ts";
import { renderResourceList } from "../resource-list.ts";
import { failuresElement, nodeAttributesElement } from "../status-details-xml.ts";
import { statusFilter } from "../status-filter.ts";
import type { StatusOptions } from "../status-options.ts";
import { inactiveResourcesElement, nodesElement, resourcesElement } from "../status-xml.ts";
import { TextReport } from "../text-report.ts";
import { bansElement, renderBans } from "./bans.ts";
import { renderClusterSummary, renderMaintenanceWarning, summaryElement } from "./cluster-summary.ts";
import { HtmlReport } from "./html-report.ts";
import type { ExtraSection, MonitorOptions } from "./monitor-options.ts";
import { renderNodesWithResources } from "./nodes-with-resources.ts";
import { oneLine } from "./one-line.ts";
import { renderTickets, ticketsElement } from "./tickets.ts";

/** A cluster's status, read from a CIB once and shown in one of the forms. */
export interface Monitor {
  text(): string;
  /** What stands between `<body>` and `</body>`. */
  html(): string;
  elements(): XmlElement[];
  /** `CLUSTER OK: ...`: one line for surveillance systems. */
  readonly oneLine: string;
}

/** @param nowS epoch seconds; failures may have expired by then */
export function monitor(cib: XmlElement, nowS: number, options: MonitorOptions): Monitor {
  const cluster = unpackCluster(cib, { nowS });
  if (options.sections.has("bans")) readConstraints(cluster);
  const render = (makeReport: (append: (piece: string) => void) => TextReport): string => {
    let text = "";
    const report = makeReport((piece) => {
      text += piece;
    });
    renderSections(report, cluster, options);
    return text;
  };
  return {
    text: () =>
      render((append) => new TextReport({ out: append, error: append }, { isFancy: true, isQuiet: false })),
    html: () => render((append) => new HtmlReport({ out: append, error: append })),
    elements: () => sectionElements(cluster, options),
    get oneLine() {
      return oneLine(cluster);
    },
  };
}

function statusOptions(cluster: Cluster, options: MonitorOptions): StatusOptions {
  return {
    showsInactive: options.showsInactive,
    showsPending: true,
    showsCloneDetail: options.showsDetail,
    showsImplicit: options.showsDetail,
    showsNodeDetail: options.showsDetail,
    isBrief: options.isBrief,
    showsNodeAttributes: options.sections.has("attributes"),
    showsFailures: true,
    showsDescriptions: options.showsDetail,
    filter: statusFilter(cluster, options),
  };
}

function historyDetail({ sections, showsTiming }: MonitorOptions): HistoryDetail | null {
  if (sections.has("operations")) return showsTiming ? "operations with timing" : "operations";
  return sections.has("failcounts") ? "fail counts" : null;
}

function renderSections(report: TextReport, cluster: Cluster, options: MonitorOptions): void {
  const { sections } = options;
  const status = statusOptions(cluster, options);
  let hasSpacer = renderClusterSummary(report, cluster, status, options);
  if (sections.has("maint-mode"))
    hasSpacer = renderMaintenanceWarning(report, cluster, hasSpacer) || hasSpacer;
  if (sections.has("nodes")) {
    const renderNodes = options.groupsByNode ? renderNodesWithResources : renderNodeList;
    hasSpacer = renderNodes(report, cluster, status, hasSpacer) || hasSpacer;
  }
  if (sections.has("resources")) {
    // Grouped by node, what is active stands there already.
    if (!options.groupsByNode) {
      const emptyText = options.showsInactive ? "No resources" : "No active resources";
      hasSpacer = renderResourceList(report, cluster, status, hasSpacer, { what: "all", emptyText });
    } else if (options.showsInactive) {
      const content = { what: "not fully active", emptyText: "No inactive resources" } as const;
      hasSpacer = renderResourceList(report, cluster, status, hasSpacer, content);
    }
  }
  if (sections.has("attributes"))
    hasSpacer = renderNodeAttributes(report, cluster, status, hasSpacer) || hasSpacer;
  const shows = historyDetail(options);
  if (shows !== null)
    hasSpacer = renderNodeHistory(report, cluster, status, { hasSpacer, shows }) || hasSpacer;
  if (sections.has("failures")) {
    const form = options.showsDetail ? "technical" : "friendly";
    hasSpacer = renderFailedActions(report, cluster, status, hasSpacer, form) || hasSpacer;
  }
  hasSpacer = renderExtraSections(report, options.fencing, hasSpacer) || hasSpacer;
  if (sections.has("tickets")) hasSpacer = renderTickets(report, cluster, hasSpacer) || hasSpacer;
  if (sections.has("bans")) {
    const bans = { hasSpacer, prefix: options.banPrefix };
    hasSpacer = renderBans(report, cluster, status, bans) || hasSpacer;
  }
  renderExtraSections(report, options.notices, hasSpacer);
}

function renderExtraSections(
  report: TextReport,
  extras: readonly ExtraSection[],
  isSpaced: boolean,
): boolean {
  let hasSpacer = isSpaced;
  for (const { title, items } of extras) {
    const list = report.lazyList(title, { hasSpacer });
    for (const item of items) {
      list.open();
      report.item(item, { kind: "warning" });
    }
    hasSpacer = list.close() || hasSpacer;
  }
  return hasSpacer;
}

function sectionElements(cluster: Cluster, options: MonitorOptions): XmlElement[] {
  const { sections, groupsByNode } = options;
  const status = statusOptions(cluster, options);
  const elements: (XmlElement | null)[] = [summaryElement(cluster, options)];
  if (sections.has("nodes")) {
    const withDescriptions = { ...status, showsDescriptions: true };
    elements.push(nodesElement(cluster, withDescriptions, { withResources: groupsByNode }));
  }
  if (sections.has("resources")) {
    elements.push(
      groupsByNode ? inactiveResourcesElement(cluster, status) : resourcesElement(cluster, status),
    );
  }
  if (sections.has("attributes")) elements.push(nodeAttributesElement(cluster, status.filter));
  const shows = historyDetail(options);
  if (shows !== null) elements.push(nodeHistoryElement(cluster, status.filter, shows));
  if (sections.has("failures")) elements.push(failuresElement(cluster, status.filter));
  elements.push(...options.fencing.map(({ element }) => element));
  if (sections.has("tickets")) elements.push(ticketsElement(cluster));
  if (sections.has("bans")) elements.push(bansElement(cluster, status, options.banPrefix));
  elements.push(...options.notices.map(({ element }) => element));
  return elements.filter((element) => element !== null);
}
