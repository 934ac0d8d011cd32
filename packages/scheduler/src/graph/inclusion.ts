import { type Action, ActionFlag, hasActionFlags } from "../model/action.ts";
import { isGuestNode, NodeFlag } from "../model/node.ts";
import { hasFlags, ResourceFlag } from "../model/resource.ts";

/** Whether the action belongs in the transition graph. Source: part 4, 13.2. */
export function belongsInGraph(action: Action): boolean {
  if (!hasActionFlags(action, ActionFlag.Runnable)) return false;
  if ((action.flags & (ActionFlag.Optional | ActionFlag.AlwaysInGraph)) === ActionFlag.Optional) {
    return false;
  }
  if (
    action.resource !== null &&
    !hasFlags(action.resource, ResourceFlag.Managed) &&
    action.task !== "monitor" &&
    (action.meta.get("interval") ?? "0") === "0"
  ) {
    return false;
  }
  if (hasActionFlags(action, ActionFlag.Pseudo)) return true;
  if (action.task === "stonith" || action.task === "do_shutdown") return true;
  const node = action.node;
  if (node === null) return false;
  if (hasActionFlags(action, ActionFlag.OnDc)) return true;
  if (isGuestNode(node) && (node.flags & NodeFlag.RemoteReset) === 0) return true;
  return (node.flags & (NodeFlag.Online | NodeFlag.Unclean)) === NodeFlag.Online;
}
