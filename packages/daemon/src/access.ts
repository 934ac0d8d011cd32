import {
  ApiError,
  type Caller,
  type EventName,
  type Events,
  type Handlers,
  type MethodName,
} from "@quorate/api";
import { isAclEnabled } from "@quorate/cib";
import type { ClusterNode } from "@quorate/controller";

/** Whose rights a request has, as it travels to all nodes. */
export interface ActingUser {
  readonly user: string;
  readonly groups: readonly string[];
}

/** For whoever the operating system cannot name: no access rule can name it either. */
const UNKNOWN: ActingUser = { user: "(unknown)", groups: [] };

/** What a user to whom access rules apply may ask; the CIB's own rules decide what it answers. */
const OPEN: ReadonlySet<MethodName> = new Set<MethodName>([
  "node.status",
  "node.list",
  "node.state",
  "quorum.status",
  "quorum.links",
  "cib.request",
  "attributes.query",
  "fencing.history",
  "fencing.devices",
  "fencing.targets",
]);

/**
 * What only privileged users may ask, whether or not there are access rules: it runs agents as this daemon's user with whatever is asked
 * for, changes what this node would fence with, or ends it. Source: fencer specification, 1; controller specification, 9.
 */
const PRIVILEGED: ReadonlySet<MethodName> = new Set<MethodName>([
  "agent.run",
  "resource.fail",
  "fencing.registerDevice",
  "fencing.removeDevice",
  "fencing.registerLevel",
  "fencing.removeLevel",
  "daemon.shutdown",
]);

/** Root, the user of the classic daemons, and the user that this daemon runs as (in a playground: whoever started it). */
export function isPrivileged({ user }: Caller): boolean {
  return user !== null && (user.uid === 0 || user.name === "hacluster" || user.uid === process.getuid?.());
}

/**
 * The user whose rights a request has: that of the caller, or for a privileged caller the one it names.
 * @throws ApiError when another caller names somebody else
 */
export function actingUser(
  caller: Caller,
  named: string | null,
  groupsOf: (user: string) => readonly string[],
): ActingUser {
  if (isPrivileged(caller)) {
    return named === null || named === ""
      ? { user: "root", groups: [] }
      : { user: named, groups: groupsOf(named) };
  }
  if (named !== null && named !== "" && named !== caller.user?.name) {
    throw new ApiError("forbidden", `only root and hacluster may act for another user (${named})`);
  }
  return caller.user === null ? UNKNOWN : { user: caller.user.name, groups: caller.user.groups };
}

/** @throws ApiError for a caller who is not privileged */
export function requirePrivileged(method: MethodName, caller: Caller): void {
  if (isPrivileged(caller)) return;
  const name = caller.user?.name ?? "this user";
  throw new ApiError("forbidden", `only root and hacluster may ask for ${method}, not ${name}`);
}

/**
 * Users that are not privileged may not ask for what only those may. While access rules are in force, a user to whom they apply may
 * read, and change the CIB as they allow, and nothing else.
 */
export function restrictHandlers(handlers: Handlers, node: Pick<ClusterNode, "cib">): Handlers {
  const restricted: Record<string, unknown> = {};
  for (const [method, handler] of Object.entries(handlers) as [
    MethodName,
    (params: unknown, caller: Caller) => unknown,
  ][]) {
    restricted[method] = OPEN.has(method)
      ? handler
      : async (params: unknown, caller: Caller) => {
          const name = caller.user?.name ?? "this user";
          if (PRIVILEGED.has(method)) requirePrivileged(method, caller);
          if (isRestricted(caller, node)) {
            throw new ApiError(
              "forbidden",
              `${name} may not ask for ${method} while access rules are in force`,
            );
          }
          return handler(params, caller);
        };
  }
  return restricted as unknown as Handlers;
}

function isRestricted(caller: Caller, node: Pick<ClusterNode, "cib">): boolean {
  return !isPrivileged(caller) && isAclEnabled(node.cib.document);
}

/** That the CIB changed is no secret, what changed may be one. */
export function visibleEvent<E extends EventName>(
  caller: Caller,
  name: E,
  data: Events[E],
  node: Pick<ClusterNode, "cib">,
): Events[E] {
  if (name !== "cib.changed" || !isRestricted(caller, node)) return data;
  return { patchset: "" } as Events[E];
}
