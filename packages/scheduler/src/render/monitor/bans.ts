import { XmlElement } from "@quorate/xml";
import type { Cluster } from "../../model/cluster.ts";
import type { Location } from "../../model/location.ts";
import type { ClusterNode } from "../../model/node.ts";
import { Role } from "../../model/role.ts";
import { shownNodeName } from "../node-list.ts";
import { isIncluded } from "../status-filter.ts";
import type { StatusOptions } from "../status-options.ts";
import type { TextReport } from "../text-report.ts";

interface Ban {
  readonly location: Location;
  readonly node: ClusterNode;
  readonly score: number;
}

/** What keeps resources off nodes; with a prefix only constraints whose id starts with it. */
function shownBans(cluster: Cluster, status: StatusOptions, prefix: string | null): Ban[] {
  const bans: Ban[] = [];
  for (const location of cluster.locations) {
    if (prefix !== null && !location.id.startsWith(prefix)) continue;
    if (!isIncluded(status.filter, location.resource, "with parents")) continue;
    for (const { node, score } of location.nodes) if (score < 0) bans.push({ location, node, score });
  }
  return bans;
}

/** Source: scheduler specification, part 4, 16.5. */
export function renderBans(
  report: TextReport,
  cluster: Cluster,
  status: StatusOptions,
  { hasSpacer, prefix }: { readonly hasSpacer: boolean; readonly prefix: string | null },
): boolean {
  const list = report.lazyList("Negative Location Constraints", { hasSpacer });
  for (const { location, node } of shownBans(cluster, status, prefix)) {
    list.open();
    const role = location.role === Role.Promoted ? "in Promoted role " : "";
    report.item(
      `${location.id}\tprevents ${location.resource.id} from running ${role}on ${shownNodeName(node, status)}`,
    );
  }
  return list.close();
}

/** Null when there are none. */
export function bansElement(
  cluster: Cluster,
  status: StatusOptions,
  prefix: string | null,
): XmlElement | null {
  const section = new XmlElement("bans");
  for (const { location, node, score } of shownBans(cluster, status, prefix)) {
    const isPromotedOnly = String(location.role === Role.Promoted);
    section.append(
      new XmlElement("ban", [
        ["id", location.id],
        ["resource", location.resource.id],
        ["node", node.name],
        ["weight", String(score)],
        ["promoted-only", isPromotedOnly],
        ["master_only", isPromotedOnly],
      ]),
    );
  }
  return section.children.length === 0 ? null : section;
}
