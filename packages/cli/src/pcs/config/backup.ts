import { parseCorosyncConf, viewCorosyncConf } from "@quorate/corosync-conf";
import type { ClusterFiles } from "@quorate/management";
import { parseXml } from "@quorate/xml";
import type { PcsCall, PcsCommand } from "../framework/command.ts";
import { fail } from "../framework/reports.ts";
import { Hosts, orFail } from "../hosts/hosts.ts";
import { type ArchivedFile, printTarball, readTarball } from "./tarball.ts";

/** Names and version of the tarballs of pcs 0.11: each reads what the other wrote. */
const VERSION = 1;
const VERSION_FILE = "version.txt";
const SUFFIX = ".tar.bz2";
const UIDGID = "uidgid.d/";
const FILES = {
  cib: "cib.xml",
  corosyncKey: "corosync_authkey",
  pacemakerKey: "pacemaker_authkey",
  corosyncConf: "corosync.conf",
} as const;

export const backup: PcsCommand = {
  usage: ["[<file>]"],
  help: "Write a tarball of this node's copy of the cluster's configuration: the CIB, corosync.conf, who may connect to Corosync, and the keys; keep it as safe as these. '.tar.bz2' is added to the name; without one it goes to standard output.",
  options: ["--force"],
  async run(call) {
    const [name] = call.expect(0, 1);
    const { management } = await Hosts.of(call);
    if (name === undefined && call.world.isInteractive())
      fail("a backup is no text for a terminal; name a file, or send it through a pipe");
    const path = name === undefined ? null : name.endsWith(SUFFIX) ? name : `${name}${SUFFIX}`;
    if (path !== null && call.world.fileExists(path) && !call.reports.isForced)
      fail(`'${path}' already exists, use --force to overwrite`);
    const files = management.own.readFiles();
    const archive = printTarball(
      [{ name: VERSION_FILE, content: Buffer.from(String(VERSION)) }, ...archived(files)],
      call.world.nowMs(),
    );
    management.backups.write(path, archive);
  },
};

/** @throws PcsError when there is no cluster here */
function archived(files: Partial<ClusterFiles>): ArchivedFile[] {
  const { cib, corosyncConf, corosyncKey, pacemakerKey } = files;
  if (corosyncConf === undefined)
    fail("there is no /etc/corosync/corosync.conf here; this is no cluster node");
  if (cib === undefined)
    fail("there is no /var/lib/quorate/cib/cib.xml here: the cluster has not run on this node yet");
  return [
    { name: FILES.cib, content: cib },
    ...(corosyncKey === undefined ? [] : [{ name: FILES.corosyncKey, content: corosyncKey }]),
    ...(pacemakerKey === undefined ? [] : [{ name: FILES.pacemakerKey, content: pacemakerKey }]),
    { name: FILES.corosyncConf, content: corosyncConf },
    ...(files.uidgid ?? []).map(({ name, content }) => ({ name: UIDGID + name, content })),
  ];
}

export const restore: PcsCommand = {
  usage: ["[--local] [<file>]"],
  help: "Put the configuration from a backup in place on all nodes that stand in its corosync.conf, or with --local on this one alone, while the cluster is stopped there. Without a file it comes from standard input.",
  options: ["--local", "--request-timeout"],
  async run(call) {
    const [name] = call.expect(0, 1);
    const hosts = await Hosts.of(call);
    const what = name ?? "standard input";
    const archive = hosts.management.backups.read(name ?? null);
    const files = filesOf(call, what, archive);
    if (call.has("--local")) {
      await orFail(hosts.management.own.restore(files));
      return;
    }
    const targets = hosts.known(nodesOf(what, files.corosyncConf));
    const request = hosts.management.restoring(files);
    await hosts.exclusively(targets, "config restore", async () => {
      await refuseRunning(call, hosts, targets);
      await hosts.all(targets, async (host) => {
        await hosts.ask(host, "cluster.restore", request);
        call.reports.info(`${host.name}: Succeeded`);
      });
    });
  },
};

/** @throws PcsError when it is no backup that this release understands, or lacks something */
function filesOf(call: PcsCall, what: string, archive: Buffer): ClusterFiles {
  const found = readTarball(archive);
  if (found === null) fail(`${what} is no whole tarball, so it is no backup`);
  const version = Number(found.get(VERSION_FILE)?.toString("utf8").trim() ?? "");
  if (!Number.isInteger(version)) fail(`${what}: ${VERSION_FILE} holds no version of a backup`);
  if (version > VERSION)
    fail(`Unsupported version of the backup, supported version is ${VERSION}, backup version is ${version}`);
  if (version < VERSION)
    call.reports.warn(
      `Restoring from the backup version ${version}, current supported version is ${VERSION}`,
    );
  const missing = [FILES.cib, FILES.corosyncConf].filter((name) => !found.has(name));
  if (missing.length > 0)
    fail(`unable to restore the cluster, missing files in backup: ${missing.join(", ")}`);
  const cib = found.get(FILES.cib)!;
  const parsed = parseXml(cib.toString("utf8"));
  if (!parsed.ok)
    fail(`${what}: ${FILES.cib}:${parsed.error.line}:${parsed.error.column}: ${parsed.error.message}`);
  if (parsed.root.name !== "cib") fail(`${what}: ${FILES.cib} holds <${parsed.root.name}>, not a CIB`);
  return {
    cib,
    corosyncConf: found.get(FILES.corosyncConf)!,
    ...(found.has(FILES.corosyncKey) ? { corosyncKey: found.get(FILES.corosyncKey)! } : {}),
    ...(found.has(FILES.pacemakerKey) ? { pacemakerKey: found.get(FILES.pacemakerKey)! } : {}),
    uidgid: [...found]
      .filter(([name]) => name.startsWith(UIDGID))
      .map(([name, content]) => ({ name: name.slice(UIDGID.length), content })),
  };
}

/** @throws PcsError */
function nodesOf(what: string, corosyncConf: Uint8Array): string[] {
  const parsed = parseCorosyncConf(Buffer.from(corosyncConf).toString("utf8"));
  if (!parsed.ok) fail(`${what}: ${FILES.corosyncConf}:${parsed.error.line}: ${parsed.error.message}`);
  const { nodes } = viewCorosyncConf(parsed.document);
  const names = nodes.map(({ name }) => name).filter((name) => name !== null);
  if (nodes.length === 0 || names.length < nodes.length)
    fail(
      `${what}: ${FILES.corosyncConf} does not name all nodes, so they cannot be reached; use --local on each`,
    );
  return names;
}

/** @throws PcsError when the cluster runs anywhere */
async function refuseRunning(
  call: PcsCall,
  hosts: Hosts,
  targets: Parameters<Hosts["all"]>[0],
): Promise<void> {
  const states = await hosts.all(targets, (host) => hosts.ask(host, "host.state", {}));
  for (const [name, { services }] of states)
    if (Object.values(services).some(({ isActive }) => isActive))
      call.reports.error(
        `Cluster is currently running on node ${name}. You need to stop the cluster in order to restore the configuration.`,
      );
  call.reports.check();
}
