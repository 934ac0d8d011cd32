import type { JsonObject, NodeId } from "@quorate/ports";
import { attributeUpdate } from "../cluster/attribute-update.ts";
import type { SimulatedCluster } from "../cluster/cluster.ts";
import type { RemoteMachine } from "../machine/remote-machine.ts";
import { breakSwitch, inject, misbehave, withDaemon } from "./inject.ts";
import { REMOTE, type RemoteFault } from "./plan.ts";

const RESPAWN_MS = 1_000;

/** Does to the remote host what the fault says; nothing where there is none. */
export function injectRemote(cluster: SimulatedCluster, fault: RemoteFault): void {
  const [remote] = cluster.remotes;
  if (remote === undefined) return;
  switch (fault.kind) {
    case "remoteCrash":
      cluster.crashRemote(REMOTE);
      return;
    case "remoteStart":
      cluster.startRemote(REMOTE);
      return;
    case "remoteKillDaemon":
      killDaemon(remote);
      return;
    case "remoteShutdown":
      remote.shutdown();
      return;
    case "remoteMend":
      remote.mendLines();
      return;
    case "remoteFreeze":
      if (!remote.isPowered) return;
      remote.clock.freeze();
      cluster.clock.setTimer(fault.forMs, () => remote.clock.thaw());
      return;
    case "remoteCut":
      for (const { nodeId } of cluster.nodes)
        if ((fault.mask & (1 << (nodeId - 1))) !== 0) remote.line(nodeId).cut();
      return;
    case "remoteAgent":
      misbehave(cluster, remote.services, fault);
      return;
    case "remoteSwitch":
      breakSwitch(cluster, REMOTE, fault);
      return;
    case "remoteStandby":
      setRemoteStandby(cluster, anyone(cluster), fault.isOn);
      return;
    case "remoteCleanup": {
      const resource = fault.isAll ? null : REMOTE;
      withDaemon(cluster, fault.nodeId, ({ node }) =>
        node.cleanup({ kind: "cleanup", resource, node: null, operation: null, intervalMs: null }, () => {}),
      );
      return;
    }
    case "remoteAttribute":
      withDaemon(cluster, fault.nodeId, ({ node }) => {
        cluster.watch.attributes.asked(fault.value, remote);
        const request = attributeUpdate("mood", fault.value, { node: REMOTE, wait: "cluster" });
        node.attributes.update(request, () => {});
      });
      return;
    case "moveConnection": {
      const rule = `<rsc_location id="connection" rsc="${REMOTE}" node="n${fault.nodeId}" score="500"/>`;
      change(cluster, anyone(cluster), "constraints", `<constraints>${rule}</constraints>`);
      return;
    }
    case "stopConnection":
      setConnectionRole(cluster, "Stopped");
      cluster.clock.setTimer(fault.forMs, () => setConnectionRole(cluster, "Started"));
      return;
    case "remoteUntold":
      cutOffWhenStarting(cluster, remote, fault);
      return;
    case "remoteLost":
      for (const { nodeId } of cluster.nodes) remote.line(nodeId).cut();
      breakSwitch(cluster, REMOTE, fault);
      return;
    case "harmHolder": {
      const { how, forMs } = fault;
      const nodeId = remote.servedNode;
      if (nodeId === null) return;
      const harm =
        how === "freeze" || how === "freezeDaemon" ? { kind: how, nodeId, forMs } : { kind: how, nodeId };
      inject(cluster, harm, 0);
      return;
    }
    default:
      fault satisfies never;
  }
}

/** Between the order to start something and the first word of it. */
function cutOffWhenStarting(
  cluster: SimulatedCluster,
  remote: RemoteMachine,
  { isStandby, isDaemonKilled }: Extract<RemoteFault, { kind: "remoteUntold" }>,
): void {
  const [resource] = [...remote.services.active];
  if (resource === undefined) return;
  const overhear = (to: NodeId, _channel: string, { kind, action }: JsonObject): void => {
    const isStart = (action as JsonObject | undefined)?.operation === "start";
    if (kind !== "executeRemote" || !isStart || to !== remote.servedNode) return;
    cluster.overhearing.delete(overhear);
    cluster.log.add("world", "fault", `n${to} is cut off`);
    cluster.hub.isolate(to);
    cluster.clock.setTimer(1_000, () => {
      if (isDaemonKilled) killDaemon(remote);
      const others = cluster.running().filter(({ nodeId }) => nodeId !== to);
      if (isStandby && others[0] !== undefined) setRemoteStandby(cluster, others[0].nodeId, true);
    });
  };
  cluster.overhearing.add(overhear);
  remote.services.breakResource(resource);
}

/** The service manager starts it again. */
function killDaemon(remote: RemoteMachine): void {
  remote.killDaemon();
  remote.clock.setTimer(RESPAWN_MS, () => {
    if (remote.isPowered) remote.start();
  });
}

/** Whoever has a daemon; a change that is asked of nobody is none. */
function anyone(cluster: SimulatedCluster): NodeId {
  return (cluster.running()[0] ?? cluster.nodes[0]!).nodeId;
}

function change(cluster: SimulatedCluster, via: NodeId, section: string, data: string): void {
  withDaemon(cluster, via, () =>
    cluster.ask(via, "cib_modify", { section, data, flags: ["can-create"] }, () => {}),
  );
}

/** What an administrator does in the end: the remote node is to be in use. */
export function enableRemote(cluster: SimulatedCluster): void {
  setRemoteStandby(cluster, anyone(cluster), false);
  setConnectionRole(cluster, "Started");
}

function setRemoteStandby(cluster: SimulatedCluster, via: NodeId, isOn: boolean): void {
  const data =
    `<nodes><node id="${REMOTE}" uname="${REMOTE}" type="remote"><instance_attributes id="nodes-${REMOTE}">` +
    `<nvpair id="nodes-${REMOTE}-standby" name="standby" value="${isOn}"/></instance_attributes></node></nodes>`;
  change(cluster, via, "nodes", data);
}

function setConnectionRole(cluster: SimulatedCluster, role: "Started" | "Stopped"): void {
  const data =
    `<resources><primitive id="${REMOTE}"><meta_attributes id="${REMOTE}-meta">` +
    `<nvpair id="${REMOTE}-role" name="target-role" value="${role}"/></meta_attributes></primitive></resources>`;
  change(cluster, anyone(cluster), "resources", data);
}
