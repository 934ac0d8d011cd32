import {
  type Channel,
  type Clock,
  type DeviceRequest,
  ExecutionStatus,
  type FenceAgents,
  type FenceOutcome,
  type FenceRequest,
  type Fencer,
  type FencerDesk,
  type FencerEvents,
  type FencingRecord,
  type JsonObject,
  type LevelTarget,
  type Log,
  type Member,
  type MembershipView,
  OcfCode,
  type Random,
  type Watchdog,
} from "@quorate/ports";
import type { XmlElement } from "@quorate/xml";
import { FencingConfiguration } from "./configuration.ts";
import { DeviceRegistry } from "./devices/registry.ts";
import { resourceResult } from "./devices/resource-result.ts";
import { isWatchdogDevice } from "./devices/self-fencing.ts";
import { Ledger } from "./history/ledger.ts";
import { type FencerMessage, type OperationRequest, readMessage } from "./messages.ts";
import { Executioner } from "./operations/executioner.ts";
import { Operation, type OperationEnd } from "./operations/operation.ts";
import { isSameName, Peers } from "./peers.ts";
import { drawUuid } from "./uuid.ts";

export interface FencerPorts {
  /** Of the fencers alone: nobody else sends on it. */
  readonly channel: Channel;
  readonly agents: FenceAgents;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Null or absent: this node has none. */
  readonly watchdog?: Watchdog | null;
  /** This node must leave the cluster and stay away; the reason is for people. */
  readonly fatal?: (reason: string) => void;
}

/** Somebody on this node who waits for the end of an operation. */
interface Waiter {
  readonly request: OperationRequest;
  /** Node whose fencer has the operation. */
  readonly owner: string;
  done(outcome: FenceOutcome): void;
}

type ResultCallback = (result: { status: number; rc: number; reason: string }) => void;

/** A person who says that a node is off, in the place of the node that would have done it. */
const HUMAN = "a human";

/** The fencer of one node. Source: fencer specification; sections are named at the parts. */
export class ClusterFencer implements Fencer, FencerDesk {
  readonly #ports: FencerPorts;
  readonly #log: Log;
  readonly #registry: DeviceRegistry;
  readonly #configuration: FencingConfiguration;
  readonly #executioner: Executioner;
  readonly #peers: Peers;
  readonly #ledger: Ledger;
  readonly #listeners: FencerEvents[] = [];
  /** Operations that this node owns, until their result is delivered. */
  readonly #operations = new Map<string, Operation>();
  readonly #waiters = new Map<string, Waiter>();
  #hasView = false;
  /** Others were here once, and it shows in which life this daemon was. */
  #hadCompany = false;
  /** Others have come back since who went on without this daemon: what they did meanwhile was done to this life of it. */
  #wasAway = false;
  #isLost = false;

  constructor(ports: FencerPorts) {
    this.#ports = ports;
    this.#log = ports.log;
    this.#peers = new Peers(ports.channel);
    this.#ledger = new Ledger(this.#peers, ports.clock);
    this.#registry = new DeviceRegistry(ports);
    this.#configuration = new FencingConfiguration({
      localName: ports.channel.localName,
      registry: this.#registry,
      log: ports.log,
      watchdog: ports.watchdog ?? null,
      fatal: (reason) => ports.fatal?.(reason),
    });
    this.#executioner = new Executioner(ports.channel.localName, this.#registry, ports.log);
    ports.channel.subscribe({
      message: (from, body) => this.#receive(from, body),
      membership: (view) => this.#viewChanged(view),
      lost: (reason) => this.#channelLost(reason),
    });
  }

  subscribe(events: FencerEvents): void {
    this.#listeners.push(events);
  }

  /** Source: 3, steps 1 and 2. */
  fence(request: FenceRequest, done: (outcome: FenceOutcome) => void): void {
    const { target, action, client } = request;
    this.#log("notice", `Client ${client} wants to fence (${action}) ${target} using any device`);
    const recent = this.#ledger.recentSuccess(request);
    if (recent !== null) {
      this.#log(
        "notice",
        `Target ${target} was fenced (${action}) less than ${request.toleranceS}s ago by ${recent.delegate} for ${recent.client}`,
      );
      this.#soon(() => done(outcomeOf(recent, ExecutionStatus.done)));
      return;
    }
    const operation: OperationRequest = {
      id: drawUuid(this.#ports.random),
      target,
      action,
      client,
      timeoutS: Math.max(1, request.timeoutS),
      delayS: request.delayS,
      allowsSelf: request.allowsSelf,
    };
    const problem = problemOf(request);
    if (problem !== null || this.#isLost) {
      const status = problem === null ? ExecutionStatus.disconnected : ExecutionStatus.invalid;
      this.#soon(() => done(this.#failure(operation, status, problem ?? "the cluster layer is lost")));
      return;
    }
    const other = this.#peers.isLocal(target) ? this.#peers.others()[0] : undefined;
    const owner = other?.name ?? this.#peers.localName;
    this.#waiters.set(operation.id, { request: operation, owner, done });
    if (other === undefined) this.#own(operation, request.isWanted);
    else {
      this.#log("notice", `Forwarding self-fencing request to ${other.name}`);
      this.#peers.sendTo(other.name, { type: "forward", request: operation });
    }
  }

  /** Source: 8. */
  confirm(target: string, client: string, done: (outcome: FenceOutcome) => void): void {
    const request: OperationRequest = {
      id: drawUuid(this.#ports.random),
      target,
      action: "off",
      client,
      timeoutS: 0,
      delayS: 0,
      allowsSelf: false,
    };
    if (this.#isLost) {
      this.#soon(() =>
        done(this.#failure(request, ExecutionStatus.disconnected, "the cluster layer is lost")),
      );
      return;
    }
    this.#log("notice", `Received manual confirmation that ${target} has been fenced`);
    this.#waiters.set(request.id, { request, owner: this.#peers.localName, done });
    this.#announce(
      request,
      { isSuccess: true, status: ExecutionStatus.done, reason: "", delegate: HUMAN },
      false,
    );
  }

  history(): readonly FencingRecord[] {
    return this.#ledger.all();
  }

  cleanHistory(target: string | null): void {
    this.#peers.send({ type: "clean", target });
  }

  devices(target: string | null, done: (deviceIds: readonly string[]) => void): void {
    if (target === null) {
      this.#soon(() => done(this.#registry.all().map((device) => device.id)));
      return;
    }
    this.#executioner.capableDevices(target, (devices) =>
      this.#soon(() => done(devices.map((device) => device.id))),
    );
  }

  startDevice(request: DeviceRequest, done: ResultCallback): void {
    const { deviceId, agent, parameters } = request;
    this.#registry.start({ id: deviceId, agent, parameters });
    this.monitorDevice(request, done);
  }

  monitorDevice(request: DeviceRequest, done: ResultCallback): void {
    const device = this.#registry.get(request.deviceId);
    if (device === null || !this.#registry.isStarted(request.deviceId)) {
      this.#soon(() =>
        done({
          status: ExecutionStatus.noFenceDevice,
          rc: OcfCode.notRunning,
          reason: `'${request.deviceId}' not active`,
        }),
      );
      return;
    }
    device.monitor("executor", request.timeoutMs, (result) => this.#soon(() => done(resourceResult(result))));
  }

  stopDevice(deviceId: string): void {
    this.#registry.stop(deviceId);
  }

  isDeviceStarted(deviceId: string): boolean {
    return this.#registry.isStarted(deviceId);
  }

  configurationChanged(cib: XmlElement): void {
    this.#configuration.read(cib, Math.floor(this.#ports.clock.wallMs() / 1000));
  }

  registerDevice({ deviceId, agent, parameters }: Omit<DeviceRequest, "timeoutMs">): void {
    this.#registry.start({ id: deviceId, agent, parameters });
  }

  deviceTargets(
    deviceId: string,
    done: (result: { readonly targets: readonly string[] | null; readonly reason: string }) => void,
  ): void {
    const device = this.#registry.get(deviceId);
    if (device === null)
      this.#soon(() => done({ targets: null, reason: `device ${deviceId} is not on this node` }));
    else device.listTargets((result) => this.#soon(() => done(result)));
  }

  registerLevel(target: LevelTarget, index: number, devices: readonly string[]): void {
    this.#configuration.addLevel(target, index, devices);
  }

  removeLevel(target: LevelTarget, index: number | null): void {
    this.#configuration.removeLevel(target, index);
  }

  synchronizeHistory(): void {
    this.#peers.send({ type: "sync", records: this.#ledger.all() });
  }

  // Messages, in the one order of the cluster.

  #receive(from: Member, body: JsonObject): void {
    const message = readMessage(body);
    if (message === null) {
      this.#log(
        "warning",
        `ignored a message of the fencer of ${from.name}: it is not of a version known here`,
      );
      return;
    }
    switch (message.type) {
      case "query":
        this.#queried(from, message.request);
        return;
      case "capable":
        this.#log(
          "debug",
          `Query result from ${from.name} (${message.devices.length} device${message.devices.length === 1 ? "" : "s"})`,
        );
        this.#operations.get(message.id)?.answered(from.name, message.devices);
        return;
      case "execute":
        this.#execute(from, message);
        return;
      case "executed": {
        const operation = this.#operations.get(message.id);
        if (operation === undefined) this.#log("notice", `Result of ${from.name} arrived too late`);
        else operation.executed(from.name, message);
        return;
      }
      case "result":
        this.#finalize(message.record, message.status, message.isMerged);
        return;
      case "forward":
        this.#own(message.request);
        return;
      case "sync":
        this.#synchronize(from, message.records);
        return;
      case "history":
        this.#learn(message.records);
        return;
      case "clean":
        this.#ledger.removeFinished(message.target);
        return;
    }
  }

  /** This node becomes the owner. */
  #own(request: OperationRequest, isWanted: () => boolean = () => true): void {
    this.#log("notice", `Requesting peer fencing (${request.action}) targeting ${request.target}`);
    const operation = new Operation(request, {
      clock: this.#ports.clock,
      log: this.#log,
      levels: this.#configuration.levelsFor(request.target),
      selfFencingMs: this.#configuration.selfFencingMs(request.target),
      sendTo: (node, message) => this.#peers.sendTo(node, message),
      isWanted,
      ended: (end) => this.#announce(request, end, operation.mergedInto !== null),
    });
    this.#operations.set(request.id, operation);
    this.#peers.send({ type: "query", request });
  }

  #queried(from: Member, request: OperationRequest): void {
    const operation = this.#operations.get(request.id);
    if (operation !== undefined) {
      operation.queried(this.#peers.members.map((member) => member.name));
      const primary = this.#ledger.mergeable(request, from.name);
      if (primary !== null) {
        this.#log(
          "notice",
          `Merging fencing action '${request.action}' targeting ${request.target} originating from client ${request.client} with identical request from ${primary.client}@${primary.origin}`,
        );
        operation.merge(primary.id);
      }
    }
    this.#ledger.begin(request, from);
    this.#executioner.offers(request, (devices) =>
      this.#peers.sendTo(from.name, { type: "capable", id: request.id, devices }),
    );
  }

  #execute(from: Member, message: Extract<FencerMessage, { type: "execute" }>): void {
    const { request, attempt, settles, action } = message;
    const { localName } = this.#peers;
    if (message.device !== null && isWatchdogDevice(message.device)) {
      if (!this.#peers.isLocal(request.target)) return;
      // Whatever is configured here by now: the owner counts on the time, and would take silence for the end of this node.
      this.#log("critical", `Fencing myself (${action}) for ${request.client}@${from.name}`);
      this.#ports.watchdog?.panic();
      return;
    }
    this.#executioner.execute(message, (report) => {
      this.#peers.sendTo(from.name, { type: "executed", id: request.id, attempt, ...report });
      const ownerIsTarget = isSameName(from.name, request.target);
      const ownerIsGone = !this.#peers.isAlive(from.name, from.pid) || (ownerIsTarget && action !== "on");
      // Nobody else can tell the cluster what is known here.
      if (report.isSuccess && settles && ownerIsGone)
        this.#announce(request, { ...report, delegate: localName }, false, from.name);
    });
  }

  #announce(request: OperationRequest, end: OperationEnd, isMerged: boolean, origin?: string): void {
    const record = this.#recordOf(request, end, origin);
    this.#peers.send({ type: "result", status: end.status, isMerged, record });
  }

  /** The result is at its place in the order: every node takes note, the waiting client is answered. */
  #finalize(reported: FencingRecord, status: number, isMerged: boolean): void {
    const { record, isNews } = this.#ledger.conclude(reported);
    const isSuccess = record.state === "success";
    const outcome = outcomeOf(record, isSuccess ? ExecutionStatus.done : status);
    if (isNews)
      this.#log(
        isSuccess || record.origin !== this.#peers.localName ? "notice" : "error",
        `Operation '${record.action}' targeting ${record.target} by ${record.delegate === "" ? "<anyone>" : record.delegate} for ${record.client}@${record.origin}: ${isSuccess ? "OK" : record.exitReason || "Error occurred"} (complete)${isMerged ? " (merged)" : ""} | id=${record.id.slice(0, 8)}`,
      );
    this.#settle(outcome);
    if (isNews) for (const listener of this.#listeners) listener.completed(outcome);
  }

  /** Ends what this node still does or waits for because of the operation. */
  #settle(outcome: FenceOutcome): void {
    const { record, isSuccess, status, reason } = outcome;
    this.#executioner.withdraw(record.id);
    this.#operations.get(record.id)?.abandon();
    this.#operations.delete(record.id);
    const waiter = this.#waiters.get(record.id);
    this.#waiters.delete(record.id);
    waiter?.done(outcome);
    for (const operation of [...this.#operations.values()])
      if (operation.mergedInto === record.id)
        operation.share({
          isSuccess,
          status,
          reason,
          delegate: record.delegate,
          completedMs: record.completedMs,
        });
  }

  // Membership.

  #viewChanged(view: MembershipView): void {
    const isFirst = !this.#hasView;
    this.#hasView = true;
    const isMerge = view.joined.some((member) => member.reason === "nodeUp");
    if (isMerge && this.#hadCompany) this.#wasAway = true;
    this.#hadCompany ||= view.members.length > 1;
    this.#peers.update(view);
    for (const member of view.left) this.#memberLost(member);
    for (const { name } of view.joined) this.#ledger.targetJoined(name);
    const joined = new Set(view.joined.map((member) => member.nodeId));
    const stayed = view.members.filter((member) => !joined.has(member.nodeId));
    const isSpeaker = stayed[0]?.nodeId === this.#ports.channel.localNodeId;
    if ((isFirst && view.members.length > 1) || (isMerge && isSpeaker)) this.synchronizeHistory();
  }

  #memberLost(member: Member): void {
    for (const operation of [...this.#operations.values()]) operation.nodeLost(member.name);
    this.#unmergeFrom(this.#ledger.ownerLost(member));
    for (const [id, waiter] of [...this.#waiters]) {
      if (waiter.owner !== member.name) continue;
      this.#waiters.delete(id);
      waiter.done(
        this.#failure(waiter.request, ExecutionStatus.error, `The fencer of ${member.name} was lost`),
      );
    }
  }

  /** Those that waited for the result of these operations have to go on by themselves. */
  #unmergeFrom(ids: readonly string[]): void {
    for (const operation of [...this.#operations.values()])
      if (operation.mergedInto !== null && ids.includes(operation.mergedInto)) operation.unmerge();
  }

  #channelLost(reason: string): void {
    this.#isLost = true;
    for (const operation of this.#operations.values()) operation.abandon();
    this.#operations.clear();
    const waiters = [...this.#waiters.values()];
    this.#waiters.clear();
    for (const waiter of waiters)
      waiter.done(this.#failure(waiter.request, ExecutionStatus.disconnected, reason));
  }

  // History. Source: 10.

  #synchronize(from: Member, records: readonly FencingRecord[]): void {
    if (from.nodeId === this.#ports.channel.localNodeId) return;
    const missing = this.#ledger.missingIn(records);
    if (missing.length > 0) this.#peers.sendTo(from.name, { type: "history", records: missing });
    this.#learn(records);
  }

  #learn(records: readonly FencingRecord[]): void {
    const { confirmed, past, presumed } = this.#ledger.learn(
      records,
      (id) => this.#operations.has(id),
      (record) => this.#endsThisLife(record),
    );
    for (const record of confirmed) this.#finalize(record, ExecutionStatus.done, false);
    for (const id of past) this.#executioner.withdraw(id);
    this.#unmergeFrom(presumed);
  }

  /**
   * A machine that stood still, or that was cut off from its storage only, may come back with the daemon that was fenced.
   * It must not take the history of a former life for its own: each node that was fenced and has booted since is told of that.
   */
  #endsThisLife({ target, targetPid, action }: FencingRecord): boolean {
    const ownPid = this.#peers.lastPid(this.#peers.localName);
    return (
      this.#wasAway &&
      action !== "on" &&
      this.#peers.isLocal(target) &&
      (targetPid === null || targetPid === ownPid)
    );
  }

  #soon(call: () => void): void {
    this.#ports.clock.setTimer(0, call);
  }

  #failure(request: OperationRequest, status: number, reason: string): FenceOutcome {
    return outcomeOf(this.#recordOf(request, { isSuccess: false, status, reason, delegate: "" }), status);
  }

  #recordOf(
    request: OperationRequest,
    { isSuccess, delegate, reason, completedMs = this.#ports.clock.wallMs() }: OperationEnd,
    origin = this.#peers.localName,
  ): FencingRecord {
    const { id, target, action, client } = request;
    const targetPid = this.#ledger.targetPid(request);
    const state = isSuccess ? "success" : "failed";
    return {
      id,
      target,
      targetPid,
      action,
      origin,
      delegate,
      client,
      state,
      completedMs,
      exitReason: reason,
    };
  }
}

/** What makes a request one that no fencer could take from a message. */
function problemOf(request: FenceRequest): string | null {
  if (request.target === "") return "the request names no target";
  for (const name of ["timeoutS", "delayS", "toleranceS"] as const)
    if (!Number.isFinite(request[name]))
      return `${name} of the request is ${request[name]}, which is no duration`;
  return null;
}

function outcomeOf(record: FencingRecord, status: number): FenceOutcome {
  return { isSuccess: record.state === "success", status, reason: record.exitReason, record };
}
