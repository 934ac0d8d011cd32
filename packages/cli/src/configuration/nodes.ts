import type { XmlElement } from "@quorate/xml";
import { nvpairValue } from "./nvsets.ts";
import { allPrimitives } from "./resources.ts";
import { sectionElements } from "./sections.ts";

export function nodesOf(cib: XmlElement): XmlElement[] {
  return sectionElements(cib, "nodes").filter(({ name }) => name === "node");
}

export function findNode(cib: XmlElement, name: string): XmlElement | null {
  return nodesOf(cib).find((node) => node.get("uname") === name) ?? null;
}

/** Names of nodes that are resources with the meta-attribute remote-node. */
export function guestNodeNames(cib: XmlElement): string[] {
  return allPrimitives(cib)
    .map((primitive) => nvpairValue(primitive, "meta_attributes", "remote-node"))
    .filter((name) => name !== null && name !== "") as string[];
}

/** Names of remote nodes: resources of the agent ocf:pacemaker:remote. */
export function remoteNodeNames(cib: XmlElement): string[] {
  return allPrimitives(cib)
    .filter(
      (primitive) =>
        primitive.get("class") === "ocf" &&
        primitive.get("provider") === "pacemaker" &&
        primitive.get("type") === "remote",
    )
    .map(({ id }) => id ?? "");
}
