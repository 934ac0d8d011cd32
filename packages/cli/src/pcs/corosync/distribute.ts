import type { CorosyncConf } from "@quorate/corosync-conf";
import type { FileContent, KnownHost } from "@quorate/management";
import { quoted } from "../framework/assignments.ts";
import type { PcsCall, PcsCommand, PcsGroup } from "../framework/command.ts";
import { fail } from "../framework/reports.ts";
import { clusterNodeNames, Hosts, orFail } from "../hosts/hosts.ts";
import { KEY_BYTES } from "./authkey.ts";
import { readCorosyncConf, refuseOutdated, writeCorosyncConf } from "./conf-file.ts";
import { confFile, sendFiles } from "./setup-hosts.ts";

/**
 * Saves a changed corosync.conf: into the file of `--corosync_conf`, or on all nodes of the cluster. `stopped`: a running Corosync would not take the
 * change, so none may run; `running`: those that run read it again.
 * @throws PcsError
 */
export async function saveCorosyncConf(
  call: PcsCall,
  document: CorosyncConf,
  state: "stopped" | "running",
): Promise<void> {
  const path = call.value("--corosync_conf");
  if (path !== null) {
    writeCorosyncConf(call, path, document);
    return;
  }
  const hosts = await Hosts.of(call);
  const targets = await reachable(call, hosts, hosts.known(clusterNodeNames(call)));
  await hosts.exclusively(targets, "corosync.conf", async () => {
    refuseOutdated(call, document);
    if (state === "stopped") await refuseRunning(call, hosts, targets);
    await distributeConf(call, hosts, targets, document);
  });
}

/** Brings corosync.conf to hosts, and has those read it again where Corosync runs. @throws PcsError */
export async function distributeConf(
  call: PcsCall,
  hosts: Hosts,
  targets: readonly KnownHost[],
  document: CorosyncConf,
): Promise<void> {
  const { reports } = call;
  reports.info("Sending updated corosync.conf to nodes...");
  const files = [confFile(document)];
  await hosts.all(targets, async (host) => {
    await hosts.ask(host, "file.write", { files });
    reports.info(`${host.name}: Succeeded`);
  });
  const states = await hosts.all(targets, (host) => hosts.ask(host, "host.state", {}));
  // One is enough: Corosync tells the others of its ring to read theirs, too.
  const running = targets.filter(({ name }) => states.get(name)!.services.corosync.isActive);
  for (const host of running.slice(0, 1)) {
    await hosts.all([host], () => hosts.ask(host, "corosync.reload", {}));
    reports.info(`${host.name}: Corosync configuration reloaded`);
  }
}

/** With `--skip-offline` those that answer, else all. */
export async function reachable(
  call: PcsCall,
  hosts: Hosts,
  targets: readonly KnownHost[],
): Promise<readonly KnownHost[]> {
  if (!call.has("--skip-offline")) return targets;
  const online: KnownHost[] = [];
  for (const host of targets) {
    try {
      await hosts.ask(host, "host.state", {});
      online.push(host);
    } catch (error) {
      call.reports.warn(`${(error as Error).message}; it keeps its old corosync.conf`);
    }
  }
  return online;
}

/** @throws PcsError when Corosync runs anywhere */
export async function refuseRunning(
  call: PcsCall,
  hosts: Hosts,
  targets: readonly KnownHost[],
): Promise<void> {
  const { reports } = call;
  reports.info("Checking corosync is not running on nodes...");
  const states = await hosts.all(targets, (host) => hosts.ask(host, "host.state", {}));
  for (const [name, { services }] of states) {
    if (services.corosync.isActive) reports.error(`${name}: corosync is running`);
    else reports.info(`${name}: corosync is not running`);
  }
  if (reports.hasErrors) fail("stop the cluster with 'pcs cluster stop --all' first; nothing was changed");
}

const sync: PcsCommand = {
  usage: [""],
  help: "Bring this node's corosync.conf to all nodes that stand in it; 'pcs cluster reload corosync' has a running Corosync read it.",
  options: ["--skip-offline", "--request-timeout"],
  async run(call) {
    call.expect(0, 0);
    const hosts = await Hosts.of(call);
    const document = readCorosyncConf(call);
    const files = [confFile(document)];
    const targets = await reachable(call, hosts, hosts.known(clusterNodeNames(call)));
    await hosts.exclusively(targets, "cluster sync", async () => {
      refuseOutdated(call, document);
      await hosts.all(targets, async (host) => {
        await hosts.ask(host, "file.write", { files });
        call.reports.info(`${host.name}: Succeeded`);
      });
    });
    call.reports.warn(
      "Corosync configuration has been synchronized, please reload corosync daemon using 'pcs cluster reload corosync' command.",
    );
  },
};

export const syncGroup: PcsGroup = {
  summary: "Bring files of this node to all nodes",
  commands: { corosync: sync },
  otherwise: sync,
};

const reload: PcsCommand = {
  usage: [""],
  help: "Have the running Corosync, on all nodes, read its configuration again.",
  options: [],
  async run(call) {
    call.expect(0, 0);
    const { own } = (await Hosts.of(call)).management;
    await orFail(own.reloadConf(), (reason) => `Unable to reload corosync: ${reason}`);
    call.reports.info("Corosync reloaded");
  },
};

export const reloadGroup: PcsGroup = { summary: "Read files again", commands: { corosync: reload } };

export const showConf: PcsCommand = {
  usage: ["[<node>]"],
  help: "Print corosync.conf as it is on this node, or on another one.",
  options: ["--request-timeout"],
  async run(call) {
    const [name] = call.expect(0, 1);
    const hosts = await Hosts.of(call);
    if (name === undefined) {
      const text = hosts.management.own.readConf();
      if (text === null) fail("there is no /etc/corosync/corosync.conf here");
      call.print(text);
      return;
    }
    const answers = await hosts.all(hosts.known([name]), (host) =>
      hosts.ask(host, "file.read", { kind: "corosync.conf" }),
    );
    const content = answers.get(name)!.content;
    if (content === null) fail(`${name}: there is no /etc/corosync/corosync.conf`);
    call.print(Buffer.from(content, "base64").toString("utf8"));
  },
};

const newAuthkey: PcsCommand = {
  usage: ["[<path>]"],
  help: "Give all nodes a new key with which Corosync encrypts and signs, or the one in a file, while the cluster is stopped. It is never shown.",
  options: ["--skip-offline", "--request-timeout"],
  async run(call) {
    const [path] = call.expect(0, 1);
    const hosts = await Hosts.of(call);
    const key = path === undefined ? hosts.management.newKey(KEY_BYTES) : hosts.management.readKeyFile(path);
    if (key === null) fail(`${path} cannot be read: no such file`);
    const targets = await reachable(call, hosts, hosts.known(clusterNodeNames(call)));
    const file: FileContent = { kind: "corosync authkey", content: key.toString("base64") };
    await hosts.exclusively(targets, "cluster authkey", async () => {
      await refuseRunning(call, hosts, targets);
      await sendFiles(call, hosts, targets, [file]);
    });
  },
};

export const authkeyGroup: PcsGroup = {
  summary: "Keys that the nodes share",
  commands: { corosync: newAuthkey },
};

/** For messages: `'a', 'b'`. */
export function namesOf(targets: readonly KnownHost[]): string {
  return quoted(targets.map(({ name }) => name));
}
