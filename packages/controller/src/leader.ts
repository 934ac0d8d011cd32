import { isKnownSchema } from "@quorate/cib";
import type { NodeId, Timer } from "@quorate/ports";
import type { AttributeService } from "./attributes/attribute-service.ts";
import type { AttributeCibWriter } from "./attributes/cib-writer.ts";
import type { OwnChanges } from "./cib/own-changes.ts";
import type { Replica, ReplicaChange } from "./cib/replica.ts";
import type { ControllerState, SchedulerPort } from "./cluster-node.ts";
import type { ClusterOptions } from "./cluster-options.ts";
import { after, drawUuid, type NodeContext, nowSeconds } from "./context.ts";
import type { FencingDesk } from "./fencing/fencing-desk.ts";
import { JoinRounds } from "./join/join-rounds.ts";
import { DcRecords } from "./membership/dc-records.ts";
import type { Peer, Peers, ViewChange } from "./membership/peers.ts";
import { DoubtedHosts } from "./remote/doubted-hosts.ts";
import { Coordinator } from "./transition/coordinator.ts";
import { DcRoutes } from "./transition/dc-routes.ts";
import { countFailure } from "./transition/failure-counts.ts";
import { INFINITY_PRIORITY } from "./transition/graph-run.ts";
import { SchedulerFeed } from "./transition/scheduler-feed.ts";
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

/** What the DC does: takes the members in, keeps their states, has transitions computed and carried out. */
export class Leader {
  readonly #deps: Dependencies;
  readonly #feed: SchedulerFeed;
  readonly #records: DcRecords;
  readonly #rounds: JoinRounds;
  readonly #coordinator: Coordinator;
  readonly #hosts: DoubtedHosts;
  #isLeading = false;
  /** The other part of a split came back, perhaps with a DC of its own: nothing is decided before the election is. */
  #isContested = false;
  #quorumTimer: Timer | null = null;
  /** Others may have had quorum since a DC with quorum last judged what is known of remote hosts. */
  #isBlind = true;

  constructor(deps: Dependencies) {
    this.#deps = deps;
    this.#feed = new SchedulerFeed(deps);
    this.#records = new DcRecords(deps);
    this.#hosts = new DoubtedHosts({
      ...deps,
      document: () => deps.replica.document,
      isWorkingOn: (resource) => this.#coordinator.isWorkingOn(resource),
      restart: (reason) => this.#coordinator.abort(INFINITY_PRIORITY, "restart", reason),
    });
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
    this.#hosts.stop();
    this.#rounds.stop();
    this.#coordinator.drop();
  }

  onView(change: ViewChange): void {
    const { peers } = this.#deps;
    if (peers.isQuorate) this.#feed.quorumGained();
    else this.#isBlind = true;
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
    this.#records.writeNodeStates("membership");
    this.#noteLostMachines(change);
    if (change.wasQuorate === peers.isQuorate) return;
    this.#records.writeQuorum();
    this.#judgeHosts();
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
    this.#hosts.onCibChange();
    if (!this.isReady) return;
    this.#deps.attributeWriter.writeLearned();
    if (!KNOWN_CLIENTS.has(change.clientName) && touchesStatusOrNodes(change))
      this.#rounds.begin(`${change.clientName} changed the status or the nodes`);
    else if (change.isConfigurationChanged) this.#records.restoreProperties();
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

  /** The DC's message is at its place in the order, after what it wrote: so much is known by everybody who may lead after it. */
  onHostsJudged(): void {
    if (this.#deps.peers.isQuorate) this.#isBlind = false;
  }

  #judgeHosts(): void {
    if (!this.#deps.peers.isQuorate) return;
    if (this.#isBlind) this.#hosts.doubt();
    this.#deps.send({ kind: "hostsJudged" });
  }

  #makeRounds(): JoinRounds {
    const { context, peers, replica, options } = this.#deps;
    return new JoinRounds({
      context,
      peers,
      send: this.#deps.send,
      haltTransition: (reason, whenIdle) => this.#coordinator.halt(reason, whenIdle),
      adopt: (choice) => {
        this.#records.carryAbsent();
        replica.adopt(choice);
      },
      isKnownSchema,
      phaseChanged: (phase) => {
        if (phase === "integrating") this.#deps.stateChanged("S_INTEGRATION");
        if (phase === "finalizing") this.#deps.stateChanged("S_FINALIZE_JOIN");
      },
      synchronised: (members) => this.#records.writeConfiguration(members),
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
    const { context, peers, replica, attributes } = this.#deps;
    return new Coordinator({
      context,
      peers,
      scheduler: this.#deps.scheduler,
      leaderUuid: drawUuid(context.random),
      options: this.#deps.options,
      awaitsDaemons: () => this.#records.awaitsDaemons(),
      schedulerInput: () => this.#feed.take(),
      whenSettled: (task) => replica.whenSettled(task),
      phaseChanged: (phase) => {
        if (!this.isReady) return;
        if (phase === "computing") this.#deps.stateChanged("S_POLICY_ENGINE");
        if (phase === "executing") this.#deps.stateChanged("S_TRANSITION_ENGINE");
        if (phase === "idle") this.#deps.stateChanged("S_IDLE");
      },
      isHeldUp: (action) => this.#hosts.holdsUp(action),
      released: (heldUp, run) => this.#hosts.released(heldUp, run),
      transitionEnded: (dispatch) => this.#hosts.transitionEnded(dispatch),
      countFailure: (verdict, offsets) => countFailure(context, attributes, verdict, offsets),
      shutdownReached: this.#deps.shutdownReached,
      fatal: this.#deps.fatal,
      routes: new DcRoutes({
        ...this.#deps,
        freed: () => this.#coordinator.abort(INFINITY_PRIORITY, "shutdown", "local shutdown"),
      }),
    });
  }

  #joined(): void {
    const { attributeWriter } = this.#deps;
    this.#records.writeNodeStates("joined");
    this.#records.writeQuorum();
    this.#judgeHosts();
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
}

/** Attributes of a node are the administrator's business; its entry and the status are the cluster's. */
function touchesStatusOrNodes(change: ReplicaChange): boolean {
  return change.patchset.changes.some(
    (each) =>
      each.path.startsWith("/cib/status") ||
      (each.operation === "delete" && /^\/cib\/configuration\/nodes(?:\/node\[[^/]*\])?$/.test(each.path)) ||
      // Perhaps a second entry of a node that is there, which nobody has seen under that id: to be fenced, while it is the one that is there.
      (each.operation === "create" && /^\/cib(?:\/configuration(?:\/nodes)?)?$/.test(each.path)) ||
      (each.operation === "modify" && /^\/cib\/configuration\/nodes\/node\[[^/]*\]$/.test(each.path)),
  );
}
