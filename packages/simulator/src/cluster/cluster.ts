import { digestV2 } from "@quorate/cib";
import {
  type CibAnswer,
  type ClusterNode,
  type ClusterNodeConfig,
  createClusterNode,
  DEFAULT_TIMING,
  type ExitNotice,
  type SchedulerPort,
} from "@quorate/controller";
import { createFencer } from "@quorate/fencer";
import {
  BUS_LIMITS,
  Bus,
  configureQuorum,
  DEMO_TIMING,
  ENGINE_LIMITS,
  type EngineTiming,
  Hub,
  MemoryEngine,
  QUORUM_DEFAULTS,
  type QuorumOptions,
} from "@quorate/membership";
import type { Channel, Clock, JsonObject, LoadMeter, Log, NodeId, Random } from "@quorate/ports";
import { detachGraph, schedule } from "@quorate/scheduler";
import { MemoryDisk } from "../machine/disk.ts";
import { simulatedExecutor } from "../machine/executor.ts";
import { PowerSwitches } from "../machine/power.ts";
import { RemoteMachine } from "../machine/remote-machine.ts";
import { Services } from "../machine/services.ts";
import { seededRandom } from "../time/random.ts";
import { MachineClock, ProcessClock, VirtualClock } from "../time/virtual-clock.ts";
import { Watch } from "../watch/watch.ts";
import { attributeUpdate } from "./attribute-update.ts";
import { clusterOptions, resources } from "./configuration.ts";
import { EventLog } from "./event-log.ts";
import type { Machine } from "./machine.ts";

export interface ClusterOptions {
  readonly seed?: number;
  readonly quorum?: Partial<QuorumOptions>;
  /** Default: losses are seen fast, messages are not held up. */
  readonly engineTiming?: EngineTiming;
  /** A fenced node comes back after this time; null: it stays off. */
  readonly rebootMs?: number | null;
  /** A daemon that ended with an error is started again after this time; null: it is not. */
  readonly respawnMs?: number | null;
  readonly dcDeadtimeMs?: number;
  /** Every node has a watchdog that sbd feeds; default no. */
  readonly hasWatchdog?: boolean;
  /** Average number of processes that want to run on a node; default: nobody looks. */
  readonly cpuLoad?: (nodeId: NodeId) => number;
  /** What the scheduler does instead of its work; null: its work. */
  readonly schedulerFailure?: () => string | null;
  /** What the software of a node is, where it is not that of the others; asked at each start of its daemon. */
  readonly software?: (
    nodeId: NodeId,
  ) => Partial<Pick<ClusterNodeConfig, "featureSet" | "changeRules">> | undefined;
  /** Names of hosts that run a remote executor; default none. */
  readonly remotes?: readonly string[];
  /** Resources that may be active on one node only; default `d1` and `d2`. */
  readonly exclusive?: readonly string[];
}

/** Remote hosts have numbers above those of all nodes. */
const REMOTE_ID_BASE = 101;

export type ControllerChannel = "cib" | "attr" | "ctl";

/** A request to the CIB as an administrator's tool would send it. */
export interface ChangeFields {
  readonly section?: string;
  readonly xpath?: string;
  readonly data?: string;
  readonly flags?: readonly string[];
}

/**
 * Whole nodes in one process under virtual time: the real controller, fencer, scheduler, bus and in-memory engine on simulated
 * machines. The truth of what runs where and which machine has power is the machines'; `watch` compares it with what
 * the laws allow. Everything follows from the seed.
 */
export class SimulatedCluster {
  readonly clock = new VirtualClock();
  readonly nodes: readonly Machine[];
  readonly remotes: readonly RemoteMachine[];
  readonly hub: Hub;
  readonly power: PowerSwitches;
  readonly log = new EventLog(this.clock);
  readonly watch: Watch;
  readonly random: Random;
  /** Told of every message to the controller of a node before it gets it. */
  readonly overhearing = new Set<(to: NodeId, channel: ControllerChannel, body: JsonObject) => void>();
  readonly #options: ClusterOptions;

  constructor(nodeCount: number, options: ClusterOptions = {}) {
    this.#options = options;
    this.random = seededRandom(options.seed ?? 1);
    const nodeList = Array.from({ length: nodeCount }, (_, index) => ({
      nodeId: index + 1,
      name: `n${index + 1}`,
      votes: 1,
    }));
    const quorum = configureQuorum({ ...QUORUM_DEFAULTS, ...options.quorum }, nodeList);
    if (!quorum.ok) throw new Error(quorum.errors.join("; "));
    const sequences = new Map<NodeId, number>();
    this.hub = new Hub({
      clusterName: "test",
      nodeList,
      quorum: quorum.settings,
      timing: options.engineTiming ?? DEMO_TIMING,
      limits: ENGINE_LIMITS,
      sequences: {
        load: (nodeId) => sequences.get(nodeId) ?? 0,
        save: (nodeId, sequence) => void sequences.set(nodeId, sequence),
      },
      clock: this.clock,
      random: this.random,
      log: () => {},
    });
    this.nodes = nodeList.map(({ nodeId, name }) => ({
      nodeId,
      name,
      services: new Services(nodeId, {
        starting: (on, resource) => this.watch.starting(on, resource),
        promoting: (on, resource) => this.watch.promoting(on, resource),
      }),
      disk: new MemoryDisk(),
      clock: new MachineClock(this.clock),
      alerts: [],
      daemon: null,
      isPowered: false,
      exits: [],
    }));
    this.remotes = (options.remotes ?? []).map(
      (name, index) =>
        new RemoteMachine(
          name,
          this.clock,
          new Services(REMOTE_ID_BASE + index, {
            starting: (on, resource) => this.watch.starting(on, resource),
            promoting: (on, resource) => this.watch.promoting(on, resource),
          }),
          (via, resource, score) => this.#setPromotionScore(this.node(via), resource, score, name),
        ),
    );
    this.power = new PowerSwitches(this.clock, {
      used: (by, target) => this.watch.fencing(by, target),
      cut: (target) => this.#fenced(target),
      severed: (target) => this.#severed(target),
    });
    this.watch = new Watch(this, options.exclusive ?? ["d1", "d2"]);
  }

  node(nodeId: NodeId): Machine {
    return this.nodes[nodeId - 1]!;
  }

  /** The running daemon of a node. */
  controller(nodeId: NodeId): ClusterNode {
    const { daemon } = this.node(nodeId);
    if (daemon === null) throw new Error(`n${nodeId} has no daemon`);
    return daemon.node;
  }

  remote(name: string): RemoteMachine {
    const found = this.remotes.find((machine) => machine.name === name);
    if (found === undefined) throw new Error(`there is no remote host ${name}`);
    return found;
  }

  startRemote(name: string): void {
    const machine = this.remote(name);
    if (!machine.isPowered) this.watch.cleared(machine.nodeId);
    machine.start();
  }

  /** Cuts the power of a remote host. */
  crashRemote(name: string): void {
    const machine = this.remote(name);
    if (!machine.isPowered) return;
    this.watch.powerFailed(machine.nodeId, machine.services.active);
    machine.losePower();
  }

  /** Power on, cluster layer and daemon. */
  start(...nodeIds: readonly NodeId[]): void {
    for (const nodeId of nodeIds.length > 0 ? nodeIds : this.nodes.map((node) => node.nodeId)) {
      const node = this.node(nodeId);
      if (!node.isPowered) {
        node.isPowered = true;
        this.watch.cleared(nodeId);
        this.hub.startNode(nodeId);
      }
      if (node.daemon === null) this.#startDaemon(node);
    }
  }

  /** Kills the daemon; cluster layer and services go on. */
  killDaemon(nodeId: NodeId): void {
    const node = this.node(nodeId);
    node.daemon?.clock.kill();
    node.daemon?.engine.close();
    node.daemon = null;
    for (const remote of this.remotes) remote.clientEnded(nodeId);
  }

  /** Cuts the power: everything on the machine is gone at once. */
  crash(nodeId: NodeId): void {
    const node = this.node(nodeId);
    if (!node.isPowered) return;
    this.watch.powerFailed(nodeId, node.services.active);
    this.#powerOff(node);
  }

  /** The whole machine stands still, as a suspended virtual machine does. */
  freeze(nodeId: NodeId): void {
    const node = this.node(nodeId);
    if (!node.isPowered || node.clock.isFrozen) return;
    node.clock.freeze();
    this.hub.pauseNode(nodeId);
  }

  thaw(nodeId: NodeId): void {
    const node = this.node(nodeId);
    if (!node.clock.isFrozen) return;
    this.hub.resumeNode(nodeId);
    this.watch.thawed(nodeId);
    node.clock.thaw();
  }

  /** The daemon alone stands still, as after SIGSTOP; the cluster layer goes on. */
  freezeDaemon(nodeId: NodeId): void {
    this.node(nodeId).daemon?.clock.freeze();
  }

  thawDaemon(nodeId: NodeId): void {
    this.watch.thawed(nodeId);
    this.node(nodeId).daemon?.clock.thaw();
  }

  /** @throws Error with the end of the log when an invariant broke */
  run(durationMs: number): void {
    this.clock.advance(durationMs);
    const { violations } = this.watch;
    if (violations.length > 0) throw new Error(`${violations.join("\n")}\n--- log\n${this.log.tail(120)}`);
  }

  /** Advances until the condition holds; an error with the end of the log when it does not in time. */
  until(what: string, condition: () => boolean, limitMs = 120_000): void {
    const endMs = this.clock.monotonicMs() + limitMs;
    while (!condition()) {
      if (this.clock.monotonicMs() >= endMs)
        throw new Error(
          `not within ${limitMs} ms: ${what}\n--- log\n${this.log.tail(150)}\n${this.describe()}`,
        );
      this.run(50);
    }
  }

  /** One DC that all running daemons agree on, nothing to do. */
  isSettled(): boolean {
    const controllers = this.running().map((node) => node.daemon!.node);
    const leaders = new Set(controllers.map((controller) => controller.status().dc));
    const states = controllers.map((controller) => controller.status().state);
    return (
      controllers.length > 0 &&
      leaders.size === 1 &&
      states.filter((state) => state === "S_IDLE").length === 1 &&
      states.every((state) => state === "S_IDLE" || state === "S_NOT_DC")
    );
  }

  settle(limitMs = 120_000): void {
    this.run(100);
    this.until("settled", () => this.isSettled(), limitMs);
    this.run(500);
    this.until("settled", () => this.isSettled(), limitMs);
  }

  running(): readonly Machine[] {
    return this.nodes.filter((node) => node.daemon !== null);
  }

  /** Where a resource really runs. */
  activeOn(resource: string): readonly NodeId[] {
    return [...this.nodes, ...this.remotes]
      .filter((machine) => machine.services.active.has(resource))
      .map((machine) => machine.nodeId);
  }

  /** Sends a request to a node; the answer when it came within the time. */
  request(nodeId: NodeId, operation: string, fields: ChangeFields, limitMs = 60_000): CibAnswer | null {
    let answer: CibAnswer | null = null;
    this.ask(nodeId, operation, fields, (given) => {
      answer = given;
    });
    const endMs = this.clock.monotonicMs() + limitMs;
    while (answer === null && this.clock.monotonicMs() < endMs) this.run(5);
    return answer;
  }

  ask(nodeId: NodeId, operation: string, fields: ChangeFields, done: (answer: CibAnswer) => void): void {
    this.controller(nodeId).cib.request(
      {
        operation,
        section: fields.section ?? null,
        xpath: fields.xpath ?? null,
        data: fields.data ?? null,
        flags: fields.flags ?? [],
        client: { name: "cibadmin", id: "test", user: null, groups: [] },
      },
      done,
    );
  }

  /** Started, with these options and resources, and at rest. */
  static ready(
    nodeCount: number,
    content: {
      readonly options?: Readonly<Record<string, string>>;
      readonly resources?: readonly string[];
      /** Element `constraints` or `fencing-topology` and the like, each with its section. */
      readonly more?: readonly (readonly [section: string, data: string])[];
    },
    options: ClusterOptions = {},
  ): SimulatedCluster {
    const cluster = new SimulatedCluster(nodeCount, options);
    cluster.start();
    for (const { name } of cluster.remotes) cluster.startRemote(name);
    cluster.settle();
    const changes: readonly (readonly [string, string])[] = [
      ["crm_config", clusterOptions(content.options ?? {})],
      ["resources", resources(...(content.resources ?? []))],
      ...(content.more ?? []),
    ];
    for (const [section, data] of changes) {
      const answer = cluster.request(1, "cib_modify", { section, data, flags: ["can-create"] });
      if (answer?.kind !== "done" || answer.code !== "ok") throw new Error(JSON.stringify(answer));
    }
    cluster.settle();
    return cluster;
  }

  /** The node that leads, as all agree. */
  leader(): NodeId {
    const name = this.running()[0]?.daemon?.node.status().dc;
    const node = this.nodes.find((candidate) => candidate.name === name);
    if (node === undefined) throw new Error(`no DC\n${this.describe()}`);
    return node.nodeId;
  }

  /** Some running node that does not lead and is none of the given ones. */
  follower(...except: readonly NodeId[]): NodeId {
    const leader = this.leader();
    return this.running().find((node) => node.nodeId !== leader && !except.includes(node.nodeId))!.nodeId;
  }

  /** Digests of the CIB on all running nodes; equal when all is well. */
  digests(): readonly string[] {
    return [...new Set(this.running().map((node) => digestV2(node.daemon!.node.cib.document)))];
  }

  describe(): string {
    return this.nodes
      .map((node) => {
        const status = node.daemon?.node.status();
        return `${node.name}: ${status?.state ?? "off"} dc=${status?.dc ?? "-"} quorate=${status?.isQuorate ?? "-"} active=${[...node.services.active].join(",")}`;
      })
      .join("\n");
  }

  #startDaemon(node: Machine): void {
    const clock = new ProcessClock(node.clock);
    const engine = new MemoryEngine(this.hub, node.nodeId, clock);
    const log: Log = (level, message) => this.log.add(node.name, level, message);
    const bus = new Bus({ engine, group: "quorate", clock, log, limits: BUS_LIMITS });
    bus.start({
      connected: () => this.#wire(node, { clock, engine, bus, log }),
      lost: () => {
        if (node.daemon?.clock === clock) node.daemon = null;
      },
    });
  }

  #wire(
    node: Machine,
    life: {
      readonly clock: ProcessClock;
      readonly engine: MemoryEngine;
      readonly bus: Bus;
      readonly log: Log;
    },
  ): void {
    const { clock, engine, bus, log } = life;
    const fencer = createFencer({
      channel: this.#fencerChannel(bus),
      agents: this.power.agents(node.name, { daemon: clock, machine: node.clock }),
      clock,
      random: seededRandom(this.random.uint32()),
      log,
    });
    const controller: ClusterNode = createClusterNode(
      {
        channels: {
          cib: this.#channel(bus, "cib", node.nodeId),
          attr: this.#channel(bus, "attr", node.nodeId),
          ctl: this.#channel(bus, "ctl", node.nodeId),
        },
        agents: simulatedExecutor({
          services: node.services,
          clock,
          machineClock: node.clock,
          fencer,
          promotionScore: (resource, score) => this.#setPromotionScore(node, resource, score, null),
        }),
        remoteHosts: {
          connect: (target, timeoutMs, done) => {
            const remote = this.remotes.find(({ name }) => name === target.server);
            const client = { clock, nodeId: node.nodeId };
            if (remote !== undefined) remote.connect(client, target, timeoutMs, done);
            else
              clock.setTimer(0, () => done({ kind: "failed", reason: `no host is called ${target.server}` }));
          },
        },
        alerts: { send: (recipients) => void node.alerts.push(...recipients) },
        fencer,
        store: node.disk.open(clock),
        scheduler: schedulerOn(clock, this.#options.schedulerFailure ?? (() => null)),
        clock,
        load: this.#loadMeter(node.nodeId),
        random: seededRandom(this.random.uint32()),
        log,
      },
      {
        featureSet: "3.20.5",
        changeRules: 1,
        ...this.#options.software?.(node.nodeId),
        version: "test",
        coreCount: 8,
        hasWatchdog: this.#options.hasWatchdog ?? false,
        startState: "default",
        timing: {
          ...DEFAULT_TIMING,
          dcDeadtimeMs: this.#options.dcDeadtimeMs ?? 5_000,
          quorumGainedDelayMs: 1_000,
          digestPingDelayMs: 1_000,
        },
      },
    );
    node.daemon = { node: controller, fencer, clock, engine, bus };
    fencer.subscribe({ completed: (outcome) => this.watch.fencingReported(node.nodeId, outcome) });
    controller.onStatusChange(() => this.watch.statusChanged());
    controller.cib.subscribe(() => this.watch.cibChanged(node.nodeId));
    controller.onExit((notice) => this.#exited(node, clock, notice));
    controller.start();
  }

  #loadMeter(nodeId: NodeId): LoadMeter | null {
    const { cpuLoad } = this.#options;
    return cpuLoad === undefined ? null : { cpuLoad: () => cpuLoad(nodeId), daemonShare: () => 0 };
  }

  /** The watch hears what is asked for and told. */
  #fencerChannel(bus: Bus): Channel {
    const channel = bus.channel("fencer");
    return {
      ...forwarding(channel),
      send: (body, to) => {
        this.watch.fencerSaid(body);
        channel.send(body, to);
      },
    };
  }

  #channel(bus: Bus, name: ControllerChannel, to: NodeId): Channel {
    const channel = bus.channel(name);
    return {
      ...forwarding(channel),
      subscribe: (events) =>
        channel.subscribe({
          ...events,
          message: (from, body) => {
            for (const tell of [...this.overhearing]) tell(to, name, body);
            events.message(from, body);
          },
        }),
    };
  }

  /** `on`: the node that it is of; null: the one that is told. */
  #setPromotionScore(told: Machine, resource: string, score: number, on: string | null): void {
    const request = attributeUpdate(`master-${resource}`, String(score), { node: on });
    told.daemon?.node.attributes.update(request, () => {});
  }

  #exited(node: Machine, clock: ProcessClock, notice: ExitNotice): void {
    node.exits.push(notice);
    this.log.add(node.name, "world", `exit ${notice.exitCode}: ${notice.reason}`);
    const { daemon } = node;
    if (daemon === null || daemon.clock !== clock) return;
    node.daemon = null;
    for (const remote of this.remotes) remote.clientEnded(node.nodeId);
    if (notice.exitCode === 0) daemon.bus.stop(() => daemon.clock.kill());
    else {
      daemon.clock.kill();
      daemon.engine.close();
    }
    const respawnMs = this.#options.respawnMs ?? null;
    if (respawnMs !== null && (notice.exitCode === 1 || notice.exitCode === 102))
      node.clock.setTimer(respawnMs, () => {
        if (node.isPowered && node.daemon === null) this.start(node.nodeId);
      });
  }

  #powerOff(node: Machine): void {
    node.isPowered = false;
    node.daemon?.clock.kill();
    node.daemon = null;
    node.services.losePower();
    this.hub.killNode(node.nodeId);
    for (const remote of this.remotes) remote.line(node.nodeId).clientLost();
    node.clock.thaw();
  }

  #severed(target: string): void {
    const node = this.nodes.find((candidate) => candidate.name === target);
    if (node === undefined) return;
    this.log.add("world", "power", `${target} is cut off from its storage`);
    this.watch.cleared(node.nodeId);
    node.services.losePower();
  }

  #fenced(target: string): void {
    const rebootMs = this.#options.rebootMs ?? null;
    const remote = this.remotes.find(({ name }) => name === target);
    if (remote !== undefined) {
      this.log.add("world", "power", `${target} is fenced`);
      this.watch.cleared(remote.nodeId);
      remote.losePower();
      if (rebootMs !== null) this.clock.setTimer(rebootMs, () => this.startRemote(target));
      return;
    }
    const node = this.nodes.find((candidate) => candidate.name === target);
    if (node === undefined) return;
    this.log.add("world", "power", `${target} is fenced`);
    this.watch.cleared(node.nodeId);
    if (node.isPowered) this.#powerOff(node);
    if (rebootMs !== null)
      this.clock.setTimer(rebootMs, () => {
        if (!node.isPowered) this.start(node.nodeId);
      });
  }
}

/** The same channel, as an object of which single members can be replaced. */
function forwarding(channel: Channel): Channel {
  const { localNodeId, localName, nodeList, clusterName } = channel;
  return {
    localNodeId,
    localName,
    nodeList,
    clusterName,
    send: (body, to) => channel.send(body, to),
    subscribe: (events) => channel.subscribe(events),
  };
}

function schedulerOn(clock: Clock, failure: () => string | null): SchedulerPort {
  return {
    run: ({ cib, nowMs }, done) => {
      const reason = failure();
      if (reason !== null) {
        clock.setTimer(5, () => done({ ok: false, reason }));
        return;
      }
      const graph = detachGraph(schedule(cib, { nowS: Math.floor(nowMs / 1000) }).graph);
      clock.setTimer(5, () => done({ ok: true, graph, source: "", severity: "none" }));
    },
  };
}
