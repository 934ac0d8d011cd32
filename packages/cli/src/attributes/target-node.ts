import type { ApiClient } from "@quorate/api";
import type { XmlElement } from "@quorate/xml";
import type { CibSession } from "../cluster/cib-session.ts";
import { documentWith } from "../cluster/section.ts";
import type { World } from "../world.ts";

/**
 * The node meant when none is named: inside an agent the one in its environment, else this node. Null without a cluster. Source: attribute
 * manager specification, 12.
 */
export async function defaultNode(world: World, daemon: ApiClient | null): Promise<string | null> {
  const meta = (name: string) => world.env[`OCF_RESKEY_CRM_meta_${name}`];
  const fromAgent = meta("container_attribute_target") === "host" ? meta("physical_host") : meta("on_node");
  if (fromAgent !== undefined && fromAgent !== "") return fromAgent;
  return daemon === null ? null : (await daemon.request("node.status", {})).nodeName;
}

/** A node as operations on the CIB name it. */
export interface TargetNode {
  readonly id: string;
  /** Its entry, if there is none yet, must not make it a member of the cluster. */
  readonly isRemote: boolean;
}

/** A node by its name, from the nodes section, else from the status section. Remote and guest nodes have their name as id. */
export async function findNode(cib: CibSession, name: string): Promise<TargetNode | null> {
  const isNamed = (element: XmlElement) => element.get("uname")?.toLowerCase() === name.toLowerCase();
  const entry = (await documentWith(cib, "nodes"))
    .first("configuration")
    ?.first("nodes")
    ?.all("node")
    .find(isNamed);
  if (entry !== undefined && entry.id !== null)
    return { id: entry.id, isRemote: entry.get("type") === "remote" };
  const document = await cib.document();
  const isRemote = isRemoteNode(document, name);
  const id = document.first("status")?.all("node_state").find(isNamed)?.id ?? (isRemote ? name : null);
  return id === null ? null : { id, isRemote };
}

/** Is it a remote or guest node, as its resource says? */
function isRemoteNode(document: XmlElement, name: string): boolean {
  const resources = document.first("configuration")?.first("resources");
  if (resources === null || resources === undefined) return false;
  for (const element of resources.descendants()) {
    if (element.name === "primitive" && element.id === name && element.get("type") === "remote") return true;
    if (element.name === "nvpair" && element.get("name") === "remote-node" && element.get("value") === name)
      return true;
  }
  return false;
}
