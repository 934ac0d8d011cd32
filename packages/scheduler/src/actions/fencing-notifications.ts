import type { Action } from "../model/action.ts";
import { topOf } from "../model/ancestry.ts";
import type { Cluster } from "../model/cluster.ts";
import type { Resource } from "../model/resource.ts";
import { AddedMeta } from "./action-meta.ts";
import { createPostSet } from "./clone-notifications.ts";
import { collectRole, noEntries } from "./notification-lists.ts";
import { createForInstances } from "./notify-actions.ts";

/** Tells the other instances that one of them is gone because its node is fenced. Source: part 3, 19.8. */
export function notifyOfImpliedStop(
  cluster: Cluster,
  facts: { readonly resource: Resource; readonly stop: Action; readonly fencing: Action },
): void {
  const { resource, stop, fencing } = facts;
  const set = createPostSet(cluster, resource, {
    end: fencing,
    operation: "stop",
    about: fencing.task,
  });
  const entries = noEntries();
  collectRole(entries, resource);
  const meta = new AddedMeta(
    new Map([
      ["notify_stop_resource", resource.id],
      ["notify_stop_uname", stop.node?.name ?? " "],
    ]),
  );
  createForInstances(cluster, topOf(resource), { set, operation: "stop", entries, meta });
}
