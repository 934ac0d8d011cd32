import { digestV2 } from "@quorate/cib";
import type { CibAnswer, ClusterNode } from "@quorate/controller";
import { configureQuorum, DEMO_TIMING, ENGINE_LIMITS, Hub, QUORUM_DEFAULTS } from "@quorate/membership";
import type { NodeId, Random } from "@quorate/ports";
import { MemoryDisk } from "../machine/disk.ts";
import { PowerSwitches } from "../machine/power.ts";
import { RemoteMachine } from "../machine/remote-machine.ts";
import { Services } from "../machine/services.ts";
import { seededRandom } from "../time/random.ts";
import { MachineClock, VirtualClock } from "../time/virtual-clock.ts";
import { Watch } from "../watch/watch.ts";
import { clusterOptions, resources } from "./configuration.ts";
import { Daemons, type Overhearing } from "./daemons.ts";
import { EventLog } from "./event-log.ts";
import type { Machine } from "./machine.ts";
import type { ClusterOptions } from "./options.ts";

/** Remote hosts have numbers above those of all nodes. */
const REMOTE_ID_BASE = 101;

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
  readonly overhearing = new Set<Overhearing>();
  readonly #options: ClusterOptions;
  readonly #daemons: Daemons;

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
        started: (on, resource) => this.watch.started(on, resource),
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
            started: (on, resource) => this.watch.started(on, resource),
            promoting: (on, resource) => this.watch.promoting(on, resource),
          }),
          (via, resource, score) => this.#daemons.setPromotionScore(this.node(via), resource, score, name),
        ),
    );
    this.power = new PowerSwitches(this.clock, {
      used: (by, target) => this.watch.fencing(by, target),
      cut: (target) => this.#fenced(target),
      severed: (target) => this.#severed(target),
    });
    this.watch = new Watch(this, options.exclusive ?? ["d1", "d2"]);
    const { hub, power, remotes, random, log, watch, overhearing } = this;
    this.#daemons = new Daemons({ options, hub, power, remotes, random, log, watch, overhearing });
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
      if (node.daemon === null) this.#daemons.start(node);
    }
  }

  /** Kills the daemon; cluster layer and services go on. */
  killDaemon(nodeId: NodeId): void {
    this.#daemons.kill(this.node(nodeId));
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
