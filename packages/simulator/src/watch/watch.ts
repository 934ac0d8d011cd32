import type { FenceOutcome, JsonObject, NodeId } from "@quorate/ports";
import type { SimulatedCluster } from "../cluster/cluster.ts";
import type { Machine } from "../cluster/machine.ts";
import { AcknowledgedChanges } from "./acknowledged.ts";
import { ExclusiveWatch } from "./exclusive.ts";
import { QuorumAndFencingWatch } from "./fencing-reports.ts";
import { isLeadingWithQuorum, LeadershipWatch } from "./leadership.ts";
import { RemoteAttributeWatch } from "./remote-attributes.ts";
import { ReplicaWatch } from "./replicas.ts";

/** How often what is not told by an event is looked at. */
const SWEEP_MS = 100;
/** A machine that stood still is not asked before it has heard what happened meanwhile. */
const THAW_MS = 1_000;

/** The invariants of a cluster, compared with what really happens after each event. */
export class Watch {
  readonly violations: string[] = [];
  readonly acknowledged = new AcknowledgedChanges();
  readonly attributes = new RemoteAttributeWatch();
  /** How long a message may be on its way. */
  latencyMs = 0;
  readonly #cluster: SimulatedCluster;
  readonly #exclusive: ExclusiveWatch;
  readonly #leadership: LeadershipWatch;
  readonly #replicas: ReplicaWatch;
  readonly #quorum: QuorumAndFencingWatch;
  readonly #idle = new Set<NodeId>();
  readonly #thawedMs = new Map<NodeId, number>();
  readonly #known = new Set<string>();

  constructor(cluster: SimulatedCluster, exclusive: readonly string[]) {
    this.#cluster = cluster;
    const report = (violation: string) => this.#report(violation);
    this.#exclusive = new ExclusiveWatch(() => [...cluster.nodes, ...cluster.remotes], exclusive, report);
    this.#leadership = new LeadershipWatch(report);
    this.#replicas = new ReplicaWatch(report);
    this.#quorum = new QuorumAndFencingWatch(report);
    this.#sweep();
  }

  starting(nodeId: NodeId, resource: string): void {
    this.#exclusive.active(nodeId, resource);
    const remote = this.#cluster.remotes.find((machine) => machine.nodeId === nodeId);
    // On a remote host, whoever asks for it is the one that needs quorum.
    const responsible = remote === undefined ? nodeId : remote.servedNode;
    if (responsible !== null) this.#quorum.starting(responsible, resource, this.#nowMs());
  }

  /** What began with quorum may end without: a host that stands still takes as long as it stands. */
  started(nodeId: NodeId, resource: string): void {
    this.#exclusive.active(nodeId, resource);
  }

  promoting(nodeId: NodeId, resource: string): void {
    this.#exclusive.promoting(nodeId, resource);
  }

  powerFailed(nodeId: NodeId, active: ReadonlySet<string>): void {
    this.#exclusive.powerFailed(nodeId, active);
  }

  fencing(by: string, target: string): void {
    const executor = this.#cluster.nodes.find((machine) => machine.name === by);
    const victim = [...this.#cluster.nodes, ...this.#cluster.remotes].find(({ name }) => name === target);
    if (executor === undefined || victim === undefined) return;
    this.#lookAtRing(executor);
    this.#quorum.fencing(executor.nodeId, victim, this.#nowMs());
  }

  /** Its power was cut by a fence device, or it is switched on. */
  cleared(nodeId: NodeId): void {
    this.#exclusive.cleared(nodeId);
  }

  fencerSaid(body: JsonObject): void {
    this.#quorum.said(body, this.#nowMs());
  }

  fencingReported(nodeId: NodeId, outcome: FenceOutcome): void {
    this.#quorum.reported(nodeId, outcome, this.#cluster.power.lastCutMs(outcome.record.target));
  }

  thawed(nodeId: NodeId): void {
    this.#thawedMs.set(nodeId, this.#nowMs());
    this.#leadership.thawed(nodeId);
  }

  cibChanged(_nodeId: NodeId): void {
    this.#replicas.changed(this.#nowMs());
  }

  statusChanged(): void {
    this.#replicas.changed(this.#nowMs());
    this.#examine();
    for (const machine of this.#cluster.nodes) {
      const isIdle = machine.daemon?.node.status().state === "S_IDLE";
      const wasIdle = this.#idle.has(machine.nodeId);
      if (isIdle) this.#idle.add(machine.nodeId);
      else this.#idle.delete(machine.nodeId);
      if (!isIdle || wasIdle || !isLeadingWithQuorum(machine) || !this.#hasMostDaemons(machine)) continue;
      if (this.#nowMs() - (this.#thawedMs.get(machine.nodeId) ?? -THAW_MS) >= THAW_MS)
        for (const problem of this.acknowledged.missingIn(machine.daemon!.node.cib.document))
          this.#report(`on the DC ${machine.name}, ${problem}`);
    }
  }

  /** Quorum counts machines: where most daemons are gone, the others' copies may be the newer ones, and nobody can know. */
  #hasMostDaemons({ daemon }: Machine): boolean {
    const online = daemon?.node.nodes().filter((node) => node.isOnline).length ?? 0;
    return 2 * online > this.#cluster.nodes.length;
  }

  #examine(): void {
    const { nodes } = this.#cluster;
    const nowMs = this.#nowMs();
    this.#leadership.examine(nodes, nowMs);
    this.#replicas.examine(nodes, nowMs, this.latencyMs);
    for (const machine of nodes) this.#lookAtRing(machine);
  }

  #lookAtRing({ nodeId, daemon }: Machine): void {
    const ring = daemon?.engine.quorumStatus() ?? null;
    if (ring !== null) this.#quorum.saw(nodeId, ring, this.#nowMs());
  }

  #sweep(): void {
    this.#examine();
    this.#cluster.clock.setTimer(SWEEP_MS, () => this.#sweep());
  }

  #nowMs(): number {
    return this.#cluster.clock.monotonicMs();
  }

  /** Each is told once: the first time is what counts. */
  #report(violation: string): void {
    if (this.#known.has(violation)) return;
    this.#known.add(violation);
    const text = `${(this.#nowMs() / 1000).toFixed(3)}: ${violation}`;
    this.violations.push(text);
    this.#cluster.log.add("watch", "violation", violation);
  }
}
