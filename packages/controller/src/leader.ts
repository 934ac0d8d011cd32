import { isKnownSchema } from "@quorate/cib";
import type { NodeId, Timer } from "@quorate/ports";
import type { GraphAction } from "@quorate/scheduler";
import { XmlElement } from "@quorate/xml";
import type { AttributeService } from "./attributes/attribute-service.ts";
import type { AttributeCibWriter } from "./attributes/cib-writer.ts";
import type { OwnChanges } from "./cib/own-changes.ts";
import type { Replica, ReplicaChange } from "./cib/replica.ts";
import type { ControllerState, SchedulerInput, SchedulerPort } from "./cluster-node.ts";
import { type ClusterOptions, optionValues } from "./cluster-options.ts";
import { after, drawUuid, type NodeContext, nowSeconds } from "./context.ts";
import type { FencingDesk } from "./fencing/fencing-desk.ts";
import { JoinRounds } from "./join/join-rounds.ts";
import { nodeStateElement } from "./membership/node-state.ts";
import type { Peer, Peers, ViewChange } from "./membership/peers.ts";
import { remoteNodeState, remoteStates } from "./remote/remote-node-state.ts";
import { Coordinator } from "./transition/coordinator.ts";
import { countFailure } from "./transition/failure-counts.ts";
import { INFINITY_PRIORITY } from "./transition/graph-run.ts";
import { SchedulerFeed } from "./transition/scheduler-feed.ts";
import { UnansweredOrders } from "./transition/unanswered.ts";
import { encodeAction } from "./wire/action-message.ts";
import type { ControlMessage } from "./wire/control-message.ts";

interface Dependencies {
  readonly context: NodeContext;
  readonly peers: Peers;
  readonly replica: Replica;
  readonly changes: OwnChanges;
  readonly attributes: AttributeService;
  readonly attributeWriter: AttributeCibWriter;
  readonly scheduler: SchedulerPort;
  desk(): FencingDesk;
  options(): ClusterOptions;
  send(message: ControlMessage): void;
  stateChanged(state: ControllerState): void;
  callElection(reason: string): void;
  /** This node asked to leave and the transition that freed it is over. */
  shutdownReached(): void;
  isStopping(): boolean;
  fatal(reason: string): void;
}

/**
 * CIB clients whose changes to nodes and status are part of the game. After a change by any other, a replacement by an
 * older file for example, every node tells anew what runs on it. Source: controller specification, 7.
 */
const KNOWN_CLIENTS: ReadonlySet<string> = new Set([
  "crmd",
  "attrd",
  "attrd_updater",
  "crm_attribute",
  "crm_node",
  "crm_resource",
  "crm_ticket",
]);

/** After this time a member that did not answer the offer is asked again. */
const REOFFER_MS = 10_000;

/** What the DC does: takes the members in, keeps the node states, computes and carries out transitions. */
export class Leader {
  readonly #deps: Dependencies;
  readonly #feed = new SchedulerFeed();
  readonly #rounds: JoinRounds;
  readonly #coordinator: Coordinator;
  #isLeading = false;
  /** The other part of a split came back, perhaps with a DC of its own: nothing is decided before the election is. */
  #isContested = false;
  #hadQuorum = false;
  /** What the status said of absent nodes before another copy of the CIB was taken over. */
  #carried: readonly XmlElement[] = [];
  #quorumTimer: Timer | null = null;

  constructor(deps: Dependencies) {
    this.#deps = deps;
    this.#coordinator = this.#makeCoordinator();
    this.#rounds = this.#makeRounds();
  }

  get isLeading(): boolean {
    return this.#isLeading;
  }

  /** All members share the CIB and have said what runs on them. */
  get isReady(): boolean {
    return this.#isLeading && !this.#isContested && this.#rounds.phase === "complete";
  }

  takeLead(reason: string): void {
    if (!this.#isLeading) this.#deps.peers.resetExpectations();
    this.#isLeading = true;
    this.#isContested = false;
    this.#rounds.begin(reason);
  }

  /** Members are new, or the leadership was confirmed while some wait to join. */
  rejoin(reason: string): void {
    if (!this.#isLeading) return;
    this.#isContested = false;
    this.#rounds.begin(reason);
  }

  stepDown(): void {
    if (!this.#isLeading) return;
    this.#isLeading = false;
    this.#isContested = false;
    this.#quorumTimer?.cancel();
    this.#rounds.stop();
    this.#coordinator.drop();
  }

  onView(change: ViewChange): void {
    const { peers } = this.#deps;
    if (peers.isQuorate) this.#hadQuorum = true;
    if (!this.#isLeading) return;
    if (change.isMerge && !this.#isContested) this.#contest();
    if (this.#isContested) {
      for (const { peer } of change.departed) this.#coordinator.onNodeLost(peer);
      return;
    }
    if (this.#rounds.phase !== "complete") {
      for (const { peer } of change.departed) this.#coordinator.onNodeLost(peer);
      this.#rounds.begin("membership changed during a join");
      return;
    }
    for (const { peer } of change.departed) this.#coordinator.onNodeLost(peer);
    this.#writeNodeStates("membership");
    this.#noteLostMachines(change);
    if (change.wasQuorate === peers.isQuorate) return;
    this.#writeQuorum();
    this.#quorumTimer?.cancel();
    if (!peers.isQuorate) this.#coordinator.abort(INFINITY_PRIORITY, "restart", "Quorum lost");
    else
      this.#quorumTimer = after(
        this.#deps.context,
        this.#deps.context.config.timing.quorumGainedDelayMs,
        () => this.#coordinator.abort(INFINITY_PRIORITY, "restart", "Quorum gained"),
      );
  }

  /**
   * A machine without a daemon keeps starts waiting, because what runs on it cannot be asked, for as long as it is in the
   * ring. That it went there changes what the scheduler says, although no daemon was lost.
   */
  #noteLostMachines({ moved, departed }: ViewChange): void {
    const isToldAlready = new Set(departed.map(({ peer }) => peer));
    for (const peer of moved)
      if (!peer.isRingMember && !isToldAlready.has(peer))
        this.#coordinator.abort(INFINITY_PRIORITY, "restart", `${peer.name} left the cluster layer`);
  }

  #contest(): void {
    this.#isContested = true;
    this.#quorumTimer?.cancel();
    this.#rounds.stop();
    this.#coordinator.halt("other members may have a DC", () => {});
    this.#deps.stateChanged("S_ELECTION");
  }

  onMessage(
    from: NodeId,
    message: Extract<ControlMessage, { kind: "request" | "confirm" | "result" }>,
  ): void {
    if (!this.#isLeading) return;
    switch (message.kind) {
      case "request":
        this.#rounds.onRequest(from, message);
        return;
      case "confirm":
        this.#rounds.onConfirm(from, message.join);
        return;
      case "result":
        this.#coordinator.onDirectResult(
          this.#deps.peers.get(from)?.name ?? String(from),
          message.transitionKey,
          message.status,
          message.rc,
        );
        return;
      default:
        message satisfies never;
    }
  }

  onCibChange(change: ReplicaChange): void {
    if (!this.#isLeading) {
      this.#feed.forget();
      return;
    }
    this.#feed.note(change.patchset);
    this.#coordinator.onCibChange(change);
    if (!this.isReady) return;
    this.#deps.attributeWriter.writeLearned();
    if (!KNOWN_CLIENTS.has(change.clientName) && touchesStatusOrNodes(change))
      this.#rounds.begin(`${change.clientName} changed the status or the nodes`);
    else if (change.isConfigurationChanged) this.#restoreProperties();
  }

  /** The CIB changed, and nobody is told how. */
  onUntoldCibChange(): void {
    this.#feed.forget();
  }

  adopted(lineage: string): void {
    if (this.#isLeading) this.#rounds.adopted(lineage);
  }

  /** A node wants to leave in order: the scheduler moves its resources away. */
  onShutdownRequest(peer: Peer): void {
    if (!this.#isLeading) return;
    this.#deps.attributes.set(peer.name, "shutdown", String(nowSeconds(this.#deps.context)));
  }

  externallyFenced(target: string): void {
    this.#coordinator.abort(INFINITY_PRIORITY, "restart", `External Fencing Operation (${target})`);
  }

  #makeRounds(): JoinRounds {
    const { context, peers, replica, options } = this.#deps;
    return new JoinRounds({
      context,
      peers,
      send: this.#deps.send,
      haltTransition: (reason, whenIdle) => this.#coordinator.halt(reason, whenIdle),
      adopt: (choice) => {
        this.#carried = this.#statesOfAbsent();
        replica.adopt(choice);
      },
      isKnownSchema,
      phaseChanged: (phase) => {
        if (phase === "integrating") this.#deps.stateChanged("S_INTEGRATION");
        if (phase === "finalizing") this.#deps.stateChanged("S_FINALIZE_JOIN");
      },
      synchronised: (members) => this.#writeConfiguration(members),
      completed: () => this.#joined(),
      callElection: this.#deps.callElection,
      timing: () => ({
        integrationMs: options().joinIntegrationTimeoutMs ?? context.config.timing.joinIntegrationTimeoutMs,
        finalizationMs:
          options().joinFinalizationTimeoutMs ?? context.config.timing.joinFinalizationTimeoutMs,
      }),
    });
  }

  #makeCoordinator(): Coordinator {
    const { context, peers, replica, changes, attributes } = this.#deps;
    const unanswered = new UnansweredOrders({ context, changes });
    return new Coordinator({
      context,
      peers,
      scheduler: this.#deps.scheduler,
      leaderUuid: drawUuid(context.random),
      options: this.#deps.options,
      awaitsDaemons: () => this.#awaitsDaemons(),
      schedulerInput: () => this.#schedulerInput(),
      whenSettled: (task) => replica.whenSettled(task),
      phaseChanged: (phase) => {
        if (!this.isReady) return;
        if (phase === "computing") this.#deps.stateChanged("S_POLICY_ENGINE");
        if (phase === "executing") this.#deps.stateChanged("S_TRANSITION_ENGINE");
        if (phase === "idle") this.#deps.stateChanged("S_IDLE");
      },
      countFailure: (verdict, offsets) => countFailure(context, attributes, verdict, offsets),
      shutdownReached: this.#deps.shutdownReached,
      fatal: this.#deps.fatal,
      routes: {
        execute: (to, transitionKey, action) =>
          this.#deps.send(
            action.routerNode === null || action.onNode === null
              ? { kind: "execute", to: to.nodeId, transitionKey, action: encodeAction(action) }
              : {
                  kind: "executeRemote",
                  to: to.nodeId,
                  node: action.onNode,
                  transitionKey,
                  action: encodeAction(action),
                },
          ),
        allClear: (to) => {
          if (to.nodeId === context.localNodeId && this.#deps.isStopping())
            this.#coordinator.abort(INFINITY_PRIORITY, "shutdown", "local shutdown");
          else this.#deps.send({ kind: "allClear", to: to.nodeId });
        },
        fence: (action, graph, done) => this.#deps.desk().request(action, graph, done),
        clearFailCount: (action) => this.#clearFailCount(action),
        noteMaintenance: (action) => this.#noteMaintenance(action),
        deleteHistory: (action, done) =>
          changes.removeHistory(action.onNodeUuid ?? "", action.resource?.id ?? "", done),
        recordLost: (action, transitionKey, to) => unanswered.recordLost(action, transitionKey, to),
      },
    });
  }

  /**
   * With the count goes the failure from the history, of the CIB and of the node that would write it again: else the scheduler
   * would find it in every run, and the cluster would never be without anything to do.
   */
  #clearFailCount({ resource, attributes, onNode, onNodeUuid }: GraphAction): void {
    if (resource === null) return;
    this.#deps.attributes.clearFailures(
      {
        resource: resource.id,
        operation: attributes.get("CRM_meta_operation") ?? null,
        intervalMs: null,
        node: onNode,
      },
      () => {},
    );
    this.#deps.changes.removeHistoryEntry(
      onNodeUuid ?? "",
      resource.id,
      `${resource.id}_last_failure_0`,
      false,
    );
    const peer = onNode === null ? null : this.#deps.peers.byName(onNode);
    if (peer !== null) this.#deps.send({ kind: "forgetFailure", to: peer.nodeId, resource: resource.id });
    else if (onNode !== null)
      this.#deps.send({ kind: "remoteResource", node: onNode, resource: resource.id, wish: "forgetFailure" });
  }

  #noteMaintenance({ maintenance }: GraphAction): void {
    const states = remoteStates(this.#deps.replica.document);
    this.#deps.changes.setNodeStates(
      maintenance
        .filter(({ nodeId }) => states.some((state) => state.id === nodeId))
        .map(({ nodeId, isInMaintenance }) =>
          remoteNodeState(nodeId, { node_in_maintenance: isInMaintenance ? "1" : "0" }, "maintenance"),
        ),
    );
  }

  /** Goes out before the answer to the joining nodes, so that they see it when they are in. */
  #writeConfiguration(members: readonly Peer[]): void {
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
  #restoreProperties(): void {
    const { replica, changes } = this.#deps;
    const set = optionValues(replica.document);
    const missing = this.#ownProperties().filter(([name]) => !set.has(name));
    if (missing.length > 0) changes.setProperties(missing);
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

  #statesOfAbsent(): readonly XmlElement[] {
    const { peers, replica } = this.#deps;
    const states = replica.document.first("status")?.all("node_state") ?? [];
    return states.filter((state) => peers.find(state.id ?? "")?.pid == null).map((state) => state.clone());
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

  #joined(): void {
    const { attributeWriter } = this.#deps;
    this.#writeNodeStates("joined");
    this.#writeQuorum();
    this.#deps.desk().tookLead();
    attributeWriter.writeAll();
    this.#coordinator.enable("Peer Cancelled");
    const silent = this.#deps.peers.online().filter((peer) => peer.phase === "none");
    if (silent.length > 0)
      after(this.#deps.context, REOFFER_MS, () => {
        if (this.isReady && silent.some((peer) => peer.pid !== null && peer.phase === "none"))
          this.#rounds.begin(`${silent.map((peer) => peer.name).join(", ")} did not ask to join`);
      });
  }

  /**
   * Of all nodes whose daemon was ever seen: another one has no state, which is how the scheduler tells. That the cluster
   * layer of its machine runs says nothing of what a daemon that is gone has left running there.
   * A daemon that came stays what it was before, unclean perhaps, until it has joined: only then is it known what
   * runs on its node.
   */
  #writeNodeStates(origin: string): void {
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

  #writeQuorum(): void {
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
  #awaitsDaemons(): boolean {
    const { context, peers, replica, options } = this.#deps;
    const graceS = Math.ceil((options().dcDeadtimeMs ?? context.config.timing.dcDeadtimeMs) / 1000);
    const states = replica.document.first("status")?.all("node_state") ?? [];
    const known = new Set(states.map((state) => state.id));
    return peers
      .all()
      .filter((peer) => peer.isRingMember && peer.pid === null && !peer.wasSeen)
      .some((peer) => !known.has(String(peer.nodeId)) && nowSeconds(context) - peer.memberSinceS < graceS);
  }

  /** The CIB with what only the DC knows filled in. */
  #schedulerInput(): Omit<SchedulerInput, "nowMs"> {
    const { replica } = this.#deps;
    const attributes = () => this.#schedulerRootAttributes();
    const patchsets = this.#feed.take();
    return {
      get cib() {
        const cib = replica.document.clone();
        for (const [name, value] of attributes()) cib.set(name, value);
        return cib;
      },
      update: patchsets === null ? null : { patchsets, rootAttributes: [...attributes()] },
    };
  }

  #schedulerRootAttributes(): ReadonlyMap<string, string> {
    const { context, peers, replica } = this.#deps;
    const attributes = new Map(replica.document.attributes);
    attributes.set("have-quorum", peers.isQuorate ? "1" : "0");
    attributes.set("dc-uuid", String(context.localNodeId));
    if (this.#hadQuorum && !peers.isQuorate) attributes.set("no-quorum-panic", "1");
    return attributes;
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

/** Entries of the nodes section that have a known node's name under another id. */
function conflictingNodes(
  cib: XmlElement,
  peers: readonly Peer[],
): { readonly id: string; readonly uname: string }[] {
  const nodes = cib.first("configuration")?.first("nodes")?.all("node") ?? [];
  const ids = new Set(peers.map((peer) => String(peer.nodeId)));
  return nodes
    .filter((node) => node.get("type") !== "remote" && !ids.has(node.id ?? ""))
    .filter((node) => peers.some((peer) => peer.name.toLowerCase() === node.get("uname")?.toLowerCase()))
    .map((node) => ({ id: node.id ?? "", uname: node.get("uname") ?? "" }));
}

/** Attributes of a node are the administrator's business; its entry and the status are the cluster's. */
function touchesStatusOrNodes(change: ReplicaChange): boolean {
  return change.patchset.changes.some(
    ({ path, operation }) =>
      path.startsWith("/cib/status") ||
      (operation === "delete" && /^\/cib\/configuration\/nodes(?:\/node\[[^/]*\])?$/.test(path)) ||
      (operation === "create" && (path === "/cib" || path === "/cib/configuration")),
  );
}
