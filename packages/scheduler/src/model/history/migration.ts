import { setActive } from "../activation.ts";
import { ExecutionStatus, ExitStatus, type HistoryEntry } from "../history-entry.ts";
import { type ClusterNode, hasNodeFlags, NodeFlag } from "../node.ts";
import { ResourceFlag } from "../resource.ts";
import { Role } from "../role.ts";
import { attributeOf, isText } from "../xml-attribute.ts";
import { isNewer } from "./order.ts";
import type { HistoryReading } from "./reading.ts";

/** The two ends of a migration, as an entry names them. Source: part 1, 15.1. */
interface Peers {
  readonly source: string;
  readonly target: string;
}

function peersOf(entry: HistoryEntry): Peers | null {
  const source = attributeOf(entry.xml, "migrate_source");
  const target = attributeOf(entry.xml, "migrate_target");
  return source === null || target === null ? null : { source, target };
}

/** A `migrate_to` that succeeded on its source: how it went on at the target decides. Source: part 1, 15.2. */
export function applyMigrateTo(reading: HistoryReading, entry: HistoryEntry): void {
  const { resource, node, unpacking } = reading;
  const { cluster } = unpacking;
  const peers = peersOf(entry);
  if (peers === null || !isText(peers.source, node.name)) return;
  const target = unpacking.lookup.nodeByName(peers.target);
  const targetName = target?.name ?? peers.target;
  const isSourceNewer = hasNewerActivity(reading, node.name, entry);
  const from = findMigrateFrom(reading, targetName, node.name);
  if (from !== null && isSourceNewer) return;
  const isTargetNewer = hasNewerState(reading, targetName, entry, from);
  if (isSourceNewer && isTargetNewer) return;
  if (from !== null && isSuccess(from)) {
    resource.role = Role.Stopped;
    addDangling(reading);
    return;
  }
  resource.role = Role.Started;
  const isActiveOnTarget = !isTargetNewer && target !== null && isOnline(target);
  if (from !== null && from.executionStatus !== ExecutionStatus.Pending) {
    if (isActiveOnTarget && target !== null) setActive(cluster, resource, target, true);
    else failMigration(reading);
    return;
  }
  if (target !== null && isOnline(target) && isUnknown(reading, targetName)) return;
  if (isActiveOnTarget && target !== null) {
    setActive(cluster, resource, target, false);
    if (isOnline(node)) {
      resource.partialMigrationTarget = target;
      resource.partialMigrationSource = node;
      cluster.explanations.push({
        kind: "resource-state",
        resource: resource.id,
        node: target.name,
        change: "partial-migration",
      });
    }
  } else if (!isSourceNewer) {
    failMigration(reading);
  }
}

/** A `migrate_to` that failed on its source. Source: part 1, 15.3. */
export function applyFailedMigrateTo(reading: HistoryReading, entry: HistoryEntry): void {
  const { resource, node, unpacking } = reading;
  const peers = peersOf(entry);
  if (peers === null || !isText(peers.source, node.name)) return;
  resource.role = Role.Started;
  const target = unpacking.lookup.nodeByName(peers.target);
  const targetName = target?.name ?? peers.target;
  const found = findMigrateFrom(reading, targetName, node.name);
  const from = found !== null && isSuccess(found) ? found : null;
  if (!isUnknown(reading, targetName) && !hasNewerState(reading, targetName, entry, from)) {
    if (target !== null && isOnline(target)) setActive(unpacking.cluster, resource, target, false);
  } else if (!hasNewerActivity(reading, node.name, entry)) {
    addDangling(reading);
  }
}

/** A `migrate_from` that failed on its target. Source: part 1, 15.4. */
export function applyFailedMigrateFrom(reading: HistoryReading, entry: HistoryEntry): void {
  const { resource, node, unpacking } = reading;
  const peers = peersOf(entry);
  if (peers === null || !isText(peers.target, node.name)) return;
  resource.role = Role.Started;
  const source = unpacking.lookup.nodeByName(peers.source);
  const sourceName = source?.name ?? peers.source;
  const found = findMigrateTo(reading, sourceName, node.name);
  const to = found !== null && isSuccess(found) ? found : null;
  if (isUnknown(reading, sourceName) || hasNewerState(reading, sourceName, to, entry)) return;
  if (source !== null && isOnline(source)) setActive(unpacking.cluster, resource, source, true);
}

function isOnline(node: ClusterNode): boolean {
  return hasNodeFlags(node, NodeFlag.Online);
}

function isSuccess(entry: HistoryEntry): boolean {
  return entry.exitStatus === ExitStatus.Ok && entry.executionStatus === ExecutionStatus.Done;
}

/** The resource must be stopped on this node, without touching it at the target. */
function addDangling(reading: HistoryReading): void {
  const { resource, node, unpacking } = reading;
  resource.danglingMigrationSources.unshift(node);
  unpacking.cluster.explanations.push({
    kind: "resource-state",
    resource: resource.id,
    node: node.name,
    change: "dangling-migration",
  });
}

function failMigration(reading: HistoryReading): void {
  reading.resource.flags |= ResourceFlag.Failed | ResourceFlag.StopIfFailed;
  reading.resource.flags &= ~ResourceFlag.Migratable;
}

/** The resource's entries on a node, found by its id in the document. */
function entriesOn(reading: HistoryReading, nodeName: string): readonly HistoryEntry[] {
  return reading.unpacking.cluster.history.entriesOf(nodeName, reading.resource.id);
}

/** The only matching entry; null if there is none, or more than one. */
function findOnly(
  entries: readonly HistoryEntry[],
  matches: (entry: HistoryEntry) => boolean,
): HistoryEntry | null {
  let found: HistoryEntry | null = null;
  for (const entry of entries) {
    if (!matches(entry)) continue;
    if (found !== null) return null;
    found = entry;
  }
  return found;
}

function findMigrateFrom(
  reading: HistoryReading,
  targetName: string,
  sourceName: string,
): HistoryEntry | null {
  return findOnly(
    entriesOn(reading, targetName),
    (entry) => entry.operation === "migrate_from" && entry.xml.get("migrate_source") === sourceName,
  );
}

function findMigrateTo(reading: HistoryReading, sourceName: string, targetName: string): HistoryEntry | null {
  return findOnly(
    entriesOn(reading, sourceName),
    (entry) => entry.operation === "migrate_to" && entry.xml.get("migrate_target") === targetName,
  );
}

/** Something was done with the resource on the node after the entry. */
function hasNewerActivity(reading: HistoryReading, nodeName: string, reference: HistoryEntry): boolean {
  for (const entry of entriesOn(reading, nodeName)) {
    if (entry.xml === reference.xml) continue;
    switch (entry.operation) {
      case "start":
      case "stop":
      case "migrate_to":
      case "migrate_from":
        if (isNewer(entry, reference)) return true;
        break;
      default:
        break;
    }
  }
  return false;
}

/** The state on the node was found out, or changed, after the migration. */
function hasNewerState(
  reading: HistoryReading,
  nodeName: string,
  to: HistoryEntry | null,
  from: HistoryEntry | null,
): boolean {
  let reference = from ?? to;
  if (from !== null && to !== null && isText(attributeOf(from.xml, "migrate_source"), nodeName))
    reference = to;
  if (reference === null) return false;
  return hasNewerActivity(reading, nodeName, reference) || isFoundStoppedAfter(reading, nodeName, reference);
}

function isFoundStoppedAfter(reading: HistoryReading, nodeName: string, reference: HistoryEntry): boolean {
  const probe = findOnly(
    entriesOn(reading, nodeName),
    (entry) =>
      entry.operation === "monitor" &&
      entry.exitStatus === ExitStatus.NotRunning &&
      entry.executionStatus === ExecutionStatus.Done,
  );
  return probe !== null && isNewer(probe, reference);
}

/** Nothing is known about the resource on the node. */
function isUnknown(reading: HistoryReading, nodeName: string): boolean {
  return !entriesOn(reading, nodeName).some(
    (entry) => entry.exitStatus !== null && entry.exitStatus !== ExitStatus.Unknown,
  );
}
