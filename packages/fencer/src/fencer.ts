import {
  type Channel,
  type Clock,
  CONFIRMED_BY_HAND,
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
import { HistoryExchange } from "./history/history-exchange.ts";
import { Ledger } from "./history/ledger.ts";
import { type FencerMessage, type OperationRequest, readMessage } from "./messages.ts";
import { Executioner } from "./operations/executioner.ts";
import { OperationsInHand } from "./operations/in-hand.ts";
import type { OperationEnd } from "./operations/operation.ts";
import { outcomeOf, problemOf } from "./operations/outcome.ts";
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

type ResultCallback = (result: { status: number; rc: number; reason: string }) => void;

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
  readonly #inHand: OperationsInHand;
  readonly #exchange: HistoryExchange;
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
    this.#inHand = new OperationsInHand({
      clock: ports.clock,
      log: ports.log,
      peers: this.#peers,
      configuration: this.#configuration,
      ended: (request, end, isMerged) => this.#announce(request, end, isMerged),
      failure: (request, status, reason) => this.#failure(request, status, reason),
    });
    this.#exchange = new HistoryExchange({
      localNodeId: ports.channel.localNodeId,
      peers: this.#peers,
      ledger: this.#ledger,
      isOwned: (id) => this.#inHand.has(id),
      confirmed: (record) => this.#finalize(record, ExecutionStatus.done, false),
      past: (id) => this.#executioner.withdraw(id),
      presumedFailed: (ids) => this.#inHand.unmergeFrom(ids),
    });
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
    this.#inHand.wait(operation, owner, done);
    if (other === undefined) this.#inHand.own(operation, request.isWanted);
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
    this.#inHand.wait(request, this.#peers.localName, done);
    this.#announce(
      request,
      { isSuccess: true, status: ExecutionStatus.done, reason: "", delegate: CONFIRMED_BY_HAND },
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

  isReliedOnToReset(): boolean {
    return this.#configuration.selfFencingMs(this.#ports.channel.localName) !== null;
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
    this.#exchange.tell();
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
        this.#inHand.get(message.id)?.answered(from.name, message.devices);
        return;
      case "execute":
        this.#execute(from, message);
        return;
      case "executed": {
        const operation = this.#inHand.get(message.id);
        if (operation === undefined) this.#log("notice", `Result of ${from.name} arrived too late`);
        else operation.executed(from.name, message);
        return;
      }
      case "result":
        this.#finalize(message.record, message.status, message.isMerged);
        return;
      case "forward":
        this.#inHand.own(message.request);
        return;
      case "sync":
        this.#exchange.told(from, message.records);
        return;
      case "history":
        this.#exchange.learn(message.records);
        return;
      case "clean":
        this.#ledger.removeFinished(message.target);
        return;
    }
  }

  #queried(from: Member, request: OperationRequest): void {
    const operation = this.#inHand.get(request.id);
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
    const begun = this.#ledger.begin(request, from);
    if (begun !== null) for (const listener of this.#listeners) listener.begun?.(begun);
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
    const record = this.#ledger.recordOf(request, end, origin);
    this.#peers.send({ type: "result", status: end.status, isMerged, record });
  }

  /** The result is at its place in the order: every node takes note, the waiting client is answered. */
  #finalize(reported: FencingRecord, status: number, isMerged: boolean): void {
    const { record, isNews } = this.#ledger.conclude(reported);
    const isSuccess = record.state === "success";
    const outcome = outcomeOf(record, status);
    if (isNews)
      this.#log(
        isSuccess || record.origin !== this.#peers.localName ? "notice" : "error",
        `Operation '${record.action}' targeting ${record.target} by ${record.delegate === "" ? "<anyone>" : record.delegate} for ${record.client}@${record.origin}: ${isSuccess ? "OK" : record.exitReason || "Error occurred"} (complete)${isMerged ? " (merged)" : ""} | id=${record.id.slice(0, 8)}`,
      );
    this.#executioner.withdraw(record.id);
    this.#inHand.settle(outcome);
    if (isNews) for (const listener of this.#listeners) listener.completed(outcome);
  }

  // Membership.

  #viewChanged(view: MembershipView): void {
    this.#peers.update(view);
    for (const member of view.left) this.#inHand.memberLost(member, this.#ledger.ownerLost(member));
    for (const { name } of view.joined) this.#ledger.targetJoined(name);
    this.#exchange.onView(view);
  }

  #channelLost(reason: string): void {
    this.#isLost = true;
    this.#inHand.abandonAll(reason);
  }

  #soon(call: () => void): void {
    this.#ports.clock.setTimer(0, call);
  }

  #failure(request: OperationRequest, status: number, reason: string): FenceOutcome {
    return outcomeOf(
      this.#ledger.recordOf(request, { isSuccess: false, status, reason, delegate: "" }),
      status,
    );
  }
}
