import { type Action, ActionFlag, hasActionFlags } from "../model/action.ts";
import { currentNode } from "../model/activity.ts";
import type { Cluster } from "../model/cluster.ts";
import { type ClusterNode, isGuestNode } from "../model/node.ts";
import { describeReason, type Reason } from "../model/reason.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";
import { Role, roleName } from "../model/role.ts";
import type { TextReport } from "./text-report.ts";

export type ChangeWord =
  | "Start"
  | "Stop"
  | "Move"
  | "Migrate"
  | "Restart"
  | "Recover"
  | "Reload"
  | "Promote"
  | "Re-promote"
  | "Demote";

/** What the transition does to one primitive, as data. */
export interface ResourceChange {
  readonly word: ChangeWord;
  readonly resource: string;
  readonly role: Role;
  readonly nextRole: Role;
  readonly from: string | null;
  readonly to: string | null;
  readonly reason: Reason | null;
  /** The action that this change needs cannot be run. */
  readonly isBlocked: boolean;
}

/** A node that the transition fences or shuts down. */
export interface NodeChange {
  /** `Fence (reboot)`, `Shutdown`. */
  readonly word: string;
  readonly node: string;
  /** Of a guest or bundle node: the resource that it runs in. */
  readonly launcher: string | null;
  readonly reason: Reason;
}

export interface TransitionSummary {
  readonly nodes: readonly NodeChange[];
  readonly resources: readonly ResourceChange[];
}

/**
 * What the transition will do, resource by resource. The whole schedule must be made. Sets the current role of
 * active resources that count as stopped to started, which the rest of the run relies on.
 * Source: scheduler specification, part 4, 5.
 */
export function summarizeTransition(cluster: Cluster): TransitionSummary {
  const nodes: NodeChange[] = [];
  for (let index = cluster.actions.length - 1; index >= 0; index--) {
    const change = nodeChange(cluster.actions[index]!);
    if (change !== null) nodes.push(change);
  }
  const resources: ResourceChange[] = [];
  for (const resource of cluster.resources) collectChanges(resource, resources);
  return { nodes, resources };
}

function nodeChange(action: Action): NodeChange | null {
  const { node, reason } = action;
  if (action.resource !== null || node === null || reason === null) return null;
  if (hasActionFlags(action, ActionFlag.Optional)) return null;
  let word: string;
  if (action.task === "do_shutdown") word = "Shutdown";
  else if (action.task === "stonith") word = `Fence (${action.meta.get("stonith_action") ?? ""})`;
  else return null;
  const launcher = isGuestNode(node) ? (node.connection?.launcher?.id ?? null) : null;
  return { word, node: node.name, launcher, reason };
}

function collectChanges(resource: Resource, into: ResourceChange[]): void {
  if (resource.bundle !== null) {
    for (const { ip, container, connection, instance } of resource.bundle.replicas) {
      for (const part of [ip, container, connection, instance]) {
        if (part !== null) collectChanges(part, into);
      }
    }
  } else if (resource.primitive !== null) {
    if (!hasFlags(resource, ResourceFlag.Removed) || resource.activeNodes.length > 0) {
      into.push(...changesOf(resource));
    }
  } else {
    for (const child of resource.children) collectChanges(child, into);
  }
}

/** At most one change, except for stops on several nodes. Source: part 4, 5.2. */
function changesOf(resource: Resource): ResourceChange[] {
  const current = currentNode(resource);
  const next = resource.assignedNode;
  if (current !== null && resource.role <= Role.Stopped) resource.role = Role.Started;
  const { role, nextRole } = resource;
  if (!hasFlags(resource, ResourceFlag.Managed) || (current === null && next === null)) return [];

  const start = oldestAction(resource, "start", next);
  let stop =
    start !== null && hasActionFlags(start, ActionFlag.Runnable)
      ? oldestAction(resource, "stop", current)
      : oldestAction(resource, "stop", null);
  if (stop === null && hasFlags(resource, ResourceFlag.StopUnexpected)) {
    stop = oldestAction(resource, "stop", null);
  }
  const promote = oldestAction(resource, "promote", next);
  const demote = oldestAction(resource, "demote", next);
  const isMoving = current !== null && next !== null && current !== next;
  const isFailed = hasFlags(resource, ResourceFlag.Failed);

  const change = (
    word: ChangeWord,
    from: ClusterNode | null,
    to: ClusterNode | null,
    action: Action | null,
    source: Action | null,
  ): ResourceChange => ({
    word,
    resource: resource.id,
    role,
    nextRole,
    from: from?.name ?? null,
    to: to?.name ?? null,
    reason: (source ?? action)?.reason ?? null,
    isBlocked: action !== null && !hasActionFlags(action, ActionFlag.Runnable),
  });

  if (role === nextRole) {
    const migration = oldestAction(resource, "migrate_from", next);
    if (current !== null && migration !== null && hasActionFlags(migration, ActionFlag.Runnable)) {
      return [change("Migrate", current, next, start, null)];
    }
    if (hasFlags(resource, ResourceFlag.Reload)) return [change("Reload", current, next, start, null)];
    if (start === null || hasActionFlags(start, ActionFlag.Optional)) {
      const isRepromoted = isRequired(demote) && isRequired(promote);
      return isRepromoted ? [change("Re-promote", current, next, promote, demote)] : [];
    }
    if (!hasActionFlags(start, ActionFlag.Runnable)) {
      const source = stop === null || stop.reason === null ? start : stop;
      return [change("Stop", current, null, stop, source)];
    }
    if (isMoving) return [change(isFailed ? "Recover" : "Move", current, next, stop, null)];
    if (isFailed) return [change("Recover", current, null, stop, null)];
    return [change("Restart", current, next, start, null)];
  }

  const isStartBlocked = start !== null && !hasActionFlags(start, ActionFlag.Runnable);
  if (stop !== null && (nextRole === Role.Stopped || isStartBlocked)) {
    return resource.activeNodes.map((node) => {
      const stopThere = oldestAction(resource, "stop", node);
      return change("Stop", node, null, stopThere, stopThere?.reason ? stopThere : start);
    });
  }
  if (stop !== null && isFailed && hasFlags(resource, ResourceFlag.StopIfFailed)) {
    return [change("Recover", current, next, stop, start)];
  }
  if (isMoving) return [change("Move", current, next, stop, null)];
  if (hasFlags(resource, ResourceFlag.Reload)) return [change("Reload", current, next, start, null)];
  if (isRequired(stop)) return [change("Restart", current, next, start, null)];
  if (role === Role.Promoted) return [change("Demote", current, next, demote, null)];
  if (nextRole === Role.Promoted) return [change("Promote", current, next, promote, null)];
  if (role <= Role.Stopped && nextRole > Role.Stopped) return [change("Start", current, next, start, null)];
  return [];
}

function isRequired(action: Action | null): boolean {
  return action !== null && !hasActionFlags(action, ActionFlag.Optional);
}

/**
 * The oldest action with the task, on the node if one is given; an action without node matches and adopts it.
 * Source: part 4, 5.2 and 9.1.
 */
function oldestAction(resource: Resource, task: string, node: ClusterNode | null): Action | null {
  let oldest: Action | null = null;
  for (const action of resource.actionTable.once(task) ?? []) {
    if (node !== null && action.node === null) action.node = node;
    if (node !== null && action.node !== node) continue;
    oldest ??= action;
  }
  return oldest;
}

const WIDTH_MIN = 5;

/** The lines of the Transition Summary list. Columns are as wide as the whole summary needs. Part 4, 5.3. */
export function renderTransitionSummary(report: TextReport, summary: TransitionSummary): void {
  for (const { word, node, launcher, reason } of summary.nodes) {
    const where = launcher === null ? node : `${node} (resource: ${launcher})`;
    report.item(`${word} ${where} '${describeReason(reason)}'`);
  }
  const details = summary.resources.map(changeDetails);
  let idWidth = WIDTH_MIN;
  let detailWidth = WIDTH_MIN;
  summary.resources.forEach(({ resource }, index) => {
    // Two columns of air once an id does not fit, as administrators know it from the classic output.
    if (resource.length > idWidth) idWidth = resource.length + 2;
    detailWidth = Math.max(detailWidth, details[index]!.length);
  });
  summary.resources.forEach((change, index) => {
    const { word, resource } = change;
    const reason = reasonText(change);
    const columns = `${word.padEnd(8)}   ${resource.padEnd(idWidth)}   ( ${details[index]!.padStart(detailWidth)} )`;
    report.item(reason === null ? columns : `${columns}  ${reason}`);
  });
}

/** Source: part 4, 5.3.4. */
function reasonText({ reason, isBlocked }: ResourceChange): string | null {
  if (reason === null) return isBlocked ? "blocked" : null;
  return `due to ${describeReason(reason)}${isBlocked ? " (blocked)" : ""}`;
}

/** Source: part 4, 5.3.3. */
function changeDetails({ role, nextRole, from, to }: ResourceChange): string {
  const needsRole = role > Role.Started || nextRole > Role.Unpromoted;
  const isSameHost = from === to;
  const isSameRole = role === nextRole;
  const roleText = roleName(role);
  const nextText = roleName(nextRole);
  if (from === null) return needsRole ? `${roleText} -> ${nextText} ${to}` : `${to}`;
  if (to === null) return needsRole ? `${roleText} ${from}` : from;
  if (isSameRole && isSameHost) return needsRole ? `${roleText} ${from}` : from;
  if (isSameRole) return needsRole ? `${from} -> ${to} ${roleText}` : `${from} -> ${to}`;
  if (isSameHost) return `${roleText} -> ${nextText} ${from}`;
  return `${roleText} ${from} -> ${nextText} ${to}`;
}
