import type { JsonObject, Member, MembershipView, NodeId } from "@quorate/ports";
import type { XmlElement } from "@quorate/xml";
import { AlertDesk } from "./alerts/alert-desk.ts";
import { AttributeService } from "./attributes/attribute-service.ts";
import { AttributeCibWriter } from "./attributes/cib-writer.ts";
import type { Provenance } from "./cib/ancestry.ts";
import type { CibDisk } from "./cib/disk.ts";
import { OwnChanges } from "./cib/own-changes.ts";
import { Replica, type ReplicaChange } from "./cib/replica.ts";
import { ReplicaWatch } from "./cib/replica-watch.ts";
import type { ClusterNodePorts, ControllerState, ExitNotice } from "./cluster-node.ts";
import { type ClusterOptions, readClusterOptions } from "./cluster-options.ts";
import { type NodeContext, nowSeconds } from "./context.ts";
import { ControlRouter } from "./control-router.ts";
import { Departure } from "./departure.ts";
import { Election } from "./election/election.ts";
import { FencingDesk } from "./fencing/fencing-desk.ts";
import { JoinFollower } from "./join/follower.ts";
import { Leader } from "./leader.ts";
import { Hearing } from "./membership/hearing.ts";
import { Peers } from "./membership/peers.ts";
import { type StateAnswer, StateQuestions } from "./membership/state-questions.ts";
import { LocalOperations } from "./operations/local-operations.ts";
import { RemoteNodes } from "./remote/remote-nodes.ts";
import { Throttle } from "./throttle/throttle.ts";
import { decodeAttributeMessage } from "./wire/attribute-message.ts";
import { decodeCibMessage } from "./wire/cib-message.ts";
import { type ControlMessage, decodeControlMessage, encodeMessage } from "./wire/control-message.ts";

interface Outward {
  changed(change: ReplicaChange): void;
  statusChanged(): void;
  exit(notice: ExitNotice): void;
}

/** What was found on disk. */
interface StoredCopy {
  readonly document: XmlElement;
  readonly provenance: Provenance;
  readonly isValid: boolean;
}

/** A node that has loaded its CIB: all rooms, and the way of each event through them. */
export class Runtime {
  readonly peers: Peers;
  readonly replica: Replica;
  readonly attributes: AttributeService;
  readonly changes: OwnChanges;
  readonly disk: CibDisk;
  readonly election: Election;
  readonly #context: NodeContext;
  readonly #ports: ClusterNodePorts;
  readonly #outward: Outward;
  readonly #operations: LocalOperations;
  readonly #remoteNodes: RemoteNodes;
  readonly #alerts: AlertDesk;
  readonly #desk: FencingDesk;
  readonly #leader: Leader;
  readonly #follower: JoinFollower;
  readonly #attributeWriter: AttributeCibWriter;
  readonly #throttle: Throttle;
  readonly #watch: ReplicaWatch;
  #state: ControllerState = "S_STARTING";
  /** As of the present configuration; null: to be read when somebody asks, since many changes may come before that. */
  #knownOptions: ClusterOptions | null = null;
  readonly #stateQuestions: StateQuestions;
  readonly #hearing: Hearing;
  readonly #departure: Departure;
  readonly #router: ControlRouter;
  #isJoined = false;
  #isEnding = false;

  constructor(
    context: NodeContext,
    ports: ClusterNodePorts,
    disk: CibDisk,
    stored: StoredCopy,
    outward: Outward,
  ) {
    this.#context = context;
    this.#stateQuestions = new StateQuestions(context);
    this.#ports = ports;
    this.#outward = outward;
    this.disk = disk;
    this.peers = new Peers(ports.channels.ctl.nodeList);
    this.#hearing = new Hearing({ context, peers: this.peers, send: (message) => this.send(message) });
    this.#departure = this.#makeDeparture();
    this.replica = this.#makeReplica(stored);
    this.#watch = new ReplicaWatch({
      context,
      peers: this.peers,
      replica: this.replica,
      isLeading: () => this.#leader.isReady,
    });
    this.#alerts = new AlertDesk({ context, alerts: ports.alerts, document: () => this.replica.document });
    this.changes = new OwnChanges((request, done) => this.replica.submit(request, done));
    this.attributes = new AttributeService({
      context,
      send: (message, to) => ports.channels.attr.send(encodeMessage(message), to),
      due: (attribute) => this.#attributeWriter.write(attribute),
      allDue: () => this.#attributeWriter.writeAll(),
      remoteNodes: () => this.#remoteNodes.names,
      nodeDropped: (node) => this.#attributeWriter.eraseNode(node),
    });
    this.#attributeWriter = new AttributeCibWriter({
      context,
      peers: this.peers,
      changes: this.changes,
      table: this.attributes.table,
      document: () => this.replica.document,
      isWriter: () => this.#leader.isReady,
      isAgreed: () => this.attributes.isAgreed,
      written: (value) => this.#alerts.attributeWritten(value),
    });
    const forOperations = {
      context,
      changes: this.changes,
      document: () => this.replica.document,
      answer: (transitionKey: string, status: number, rc: number) => {
        if (this.election.leader !== null)
          this.send({ kind: "result", to: this.election.leader, transitionKey, status, rc });
      },
      readiness: () => (this.#departure.isStopping ? "stopping" : this.#isJoined ? "all" : "stopOnly"),
    } as const;
    this.#remoteNodes = new RemoteNodes({
      ...forOperations,
      agents: ports.agents,
      hosts: ports.remoteHosts,
      whenHeard: (task) => this.#hearing.whenHeard(task),
      isQuorate: () => this.peers.isQuorate,
      attributes: this.attributes,
      ended: (node, result, targetRc) => this.#alerts.resourceResult(node.name, result, targetRc),
    });
    const local = { id: String(context.localNodeId), name: context.localName };
    this.#operations = new LocalOperations({
      ...forOperations,
      node: local,
      agents: this.#remoteNodes.agents,
      isOpenConnection: (resourceId) => this.#remoteNodes.names.includes(resourceId),
      ended: (result, targetRc) => {
        this.#alerts.resourceResult(local.name, result, targetRc);
        this.#remoteNodes.onLocalResult(result);
      },
    });
    this.#throttle = new Throttle({
      context,
      meter: ports.load,
      options: () => this.#options,
      send: (message) => this.send(message),
    });
    this.election = this.#makeElection();
    this.#leader = this.#makeLeader();
    this.#desk = this.#makeDesk();
    this.#follower = new JoinFollower({
      context,
      peers: this.peers,
      replica: this.replica,
      changes: this.changes,
      attributes: this.attributes,
      memory: this.#operations.memory,
      remoteNodes: this.#remoteNodes,
      send: (message) => this.send(message),
      leader: () => this.election.leader,
      locksSinceS: () => this.#locksSinceS(),
      joined: () => this.#onJoined(),
      refused: (reason) => this.#exit({ exitCode: 100, reason }),
    });
    this.#router = new ControlRouter({
      context,
      peers: this.peers,
      election: this.election,
      follower: this.#follower,
      leader: this.#leader,
      operations: this.#operations,
      remoteNodes: this.#remoteNodes,
      stateQuestions: this.#stateQuestions,
      hearing: this.#hearing,
      departure: this.#departure,
      send: (message) => this.send(message),
      state: () => this.#state,
      departed: () => this.#exit({ exitCode: 0, reason: "shut down in order" }),
      forgetNode: (nodeId, name) => this.#forgetNode(nodeId, name),
    });
  }

  get state(): ControllerState {
    return this.#state;
  }

  /** Asks the controller of a node that is online what it is doing. */
  askState(nodeId: NodeId, done: (answer: StateAnswer) => void): void {
    this.#stateQuestions.asked(nodeId, done);
    this.send({ kind: "askState", to: nodeId });
  }

  get isStopping(): boolean {
    return this.#departure.isStopping;
  }

  send(message: ControlMessage, to?: NodeId): void {
    this.#ports.channels.ctl.send(encodeMessage(message), to);
  }

  onView(view: MembershipView): void {
    const isFirst = this.peers.view === null;
    const change = this.peers.applyView(view, nowSeconds(this.#context));
    for (const { peer } of change.departed) {
      this.#stateQuestions.answered(peer.nodeId, { kind: "gone" });
      this.#hearing.departed(peer.nodeId);
      peer.phase = "none";
      if (peer.isLeaving) peer.expected = "down";
    }
    for (const peer of change.arrived) this.#desk.arrived(peer.name);
    for (const { nodeId, name, isRingMember } of change.moved)
      this.#alerts.nodeChanged({ name, id: String(nodeId), state: isRingMember ? "member" : "lost" });
    if (isFirst) {
      this.#enter("S_PENDING");
      this.#throttle.start();
    }
    const panic = change.wasQuorate && !view.isQuorate ? this.#whyPanic() : null;
    if (panic !== null) {
      this.#exit({ exitCode: 101, reason: `quorum is lost, and ${panic}` });
      return;
    }
    this.replica.onView(view);
    this.attributes.onView(view);
    this.election.onView(view);
    this.#leader.onView(change);
    this.#outward.statusChanged();
  }

  /** Why this node must not outlive the loss of quorum; null when it may. */
  #whyPanic(): string | null {
    if (!this.#context.config.hasWatchdog) return null;
    if (this.#options.panicsWithoutQuorum) return "no-quorum-policy demands the end of this node";
    // sbd without devices does not know of this cluster, and so does not do it.
    return this.#ports.fencer.isReliedOnToReset()
      ? "others rely on the reset of this node (fencing-watchdog-timeout)"
      : null;
  }

  onCibMessage(from: Member, body: JsonObject): void {
    const message = decodeCibMessage(body);
    if (message === null) this.#ignored(from, body);
    else this.replica.onMessage(from, message);
  }

  onAttributeMessage(from: Member, body: JsonObject): void {
    const message = decodeAttributeMessage(body);
    if (message === null) this.#ignored(from, body);
    else this.attributes.onMessage(from, message);
  }

  onControlMessage(from: Member, body: JsonObject): void {
    const message = decodeControlMessage(body);
    if (message === null) this.#ignored(from, body);
    else this.#router.route(from, message);
  }

  /** Of a newer version perhaps, or damaged: nothing that a peer sends may end this daemon. */
  #ignored(from: Member, body: JsonObject): void {
    const what = `${String(body.kind)} of version ${String(body.v)}`;
    this.#context.log(
      "warning",
      `Ignoring a message from ${from.name} that this version cannot read: ${what}`,
    );
  }

  onLost(reason: string): void {
    this.#exit({ exitCode: 102, reason: `the cluster layer is lost: ${reason}` });
  }

  /** Orderly at first; a second call does not wait. */
  shutdown(): void {
    this.#departure.begin();
  }

  #makeDeparture(): Departure {
    return new Departure({
      context: this.#context,
      send: (message) => this.send(message),
      isJoined: () => this.#isJoined,
      isKnown: () => this.peers.view !== null,
      limitMs: () => this.#options.shutdownEscalationMs,
      stopping: () => this.#outward.statusChanged(),
      drain: (done) => {
        this.#enter("S_STOPPING");
        this.#operations.drain(done);
      },
      exit: (notice) => this.#exit(notice),
    });
  }

  #makeReplica(stored: StoredCopy): Replica {
    return new Replica(
      {
        context: this.#context,
        configuredCount: this.#ports.channels.ctl.nodeList.length,
        send: (message, to) => this.#ports.channels.cib.send(encodeMessage(message), to),
        persist: () => this.disk.write(),
        changed: (change) => this.#onCibChange(change),
        changedUntold: () => {
          this.#knownOptions = null;
          this.#leader.onUntoldCibChange();
        },
        adopted: (lineage) => {
          this.#knownOptions = null;
          this.#leader.adopted(lineage);
        },
        fatal: (reason) => this.#exit({ exitCode: 1, reason }),
        diverged: (nodes) => this.#watch.onDiverged(nodes),
      },
      stored,
    );
  }

  #makeElection(): Election {
    const context = this.#context;
    return new Election({
      context,
      configuredNodes: this.#ports.channels.ctl.nodeList.map((node) => node.nodeId),
      send: (message) => this.send(message),
      isStopping: () => this.#departure.isStopping,
      jobLimit: () => this.#throttle.jobLimit,
      timing: () => ({
        dcDeadtimeMs: this.#options.dcDeadtimeMs ?? context.config.timing.dcDeadtimeMs,
        electionTimeoutMs: this.#options.electionTimeoutMs ?? context.config.timing.electionTimeoutMs,
      }),
      started: (reason) => {
        context.log("notice", `Electing a DC: ${reason}`);
        this.#leader.stepDown();
        this.#enter("S_ELECTION");
      },
      decided: (leader, change) => this.#onDecided(leader, change),
      heard: (nodeId, jobLimit, isLate) => {
        const peer = this.peers.get(nodeId);
        if (peer === null) return;
        peer.jobLimit = jobLimit;
        peer.isSilent = false;
        if (isLate && peer.phase === "none") this.#leader.rejoin(`${peer.name} has woken up`);
      },
    });
  }

  #makeLeader(): Leader {
    return new Leader({
      context: this.#context,
      peers: this.peers,
      replica: this.replica,
      changes: this.changes,
      attributes: this.attributes,
      attributeWriter: this.#attributeWriter,
      scheduler: this.#ports.scheduler,
      desk: () => this.#desk,
      options: () => this.#options,
      send: (message) => this.send(message),
      stateChanged: (state) => this.#enter(state),
      callElection: (reason) => this.election.call(reason),
      shutdownReached: () => this.#departure.leave(),
      isStopping: () => this.#departure.isStopping,
      fatal: (reason) => this.#exit({ exitCode: 100, reason }),
    });
  }

  #makeDesk(): FencingDesk {
    return new FencingDesk({
      context: this.#context,
      peers: this.peers,
      fencer: this.#ports.fencer,
      changes: this.changes,
      attributes: this.attributes,
      document: () => this.replica.document,
      isLeading: () => this.#leader.isReady,
      options: () => ({
        attemptsMax: this.#options.fencingAttemptsMax,
        panicsWhenFenced: this.#options.panicsWhenFenced,
      }),
      completed: (outcome) => this.#alerts.fenced(outcome),
      externallyFenced: (target) => this.#leader.externallyFenced(target),
      exit: (notice) => this.#exit(notice),
    });
  }

  #onDecided(leader: NodeId, change: "new" | "kept"): void {
    const name = this.peers.get(leader)?.name ?? String(leader);
    if (leader === this.#context.localNodeId) {
      if (change === "kept" && this.#leader.isLeading) this.#leader.rejoin("Node join");
      else this.#leader.takeLead("took the lead");
    } else {
      this.#leader.stepDown();
      if (change === "new") this.#enter("S_PENDING");
    }
    this.#context.log(change === "new" ? "notice" : "info", `The DC is ${name}`);
    this.#departure.ask();
    if (change === "new") this.#throttle.tell();
    this.#outward.statusChanged();
  }

  #onJoined(): void {
    this.#isJoined = true;
    if (!this.election.isLeader) this.#enter("S_NOT_DC");
    this.#departure.ask();
  }

  /** What was locked to this node at its shutdown since then is still so; null: nothing is. */
  #locksSinceS(): number | null {
    const { shutdownLockLimitMs } = this.#options;
    if (shutdownLockLimitMs === null) return null;
    if (shutdownLockLimitMs === 0) return 0;
    return nowSeconds(this.#context) - Math.floor(shutdownLockLimitMs / 1000);
  }

  #onCibChange(change: ReplicaChange): void {
    if (change.isConfigurationChanged) this.#knownOptions = null;
    this.#desk.onCibChange(change);
    this.#leader.onCibChange(change);
    this.#outward.changed(change);
    this.#watch.onChange();
  }

  get #options(): ClusterOptions {
    this.#knownOptions ??= readClusterOptions(this.replica.document);
    return this.#knownOptions;
  }

  #forgetNode(nodeId: NodeId, name: string): void {
    if (!this.peers.forget(nodeId)) return;
    this.#context.log("notice", `Removed inactive node ${name} from the membership cache`);
    this.#desk.forget(name);
    this.#outward.statusChanged();
  }

  #enter(state: ControllerState): void {
    if (state === this.#state || this.#state === "S_TERMINATE") return;
    if (this.#state === "S_STOPPING" && state !== "S_TERMINATE") return;
    const isNotable = [this.#state, state].some((one) => one === "S_IDLE" || one === "S_NOT_DC");
    this.#context.log(isNotable ? "notice" : "info", `State transition ${this.#state} -> ${state}`);
    this.#state = state;
    this.#outward.statusChanged();
  }

  #exit(notice: ExitNotice): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#enter("S_TERMINATE");
    this.#context.log(notice.exitCode === 0 ? "notice" : "error", `Exiting: ${notice.reason}`);
    this.election.stop();
    this.#leader.stepDown();
    this.#remoteNodes.close();
    this.attributes.stop();
    this.#attributeWriter.stop();
    this.#throttle.stop();
    this.#departure.ended();
    this.#watch.stop();
    this.replica.close("this node is shutting down");
    this.#outward.exit(notice);
  }
}
