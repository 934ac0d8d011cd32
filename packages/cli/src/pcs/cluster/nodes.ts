import {
  addNode,
  type CorosyncConf,
  type KeyValue,
  removeNode,
  viewCorosyncConf,
} from "@quorate/corosync-conf";
import type { FileContent, KnownHost } from "@quorate/management";
import { readCorosyncConf, refuseOutdated } from "../corosync/conf-file.ts";
import { distributeConf, namesOf } from "../corosync/distribute.ts";
import { checkFree, sendFiles } from "../corosync/setup-hosts.ts";
import { keepTwoNode } from "../corosync/two-node.ts";
import { quoted } from "../framework/assignments.ts";
import type { PcsCall, PcsCommand, PcsGroup } from "../framework/command.ts";
import { fail } from "../framework/reports.ts";
import { clusterNodeNames, Hosts } from "../hosts/hosts.ts";
import { deviceHost, joinDevice } from "../qdevice/certificates.ts";
import { ownSitesFile } from "../recovery/sites.ts";
import { checkNewNode, enableOnNewNode, sbdOfNewNode } from "../stonith/sbd/new-node.ts";
import { breakTies, needsTieBreaker } from "../stonith/sbd/tie-breaker.ts";
import { quorumWithout } from "./quorum-loss.ts";
import { addGuest, addRemote, removeGuest, removeRemote } from "./remote-nodes.ts";
import { bringUp, startWaitSeconds } from "./services.ts";

const KEYS = {
  "corosync authkey": "/etc/corosync/authkey",
  "pacemaker authkey": "/etc/pacemaker/authkey",
} as const;

const add: PcsCommand = {
  usage: [
    "<node name> [addr=<node address>]... [watchdog=<path>] [device=<path>]... [--start [--wait[=n]]] [--enable] [--no-watchdog-validation]",
  ],
  help: "Add a host that was authenticated with 'pcs host auth' to this cluster: it gets the keys and corosync.conf, and the others learn of it. Where the cluster has SBD enabled, the host gets it with the settings of the others, its own watchdog (default: /dev/watchdog), which is looked for as by 'pcs stonith sbd enable', and devices, where the others have some.",
  options: ["--start", "--wait", "--enable", "--force", "--no-watchdog-validation", "--request-timeout"],
  async run(call) {
    const [name, ...words] = call.expect(1);
    const waitS = startWaitSeconds(call);
    const hosts = await Hosts.of(call);
    const document = readCorosyncConf(call);
    const present = clusterNodeNames(call);
    if (present.includes(name!))
      fail(`Node name '${name}' is already used by existing nodes; use other name`);
    const [host, ...others] = hosts.known([name!, ...present]) as [KnownHost, ...KnownHost[]];
    const isOfSbd = (word: string) => /^(?:watchdog|device)=/.test(word);
    const addresses = addressesOf(
      call,
      host,
      words.filter((word) => !isOfSbd(word)),
      document,
    );
    const sbd = await sbdOfNewNode(call, hosts, {
      name: name!,
      words: words.filter(isOfSbd),
      present: others,
    });
    const device = deviceHost(hosts, document);
    addNode(document, [...addresses, ["name", name!], ["nodeid", String(freeNodeId(document))]]);
    keepTwoNode(document);
    const all = [...others, host];
    const asked = device === null ? all : [...all, device.host];
    await hosts.exclusively(asked, `cluster node add ${name}`, async () => {
      refuseOutdated(call, document);
      await checkFree(call, hosts, [host]);
      if (sbd !== null) {
        await checkNewNode(call, hosts, host, sbd);
        if (sbd.plan.devices.length === 0 && needsTieBreaker(document))
          await breakTies(call, hosts, others, document);
      }
      call.reports.info(`Destroying cluster on hosts: '${name}'...`);
      await hosts.all([host], () => hosts.ask(host, "cluster.destroy", {}));
      call.reports.info(`${name}: Successfully destroyed cluster`);
      await hosts.all(all, (each) => hosts.ask(each, "hosts.learn", { hosts: all }));
      const files = [...ownKeys(hosts), ...ownSitesFile(hosts)];
      if (files.length > 0) await sendFiles(call, hosts, [host], files);
      if (sbd !== null) await enableOnNewNode(call, hosts, host, sbd);
      if (device !== null) await joinDevice(call, hosts, host, device);
      await distributeConf(call, hosts, all, document);
    });
    await bringUp(call, hosts, { names: [name!], waitS });
  },
};

/** `addr=` words, or the address of `pcs host auth`: one for each link that the other nodes have. @throws PcsError */
function addressesOf(
  call: PcsCall,
  host: KnownHost,
  words: readonly string[],
  document: CorosyncConf,
): KeyValue[] {
  const wrong = words.find((word) => !/^addr=[^\s{]+$/.test(word));
  if (wrong !== undefined)
    fail(`unknown option '${wrong}' of node '${host.name}'; use addr=ADDRESS, watchdog=PATH or device=PATH`);
  const given = words.map((word) => word.slice("addr=".length));
  if (given.length === 0)
    call.reports.info(`No addresses specified for host '${host.name}', using '${host.address}'`);
  const addresses = given.length === 0 ? [host.address] : given;
  const { nodes } = viewCorosyncConf(document);
  const links = [...(nodes[0]?.addresses.keys() ?? [0])];
  if (addresses.length !== links.length)
    fail(
      `the nodes of this cluster have ${links.length} address(es) each, ${addresses.length} specified for node '${host.name}'`,
    );
  const taken = new Set(nodes.flatMap((node) => [...node.addresses.values()]));
  const used = addresses.filter((address) => taken.has(address));
  if (used.length > 0)
    fail(`Node addresses ${quoted(used)} are already used by existing nodes; please, use other addresses`);
  return addresses.map((address, index): KeyValue => [`ring${links[index]}_addr`, address]);
}

function freeNodeId(document: CorosyncConf): number {
  const taken = new Set(viewCorosyncConf(document).nodes.map(({ nodeId }) => Number(nodeId)));
  let id = 1;
  while (taken.has(id)) id++;
  return id;
}

/** The keys of this cluster, from this node's disk. */
function ownKeys({ management }: Hosts): FileContent[] {
  return (["corosync authkey", "pacemaker authkey"] as const).flatMap((kind) => {
    const content = management.readKeyFile(KEYS[kind]);
    return content === null ? [] : [{ kind, content: content.toString("base64") }];
  });
}

const remove: PcsCommand = {
  usage: ["<node name>..."],
  help: "Stop nodes, remove the cluster from them, and take them out of the configuration of the others. A removal that would cost the others their quorum needs --force.",
  options: ["--force", "--skip-offline", "--request-timeout"],
  async run(call) {
    const names = [...new Set(call.expect(1))];
    const hosts = await Hosts.of(call);
    const document = readCorosyncConf(call);
    const present = clusterNodeNames(call);
    const unknown = names.filter((name) => !present.includes(name));
    if (unknown.length > 0) fail(`Node ${quoted(unknown)} does not appear to exist in configuration`);
    const remaining = present.filter((name) => !names.includes(name));
    if (remaining.length === 0)
      fail("No nodes would be left in the cluster, use 'pcs cluster destroy --all' instead");
    const leaving = hosts.known(names);
    const staying = hosts.known(remaining);
    const reached: KnownHost[] = [];
    for (const host of leaving) {
      try {
        await hosts.ask(host, "host.state", {});
        reached.push(host);
      } catch (error) {
        const text = `${(error as Error).message}: it cannot be told to stop; if it runs, it still believes that it is in the cluster`;
        if (call.has("--skip-offline")) call.reports.warn(text);
        else call.reports.error(`${text}. Use --skip-offline to remove it all the same`);
      }
    }
    call.reports.check();
    if (!call.has("--force") && (await quorumWithout(call, names))?.isLost)
      fail("The operation will result in a loss of the quorum, use --force to override");
    for (const name of names) removeNode(document, name);
    keepTwoNode(document);
    await hosts.exclusively([...staying, ...reached], `cluster node remove ${names.join(" ")}`, async () => {
      refuseOutdated(call, document);
      if (reached.length > 0) call.reports.info(`Destroying cluster on hosts: ${namesOf(reached)}...`);
      await hosts.all(reached, async (host) => {
        await hosts.ask(host, "cluster.destroy", {});
        call.reports.info(`${host.name}: Successfully destroyed cluster`);
      });
      await distributeConf(call, hosts, staying, document);
    });
    // Where this is one of them, its daemon has ended.
    if (!names.includes(hosts.management.hostName)) await forgetNodes(call, names);
  },
};

/** Takes nodes out of the running cluster's memory and its CIB. */
async function forgetNodes(call: PcsCall, names: readonly string[]): Promise<void> {
  try {
    const daemon = await call.live.daemon();
    for (const name of names) await daemon.request("node.remove", { name });
  } catch (error) {
    call.reports.warn(
      `the running cluster was not told (${(error as Error).message}); run 'pcs cluster node clear NODE' for ${quoted(names)} when it runs`,
    );
  }
}

const clear: PcsCommand = {
  usage: ["<node name>"],
  help: "Have the running cluster forget a node that was removed, in all its caches and in the CIB.",
  options: ["--force"],
  async run(call) {
    const [name] = call.expect(1, 1);
    const nodes = viewCorosyncConf(readCorosyncConf(call)).nodes;
    if (nodes.some((node) => node.name === name))
      call.reports.forceable(
        `Node '${name}' is still in corosync.conf; remove it with 'pcs cluster node remove'`,
      );
    call.reports.check();
    const daemon = await call.live.daemon();
    await daemon.request("node.remove", { name: name! });
  },
};

export const clusterNodeGroup: PcsGroup = {
  summary: "Nodes of the cluster",
  commands: {
    add,
    remove,
    delete: remove,
    "add-remote": addRemote,
    "remove-remote": removeRemote,
    "delete-remote": removeRemote,
    "add-guest": addGuest,
    "remove-guest": removeGuest,
    "delete-guest": removeGuest,
    clear,
  },
};
