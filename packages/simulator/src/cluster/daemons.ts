import {
  type ClusterNode,
  createClusterNode,
  DEFAULT_TIMING,
  type ExitNotice,
  type SchedulerPort,
} from "@quorate/controller";
import { createFencer } from "@quorate/fencer";
import { BUS_LIMITS, Bus, type Hub, MemoryEngine } from "@quorate/membership";
import type { Channel, Clock, JsonObject, LoadMeter, Log, NodeId, Random } from "@quorate/ports";
import { detachGraph, schedule } from "@quorate/scheduler";
import { simulatedExecutor } from "../machine/executor.ts";
import type { PowerSwitches } from "../machine/power.ts";
import type { RemoteMachine } from "../machine/remote-machine.ts";
import { seededRandom } from "../time/random.ts";
import { ProcessClock } from "../time/virtual-clock.ts";
import type { Watch } from "../watch/watch.ts";
import { attributeUpdate } from "./attribute-update.ts";
import type { EventLog } from "./event-log.ts";
import type { Machine } from "./machine.ts";
import type { ClusterOptions } from "./options.ts";

/** Fed by sbd. A panic shows in the exit status of the daemon. */
const WATCHDOG = { timeoutMs: 5_000, panic: () => {} };

export type ControllerChannel = "cib" | "attr" | "ctl";

/** Told of every message to the controller of a node before it gets it. */
export type Overhearing = (to: NodeId, channel: ControllerChannel, body: JsonObject) => void;

/** The world that daemons live in. */
interface Surroundings {
  readonly options: ClusterOptions;
  readonly hub: Hub;
  readonly power: PowerSwitches;
  readonly remotes: readonly RemoteMachine[];
  readonly random: Random;
  readonly log: EventLog;
  readonly watch: Watch;
  readonly overhearing: ReadonlySet<Overhearing>;
}

/** What is wired to one life of a daemon. */
interface Life {
  readonly clock: ProcessClock;
  readonly engine: MemoryEngine;
  readonly bus: Bus;
  readonly log: Log;
}

/** A daemon that ended with one of these codes is started again by whoever looks after it. */
const RESPAWN_CODES: ReadonlySet<number> = new Set([1, 102]);

/** The daemons of the machines: the real controller, fencer, scheduler and bus on simulated ports, from their start to their end. */
export class Daemons {
  readonly #world: Surroundings;

  constructor(world: Surroundings) {
    this.#world = world;
  }

  start(machine: Machine): void {
    const clock = new ProcessClock(machine.clock);
    const engine = new MemoryEngine(this.#world.hub, machine.nodeId, clock);
    const log: Log = (level, message) => this.#world.log.add(machine.name, level, message);
    const bus = new Bus({ engine, group: "quorate", clock, log, limits: BUS_LIMITS });
    bus.start({
      connected: () => this.#wire(machine, { clock, engine, bus, log }),
      lost: () => {
        if (machine.daemon?.clock === clock) machine.daemon = null;
      },
    });
  }

  /** Ends the daemon at once; the machine, its cluster layer and its services go on. */
  kill(machine: Machine): void {
    machine.daemon?.clock.kill();
    machine.daemon?.engine.close();
    machine.daemon = null;
    for (const remote of this.#world.remotes) remote.clientEnded(machine.nodeId);
  }

  /** What an agent on the machine says; `on`: the node that the score is of; null: the machine's own. */
  setPromotionScore(machine: Machine, resource: string, score: number, on: string | null): void {
    const request = attributeUpdate(`master-${resource}`, String(score), { node: on });
    machine.daemon?.node.attributes.update(request, () => {});
  }

  #wire(machine: Machine, life: Life): void {
    const { clock, engine, bus, log } = life;
    const { options, power, random, watch } = this.#world;
    const { nodeId } = machine;
    const fencer = createFencer({
      channel: this.#fencerChannel(bus),
      agents: power.agents(machine.name, { daemon: clock, machine: machine.clock }),
      clock,
      random: seededRandom(random.uint32()),
      log,
      watchdog: options.hasWatchdog === true ? WATCHDOG : null,
    });
    const controller: ClusterNode = createClusterNode(
      {
        channels: {
          cib: this.#channel(bus, "cib", nodeId),
          attr: this.#channel(bus, "attr", nodeId),
          ctl: this.#channel(bus, "ctl", nodeId),
        },
        agents: simulatedExecutor({
          services: machine.services,
          clock,
          machineClock: machine.clock,
          fencer,
          promotionScore: (resource, score) => this.setPromotionScore(machine, resource, score, null),
        }),
        remoteHosts: {
          connect: (target, timeoutMs, done) => {
            const remote = this.#world.remotes.find(({ name }) => name === target.server);
            const client = { clock, nodeId };
            if (remote !== undefined) remote.connect(client, target, timeoutMs, done);
            else
              clock.setTimer(0, () => done({ kind: "failed", reason: `no host is called ${target.server}` }));
          },
        },
        alerts: { send: (recipients) => void machine.alerts.push(...recipients) },
        fencer,
        store: machine.disk.open(clock),
        scheduler: schedulerOn(clock, options.schedulerFailure ?? (() => null)),
        clock,
        load: this.#loadMeter(nodeId),
        random: seededRandom(random.uint32()),
        log,
      },
      {
        featureSet: "3.20.5",
        changeRules: 1,
        ...options.software?.(nodeId),
        version: "test",
        coreCount: 8,
        hasWatchdog: options.hasWatchdog ?? false,
        startState: "default",
        actionLimit: null,
        ...options.settings?.(nodeId),
        timing: {
          ...DEFAULT_TIMING,
          dcDeadtimeMs: options.dcDeadtimeMs ?? 5_000,
          quorumGainedDelayMs: 1_000,
          digestPingDelayMs: 1_000,
        },
      },
    );
    machine.daemon = { node: controller, fencer, clock, engine, bus };
    fencer.subscribe({ completed: (outcome) => watch.fencingReported(nodeId, outcome) });
    controller.onStatusChange(() => watch.statusChanged());
    controller.cib.subscribe(() => watch.cibChanged(nodeId));
    controller.onExit((notice) => this.#exited(machine, clock, notice));
    controller.start();
  }

  #exited(machine: Machine, clock: ProcessClock, notice: ExitNotice): void {
    machine.exits.push(notice);
    this.#world.log.add(machine.name, "world", `exit ${notice.exitCode}: ${notice.reason}`);
    const { daemon } = machine;
    if (daemon === null || daemon.clock !== clock) return;
    machine.daemon = null;
    for (const remote of this.#world.remotes) remote.clientEnded(machine.nodeId);
    if (notice.exitCode === 0) daemon.bus.stop(() => daemon.clock.kill());
    else {
      daemon.clock.kill();
      daemon.engine.close();
    }
    const respawnMs = this.#world.options.respawnMs ?? null;
    if (respawnMs !== null && RESPAWN_CODES.has(notice.exitCode))
      machine.clock.setTimer(respawnMs, () => {
        if (machine.isPowered && machine.daemon === null) this.start(machine);
      });
  }

  #loadMeter(nodeId: NodeId): LoadMeter | null {
    const { cpuLoad } = this.#world.options;
    return cpuLoad === undefined ? null : { cpuLoad: () => cpuLoad(nodeId), daemonShare: () => 0 };
  }

  /** The watch hears what is asked for and told. */
  #fencerChannel(bus: Bus): Channel {
    const channel = bus.channel("fencer");
    return {
      ...forwarding(channel),
      send: (body, to) => {
        this.#world.watch.fencerSaid(body);
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
            for (const tell of [...this.#world.overhearing]) tell(to, name, body);
            events.message(from, body);
          },
        }),
    };
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
