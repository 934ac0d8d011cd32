import { XmlElement } from "@quorate/xml";
import type { OwnChanges } from "../cib/own-changes.ts";
import type { Replica } from "../cib/replica.ts";
import { type ClusterOptions, optionValues } from "../cluster-options.ts";
import { type NodeContext, nowSeconds } from "../context.ts";
import { nodeStateElement } from "./node-state.ts";
import type { Peer, Peers } from "./peers.ts";

interface Dependencies {
  readonly context: NodeContext;
  readonly peers: Peers;
  readonly replica: Replica;
  readonly changes: OwnChanges;
  options(): ClusterOptions;
}

/** What the DC itself keeps in the CIB: its properties, the entries of the nodes, their states, and whether there is quorum. */
export class DcRecords {
  readonly #deps: Dependencies;
  /** What the status said of absent nodes before another copy of the CIB was taken over. */
  #carried: readonly XmlElement[] = [];

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  /** Goes out before the answer to the joining nodes, so that they see it when they are in. */
  writeConfiguration(members: readonly Peer[]): void {
    const { context, peers, changes, replica } = this.#deps;
    const { config } = context;
    if (replica.document.get("crm_feature_set") !== config.featureSet)
      changes.setRoot([["crm_feature_set", config.featureSet]]);
    changes.setProperties(this.#ownProperties());
    const known = peers.all().filter((peer) => peer.name !== "");
    for (const { id, uname } of conflictingNodes(replica.document, known)) {
      context.log("notice", `Deleting unknown node ${id}/${uname} which has conflicting uname`);
      changes.remove(`/cib/configuration/nodes/node[@id='${id}']`);
      changes.remove(`/cib/status/node_state[@id='${id}']`);
    }
    const nodes = new XmlElement("nodes");
    for (const peer of known)
      nodes.append(
        new XmlElement("node", [
          ["id", String(peer.nodeId)],
          ["uname", peer.name],
        ]),
      );
    changes.modify("nodes", nodes);
    for (const peer of members) peer.expected = "member";
    this.#restoreAbsent();
  }

  /** Whoever empties the configuration, or loads one that was saved without them, does not mean the properties that the DC sets. */
  restoreProperties(): void {
    const { replica, changes } = this.#deps;
    const set = optionValues(replica.document);
    const missing = this.#ownProperties().filter(([name]) => !set.has(name));
    if (missing.length > 0) changes.setProperties(missing);
  }

  /**
   * Of all nodes whose daemon was ever seen: another one has no state, which is how the scheduler tells. That the cluster
   * layer of its machine runs says nothing of what a daemon that is gone has left running there.
   * A daemon that came stays what it was before, unclean perhaps, until it has joined: only then is it known what
   * runs on its node.
   */
  writeNodeStates(origin: string): void {
    const { peers, changes, replica } = this.#deps;
    const states = replica.document.first("status")?.all("node_state") ?? [];
    const updates: XmlElement[] = [];
    for (const peer of peers.all()) {
      const known = states.find((state) => state.id === String(peer.nodeId));
      if (known === undefined && peer.pid === null && !peer.wasSeen) continue;
      if (peer.pid !== null && peer.phase !== "confirmed" && peer.phase !== "refused") continue;
      if (peer.expected === null && known?.get("expected") == null)
        peer.expected = expectationWithoutRecord(peer);
      const update = nodeStateElement(peer, origin);
      const isNews = [...update.attributes].some(
        ([name, value]) => name !== "crm-debug-origin" && known?.get(name) !== value,
      );
      if (isNews) updates.push(update);
    }
    changes.setNodeStates(updates);
  }

  writeQuorum(): void {
    const { context, peers, changes } = this.#deps;
    changes.setRoot([
      ["have-quorum", peers.isQuorate ? "1" : "0"],
      ["dc-uuid", String(context.localNodeId)],
    ]);
  }

  /**
   * Is there a machine in the ring of which there is no record, and whose daemon was never seen but may just be starting? It can run
   * anything. Nothing is decided before it has come, or counts as unseen and is fenced.
   */
  awaitsDaemons(): boolean {
    const { context, peers, replica, options } = this.#deps;
    const graceS = Math.ceil((options().dcDeadtimeMs ?? context.config.timing.dcDeadtimeMs) / 1000);
    const states = replica.document.first("status")?.all("node_state") ?? [];
    const known = new Set(states.map((state) => state.id));
    return peers
      .all()
      .filter((peer) => peer.isRingMember && peer.pid === null && !peer.wasSeen)
      .some((peer) => !known.has(String(peer.nodeId)) && nowSeconds(context) - peer.memberSinceS < graceS);
  }

  /** Another copy of the CIB will take the place of this node's. */
  carryAbsent(): void {
    const { peers, replica } = this.#deps;
    const states = replica.document.first("status")?.all("node_state") ?? [];
    this.#carried = states
      .filter((state) => peers.find(state.id ?? "")?.pid == null)
      .map((state) => state.clone());
  }

  /** A copy that comes from a disk has no status: that a node is unclean, and what ran on it, must not be forgotten. */
  #restoreAbsent(): void {
    const { changes, replica } = this.#deps;
    const present = new Set(
      replica.document
        .first("status")
        ?.all("node_state")
        .map((state) => state.id),
    );
    changes.setNodeStates(this.#carried.filter((state) => !present.has(state.id)));
    this.#carried = [];
  }

  #ownProperties(): readonly (readonly [name: string, value: string])[] {
    const { context, options } = this.#deps;
    const { config } = context;
    const properties: [string, string][] = [
      ["have-watchdog", String(config.hasWatchdog)],
      ["dc-version", config.version],
      ["cluster-infrastructure", "corosync"],
    ];
    if (options().clusterName === null && context.clusterName !== "")
      properties.push(["cluster-name", context.clusterName]);
    return properties;
  }
}

/**
 * What to expect of a node of which the CIB has no record. One that was seen in the group and went without a word may
 * have left something running, so that it counts as unclean; one that is not even in the ring counts as down, as long
 * as nothing speaks against it.
 */
function expectationWithoutRecord(peer: Peer): Peer["expected"] {
  if (peer.isLostUnexpectedly) return "member";
  return peer.isRingMember ? null : "down";
}

/** Entries and states of nodes that have a known node's name under another id; those of remote nodes have no other. */
function conflictingNodes(
  cib: XmlElement,
  peers: readonly Peer[],
): readonly { readonly id: string; readonly uname: string }[] {
  const entries = cib.first("configuration")?.first("nodes")?.all("node") ?? [];
  const states = cib.first("status")?.all("node_state") ?? [];
  const ids = new Set(peers.map((peer) => String(peer.nodeId)));
  const names = new Set(peers.map((peer) => peer.name.toLowerCase()));
  const found = new Map<string, string>();
  for (const element of [...entries, ...states]) {
    const [id, uname] = [element.id ?? "", element.get("uname") ?? ""];
    const isRemote = element.get("type") === "remote" || element.get("remote_node") === "true";
    if (!isRemote && !ids.has(id) && names.has(uname.toLowerCase())) found.set(id, uname);
  }
  return [...found].map(([id, uname]) => ({ id, uname }));
}
