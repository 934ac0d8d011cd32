import { parseCorosyncConf, viewCorosyncConf } from "@quorate/corosync-conf";
import type { FileContent, KnownHost } from "@quorate/management";
import { namesOf } from "../corosync/distribute.ts";
import { sendFiles } from "../corosync/setup-hosts.ts";
import { quoted } from "../framework/assignments.ts";
import type { PcsCall, PcsCommand, PcsGroup } from "../framework/command.ts";
import { fail } from "../framework/reports.ts";
import { clusterNodeNames, Hosts } from "../hosts/hosts.ts";
import { configuredSites, ownSites, roleText, SITES_FILE, sitesFile } from "./sites.ts";
import { siteStatus } from "./status.ts";

const config: PcsCommand = {
  usage: [""],
  help: "Show which site this node belongs to, and which is the other one.",
  options: [],
  async run(call) {
    call.expect(0, 0);
    const { localRole, remoteSites } = configuredSites(await Hosts.of(call));
    const lines = ["Local site:", `  Role: ${roleText(localRole)}`];
    for (const { role, nodes } of remoteSites) {
      lines.push("Remote site:", `  Role: ${roleText(role)}`, "  Nodes:");
      lines.push(...nodes.toSorted().map((name) => `    ${name}`));
    }
    call.print(lines.join("\n"));
  },
};

const setRecoverySite: PcsCommand = {
  usage: ["<recovery site node>"],
  help: "Pair this cluster, the primary site, with another one, the recovery site, that is named by one of its nodes; 'pcs dr status' then shows both. All nodes of both have to be authenticated with 'pcs host auth' before. Nothing is moved and no data are copied by it.",
  options: ["--request-timeout"],
  async run(call) {
    const [name] = call.expect(1, 1);
    const hosts = await Hosts.of(call);
    const { reports } = call;
    const localNames = clusterNodeNames(call);
    if (ownSites(hosts) !== null) reports.error("Disaster-recovery already configured");
    if (localNames.includes(name!)) reports.error(`Node '${name}' is already a member of local cluster`);
    reports.check();
    const local = hosts.known(localNames);
    const remote = hosts.known(await nodesOfSite(hosts, hosts.known([name!])[0]!));
    const inBoth = remote.filter((host) => localNames.includes(host.name));
    if (inBoth.length > 0)
      fail(`${namesOf(inBoth)} would be in both clusters; give one of them another name`);
    const remoteNames = remote.map((host) => host.name);
    const forLocal = sitesFile(hosts, "PRIMARY", remoteNames);
    const forRemote = sitesFile(hosts, "RECOVERY", localNames);
    await hosts.exclusively([...local, ...remote], "dr set-recovery-site", async () => {
      await refusePaired(call, hosts, local, forLocal);
      await refusePaired(call, hosts, remote, forRemote);
      reports.check("Nothing was changed");
      // Any node of this site may ask, as after 'pcs host auth' in a cluster that is set up.
      await hosts.all(local, (host) => hosts.ask(host, "hosts.learn", { hosts: remote }));
      await sendFiles(call, hosts, remote, [forRemote]);
      await sendFiles(call, hosts, local, [forLocal]);
    });
  },
};

/** Names of the nodes of the cluster that a host is in. @throws PcsError */
async function nodesOfSite(hosts: Hosts, host: KnownHost): Promise<string[]> {
  const answers = await hosts.all([host], () => hosts.ask(host, "file.read", { kind: "corosync.conf" }));
  const { content } = answers.get(host.name)!;
  if (content === null)
    fail(`${host.name}: there is no corosync.conf; set the cluster of the recovery site up first`);
  const parsed = parseCorosyncConf(Buffer.from(content, "base64").toString("utf8"));
  if (!parsed.ok) fail(`${host.name}: corosync.conf cannot be read: ${parsed.error.message}`);
  const names = viewCorosyncConf(parsed.document).nodes.map((node) => node.name);
  if (names.length === 0 || names.includes(null))
    fail(`${host.name}: nodes have no names in corosync.conf; give each a 'name:' there, on all nodes`);
  return names as string[];
}

/** A host that has the file already got it from an attempt that went wrong elsewhere; any other file is of another pair. */
async function refusePaired(
  call: PcsCall,
  hosts: Hosts,
  targets: readonly KnownHost[],
  { content }: FileContent,
): Promise<void> {
  const answers = await hosts.all(targets, (host) => hosts.ask(host, "file.read", { kind: SITES_FILE }));
  const paired = targets.filter(({ name }) => ![null, content].includes(answers.get(name)!.content));
  if (paired.length > 0)
    call.reports.error(
      `${namesOf(paired)}: Disaster-recovery already configured, with other sites; 'pcs dr destroy' there ends that`,
    );
}

const status: PcsCommand = {
  usage: ["[--full] [--hide-inactive]"],
  help: "Show the status of this cluster and of that of the other site, each as the first of its nodes tells that can.",
  options: ["--full", "--hide-inactive", "--request-timeout"],
  async run(call) {
    call.expect(0, 0);
    const hosts = await Hosts.of(call);
    const { localRole, remoteSites } = configuredSites(hosts);
    const sites = [
      { title: `Local cluster - ${roleText(localRole)} site`, nodes: clusterNodeNames(call) },
      ...remoteSites.map(({ role, nodes }) => ({
        title: `Remote cluster - ${roleText(role)} site`,
        nodes,
      })),
    ];
    for (const [index, { title, nodes }] of sites.entries()) {
      const text = await siteStatus(call, hosts, nodes);
      call.print(`${index === 0 ? "" : "\n"}--- ${title} ---\n${text ?? ""}`);
    }
    call.reports.check("Errors have occurred, therefore pcs is unable to continue");
  },
};

const destroy: PcsCommand = {
  usage: [""],
  help: "Have both sites forget that they are paired; the clusters go on as they are.",
  options: ["--skip-offline", "--request-timeout"],
  async run(call) {
    call.expect(0, 0);
    const hosts = await Hosts.of(call);
    const { remoteSites } = configuredSites(hosts);
    const names = [...clusterNodeNames(call), ...remoteSites.flatMap(({ nodes }) => nodes)];
    const targets = call.has("--skip-offline") ? await online(call, hosts, names) : hosts.known(names);
    call.reports.info(`Requesting remove '${SITES_FILE}' from ${namesOf(targets)}`);
    await hosts.exclusively(targets, "dr destroy", () =>
      hosts.all(targets, async (host) => {
        await hosts.ask(host, "file.remove", { kinds: [SITES_FILE] });
        call.reports.info(`${host.name}: successful removal of the file '${SITES_FILE}'`);
      }),
    );
  },
};

/** Of these hosts, those that are known and answer. @throws PcsError when none does */
async function online(call: PcsCall, hosts: Hosts, names: readonly string[]): Promise<readonly KnownHost[]> {
  const known = hosts.management.knownHosts().filter(({ name }) => names.includes(name));
  const missing = names.filter((name) => !known.some((host) => host.name === name));
  if (missing.length > 0)
    call.reports.warn(
      `${quoted(missing)}: not known to pcs, so the file stays there until 'pcs dr destroy' there`,
    );
  const found: KnownHost[] = [];
  for (const host of known) {
    try {
      await hosts.ask(host, "host.state", {});
      found.push(host);
    } catch (error) {
      call.reports.warn(`${(error as Error).message}; the file stays there until 'pcs dr destroy' there`);
    }
  }
  return found.length > 0 ? found : fail("None of hosts is known to pcs and answers.");
}

export const recoveryGroup: PcsGroup = {
  summary: "A cluster at another site that is to take over",
  commands: { config, status, "set-recovery-site": setRecoverySite, destroy },
};
