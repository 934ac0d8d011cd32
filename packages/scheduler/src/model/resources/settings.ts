import { INFINITY, isTrue, parseInterval, parseScore } from "@quorate/cib";
import { topOf } from "../ancestry.ts";
import type { Cluster } from "../cluster.ts";
import { hasFlags, type MultipleActivePolicy, type Resource, ResourceFlag, Variant } from "../resource.ts";
import { parseRole, Role } from "../role.ts";
import { isText } from "../xml-attribute.ts";
import { metaOrDefault } from "./meta.ts";
import { parametersOf } from "./parameters.ts";

/** Derives flags and numbers from the meta-attributes. Source: part 1, 6.6 to 6.10. */
export function unpackSettings(cluster: Cluster, resource: Resource): void {
  unpackKind(cluster, resource);
  unpackManaged(cluster, resource);
  unpackRequires(cluster, resource);
  const words = cluster.options.healthScores;
  resource.priority = parseScore(resource.meta.get("priority") ?? null, words).score;
  resource.stickiness = parseScore(metaOrDefault(resource, "resource-stickiness"), words).score;
  resource.migrationThreshold = migrationThreshold(cluster, resource);
  resource.failureTimeoutMs = parseInterval(resource.meta.get("failure-timeout") ?? null).milliseconds;
  resource.multipleActive = multipleActivePolicy(resource.meta.get("multiple-active") ?? null);
  setFlag(resource, ResourceFlag.Critical, !resource.meta.has("critical") || isMeta(resource, "critical"));
  setFlag(resource, ResourceFlag.Notify, isMeta(resource, "notify"));
  setFlag(resource, ResourceFlag.Internal, isMeta(resource, "internal_rsc"));
  unpackConnectionSettings(cluster, resource);
  applyRequestedRole(resource);
}

export function isMeta(resource: Resource, name: string): boolean {
  return isTrue(resource.meta.get(name) ?? null);
}

function setFlag(resource: Resource, flag: number, isSet: boolean): void {
  if (isSet) resource.flags |= flag;
  else resource.flags &= ~flag;
}

/** Fence device, connection, unique, promotable. */
function unpackKind(cluster: Cluster, resource: Resource): void {
  const primitive = resource.primitive;
  if (primitive !== null) {
    if (isText(primitive.class, "stonith")) {
      resource.flags |= ResourceFlag.FenceDevice;
      cluster.hasFencing = true;
    }
    if (
      isText(primitive.class, "ocf") &&
      isText(primitive.provider, "pacemaker") &&
      isText(primitive.type, "remote")
    ) {
      resource.flags |= ResourceFlag.RemoteConnection;
    }
  }
  const isInClone = topOf(resource).variant === Variant.Clone;
  setFlag(resource, ResourceFlag.Unique, !isInClone || isMeta(resource, "globally-unique"));
  setFlag(resource, ResourceFlag.Promotable, isInClone && isMeta(resource, "promotable"));
}

/** A connection that some resource launches, as far as its own settings tell. */
export function isGuestConnection(resource: Resource): boolean {
  return hasFlags(resource, ResourceFlag.RemoteConnection) && resource.meta.has("container");
}

/** Source: part 1, 6.7. */
function unpackManaged(cluster: Cluster, resource: Resource): void {
  const isMaintenanceMode = cluster.options.isMaintenance;
  let isManaged = !isMaintenanceMode;
  let isMaintenance = false;
  const configured = metaOrDefault(resource, "is-managed");
  if (configured !== null) isManaged = isTrue(configured);
  if (isMeta(resource, "maintenance") || isMaintenanceMode) {
    isManaged = false;
    isMaintenance = true;
  }
  setFlag(resource, ResourceFlag.Managed, isManaged);
  setFlag(resource, ResourceFlag.Maintenance, isMaintenance);
}

/** Source: part 1, 6.9. */
function unpackRequires(cluster: Cluster, resource: Resource): void {
  resource.flags &= ~(ResourceFlag.NeedsQuorum | ResourceFlag.NeedsFencing | ResourceFlag.NeedsUnfencing);
  resource.flags |= requirementFlags(cluster, resource);
}

function requirementFlags(cluster: Cluster, resource: Resource): number {
  const unfencing =
    hasFlags(resource, ResourceFlag.FenceDevice) || !cluster.options.isFencingEnabled
      ? ResourceFlag.NeedsQuorum
      : ResourceFlag.NeedsFencing | ResourceFlag.NeedsUnfencing;
  switch (resource.meta.get("requires")?.toLowerCase()) {
    case "nothing":
      return 0;
    case "quorum":
      return ResourceFlag.NeedsQuorum;
    case "fencing":
      return ResourceFlag.NeedsFencing;
    case "unfencing":
      return unfencing;
    default:
      break;
  }
  if ((resource.flags & (ResourceFlag.FenceDevice | ResourceFlag.RemoteConnection)) !== 0) {
    return ResourceFlag.NeedsQuorum;
  }
  if (cluster.options.usesUnfencing) return unfencing;
  if (cluster.options.isFencingEnabled) return ResourceFlag.NeedsFencing;
  return cluster.options.noQuorumPolicy === "ignore" ? 0 : ResourceFlag.NeedsQuorum;
}

function migrationThreshold(cluster: Cluster, resource: Resource): number {
  const value = metaOrDefault(resource, "migration-threshold");
  if (value === null) return INFINITY;
  const parsed = parseScore(value, cluster.options.healthScores);
  return !parsed.isValid || parsed.score < 0 ? INFINITY : parsed.score;
}

function multipleActivePolicy(value: string | null): MultipleActivePolicy {
  switch (value?.toLowerCase()) {
    case "stop_only":
      return "stop_only";
    case "block":
      return "block";
    case "stop_unexpected":
      return "stop_unexpected";
    default:
      return "stop_start";
  }
}

/** Migration and reconnection: remote connections have defaults of their own. Source: part 1, 6.8. */
function unpackConnectionSettings(cluster: Cluster, resource: Resource): void {
  const isRemote = hasFlags(resource, ResourceFlag.RemoteConnection) && !isGuestConnection(resource);
  const isMigratable = resource.meta.has("allow-migrate") ? isMeta(resource, "allow-migrate") : isRemote;
  setFlag(resource, ResourceFlag.Migratable, isMigratable);
  if (!isRemote) return;
  const interval = parametersOf(cluster, resource, null).get("reconnect_interval") ?? null;
  if (interval === null) return;
  resource.reconnectIntervalMs = parseInterval(interval).milliseconds;
  resource.failureTimeoutMs = resource.reconnectIntervalMs;
}

/** What target-role asks for; null when it asks for nothing. Source: part 1, 6.10. */
export function requestedRole(resource: Resource): Role | null {
  const value = metaOrDefault(resource, "target-role");
  const role = value === null ? null : parseRole(value);
  if (role === Role.Stopped) return role;
  if (role === Role.Unpromoted && hasFlags(topOf(resource), ResourceFlag.Promotable)) return role;
  return null;
}

/** Lowers the next role to the requested one. Source: part 1, 6.10 and 11.3 step 8. */
export function applyRequestedRole(resource: Resource): void {
  const requested = requestedRole(resource);
  if (requested === null) return;
  if (resource.nextRole === Role.Unknown || requested < resource.nextRole) resource.nextRole = requested;
}
