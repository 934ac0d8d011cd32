import type { Action } from "../model/action.ts";
import type { ClusterNode } from "../model/node.ts";
import { hasFlags, type Resource, ResourceFlag } from "../model/resource.ts";

/** Ids of the nodes that are down once the action is done. Source: part 4, 13.5.3. */
export function downedBy(action: Action, node: ClusterNode): readonly string[] {
  const resource = action.resource;
  switch (action.task) {
    case "do_shutdown":
      return [node.id];
    case "stonith": {
      const name = action.meta.get("stonith_action");
      return name === "off" || name === "reboot" ? [node.id, ...guestsOn(node)] : [];
    }
    case "stop":
      return resource !== null && disconnects(action, resource) ? [resource.id] : [];
    default:
      return [];
  }
}

function guestsOn(host: ClusterNode): string[] {
  const ids: string[] = [];
  for (const resource of host.activePrimitives) {
    if (hasFlags(resource, ResourceFlag.RemoteConnection) && resource.launcher !== null) {
      ids.push(resource.id);
    }
  }
  return ids;
}

/** A connection that only moves takes no node down. */
function disconnects(stop: Action, resource: Resource): boolean {
  if (!hasFlags(resource, ResourceFlag.RemoteConnection)) return false;
  return !stop.before.some(({ action }) => action.resource === resource && action.task === "migrate_from");
}
