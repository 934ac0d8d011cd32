import { currentNode } from "../activity.ts";
import { type ClusterNode, isGuestNode } from "../node.ts";

export interface AttributeLookup {
  /** `container-attribute-target` of the resource on whose behalf the attribute is read. */
  readonly target: string | null;
  /** Which host of a guest counts: where its launcher is, or where it will be. */
  readonly hostOf: "current" | "assigned";
}

/**
 * A node attribute; null when undefined. For a guest or bundle node with target `host` it is the attribute of the
 * node that hosts the launcher. Source: part 1, 5.6; part 2, 4.4.
 */
export function nodeAttribute(
  node: ClusterNode,
  name: string,
  lookup: AttributeLookup | null = null,
): string | null {
  if (lookup === null || lookup.target?.toLowerCase() !== "host" || !isGuestNode(node)) {
    return node.attributes.get(name) ?? null;
  }
  const launcher = node.connection?.launcher ?? null;
  if (launcher === null) return null;
  const host = lookup.hostOf === "current" ? currentNode(launcher) : launcher.assignedNode;
  return host?.attributes.get(name) ?? null;
}
