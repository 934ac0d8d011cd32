import { currentNode } from "../model/activity.ts";
import { topOf } from "../model/ancestry.ts";
import type { Cluster } from "../model/cluster.ts";
import { ExecutionStatus, ExitStatus, type FailedAction } from "../model/history-entry.ts";
import type { ClusterNode } from "../model/node.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import { parseRole, Role, roleName } from "../model/role.ts";

/** `ocf:heartbeat:apache`, `systemd:nfs`. The resource must be a primitive. */
export function agentName(resource: Resource): string {
  const { class: standard, provider, type } = resource.primitive!;
  return provider === null ? `${standard}:${type}` : `${standard}:${provider}:${type}`;
}

/** The name of an instance for people: with its number only where instances differ. Part 4, 4.3.1. */
export function shownResourceName(resource: Resource): string {
  return hasFlags(resource, ResourceFlag.Unique) ? resource.id : resource.configuredId;
}

/** The role as it is shown: what is started in a promotable clone is unpromoted. */
export function displayableRole(resource: Resource): Role {
  const isPromotable = hasFlags(topOf(resource), ResourceFlag.Promotable);
  return resource.role === Role.Started && isPromotable ? Role.Unpromoted : resource.role;
}

/** How a `target-role` restricts the resource in words, or null. Part 4, 4.3.3 step 5. */
export function targetRoleText(resource: Resource): string | null {
  const value = resource.meta.get("target-role");
  if (value === undefined) return null;
  switch (parseRole(value)) {
    case Role.Stopped:
      return "disabled";
    case Role.Unpromoted:
      return hasFlags(topOf(resource), ResourceFlag.Promotable) ? `target-role:${value}` : null;
    default:
      return null;
  }
}

/** True when `target-role` keeps the resource from what it could be. Part 1, 6.10; part 4, 3.5. */
export function isDisabled(resource: Resource): boolean {
  return targetRoleText(resource) !== null;
}

/** The operation in progress as a state, or null. */
export function pendingText(resource: Resource): string | null {
  switch (resource.pendingOperation) {
    case "start":
      return "Starting";
    case "stop":
      return "Stopping";
    case "migrate_to":
    case "migrate_from":
      return "Migrating";
    case "promote":
      return "Promoting";
    case "demote":
      return "Demoting";
    default:
      return null;
  }
}

export function stateName(role: Role): string {
  return roleName(role === Role.Unknown ? Role.Stopped : role);
}

/** Where a primitive is shown: where it is, where something is in progress for it, or where it is locked. */
export function shownNode(resource: Resource): ClusterNode | null {
  return currentNode(resource) ?? resource.pendingNode ?? resource.lockNode;
}

/**
 * The first probe that said the resource cannot run on the node (null: on any node). Such a failure is no reason
 * to recover anything and is shown with the state instead. Inside a clone it is looked for under the name of what
 * is cloned, so neither unique instances nor members of cloned groups have one. Part 4, 4.3.3 step 4.
 */
export function maskedProbe(
  cluster: Cluster,
  resource: Resource,
  node: ClusterNode | null,
): FailedAction | null {
  const name = topOf(resource).clone?.template.id ?? resource.id;
  for (const failed of cluster.failedActions) {
    if (!isMaskedProbe(failed) || (node !== null && failed.node !== node)) continue;
    if (shownResourceName(failed.resource) === name) return failed;
  }
  return null;
}

export function isMaskedProbe({ entry }: FailedAction): boolean {
  if (entry.operation !== "monitor" || entry.intervalMs !== 0) return false;
  return (
    entry.exitStatus === ExitStatus.NotInstalled ||
    entry.exitStatus === ExitStatus.InvalidParameter ||
    entry.executionStatus === ExecutionStatus.NotInstalled
  );
}

/** ` (a, b)`, or nothing when there is nothing to say. */
export function inParentheses(words: readonly (string | null)[]): string {
  const present = words.filter((word) => word !== null);
  return present.length === 0 ? "" : ` (${present.join(", ")})`;
}

/** `maintenance` or else `unmanaged`, or null for a managed resource. */
export function managementText(resource: Resource): string | null {
  if (hasFlags(resource, ResourceFlag.Maintenance)) return "maintenance";
  return hasFlags(resource, ResourceFlag.Managed) ? null : "unmanaged";
}

/** ` (text)`, or nothing when it is not to be shown or there is none. */
export function descriptionText(resource: Resource, isShown: boolean): string {
  const description = isShown ? resource.xml.get("description") : null;
  return description === null ? "" : ` (${description})`;
}
