import type { XmlElement } from "@quorate/xml";
import type { CleanupFilter } from "../cluster-node.ts";

/** Ids as they stand in histories for what an administrator named: a group or clone stands for its members. */
export function historyResourceIds(cib: XmlElement, name: string): readonly string[] {
  const resources = cib.first("configuration")?.first("resources");
  const element = [...(resources?.descendants() ?? [])].find((candidate) => candidate.id === name);
  if (element === undefined || element.name === "primitive") return [name];
  const members = [...element.descendants("primitive")].map((primitive) => primitive.id ?? "");
  return members.length > 0 ? members : [name];
}

/** Resources in a node's history that the filter means; for a cleanup only those that failed. */
export function resourcesToForget(
  cib: XmlElement,
  nodeId: string,
  filter: CleanupFilter,
  isRefresh: boolean,
): readonly string[] {
  const state = cib
    .first("status")
    ?.all("node_state")
    .find((candidate) => candidate.id === nodeId);
  const history = state?.first("lrm")?.first("lrm_resources")?.all("lrm_resource") ?? [];
  const wanted = filter.resource === null ? null : historyResourceIds(cib, filter.resource);
  return history
    .filter((resource) => wanted === null || wanted.some((id) => isInstanceOf(resource.id ?? "", id)))
    .filter((resource) => isRefresh || hasFailed(resource, filter))
    .map((resource) => resource.id ?? "");
}

function isInstanceOf(historyId: string, id: string): boolean {
  return historyId === id || (historyId.startsWith(`${id}:`) && /^\d+$/.test(historyId.slice(id.length + 1)));
}

function hasFailed(resource: XmlElement, filter: CleanupFilter): boolean {
  return resource
    .all("lrm_rsc_op")
    .some(
      (entry) =>
        (entry.id?.endsWith("_last_failure_0") ?? false) &&
        (filter.operation === null || entry.get("operation") === filter.operation) &&
        (filter.intervalMs === null || entry.get("interval") === String(filter.intervalMs)),
    );
}
