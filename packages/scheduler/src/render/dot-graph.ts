import { type Action, ActionFlag, hasActionFlags } from "../model/action.ts";
import type { Cluster } from "../model/cluster.ts";
import { RelationKind } from "../model/ordering.ts";
import { hasFlags, ResourceFlag } from "../model/resource.ts";

export interface DotOptions {
  /** Also actions that are no part of the transition. */
  readonly showsAllActions: boolean;
  /** Appends the action's number to its name. */
  readonly showsIds: boolean;
}

/**
 * The transition as a Graphviz digraph; the graph must have been built. Source: scheduler specification, part 4, 14.
 */
export function dotGraph(cluster: Cluster, options: DotOptions): string {
  const lines = [' digraph "g" {'];
  const shown = new Set<Action>();
  for (let index = cluster.actions.length - 1; index >= 0; index--) {
    const action = cluster.actions[index]!;
    const style = nodeStyle(action);
    if (style.isExtra && !options.showsAllActions) continue;
    shown.add(action);
    const font = style.fontColor ?? (hasActionFlags(action, ActionFlag.Pseudo) ? "orange" : "black");
    lines.push(
      `"${dotName(action, options)}" [ style=${style.style} color="${style.color}" fontcolor="${font}"]`,
    );
  }
  for (let index = cluster.actions.length - 1; index >= 0; index--) {
    const then = cluster.actions[index]!;
    for (const { action: first, kinds, isGraphed } of then.before) {
      let style = "dashed";
      if (isGraphed) {
        style = "bold";
      } else {
        if (kinds === RelationKind.None) continue;
        const isBetweenShown =
          shown.has(first) && shown.has(then) && kinds !== RelationKind.IfOnSameNodeOrTarget;
        if (!isBetweenShown && !options.showsAllActions) continue;
      }
      lines.push(`"${dotName(first, options)}" -> "${dotName(then, options)}" [ style = ${style}]`);
    }
  }
  lines.push("}");
  return `${lines.join("\n")}\n`;
}

interface NodeStyle {
  readonly style: "bold" | "dashed";
  readonly color: "green" | "red" | "blue";
  readonly fontColor: string | null;
  /** Shown only when all actions are asked for. */
  readonly isExtra: boolean;
}

function nodeStyle(action: Action): NodeStyle {
  if (hasActionFlags(action, ActionFlag.AddedToGraph)) {
    return { style: "bold", color: "green", fontColor: null, isExtra: false };
  }
  if (action.resource !== null && !hasFlags(action.resource, ResourceFlag.Managed)) {
    return { style: "dashed", color: "red", fontColor: "purple", isExtra: true };
  }
  if (hasActionFlags(action, ActionFlag.Optional)) {
    return { style: "dashed", color: "blue", fontColor: null, isExtra: true };
  }
  return { style: "dashed", color: "red", fontColor: null, isExtra: false };
}

/** Source: part 4, 14.4. */
function dotName(action: Action, options: DotOptions): string {
  const id = options.showsIds ? ` (${action.id})` : "";
  return plainName(action) + id;
}

function plainName(action: Action): string {
  const { resource, node, task } = action;
  const host = node?.name ?? (hasActionFlags(action, ActionFlag.Pseudo) ? null : "<none>");
  const suffix = host === null ? "" : ` ${host}`;
  const prefix = task === "cancel" ? "Cancel " : "";
  if (resource !== null && resource.historyName !== null) {
    return `${prefix}${historyKey(action, resource.historyName)}${suffix}`;
  }
  if (task === "stonith") return `stonith '${action.meta.get("stonith_action") ?? ""}'${suffix}`;
  if (host === null) return action.key;
  return `${prefix}${resource === null ? task : action.key}${suffix}`;
}

/** The key of an action with the name under which history knows its resource. */
function historyKey(action: Action, historyName: string): string {
  const { meta } = action;
  if (action.task === "notify" || action.task === "notified") {
    return `${historyName}_${meta.get("notify_key_type") ?? ""}_notify_${meta.get("notify_key_operation") ?? ""}_0`;
  }
  return `${historyName}_${action.cancelTask ?? action.task}_${meta.get("interval") ?? "0"}`;
}
