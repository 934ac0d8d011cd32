import { digestV2 } from "@quorate/cib";
import {
  BUS_LIMITS,
  Bus,
  configureQuorum,
  DEMO_TIMING,
  ENGINE_LIMITS,
  Hub,
  MemoryEngine,
  QUORUM_DEFAULTS,
  type QuorumOptions,
} from "@quorate/membership";
import type { NodeId, Random } from "@quorate/ports";
import { schedule } from "@quorate/scheduler";
import {
  type CibAnswer,
  type ClusterNode,
  createClusterNode,
  DEFAULT_TIMING,
  type ExitNotice,
  type SchedulerPort,
} from "../../src/index.ts";
import { clusterOptions, resources } from "./configuration.ts";
import { FencingWorld } from "./fencing-world.ts";
import { Host } from "./host.ts";
import { MemoryDisk } from "./memory-store.ts";
import { tinySchedule } from "./tiny-scheduler.ts";
import { ProcessClock, seededRandom, VirtualClock } from "./virtual-clock.ts";

export interface TestClusterOptions {
  readonly seed?: number;
  readonly quorum?: Partial<QuorumOptions>;
  /** A fenced node comes back after this time; null: it stays off. */
  readonly rebootMs?: number | null;
  readonly dcDeadtimeMs?: number;
  /** Default `tiny`. */
  readonly scheduler?: "tiny" | "real";
}

/** A machine of the test: what outlives its daemon, and the daemon's present life. */
export interface TestNode {
  readonly nodeId: NodeId;
  readonly name: string;
  readonly host: Host;
  readonly disk: MemoryDisk;
  daemon: Daemon | null;
  isPowered: boolean;
  /** Ends of daemons on this node, in order. */
  readonly exits: ExitNotice[];
}

interface Daemon {
  readonly node: ClusterNode;
  readonly clock: ProcessClock;
  readonly engine: MemoryEngine;
  readonly bus: Bus;
}

/**
 * Whole nodes in one process under virtual time: the real controller, bus and in-memory engine; a scheduler, machines,
 * agents, fencing and disks of the test. Everything follows from the seed.
 */
export class TestCluster {
  readonly clock = new VirtualClock();
  readonly nodes: readonly TestNode[];
  readonly hub: Hub;
  readonly fencing: FencingWorld;
  readonly log: string[] = [];
  readonly violations: string[] = [];
  readonly random: Random;
  readonly #options: TestClusterOptions;
  /** What ran on a node when its power failed unplanned, until it is fenced or starts again. */
  readonly #unfenced = new Map<NodeId, Set<string>>();

  constructor(nodeCount: number, options: TestClusterOptions = {}) {
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
      timing: DEMO_TIMING,
      limits: ENGINE_LIMITS,
      sequences: {
        load: (nodeId) => sequences.get(nodeId) ?? 0,
        save: (nodeId, sequence) => void sequences.set(nodeId, sequence),
      },
      clock: this.clock,
      random: this.random,
      log: () => {},
    });
    const starting = (nodeId: NodeId, resource: string) => this.#checkStart(nodeId, resource);
    this.nodes = nodeList.map(({ nodeId, name }) => ({
      nodeId,
      name,
      host: new Host(nodeId, this.clock, { starting }),
      disk: new MemoryDisk(),
      daemon: null,
      isPowered: false,
      exits: [],
    }));
    this.fencing = new FencingWorld(this.clock, (target) => this.#fenced(target));
  }

  node(nodeId: NodeId): TestNode {
    return this.nodes[nodeId - 1]!;
  }

  /** The running daemon of a node. */
  controller(nodeId: NodeId): ClusterNode {
    const { daemon } = this.node(nodeId);
    if (daemon === null) throw new Error(`n${nodeId} has no daemon`);
    return daemon.node;
  }

  /** Power on, cluster layer and daemon. */
  start(...nodeIds: readonly NodeId[]): void {
    for (const nodeId of nodeIds.length > 0 ? nodeIds : this.nodes.map((node) => node.nodeId)) {
      const node = this.node(nodeId);
      if (!node.isPowered) {
        node.isPowered = true;
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
  }

  /** Cuts the power: everything on the machine is gone at once. */
  crash(nodeId: NodeId): void {
    const node = this.node(nodeId);
    if (!node.isPowered) return;
    if (node.host.active.size > 0) this.#unfenced.set(nodeId, new Set(node.host.active));
    this.#powerOff(node);
  }

  run(durationMs: number): void {
    this.clock.advance(durationMs);
    if (this.violations.length > 0)
      throw new Error(`${this.violations.join("\n")}\n--- log\n${this.tail(120)}`);
  }

  /** Advances until the condition holds; an error with the end of the log when it does not in time. */
  until(what: string, condition: () => boolean, limitMs = 120_000): void {
    const endMs = this.clock.monotonicMs() + limitMs;
    while (!condition()) {
      if (this.clock.monotonicMs() >= endMs)
        throw new Error(`not within ${limitMs} ms: ${what}\n--- log\n${this.tail(150)}\n${this.describe()}`);
      this.run(50);
    }
  }

  /** One DC that all running daemons agree on, nothing to do. */
  isSettled(): boolean {
    const running = this.running();
    const controllers = running.map((node) => node.daemon!.node);
    const leaders = new Set(controllers.map((controller) => controller.status().dc));
    const states = controllers.map((controller) => controller.status().state);
    return (
      running.length > 0 &&
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

  running(): readonly TestNode[] {
    return this.nodes.filter((node) => node.daemon !== null);
  }

  /** Where a resource really runs. */
  activeOn(resource: string): readonly NodeId[] {
    return this.nodes.filter((node) => node.host.active.has(resource)).map((node) => node.nodeId);
  }

  /** Sends a request to a node; the answer when it came within the time. */
  request(
    nodeId: NodeId,
    operation: string,
    fields: { section?: string; xpath?: string; data?: string; flags?: readonly string[] },
    limitMs = 60_000,
  ): CibAnswer | null {
    let answer: CibAnswer | null = null;
    this.ask(nodeId, operation, fields, (given) => {
      answer = given;
    });
    const endMs = this.clock.monotonicMs() + limitMs;
    while (answer === null && this.clock.monotonicMs() < endMs) this.run(5);
    return answer;
  }

  ask(
    nodeId: NodeId,
    operation: string,
    fields: { section?: string; xpath?: string; data?: string; flags?: readonly string[] },
    done: (answer: CibAnswer) => void,
  ): void {
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
    content: { options?: Readonly<Record<string, string>>; resources?: readonly string[] },
    options: TestClusterOptions = {},
  ): TestCluster {
    const cluster = new TestCluster(nodeCount, options);
    cluster.start();
    cluster.settle();
    const answers = [
      cluster.request(1, "cib_modify", {
        section: "crm_config",
        data: clusterOptions(content.options ?? {}),
      }),
      cluster.request(1, "cib_modify", {
        section: "resources",
        data: resources(...(content.resources ?? [])),
      }),
    ];
    for (const answer of answers)
      if (answer?.kind !== "done" || answer.code !== "ok") throw new Error(JSON.stringify(answer));
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

  tail(count: number): string {
    return this.log.slice(-count).join("\n");
  }

  describe(): string {
    return this.nodes
      .map((node) => {
        const status = node.daemon?.node.status();
        return `${node.name}: ${status?.state ?? "off"} dc=${status?.dc ?? "-"} quorate=${status?.isQuorate ?? "-"} active=${[...node.host.active].join(",")}`;
      })
      .join("\n");
  }

  #startDaemon(node: TestNode): void {
    const clock = new ProcessClock(this.clock);
    const engine = new MemoryEngine(this.hub, node.nodeId, clock);
    const log = (level: string, message: string) => {
      const time = (this.clock.monotonicMs() / 1000).toFixed(3);
      this.log.push(`${time} ${node.name} ${level}: ${message}`);
    };
    const bus = new Bus({ engine, group: "quorate", clock, log, limits: BUS_LIMITS });
    bus.start({
      connected: () => {
        const controller = createClusterNode(
          {
            channels: { cib: bus.channel("cib"), attr: bus.channel("attr"), ctl: bus.channel("ctl") },
            agents: node.host.executor(clock),
            fencer: this.fencing.fencer(node, clock),
            store: node.disk.open(clock),
            scheduler: scheduler(clock, this.#options.scheduler ?? "tiny"),
            clock,
            random: seededRandom(this.random.uint32()),
            log,
          },
          {
            featureSet: "3.20.5",
            version: "test",
            coreCount: 8,
            hasWatchdog: false,
            startState: "default",
            timing: {
              ...DEFAULT_TIMING,
              dcDeadtimeMs: this.#options.dcDeadtimeMs ?? 5_000,
              quorumGainedDelayMs: 1_000,
              digestPingDelayMs: 1_000,
            },
          },
        );
        node.daemon = { node: controller, clock, engine, bus };
        controller.onExit((notice) => this.#exited(node, notice));
        controller.start();
      },
      lost: () => {
        if (node.daemon?.clock === clock) node.daemon = null;
      },
    });
  }

  #exited(node: TestNode, notice: ExitNotice): void {
    node.exits.push(notice);
    this.log.push(
      `${(this.clock.monotonicMs() / 1000).toFixed(3)} ${node.name} exit ${notice.exitCode}: ${notice.reason}`,
    );
    const { daemon } = node;
    node.daemon = null;
    if (daemon === null) return;
    if (notice.exitCode === 0)
      daemon.bus.stop(() => {
        daemon.clock.kill();
      });
    else {
      daemon.clock.kill();
      daemon.engine.close();
    }
  }

  #powerOff(node: TestNode): void {
    node.isPowered = false;
    node.daemon?.clock.kill();
    node.daemon = null;
    node.host.losePower();
    this.hub.killNode(node.nodeId);
  }

  #fenced(target: string): void {
    const node = this.nodes.find((candidate) => candidate.name === target);
    if (node === undefined) return;
    this.#unfenced.delete(node.nodeId);
    this.log.push(`${(this.clock.monotonicMs() / 1000).toFixed(3)} world: ${target} is fenced`);
    if (node.isPowered) this.#powerOff(node);
    const rebootMs = this.#options.rebootMs ?? null;
    if (rebootMs !== null)
      this.clock.setTimer(rebootMs, () => {
        if (!node.isPowered) this.start(node.nodeId);
      });
  }

  /** Law 3, seen from outside. */
  #checkStart(nodeId: NodeId, resource: string): void {
    const time = (this.clock.monotonicMs() / 1000).toFixed(3);
    for (const other of this.nodes) {
      if (other.nodeId === nodeId) {
        this.#unfenced.get(nodeId)?.delete(resource);
        continue;
      }
      if (other.host.active.has(resource))
        this.violations.push(`${time}: ${resource} is started on n${nodeId} while it runs on ${other.name}`);
      if (this.#unfenced.get(other.nodeId)?.has(resource) && !other.isPowered)
        this.violations.push(
          `${time}: ${resource} is started on n${nodeId}, but ${other.name} was not fenced`,
        );
    }
  }
}

function scheduler(clock: ProcessClock, kind: "tiny" | "real"): SchedulerPort {
  return {
    run: ({ cib, nowMs }, done) => {
      const graph =
        kind === "tiny" ? tinySchedule(cib) : schedule(cib, { nowS: Math.floor(nowMs / 1000) }).graph;
      clock.setTimer(5, () => done({ ok: true, graph, source: "" }));
    },
  };
}
