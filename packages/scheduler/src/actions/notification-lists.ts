import { type Action, ActionFlag, hasActionFlags } from "../model/action.ts";
import { currentNode, isActive } from "../model/activity.ts";
import type { Cluster } from "../model/cluster.ts";
import { type ClusterNode, isGuestNode, NodeFlag } from "../model/node.ts";
import { compareNodeNames } from "../model/node-order.ts";
import type { Resource } from "../model/resource.ts";
import { Role } from "../model/role.ts";

/** An instance, and where it is or will be. */
interface Entry {
  readonly resource: Resource;
  readonly node: ClusterNode | null;
}

/** What notify actions are told about a clone. Source: part 3, 19.4. */
export interface NotificationEntries {
  readonly inactive: Entry[];
  readonly active: Entry[];
  readonly unpromoted: Entry[];
  readonly promoted: Entry[];
  readonly start: Entry[];
  readonly stop: Entry[];
  readonly promote: Entry[];
  readonly demote: Entry[];
}

export function noEntries(): NotificationEntries {
  return {
    inactive: [],
    active: [],
    unpromoted: [],
    promoted: [],
    start: [],
    stop: [],
    promote: [],
    demote: [],
  };
}

/** Adds what is known about an instance: its current role. */
export function collectRole(entries: NotificationEntries, instance: Resource): void {
  const entry: Entry = { resource: instance, node: instance.activeNodes[0] ?? null };
  switch (instance.role) {
    case Role.Stopped:
      entries.inactive.push(entry);
      return;
    case Role.Started:
      entries.active.push(entry);
      return;
    case Role.Unpromoted:
      entries.unpromoted.push(entry);
      entries.active.push(entry);
      return;
    case Role.Promoted:
      entries.promoted.push(entry);
      entries.active.push(entry);
      return;
    default:
      return;
  }
}

/** Adds what will be done to an instance. */
export function collectActions(entries: NotificationEntries, instance: Resource): void {
  for (let i = instance.actions.length - 1; i >= 0; i--) {
    const action = instance.actions[i] as Action;
    if (hasActionFlags(action, ActionFlag.Optional) || action.node === null) continue;
    const isImpliedByFencing = action.task === "stop" && (action.node.flags & NodeFlag.Unclean) !== 0;
    if (!hasActionFlags(action, ActionFlag.Runnable) && !isImpliedByFencing) continue;
    const entry: Entry = { resource: instance, node: action.node };
    switch (action.task) {
      case "start":
        entries.start.push(entry);
        break;
      case "stop":
        entries.stop.push(entry);
        break;
      case "promote":
        entries.promote.push(entry);
        break;
      case "demote":
        entries.demote.push(entry);
        break;
    }
  }
}

/** The lists as meta-attributes of actions; the caller owns the result. Source: part 3, 19.6. */
export function notificationMeta(
  cluster: Cluster,
  collective: Resource,
  entries: NotificationEntries,
): Map<string, string> {
  const meta = new Map<string, string>();
  const add = (name: string, list: readonly Entry[], alias?: string): void => {
    const texts = describeEntries(list);
    for (const prefix of alias === undefined ? [name] : [name, alias]) {
      meta.set(`notify_${prefix}_resource`, texts.resources);
      if (name !== "inactive") meta.set(`notify_${prefix}_uname`, texts.nodes);
    }
  };
  add("stop", entries.stop);
  add("start", entries.start);
  add("demote", entries.demote);
  add("promote", entries.promote);
  add("active", entries.active);
  add("unpromoted", entries.unpromoted, "slave");
  add("promoted", entries.promoted, "master");
  add("inactive", entries.inactive);
  const available = [...collective.allowedNodes.nodes]
    .sort((a, b) => compareNodeNames(a.name, b.name))
    .map((node) => node.name);
  meta.set("notify_available_uname", joined(available));
  meta.set("notify_all_uname", joined(cluster.nodes.map((node) => node.name)));
  if (collective.meta.get("container-attribute-target") === "host") {
    meta.set("notify_all_hosts", joined(cluster.nodes.map((node) => hostOf(node).name)));
  }
  return meta;
}

function hostOf(node: ClusterNode): ClusterNode {
  const launcher = isGuestNode(node) ? (node.connection?.launcher ?? null) : null;
  if (launcher === null || !isActive(launcher, false)) return node;
  return currentNode(launcher) ?? node;
}

/** Sorted by resource, then node; of several entries of one resource the first counts. */
function describeEntries(list: readonly Entry[]): {
  readonly resources: string;
  readonly nodes: string;
} {
  const sorted = [...list].sort(
    (a, b) => compareText(a.resource.id, b.resource.id) || compareText(a.node?.id ?? "", b.node?.id ?? ""),
  );
  const resources: string[] = [];
  const nodes: string[] = [];
  let last: string | null = null;
  for (const { resource, node } of sorted) {
    if (resource.id === last) continue;
    last = resource.id;
    resources.push(resource.id);
    if (node !== null) nodes.push(node.name);
  }
  return { resources: joined(resources), nodes: joined(nodes) };
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** An empty list is a single blank. */
function joined(names: readonly string[]): string {
  return names.length === 0 ? " " : names.join(" ");
}
