import type { NodeId } from "@quorate/ports";
import { attributeUpdate } from "../cluster/attribute-update.ts";
import type { SimulatedCluster } from "../cluster/cluster.ts";
import type { Daemon, Machine } from "../cluster/machine.ts";
import type { SwitchState } from "../machine/power.ts";
import type { Services } from "../machine/services.ts";
import { optionsOf } from "../watch/acknowledged.ts";
import { injectRemote } from "./inject-remote.ts";
import { describeFault, type Fault } from "./plan.ts";

const RESPAWN_MS = 1_000;

/** Does to the cluster what the fault says; `index` names what belongs to this step. */
export function inject(cluster: SimulatedCluster, fault: Fault, index: number): void {
  cluster.log.add("world", "fault", describeFault(fault));
  const all = cluster.nodes.map((node) => node.nodeId);
  const hasBit = (mask: number, nodeId: NodeId) => (mask & (1 << (nodeId - 1))) !== 0;
  switch (fault.kind) {
    case "crash":
      cluster.crash(fault.nodeId);
      return;
    case "start":
      cluster.start(fault.nodeId);
      return;
    case "killDaemon":
      killDaemon(cluster, fault.nodeId, true);
      return;
    case "killDaemons":
      for (const nodeId of all) killDaemon(cluster, nodeId, hasBit(fault.mask, nodeId));
      return;
    case "shutdown":
      withDaemon(cluster, fault.nodeId, ({ node }) => node.shutdown());
      return;
    case "isolate":
      cluster.hub.isolate(fault.nodeId);
      return;
    case "split":
      cluster.hub.partition([
        all.filter((nodeId) => hasBit(fault.mask, nodeId)),
        all.filter((nodeId) => !hasBit(fault.mask, nodeId)),
      ]);
      return;
    case "cutLink":
      cluster.hub.setLink(fault.nodeId, fault.other, false);
      return;
    case "heal":
      cluster.hub.heal();
      return;
    case "blackout":
      for (const nodeId of all) cluster.crash(nodeId);
      cluster.clock.setTimer(fault.forMs, () => {
        for (const nodeId of all) if (hasBit(fault.mask, nodeId)) cluster.start(nodeId);
      });
      return;
    case "freeze":
      cluster.freeze(fault.nodeId);
      cluster.clock.setTimer(fault.forMs, () => cluster.thaw(fault.nodeId));
      return;
    case "freezeDaemon": {
      const { daemon } = cluster.node(fault.nodeId);
      cluster.freezeDaemon(fault.nodeId);
      cluster.clock.setTimer(fault.forMs, () => {
        if (cluster.node(fault.nodeId).daemon === daemon) cluster.thawDaemon(fault.nodeId);
      });
      return;
    }
    case "breakResource":
      for (const node of [...cluster.nodes, ...cluster.remotes]) node.services.breakResource(fault.resource);
      return;
    case "agent":
      misbehave(cluster, cluster.node(fault.nodeId).services, fault);
      return;
    case "switch":
      breakSwitch(cluster, `n${fault.nodeId}`, fault);
      return;
    case "switches":
      for (const nodeId of all) breakSwitch(cluster, `n${nodeId}`, fault);
      for (const { name } of cluster.remotes) breakSwitch(cluster, name, fault);
      return;
    case "diskFails": {
      const machine = cluster.node(fault.nodeId);
      machine.disk.writeError = "EIO";
      cluster.clock.setTimer(fault.forMs, () => repairDisk(machine));
      return;
    }
    case "tear":
      tear(cluster, fault);
      return;
    case "clockJump":
      cluster.node(fault.nodeId).clock.wallOffsetMs += fault.offsetMs;
      return;
    case "standby":
      setStandby(cluster, fault.nodeId, fault.nodeId, fault.isOn);
      return;
    case "changes":
      fault.nodeIds.forEach(
        (nodeId, client) => void new Client(cluster, nodeId, `x-${index}-${client}`).write(1),
      );
      return;
    case "attribute":
      setAttribute(cluster, fault);
      return;
    default:
      injectRemote(cluster, fault);
  }
}

/** `isRespawned`: as the service manager would. */
function killDaemon(cluster: SimulatedCluster, nodeId: NodeId, isRespawned: boolean): void {
  cluster.killDaemon(nodeId);
  const machine = cluster.node(nodeId);
  if (isRespawned)
    machine.clock.setTimer(RESPAWN_MS, () => {
      if (machine.isPowered) cluster.start(nodeId);
    });
}

export function breakSwitch(
  cluster: SimulatedCluster,
  target: string,
  { state, forMs }: { readonly state: SwitchState; readonly forMs: number },
): void {
  cluster.power.set(target, state);
  cluster.clock.setTimer(forMs, () => cluster.power.set(target, "works"));
}

export function misbehave(
  cluster: SimulatedCluster,
  { behaviours }: Services,
  {
    operation,
    behaviour,
    forMs,
  }: Pick<Extract<Fault, { kind: "agent" }>, "operation" | "behaviour" | "forMs">,
): void {
  behaviours.set(operation, behaviour);
  cluster.clock.setTimer(forMs, () => {
    if (behaviours.get(operation) === behaviour) behaviours.delete(operation);
  });
}

export function repairDisk(machine: Machine): void {
  machine.disk.writeError = null;
  machine.daemon?.node.enableDiskWrites();
}

export function setStandby(cluster: SimulatedCluster, via: NodeId, nodeId: NodeId, isOn: boolean): void {
  const data =
    `<nodes><node id="${nodeId}" uname="n${nodeId}"><instance_attributes id="nodes-${nodeId}">` +
    `<nvpair id="nodes-${nodeId}-standby" name="standby" value="${isOn}"/></instance_attributes></node></nodes>`;
  withDaemon(cluster, via, () => cluster.ask(via, "cib_modify", { section: "nodes", data }, () => {}));
}

function setAttribute(
  cluster: SimulatedCluster,
  { nodeId, value, delayMs }: Extract<Fault, { kind: "attribute" }>,
): void {
  const request = attributeUpdate("mood", value, { kind: "both", delayMs, wait: "cluster" });
  withDaemon(cluster, nodeId, ({ node }) => node.attributes.update(request, () => {}));
}

/** Runs in the daemon of a node, if there is one, as soon as it does not stand still. */
export function withDaemon(cluster: SimulatedCluster, nodeId: NodeId, task: (daemon: Daemon) => void): void {
  const { daemon } = cluster.node(nodeId);
  daemon?.clock.setTimer(0, () => {
    if (cluster.node(nodeId).daemon === daemon) task(daemon);
  });
}

/**
 * A copy that is torn is lost; what is acknowledged must then be on the disks of a majority without it: only while all the
 * others are at rest and their disks are well.
 */
function tear(
  cluster: SimulatedCluster,
  { nodeId, file, keptPercent }: Extract<Fault, { kind: "tear" }>,
): void {
  const others = cluster.nodes.filter((node) => node.nodeId !== nodeId);
  const isWell = ({ daemon, disk }: Machine) => {
    const status = daemon?.node.status();
    const isAtRest = status?.state === "S_IDLE" || status?.state === "S_NOT_DC";
    return isAtRest && status.isQuorate && status.diskProblem === null && disk.writeError === null;
  };
  if (2 * others.filter(isWell).length <= cluster.nodes.length || !others.every(isWell)) return;
  const { disk } = cluster.node(nodeId);
  cluster.crash(nodeId);
  const length = disk.files.get(file)?.content.length ?? 0;
  disk.tear(file, Math.floor((length * keptPercent) / 100));
}

/** Sets a cluster option, raises it, and removes it again if it is told to: each step after the answer to the one before. */
class Client {
  readonly #cluster: SimulatedCluster;
  readonly #nodeId: NodeId;
  readonly #name: string;

  constructor(cluster: SimulatedCluster, nodeId: NodeId, name: string) {
    this.#cluster = cluster;
    this.#nodeId = nodeId;
    this.#name = name;
  }

  write(value: number): void {
    const data =
      '<crm_config><cluster_property_set id="cib-bootstrap-options">' +
      `<nvpair id="o-${this.#name}" name="${this.#name}" value="${value}"/></cluster_property_set></crm_config>`;
    this.#ask("cib_modify", { section: "crm_config", data }, value, () => {
      if (value === 1) this.write(2);
      else if (this.#name.endsWith("-1")) this.remove();
    });
  }

  remove(): void {
    this.#ask("cib_delete", { xpath: `//nvpair[@id='o-${this.#name}']` }, null, () => {});
  }

  #ask(
    operation: string,
    fields: { readonly section?: string; readonly xpath?: string; readonly data?: string },
    value: number | null,
    then: () => void,
  ): void {
    const cluster = this.#cluster;
    withDaemon(cluster, this.#nodeId, ({ node: controller }) => {
      if (!controller.status().isQuorate) return;
      const { acknowledged } = cluster.watch;
      acknowledged.asked(this.#name, value);
      cluster.ask(this.#nodeId, operation, fields, (answer) => {
        if (answer.kind !== "done" || answer.code !== "ok") return;
        // Of a deletion, absence tells nothing where the option was never seen: only members of the same group count then.
        const online = controller.nodes().filter(({ isOnline }) => isOnline);
        const mayShow = (nodeId: NodeId) => value !== null || online.some((node) => node.nodeId === nodeId);
        const copies = cluster.nodes.filter(
          ({ nodeId, daemon }) => mayShow(nodeId) && this.#isIn(daemon, value),
        ).length;
        // A ring with quorum whose daemons are mostly gone may acknowledge what only few copies show: all there are.
        if (2 * copies > cluster.nodes.length) acknowledged.acknowledged(this.#name, value);
        then();
      });
    });
  }

  #isIn(daemon: Daemon | null, value: number | null): boolean {
    return daemon !== null && (optionsOf(daemon.node.cib.document).get(this.#name) ?? null) === value;
  }
}
