import type { NodeId } from "@quorate/ports";
import { dummy, fenceDevice } from "./configuration.ts";
import { TestCluster } from "./test-cluster.ts";

/** One step of a schedule; `afterMs` is the time before it. */
export interface FaultStep {
  readonly afterMs: number;
  readonly fault: Fault;
}

export type Fault =
  | { readonly kind: "crash" | "start" | "killDaemon" | "shutdown" | "isolate"; readonly nodeId: NodeId }
  | { readonly kind: "split"; readonly mask: number }
  | { readonly kind: "heal" }
  | { readonly kind: "breakResource"; readonly resource: string }
  | { readonly kind: "standby"; readonly nodeId: NodeId; readonly isOn: boolean }
  | { readonly kind: "change"; readonly nodeId: NodeId }
  | { readonly kind: "fencingFails"; readonly isBroken: boolean };

/** The world in which a schedule runs. */
export interface World {
  readonly seed: number;
  readonly nodeCount: number;
  readonly scheduler: "tiny" | "real";
  readonly agentMs: number;
  readonly diskMs: number;
  readonly fenceMs: number;
  readonly rebootMs: number;
}

export interface ScheduleOutcome {
  readonly cluster: TestCluster;
  /** What is wrong at the end; empty when all is well. */
  readonly problems: readonly string[];
}

const RESPAWN_MS = 1_000;
const RESOURCES = ["d1", "d2"];

/**
 * Runs a schedule of faults on a cluster with fencing, then takes all faults away and demands that the cluster
 * comes to rest with one DC, equal replicas, every resource running once, and every change that was
 * acknowledged on a side with quorum. What must never happen on the way is checked by `TestCluster`.
 */
export function runSchedule(world: World, steps: readonly FaultStep[]): ScheduleOutcome {
  const { seed, nodeCount, scheduler, rebootMs } = world;
  const cluster = TestCluster.ready(
    nodeCount,
    {
      options: { "cluster-delay": "5s" },
      resources: [fenceDevice(), ...RESOURCES.map((id) => dummy(id))],
    },
    { seed, rebootMs, scheduler },
  );
  for (const node of cluster.nodes) {
    node.host.durationMs = world.agentMs;
    node.disk.latencyMs = world.diskMs;
  }
  cluster.fencing.delayMs = world.fenceMs;
  const acknowledged: string[] = [];
  steps.forEach(({ afterMs, fault }, index) => {
    cluster.run(afterMs);
    inject(cluster, fault, index, acknowledged);
  });
  cluster.run(1_000);
  cluster.hub.heal();
  cluster.fencing.broken.clear();
  cluster.run(5_000);
  cluster.start();
  cluster.run(2_000);
  for (let attempt = 0; attempt < 3; attempt += 1) {
    cluster.settle(180_000);
    cluster.start();
    const anyone = cluster.running()[0]!.nodeId;
    for (const node of cluster.nodes) setStandby(cluster, anyone, node.nodeId, false);
    cluster
      .controller(anyone)
      .cleanup({ kind: "cleanup", resource: null, node: null, operation: null, intervalMs: null }, () => {});
    cluster.run(3_000);
  }
  cluster.settle(180_000);
  return { cluster, problems: problemsOf(cluster, acknowledged) };
}

function problemsOf(cluster: TestCluster, acknowledged: readonly string[]): string[] {
  const problems: string[] = [];
  if (cluster.running().length !== cluster.nodes.length)
    problems.push(`only ${cluster.running().length} daemons run`);
  if (cluster.digests().length !== 1) problems.push("the replicas differ");
  for (const id of RESOURCES)
    if (cluster.activeOn(id).length !== 1)
      problems.push(`${id} is active on [${cluster.activeOn(id).join(" ")}]`);
  const names = new Set(
    [...cluster.controller(1).cib.document.descendants("nvpair")].map((pair) => pair.get("name")),
  );
  for (const name of acknowledged)
    if (!names.has(name)) problems.push(`the acknowledged change ${name} is lost`);
  return problems;
}

function inject(cluster: TestCluster, fault: Fault, index: number, acknowledged: string[]): void {
  const all = cluster.nodes.map((node) => node.nodeId);
  switch (fault.kind) {
    case "crash":
      cluster.crash(fault.nodeId);
      return;
    case "start":
      cluster.start(fault.nodeId);
      return;
    case "killDaemon":
      cluster.killDaemon(fault.nodeId);
      // As the service manager would.
      cluster.clock.setTimer(RESPAWN_MS, () => {
        if (cluster.node(fault.nodeId).isPowered) cluster.start(fault.nodeId);
      });
      return;
    case "shutdown": {
      // What runs on a node whose daemon ends before it has joined is nobody's business: not a case for this check.
      const controller = cluster.node(fault.nodeId).daemon?.node;
      if (controller?.status().state !== "S_STARTING" && controller?.status().state !== "S_PENDING")
        controller?.shutdown();
      return;
    }
    case "isolate":
      cluster.hub.isolate(fault.nodeId);
      return;
    case "split":
      cluster.hub.partition([
        all.filter((nodeId) => (fault.mask & (1 << nodeId)) !== 0),
        all.filter((nodeId) => (fault.mask & (1 << nodeId)) === 0),
      ]);
      return;
    case "heal":
      cluster.hub.heal();
      return;
    case "breakResource":
      for (const node of cluster.nodes) node.host.breakResource(fault.resource);
      return;
    case "standby":
      setStandby(cluster, fault.nodeId, fault.nodeId, fault.isOn);
      return;
    case "change": {
      const controller = cluster.node(fault.nodeId).daemon?.node;
      if (controller === undefined || !controller.status().isQuorate) return;
      const name = `x-${index}`;
      const data =
        '<crm_config><cluster_property_set id="cib-bootstrap-options">' +
        `<nvpair id="o-${name}" name="${name}" value="1"/></cluster_property_set></crm_config>`;
      cluster.ask(fault.nodeId, "cib_modify", { section: "crm_config", data }, (answer) => {
        const online = controller.nodes().filter((node) => node.isOnline).length;
        const hasMajority = 2 * online > cluster.nodes.length && controller.status().isQuorate;
        if (answer.kind === "done" && answer.code === "ok" && hasMajority) acknowledged.push(name);
      });
      return;
    }
    case "fencingFails":
      for (const node of cluster.nodes) {
        if (fault.isBroken) cluster.fencing.broken.add(node.name);
        else cluster.fencing.broken.delete(node.name);
      }
      return;
    default:
      fault satisfies never;
  }
}

function setStandby(cluster: TestCluster, via: NodeId, nodeId: NodeId, isOn: boolean): void {
  if (cluster.node(via).daemon === null) return;
  const data =
    `<nodes><node id="${nodeId}" uname="n${nodeId}"><instance_attributes id="nodes-${nodeId}">` +
    `<nvpair id="nodes-${nodeId}-standby" name="standby" value="${isOn}"/></instance_attributes></node></nodes>`;
  cluster.ask(via, "cib_modify", { section: "nodes", data }, () => {});
}
