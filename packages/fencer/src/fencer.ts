import {
  type Channel,
  type Clock,
  type DeviceRequest,
  ExecutionStatus,
  type FenceAgents,
  type FenceOutcome,
  type FenceRequest,
  type Fencer,
  type FencerEvents,
  type FencingRecord,
  type JsonObject,
  type Log,
  type Member,
  type MembershipView,
  OcfCode,
  type Random,
} from "@quorate/ports";
import { parseXml } from "@quorate/xml";
import type { CommandResult } from "./devices/command-queue.ts";
import { configuredDevices } from "./devices/configured-devices.ts";
import { DeviceRegistry } from "./devices/registry.ts";
import { FencingHistory } from "./history/history.ts";
import { type FencerMessage, messageBody, type OperationRequest, readMessage } from "./messages.ts";
import { Executioner } from "./operations/executioner.ts";
import { Operation, type OperationEnd } from "./operations/operation.ts";
import { NO_TOPOLOGY, readTopology } from "./topology/topology.ts";
import { drawUuid } from "./uuid.ts";

export interface FencerPorts {
  /** Of the fencers alone: nobody else sends on it. */
  readonly channel: Channel;
  readonly agents: FenceAgents;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** Somebody on this node who waits for the end of an operation. */
interface Waiter {
  readonly request: OperationRequest;
  /** Node whose fencer has the operation. */
  readonly owner: string;
  done(outcome: FenceOutcome): void;
}

/** What was seen of an operation that goes on, for merging others into it. */
interface PendingOperation {
  /** The target's fencer came after the operation began, so that a later wish means another life of the target. */
  isOutdated: boolean;
  readonly originPid: number;
  readonly sinceMs: number;
  readonly ageMaxMs: number;
}

type ResultCallback = (result: { status: number; rc: number; reason: string }) => void;

/** A person who says that a node is off, in the place of the node that would have done it. */
const HUMAN = "a human";

/** The fencer of one node. Source: fencer specification; sections are named at the parts. */
export class ClusterFencer implements Fencer {
  readonly #ports: FencerPorts;
  readonly #log: Log;
  readonly #registry: DeviceRegistry;
  readonly #executioner: Executioner;
  readonly #history = new FencingHistory();
  readonly #listeners: FencerEvents[] = [];
  /** Operations that this node owns, until their result is delivered. */
  readonly #operations = new Map<string, Operation>();
  readonly #waiters = new Map<string, Waiter>();
  readonly #pending = new Map<string, PendingOperation>();
  /** Operations whose failure nobody reported: their owner was lost from here. */
  readonly #presumed = new Set<string>();
  #topology = NO_TOPOLOGY;
  #view: MembershipView | null = null;
  #isLost = false;

  constructor(ports: FencerPorts) {
    this.#ports = ports;
    this.#log = ports.log;
    this.#registry = new DeviceRegistry(ports);
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
    const recent = this.#recentSuccess(request);
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
    if (this.#isLost) {
      this.#soon(() =>
        done(this.#failure(operation, ExecutionStatus.disconnected, "the cluster layer is lost")),
      );
      return;
    }
    const other = this.#isLocal(target) ? this.#others()[0] : undefined;
    const owner = other?.name ?? this.#ports.channel.localName;
    this.#waiters.set(operation.id, { request: operation, owner, done });
    if (other === undefined) this.#own(operation);
    else {
      this.#log("notice", `Forwarding self-fencing request to ${other.name}`);
      this.#sendTo(other.name, { type: "forward", request: operation });
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
    this.#waiters.set(request.id, { request, owner: this.#ports.channel.localName, done });
    this.#announce(
      request,
      { isSuccess: true, status: ExecutionStatus.done, reason: "", delegate: HUMAN },
      false,
    );
  }

  history(): readonly FencingRecord[] {
    return this.#history.all();
  }

  cleanHistory(target: string | null): void {
    this.#send({ type: "clean", target });
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

  configurationChanged(cibXml: string): void {
    const parsed = parseXml(cibXml);
    if (!parsed.ok) {
      this.#log("error", `fencer keeps its devices: the configuration is no XML: ${parsed.error.message}`);
      return;
    }
    const view = {
      nodeName: this.#ports.channel.localName,
      nowS: Math.floor(this.#ports.clock.wallMs() / 1000),
    };
    this.#registry.configure(configuredDevices(parsed.root, view));
    this.#topology = readTopology(parsed.root, this.#log);
  }

  synchronizeHistory(): void {
    this.#send({ type: "sync", records: this.#history.all() });
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
        this.#history.removeFinished(message.target);
        return;
    }
  }

  /** This node becomes the owner. */
  #own(request: OperationRequest): void {
    this.#log("notice", `Requesting peer fencing (${request.action}) targeting ${request.target}`);
    const operation = new Operation(request, {
      clock: this.#ports.clock,
      log: this.#log,
      levels: this.#topology.levelsFor(request.target),
      sendTo: (node, message) => this.#sendTo(node, message),
      ended: (end) => this.#announce(request, end, operation.mergedInto !== null),
    });
    this.#operations.set(request.id, operation);
    this.#send({ type: "query", request });
  }

  #queried(from: Member, request: OperationRequest): void {
    const operation = this.#operations.get(request.id);
    if (operation !== undefined) {
      operation.queried(this.#view?.members.map((member) => member.name) ?? []);
      const primary = this.#mergeable(request);
      if (primary !== null) {
        this.#log(
          "notice",
          `Merging fencing action '${request.action}' targeting ${request.target} originating from client ${request.client} with identical request from ${primary.client}@${primary.origin}`,
        );
        operation.merge(primary.id);
      }
    }
    if (this.#history.get(request.id) === null) {
      this.#history.put({
        id: request.id,
        target: request.target,
        action: request.action,
        origin: from.name,
        delegate: "",
        client: request.client,
        state: "pending",
        completedMs: 0,
        exitReason: "",
      });
      this.#pending.set(request.id, {
        isOutdated: false,
        originPid: from.pid,
        sinceMs: this.#ports.clock.monotonicMs(),
        ageMaxMs: request.timeoutS * 1200,
      });
    }
    this.#executioner.offers(request, (devices) =>
      this.#sendTo(from.name, { type: "capable", id: request.id, devices }),
    );
  }

  /** Only into one whose query came earlier, so that no two wait for each other. Source: 3, step 3. */
  #mergeable(request: OperationRequest): FencingRecord | null {
    const now = this.#ports.clock.monotonicMs();
    for (const record of this.#history.all()) {
      const pending = this.#pending.get(record.id);
      if (
        record.state === "pending" &&
        record.id !== request.id &&
        record.target.toLowerCase() === request.target.toLowerCase() &&
        record.action === request.action &&
        record.client !== request.client &&
        record.origin.toLowerCase() !== record.target.toLowerCase() &&
        pending !== undefined &&
        !pending.isOutdated &&
        this.#isMember(record.origin, pending.originPid) &&
        now - pending.sinceMs <= pending.ageMaxMs
      )
        return record;
    }
    return null;
  }

  #execute(from: Member, message: Extract<FencerMessage, { type: "execute" }>): void {
    const { request, attempt, settles, action } = message;
    const { localName } = this.#ports.channel;
    this.#executioner.execute(message, (report) => {
      this.#sendTo(from.name, { type: "executed", id: request.id, attempt, ...report });
      const ownerIsTarget = from.name.toLowerCase() === request.target.toLowerCase();
      const ownerIsGone = !this.#isMember(from.name, from.pid) || (ownerIsTarget && action !== "on");
      // Nobody else can tell the cluster what is known here.
      if (report.isSuccess && settles && ownerIsGone)
        this.#announce(request, { ...report, delegate: localName }, false, from.name);
    });
  }

  #announce(request: OperationRequest, end: OperationEnd, isMerged: boolean, origin?: string): void {
    this.#send({
      type: "result",
      status: end.status,
      isMerged,
      record: {
        id: request.id,
        target: request.target,
        action: request.action,
        origin: origin ?? this.#ports.channel.localName,
        delegate: end.delegate,
        client: request.client,
        state: end.isSuccess ? "success" : "failed",
        completedMs: this.#ports.clock.wallMs(),
        exitReason: end.reason,
      },
    });
  }

  /** The result is at its place in the order: every node takes note, the waiting client is answered. */
  #finalize(record: FencingRecord, status: number, isMerged: boolean): void {
    const known = this.#history.get(record.id);
    // The owner and an executioner that spoke for it may both have told. A result beats what was only presumed.
    const isKnown = known?.state === "failed" && !this.#presumed.has(record.id);
    if (known?.state === "success" || (known !== null && isKnown && record.state === "failed")) {
      this.#settle(outcomeOf(known, known.state === "success" ? ExecutionStatus.done : status));
      return;
    }
    this.#presumed.delete(record.id);
    this.#pending.delete(record.id);
    this.#history.put(record);
    const isSuccess = record.state === "success";
    this.#log(
      isSuccess || record.origin !== this.#ports.channel.localName ? "notice" : "error",
      `Operation '${record.action}' targeting ${record.target} by ${record.delegate === "" ? "<anyone>" : record.delegate} for ${record.client}@${record.origin}: ${isSuccess ? "OK" : record.exitReason || "Error occurred"} (complete)${isMerged ? " (merged)" : ""} | id=${record.id.slice(0, 8)}`,
    );
    const outcome = outcomeOf(record, status);
    this.#settle(outcome);
    for (const listener of this.#listeners) listener.completed(outcome);
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
        operation.share({ isSuccess, status, reason, delegate: record.delegate });
  }

  // Membership.

  #viewChanged(view: MembershipView): void {
    const isFirst = this.#view === null;
    this.#view = view;
    for (const member of view.left) this.#memberLost(member);
    for (const { name } of view.joined)
      for (const record of this.#history.all()) {
        const pending = this.#pending.get(record.id);
        if (pending !== undefined && record.target.toLowerCase() === name.toLowerCase())
          pending.isOutdated = true;
      }
    const joined = new Set(view.joined.map((member) => member.nodeId));
    const stayed = view.members.filter((member) => !joined.has(member.nodeId));
    const isMerge = view.joined.some((member) => member.reason === "nodeUp");
    const isSpeaker = stayed[0]?.nodeId === this.#ports.channel.localNodeId;
    if ((isFirst && view.members.length > 1) || (isMerge && isSpeaker)) this.synchronizeHistory();
  }

  #memberLost(member: Member): void {
    for (const operation of [...this.#operations.values()]) operation.nodeLost(member.name);
    for (const record of this.#history.all()) {
      const pending = this.#pending.get(record.id);
      if (record.state !== "pending" || record.origin !== member.name || pending?.originPid !== member.pid)
        continue;
      this.#presumeFailed(record, `The fencer of ${member.name}, which had asked for it, was lost`);
    }
    for (const [id, waiter] of [...this.#waiters]) {
      if (waiter.owner !== member.name) continue;
      this.#waiters.delete(id);
      waiter.done(
        this.#failure(waiter.request, ExecutionStatus.error, `The fencer of ${member.name} was lost`),
      );
    }
  }

  #presumeFailed(record: FencingRecord, reason: string): void {
    this.#pending.delete(record.id);
    this.#presumed.add(record.id);
    this.#history.put({
      ...record,
      state: "failed",
      completedMs: this.#ports.clock.wallMs(),
      exitReason: reason,
    });
    for (const operation of [...this.#operations.values()])
      if (operation.mergedInto === record.id) operation.unmerge();
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
    const missing = this.#history.missingIn(records);
    if (missing.length > 0) this.#sendTo(from.name, { type: "history", records: missing });
    this.#learn(records);
  }

  #learn(records: readonly FencingRecord[]): void {
    const { localName } = this.#ports.channel;
    // Another part of the cluster may have lost sight of an owner that is here and still at it.
    const isGoingOn = ({ id, state }: FencingRecord): boolean => {
      const origin = this.#history.get(id)?.origin ?? "";
      const pending = this.#pending.get(id);
      return state === "failed" && pending !== undefined && this.#isMember(origin, pending.originPid);
    };
    // A success that was confirmed in another part of the cluster, of an operation that this one knows.
    for (const record of records)
      if (record.state === "success" && (this.#history.get(record.id)?.state ?? "success") !== "success")
        this.#finalize(record, ExecutionStatus.done, false);
    this.#history.merge(records.filter((record) => !isGoingOn(record)));
    for (const { id } of records) {
      const record = this.#history.get(id);
      if (record === null || record.state !== "pending" || this.#pending.has(id)) continue;
      const origin = this.#view?.members.find((member) => member.name === record.origin);
      if (record.origin === localName && !this.#operations.has(id))
        this.#presumeFailed(record, "Initiated by earlier fencer process and presumed failed");
      else if (origin === undefined)
        this.#presumeFailed(record, `The fencer of ${record.origin}, which had asked for it, was lost`);
      else
        this.#pending.set(id, {
          originPid: origin.pid,
          // When it began is not known here, so nothing is merged into it.
          isOutdated: true,
          sinceMs: this.#ports.clock.monotonicMs(),
          ageMaxMs: 0,
        });
    }
  }

  #recentSuccess(request: FenceRequest): FencingRecord | null {
    if (request.toleranceS <= 0) return null;
    const sinceMs = this.#ports.clock.wallMs() - request.toleranceS * 1000;
    return (
      this.#history
        .all()
        .find(
          (record) =>
            record.state === "success" &&
            record.action === request.action &&
            record.target.toLowerCase() === request.target.toLowerCase() &&
            record.completedMs >= sinceMs,
        ) ?? null
    );
  }

  #others(): readonly Member[] {
    return (this.#view?.members ?? []).filter((member) => !this.#isLocal(member.name));
  }

  #isLocal(name: string): boolean {
    return name.toLowerCase() === this.#ports.channel.localName.toLowerCase();
  }

  #isMember(name: string, pid: number): boolean {
    return this.#view?.members.some((member) => member.name === name && member.pid === pid) ?? false;
  }

  #send(message: FencerMessage): void {
    this.#ports.channel.send(messageBody(message));
  }

  #sendTo(name: string, message: FencerMessage): void {
    const member = this.#view?.members.find((one) => one.name === name);
    if (member !== undefined) this.#ports.channel.send(messageBody(message), member.nodeId);
  }

  #soon(call: () => void): void {
    this.#ports.clock.setTimer(0, call);
  }

  #failure(request: OperationRequest, status: number, reason: string): FenceOutcome {
    return {
      isSuccess: false,
      status,
      reason,
      record: {
        id: request.id,
        target: request.target,
        action: request.action,
        origin: this.#ports.channel.localName,
        delegate: "",
        client: request.client,
        state: "failed",
        completedMs: this.#ports.clock.wallMs(),
        exitReason: reason,
      },
    };
  }
}

function outcomeOf(record: FencingRecord, status: number): FenceOutcome {
  return { isSuccess: record.state === "success", status, reason: record.exitReason, record };
}

/** Source: executor specification, 8. */
function resourceResult(result: CommandResult): { status: number; rc: number; reason: string } {
  const { isSuccess, status, reason } = result;
  if (isSuccess) return { status: ExecutionStatus.done, rc: OcfCode.ok, reason: "" };
  switch (status) {
    case ExecutionStatus.noFenceDevice:
      return { status, rc: OcfCode.notRunning, reason };
    case ExecutionStatus.unsupported:
      return { status, rc: OcfCode.unimplemented, reason };
    case ExecutionStatus.notInstalled:
      return { status, rc: OcfCode.notInstalled, reason };
    case ExecutionStatus.timedOut:
    case ExecutionStatus.cancelled:
      return { status, rc: OcfCode.genericError, reason };
    default:
      return { status: ExecutionStatus.done, rc: OcfCode.genericError, reason };
  }
}
