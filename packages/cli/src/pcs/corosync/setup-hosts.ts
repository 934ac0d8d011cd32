import { type CorosyncConf, printCorosyncConf } from "@quorate/corosync-conf";
import type { FileContent, KnownHost } from "@quorate/management";
import { bringUp, startWaitSeconds } from "../cluster/services.ts";
import { quoted } from "../framework/assignments.ts";
import type { PcsCall } from "../framework/command.ts";
import type { Hosts } from "../hosts/hosts.ts";
import { KEY_BYTES } from "./authkey.ts";

/**
 * Makes a cluster of hosts: what was there before is destroyed, and all get the same keys, tokens and corosync.conf. corosync.conf comes last, so that a
 * host has either no cluster or a whole one; whatever went wrong, setting up again begins anew everywhere.
 * @throws PcsError
 */
export async function setUpHosts(
  call: PcsCall,
  hosts: Hosts,
  { clusterName, names, document }: ClusterPlan,
): Promise<void> {
  const { reports } = call;
  const waitS = startWaitSeconds(call);
  const targets = hosts.known(names);
  const all = quoted(names);
  await hosts.exclusively(targets, `cluster setup ${clusterName}`, async () => {
    // Not before: another set-up of the same hosts could end in between.
    await checkFree(call, hosts, targets);
    reports.info(`Destroying cluster on hosts: ${all}...`);
    await hosts.all(targets, async (host) => {
      await hosts.ask(host, "cluster.destroy", {});
      reports.info(`${host.name}: Successfully destroyed cluster`);
    });
    reports.info(`Requesting remove 'pcsd settings' from ${all}`);
    await hosts.all(targets, async (host) => {
      await hosts.ask(host, "file.remove", { kinds: ["pcsd settings"] });
      reports.info(`${host.name}: successful removal of the file 'pcsd settings'`);
    });
    // Each can ask each from now on.
    await hosts.all(targets, (host) => hosts.ask(host, "hosts.learn", { hosts: targets }));
    if (!call.has("--no-keys-sync")) await sendFiles(call, hosts, targets, newKeys(hosts));
    await sendFiles(call, hosts, targets, [confFile(document)]);
  });
  reports.info("Cluster has been successfully set up.");
  await bringUp(call, hosts, { names, waitS });
}

export interface ClusterPlan {
  readonly clusterName: string;
  readonly names: readonly string[];
  readonly document: CorosyncConf;
}

/** Random keys, made for this cluster: they are on no disk but those of its hosts. */
function newKeys({ management }: Hosts): FileContent[] {
  return (["corosync authkey", "pacemaker authkey"] as const).map((kind) => ({
    kind,
    content: management.newKey(KEY_BYTES).toString("base64"),
  }));
}

export function confFile(document: CorosyncConf): FileContent {
  return { kind: "corosync.conf", content: Buffer.from(printCorosyncConf(document)).toString("base64") };
}

/** Brings the same files to all hosts, and says so of each. @throws PcsError when one did not get them */
export async function sendFiles(
  call: PcsCall,
  hosts: Hosts,
  targets: readonly KnownHost[],
  files: readonly FileContent[],
): Promise<void> {
  const kinds = files.map(({ kind }) => kind);
  call.reports.info(`Sending ${quoted(kinds)} to ${quoted(targets.map(({ name }) => name))}`);
  await hosts.all(targets, async (host) => {
    await hosts.ask(host, "file.write", { files });
    for (const kind of kinds)
      call.reports.info(`${host.name}: successful distribution of the file '${kind}'`);
  });
}

/** A host that is in a cluster is taken out of it with `--force` only. To be asked of hosts that nobody else may change. @throws PcsError */
export async function checkFree(call: PcsCall, hosts: Hosts, targets: readonly KnownHost[]): Promise<void> {
  const states = await hosts.all(targets, (host) => hosts.ask(host, "host.state", {}));
  const busy: string[] = [];
  for (const [name, { services, hasCorosyncConf }] of states) {
    const running = Object.entries(services)
      .filter(([, { isActive }]) => isActive)
      .map(([service]) => service);
    if (running.length > 0)
      busy.push(
        `${name}: The host seems to be in a cluster already as the following services are found to be running: ${quoted(running)}. If the host is not part of a cluster, stop the services and retry`,
      );
    if (hasCorosyncConf)
      busy.push(
        `${name}: The host seems to be in a cluster already as cluster configuration files have been found on the host. If the host is not part of a cluster, run 'pcs cluster destroy' on host '${name}' to remove those configuration files`,
      );
  }
  for (const problem of busy) {
    if (call.reports.isForced) call.reports.warn(problem);
    else call.reports.error(problem);
  }
  if (busy.length > 0)
    call.reports.forceable(
      "Some nodes are already in a cluster. Enforcing this will destroy existing cluster on those nodes. You should remove the nodes from their clusters instead to keep the clusters working properly",
    );
  call.reports.check();
}
