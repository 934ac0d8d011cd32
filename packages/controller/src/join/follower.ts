import type { NodeId } from "@quorate/ports";
import { XmlElement } from "@quorate/xml";
import type { AttributeService } from "../attributes/attribute-service.ts";
import type { OwnChanges } from "../cib/own-changes.ts";
import type { Replica } from "../cib/replica.ts";
import type { NodeContext } from "../context.ts";
import { type Peers, viewKey } from "../membership/peers.ts";
import type { HistoryMemory } from "../operations/history-memory.ts";
import type { RemoteNodes } from "../remote/remote-nodes.ts";
import type { ControlMessage } from "../wire/control-message.ts";
import { incompatibilityOf, softwareOf } from "./compatibility.ts";

interface Dependencies {
  readonly context: NodeContext;
  readonly peers: Peers;
  readonly replica: Replica;
  readonly changes: OwnChanges;
  readonly attributes: AttributeService;
  readonly memory: HistoryMemory;
  readonly remoteNodes: RemoteNodes;
  send(message: ControlMessage): void;
  leader(): NodeId | null;
  /** See `OwnChanges.replaceHistory`. */
  locksSinceS(): number | null;
  joined(): void;
  /** This node may not be part of the cluster and must not try again by itself. */
  refused(reason: string): void;
}

/** Every node's side of the join, the DC's own included. Source: controller specification, 3, steps 2 and 6. */
export class JoinFollower {
  readonly #deps: Dependencies;
  #isFirst = true;
  #offered: number | null = null;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  onOffer(from: NodeId, message: Extract<ControlMessage, { kind: "offer" }>): void {
    const { context, replica } = this.#deps;
    if (!this.#isFromLeader(from, message.view) || !message.to.includes(context.localNodeId)) return;
    const own = softwareOf(context.config);
    const problem = incompatibilityOf(own, message);
    if (problem !== null) {
      this.#deps.refused(`this node cannot join: ${problem}`);
      return;
    }
    this.#offered = message.join;
    this.#deps.send({ kind: "request", join: message.join, ...own, cib: replica.summary() });
  }

  onAnswer(from: NodeId, message: Extract<ControlMessage, { kind: "answer" }>): void {
    const { context, peers, replica, changes, attributes, memory } = this.#deps;
    if (!this.#isFromLeader(from, message.view) || message.join !== this.#offered) return;
    const refusal = message.refused.find((entry) => entry.nodeId === context.localNodeId);
    if (refusal !== undefined) {
      this.#deps.refused(`the DC ${peers.get(from)?.name ?? from} refused this node: ${refusal.reason}`);
      return;
    }
    if (!message.accepted.includes(context.localNodeId) || !replica.isSynchronised) return;
    const id = String(context.localNodeId);
    const states = replica.document.first("status")?.all("node_state") ?? [];
    memory.adoptDigests(states.find((state) => state.id === id)?.first("lrm") ?? null);
    changes.replaceHistory({ id, name: context.localName }, memory.toXml(id), this.#deps.locksSinceS());
    for (const { node, state, lrm } of this.#deps.remoteNodes.histories()) {
      changes.setNodeStates([state]);
      changes.replaceHistory({ id: node, name: node }, lrm, this.#deps.locksSinceS());
    }
    attributes.set(context.localName, "#feature-set", context.config.featureSet);
    if (this.#isFirst) this.#applyStartState();
    this.#isFirst = false;
    this.#deps.joined();
    this.#deps.send({ kind: "confirm", join: message.join });
  }

  #isFromLeader(from: NodeId, view: string): boolean {
    const current = this.#deps.peers.view;
    return from === this.#deps.leader() && current !== null && viewKey(current) === view;
  }

  /** Permanent standby attribute, as the administrator asked for with the start. */
  #applyStartState(): void {
    const { context, changes } = this.#deps;
    const { startState } = context.config;
    if (startState === "default") return;
    const id = String(context.localNodeId);
    const set = new XmlElement("instance_attributes", [["id", `nodes-${id}`]]);
    set.append(
      new XmlElement("nvpair", [
        ["id", `nodes-${id}-standby`],
        ["name", "standby"],
        ["value", startState === "standby" ? "true" : "false"],
      ]),
    );
    const node = new XmlElement("node", [
      ["id", id],
      ["uname", context.localName],
    ]);
    node.append(set);
    const nodes = new XmlElement("nodes");
    nodes.append(node);
    changes.modify("nodes", nodes);
  }
}
