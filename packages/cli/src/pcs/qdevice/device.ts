import {
  type CorosyncConf,
  changeDevice,
  removeDevice,
  removeEverywhere,
  removeHeuristics,
  viewCorosyncConf,
} from "@quorate/corosync-conf";
import { readCorosyncConf, refuseOutdated, writeCorosyncConf } from "../corosync/conf-file.ts";
import { merged } from "../corosync/config-change.ts";
import { distributeConf, reachable } from "../corosync/distribute.ts";
import { keepTwoNode } from "../corosync/two-node.ts";
import { assignmentMap, splitAtKeywords } from "../framework/assignments.ts";
import type { PcsCall, PcsCommand, PcsGroup } from "../framework/command.ts";
import { fail } from "../framework/reports.ts";
import { clusterNodeNames, Hosts } from "../hosts/hosts.ts";
import { certify, deviceHost, restartQdevice, switchQdevice } from "./certificates.ts";
import { checkDevice, type DeviceWords, warnWithoutCommands } from "./device-options.ts";
import { runTool } from "./tools.ts";

const STOPPED = "Errors have occurred, therefore pcs is unable to continue";
/** A device has its own way to decide these. Source: votequorum(5). */
const WITHOUT_DEVICE = ["auto_tie_breaker", "last_man_standing", "last_man_standing_window", "two_node"];

const add: PcsCommand = {
  usage: [
    "[<generic options>] model net algorithm=ffsplit|lms host=<host> [<model options>] [heuristics <heuristics options>] [--corosync_conf=FILE]",
  ],
  help: "Have a quorum device vote in this cluster: the daemon that 'pcs qdevice setup' sets up on a host outside of it, which was authenticated with 'pcs host auth'. Each node gets a certificate for it, and asks it from now on. Generic options: sync_timeout, timeout; model options: connect_timeout, force_ip_version, port, tie_breaker; heuristics: exec_NAME=COMMAND, interval, mode, sync_timeout, timeout; corosync-qdevice(8) tells of them. --corosync_conf changes a file alone.",
  options: ["--corosync_conf", "--force", "--skip-offline", "--request-timeout"],
  async run(call) {
    const words = deviceWords(call, true);
    const model = words.model ?? call.usage();
    const document = readCorosyncConf(call);
    const view = viewCorosyncConf(document);
    if (view.quorum.device !== null) fail("quorum device is already defined");
    checkDevice(call.reports, words, { model, nodeIds: nodeIdsOf(document), isChange: false });
    call.reports.check(STOPPED);
    warnWithoutCommands(call.reports, words.heuristics);
    for (const name of WITHOUT_DEVICE) removeEverywhere(document, "quorum", name);
    changeDevice(document, { ...words, model, options: withVotes(words) });
    const path = call.value("--corosync_conf");
    if (path !== null) {
      writeCorosyncConf(call, path, document);
      return;
    }
    const hosts = await Hosts.of(call);
    if (view.clusterName === null)
      fail("corosync.conf has no cluster_name, which a quorum device needs; set it first");
    const device = deviceHost(hosts, document);
    const nodes = await reachable(call, hosts, hosts.known(clusterNodeNames(call)));
    if (nodes.some(({ name }) => name === device?.host.name))
      call.reports.forceable(
        `'${device!.host.name}' is a node of this cluster; a device on it would be lost together with the node`,
      );
    call.reports.check();
    const all = device === null ? nodes : [...nodes, device.host];
    await hosts.exclusively(all, "quorum device add", async () => {
      refuseOutdated(call, document);
      if (device !== null) await certify(call, hosts, nodes, device);
      await switchQdevice(call, hosts, nodes, "enable");
      await distributeConf(call, hosts, nodes, document);
      await switchQdevice(call, hosts, nodes, "start");
    });
  },
};

const update: PcsCommand = {
  usage: [
    "[<generic options>] [model <model options>] [heuristics <heuristics options>] [--corosync_conf=FILE]",
  ],
  help: "Change options of the quorum device on all nodes, whose clients of it are started again, or in a file; an empty value removes one. Another host needs 'pcs quorum device remove' and 'add', unless it is the same machine: the certificates are of the device.",
  options: ["--corosync_conf", "--force", "--skip-offline", "--request-timeout"],
  async run(call) {
    call.expect(1);
    const words = deviceWords(call, false);
    const document = readCorosyncConf(call);
    const device = presentDevice(document);
    const model = device.model ?? fail("corosync.conf names no model of the quorum device");
    checkDevice(call.reports, words, { model, nodeIds: nodeIdsOf(document), isChange: true });
    call.reports.check(STOPPED);
    warnWithoutCommands(call.reports, merged(device.heuristics, words.heuristics));
    changeDevice(document, { ...words, model, options: withVotes(words) });
    await save(call, document, (hosts, nodes) => restartQdevice(call, hosts, nodes));
  },
};

const remove: PcsCommand = {
  usage: ["[--corosync_conf=FILE]"],
  help: "Have no quorum device vote in this cluster any more: the nodes forget their certificates and stop asking it.",
  options: ["--corosync_conf", "--skip-offline", "--request-timeout"],
  async run(call) {
    call.expect(0, 0);
    const document = readCorosyncConf(call);
    presentDevice(document);
    removeDevice(document);
    keepTwoNode(document);
    // The configuration first: a node that is alone would lose its quorum with the device's vote.
    await save(call, document, async (hosts, nodes) => {
      await switchQdevice(call, hosts, nodes, "disable");
      await switchQdevice(call, hosts, nodes, "stop");
      call.reports.info("Removing qdevice certificates from nodes...");
      await hosts.all(nodes, async (node) => {
        await hosts.ask(node, "qdevice.remove", {});
        call.reports.info(`${node.name}: Succeeded`);
      });
    });
  },
};

const heuristicsRemove: PcsCommand = {
  usage: ["[--corosync_conf=FILE]"],
  help: "Remove all heuristics of the quorum device on all nodes, whose clients of it are started again, or from a file.",
  options: ["--corosync_conf", "--skip-offline", "--request-timeout"],
  async run(call) {
    call.expect(0, 0);
    const document = readCorosyncConf(call);
    presentDevice(document);
    removeHeuristics(document);
    await save(call, document, (hosts, nodes) => restartQdevice(call, hosts, nodes));
  },
};

const status: PcsCommand = {
  usage: ["[--full]"],
  help: "Show how this node does with the quorum device, as corosync-qdevice-tool tells it.",
  options: ["--full"],
  async run(call) {
    call.expect(0, 0);
    call.world.stdout(
      await runTool(call, "corosync-qdevice-tool", ["-s", ...(call.has("--full") ? ["-v"] : [])]),
    );
  },
};

export const deviceGroup: PcsGroup = {
  summary: "The quorum device of this cluster",
  commands: {
    add,
    heuristics: {
      summary: "Commands whose success counts for quorum",
      commands: { delete: heuristicsRemove, remove: heuristicsRemove },
    },
    delete: remove,
    remove,
    status,
    update,
  },
};

/** `hasName`: the word after `model` names it. @throws PcsError */
function deviceWords(call: PcsCall, hasName: boolean): DeviceWords {
  const parts = splitAtKeywords(call.args, { model: { repeats: "never" }, heuristics: {} });
  const modelWords = parts.get("model")?.[0] ?? null;
  if (hasName && modelWords === null) call.usage();
  const [first, ...rest] = modelWords ?? [];
  if (hasName && first === undefined) fail("No model options specified");
  if (hasName && first!.includes("=")) call.usage();
  return {
    model: hasName ? first! : null,
    options: assignmentMap(parts.get("")![0]!),
    modelOptions: assignmentMap(hasName ? rest : (modelWords ?? [])),
    heuristics: assignmentMap(parts.get("heuristics")?.[0] ?? []),
  };
}

/** Saves a changed configuration, to the file that was named or to all nodes; there `then` does what it takes. @throws PcsError */
async function save(
  call: PcsCall,
  document: CorosyncConf,
  then: (hosts: Hosts, nodes: Parameters<typeof restartQdevice>[2]) => Promise<void>,
): Promise<void> {
  const path = call.value("--corosync_conf");
  if (path !== null) {
    writeCorosyncConf(call, path, document);
    return;
  }
  const hosts = await Hosts.of(call);
  const nodes = await reachable(call, hosts, hosts.known(clusterNodeNames(call)));
  await hosts.exclusively(nodes, "quorum device", async () => {
    refuseOutdated(call, document);
    await distributeConf(call, hosts, nodes, document);
    await then(hosts, nodes);
  });
}

/** @throws PcsError when there is none */
function presentDevice(document: CorosyncConf) {
  return viewCorosyncConf(document).quorum.device ?? fail("no quorum device is defined in this cluster");
}

function nodeIdsOf(document: CorosyncConf): string[] {
  return viewCorosyncConf(document).nodes.flatMap(({ nodeId }) => nodeId ?? []);
}

/** Each algorithm has its own number of votes. Source: corosync-qdevice(8), model net algorithms. */
function withVotes({ options, modelOptions }: DeviceWords): ReadonlyMap<string, string> {
  const votes = { ffsplit: "1", lms: "" }[modelOptions.get("algorithm") ?? ""];
  return votes === undefined ? options : new Map([["votes", votes], ...options]);
}
