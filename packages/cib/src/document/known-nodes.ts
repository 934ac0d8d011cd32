import type { XmlElement } from "@quorate/xml";

export const NODE_KINDS = ["cluster", "guest", "remote"] as const;
export type NodeKind = (typeof NODE_KINDS)[number];

export interface KnownNode {
  readonly kind: NodeKind;
  readonly name: string;
  /** Guests and remote nodes have their name as id. */
  readonly id: string;
}

/** All nodes that a CIB knows, from the configuration or the status, each once: cluster nodes, then guests, then remote nodes. */
export function knownNodes(document: XmlElement): KnownNode[] {
  const found = new Map<string, KnownNode>();
  const add = (kind: NodeKind, name: string | null, id: string | null) => {
    if (name !== null && name !== "" && !found.has(name)) found.set(name, { kind, name, id: id ?? name });
  };
  const configuration = document.first("configuration");
  for (const node of configuration?.first("nodes")?.all("node") ?? []) {
    if (node.get("type") === "remote") continue;
    add("cluster", node.get("uname"), node.id);
  }
  const resources = configuration?.first("resources") ?? null;
  for (const primitive of resources?.descendants("primitive") ?? []) {
    for (const set of primitive.all("meta_attributes")) {
      for (const nvpair of set.all("nvpair")) {
        if (nvpair.get("name") === "remote-node") add("guest", nvpair.get("value"), nvpair.get("value"));
      }
    }
  }
  for (const primitive of resources?.descendants("primitive") ?? []) {
    const isRemote =
      primitive.get("class") === "ocf" &&
      primitive.get("provider") === "pacemaker" &&
      primitive.get("type") === "remote";
    if (isRemote) add("remote", primitive.id, primitive.id);
  }
  for (const state of document.first("status")?.all("node_state") ?? []) {
    if (state.get("remote_node") === "true") add("remote", state.get("uname") ?? state.id, state.id);
  }
  return NODE_KINDS.flatMap((kind) => [...found.values()].filter((node) => node.kind === kind));
}

/** The names of all nodes that may still run something: the known ones, and those that only the status section remembers. */
export function nodeNames(document: XmlElement): ReadonlySet<string> {
  const remembered = (document.first("status")?.all("node_state") ?? []).map((state) => state.get("uname"));
  const names = [...knownNodes(document).map(({ name }) => name), ...remembered];
  return new Set(names.filter((name): name is string => name !== null && name !== ""));
}
