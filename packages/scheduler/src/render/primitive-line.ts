import type { Cluster } from "../model/cluster.ts";
import { type ClusterNode, hasNodeFlags, NodeFlag } from "../model/node.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import { Role } from "../model/role.ts";
import { exitText } from "./outcome-text.ts";
import {
  agentName,
  descriptionText,
  displayableRole,
  inParentheses,
  managementText,
  maskedProbe,
  pendingText,
  shownNode,
  shownResourceName,
  stateName,
  targetRoleText,
} from "./resource-facts.ts";
import type { StatusOptions } from "./status-options.ts";

/** The line of a primitive. Source: scheduler specification, part 4, 4.3. */
export function primitiveLine(cluster: Cluster, resource: Resource, options: StatusOptions): string {
  return stateLine(cluster, resource, options, {
    name: shownResourceName(resource),
    node: shownNode(resource),
  });
}

/** The same with another name and place: a bundle's replica is shown as its container is placed. Part 4, 4.6. */
export function stateLine(
  cluster: Cluster,
  resource: Resource,
  options: StatusOptions,
  shown: { readonly name: string; readonly node: ClusterNode | null },
): string {
  const isMultiple = resource.activeNodes.length > 1;
  const node = isMultiple ? null : shown.node;
  const role = displayableRole(resource);
  let line = `${shown.name}\t(${agentName(resource)}):\t`;
  if (hasFlags(resource, ResourceFlag.Removed)) line += " ORPHANED";
  line += ` ${stateText(resource, role, options)}`;
  if (node !== null) line += ` ${node.name}`;
  if (role <= Role.Stopped) {
    const probe = maskedProbe(cluster, resource, node);
    if (probe !== null) line += ` (${exitText(probe.entry.exitStatus ?? 0)}) `;
  }
  line += inParentheses(flagWords(resource, node, options));
  line += descriptionText(resource, isMultiple || options.showsDescriptions);
  if (isMultiple) {
    line += ` [ ${resource.activeNodes.map((active) => active.name).join(" ")} ]`;
  }
  return line;
}

function stateText(resource: Resource, role: Role, options: StatusOptions): string {
  if (hasFlags(resource, ResourceFlag.Failed)) return role === Role.Promoted ? "FAILED Promoted" : "FAILED";
  const pending = options.showsPending ? pendingText(resource) : null;
  return pending ?? stateName(role);
}

function flagWords(resource: Resource, node: ClusterNode | null, options: StatusOptions): (string | null)[] {
  const isLost =
    node !== null && !hasNodeFlags(node, NodeFlag.Online) && hasNodeFlags(node, NodeFlag.Unclean);
  const isLocked = node !== null && node === resource.lockNode;
  const isMonitoring = options.showsPending && resource.pendingOperation === "monitor";
  return [
    isLost ? "UNCLEAN" : null,
    isLocked ? "LOCKED" : null,
    isMonitoring ? "Monitoring" : null,
    targetRoleText(resource),
    hasFlags(resource, ResourceFlag.Blocked) ? "blocked" : managementText(resource),
    hasFlags(resource, ResourceFlag.IgnoreFailure) ? "failure ignored" : null,
  ];
}
