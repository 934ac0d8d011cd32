import { type CorosyncConf, viewCorosyncConf } from "@quorate/corosync-conf";
import type { KnownHost, QdeviceAction } from "@quorate/management";
import type { PcsCall } from "../framework/command.ts";
import type { Hosts } from "../hosts/hosts.ts";

/** A quorum device as nodes of a cluster come to it. */
export interface Device {
  readonly host: KnownHost;
  readonly clusterName: string;
}

/** That of the cluster of a corosync.conf; null without one. @throws PcsError when its host is not known */
export function deviceHost(hosts: Hosts, document: CorosyncConf): Device | null {
  const { clusterName, quorum } = viewCorosyncConf(document);
  const name = quorum.device?.model === "net" ? (quorum.device.modelOptions.get("host") ?? null) : null;
  if (name === null || clusterName === null) return null;
  return { host: hosts.known([name])[0]!, clusterName };
}

/** A host that comes to the cluster asks its device from its first start on. @throws PcsError */
export async function joinDevice(
  call: PcsCall,
  hosts: Hosts,
  host: KnownHost,
  device: Device,
): Promise<void> {
  await certify(call, hosts, [host], device);
  await switchQdevice(call, hosts, [host], "enable");
}

/**
 * Gives each node a key and a certificate of its own for the quorum device. One after the other: the device's tools sign one at a time.
 * @throws PcsError
 */
export async function certify(
  call: PcsCall,
  hosts: Hosts,
  nodes: readonly KnownHost[],
  { host: device, clusterName }: Device,
): Promise<void> {
  call.reports.info("Setting up qdevice certificates on nodes...");
  const authority = (await hosts.all([device], () => hosts.ask(device, "qnetd.authority", {}))).get(
    device.name,
  )!;
  const requests = await hosts.all(nodes, (node) =>
    hosts.ask(node, "qdevice.request", { clusterName, content: authority.content }),
  );
  for (const node of nodes) {
    await hosts.all([node], async () => {
      const { content } = requests.get(node.name)!;
      const certificate = await hosts.ask(device, "qnetd.sign", { clusterName, content });
      await hosts.ask(node, "qdevice.certify", certificate);
    });
    call.reports.info(`${node.name}: Succeeded`);
  }
}

const DOING = {
  enable: ["Enabling", "enabled"],
  disable: ["Disabling", "disabled"],
  start: ["Starting", "started"],
  stop: ["Stopping", "stopped"],
} as const satisfies Record<QdeviceAction, readonly [string, string]>;

/** Enables, disables, starts or stops corosync-qdevice on nodes: only where Corosync is enabled, or runs. @throws PcsError */
export async function switchQdevice(
  call: PcsCall,
  hosts: Hosts,
  nodes: readonly KnownHost[],
  action: QdeviceAction,
): Promise<void> {
  call.reports.info(`${DOING[action][0]} corosync-qdevice...`);
  await switchEach(call, hosts, nodes, action);
}

/** Corosync-qdevice reads its options when it starts. @throws PcsError */
export async function restartQdevice(
  call: PcsCall,
  hosts: Hosts,
  nodes: readonly KnownHost[],
): Promise<void> {
  call.reports.info("Reloading qdevice configuration on nodes...");
  await switchEach(call, hosts, nodes, "stop");
  await switchEach(call, hosts, nodes, "start");
}

async function switchEach(
  call: PcsCall,
  hosts: Hosts,
  nodes: readonly KnownHost[],
  action: QdeviceAction,
): Promise<void> {
  const done = DOING[action][1];
  await hosts.all(nodes, async (node) => {
    const { corosync } = (await hosts.ask(node, "host.state", {})).services;
    const why =
      action === "start" && !corosync.isActive
        ? "not starting corosync-qdevice: corosync is not running"
        : action === "enable" && corosync.isEnabled === false
          ? "not enabling corosync-qdevice: corosync is not enabled"
          : null;
    if (why !== null) {
      call.reports.info(`${node.name}: ${why}`);
      return;
    }
    await hosts.ask(node, "qdevice.switch", { action });
    call.reports.info(`${node.name}: corosync-qdevice ${done}`);
  });
}
