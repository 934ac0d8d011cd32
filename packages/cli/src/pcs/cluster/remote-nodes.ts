import type { XmlElement } from "@quorate/xml";
import { idExists } from "../../configuration/ids.ts";
import { nodesOf } from "../../configuration/nodes.ts";
import { nvpairValue, updateNvset } from "../../configuration/nvsets.ts";
import { agentText, allPrimitives, findPrimitive, findResource } from "../../configuration/resources.ts";
import { ensureSection } from "../../configuration/sections.ts";
import { sortByName } from "../alert/commands.ts";
import { assignmentMap, checkNames, quoted, splitAtKeywords } from "../framework/assignments.ts";
import type { PcsCall, PcsCommand } from "../framework/command.ts";
import { checkId } from "../framework/ids.ts";
import { fail } from "../framework/reports.ts";
import { checkWait, waitForIdle } from "../framework/wait.ts";
import { clusterNodeNames } from "../hosts/hosts.ts";
import { removeResource } from "../resource/change/structure.ts";
import { parseOperations } from "../resource/create/operation-words.ts";
import { appendPrimitive, checkPrimitive, requireAgent } from "../resource/create/primitive.ts";

const GUEST_OPTIONS = ["remote-addr", "remote-connect-timeout", "remote-port"] as const;

/** The last mistake of several is followed by it. */
const CLOSING = "Errors have occurred, therefore pcs is unable to continue";

export const addRemote: PcsCommand = {
  usage: [
    "<node name> [<node address>] [<option>=<value>]... [op <action> <option>=<value>...]... [meta <option>=<value>...] [--wait[=n]]",
  ],
  help: "Make a host that runs pacemaker_remote a remote node: creates the resource that connects to it. Options are port and reconnect_interval. Without an address that of 'pcs host auth' is used, or the name. The host itself is not touched: it needs /etc/pacemaker/authkey of this cluster and a running pacemaker_remote.",
  options: ["-f", "--force", "--no-default-ops", "--skip-offline", "--wait"],
  async run(call) {
    const [name, ...rest] = call.expect(1);
    const parts = splitAtKeywords(rest, { op: {}, meta: {} });
    const [first, ...others] = parts.get("")![0]!;
    const hasAddress = first !== undefined && !first.includes("=");
    const parameters = assignmentMap(hasAddress || first === undefined ? others : [first, ...others]);
    const operations = parseOperations(parts.get("op")?.[0] ?? []);
    const meta = assignmentMap(parts.get("meta")?.[0] ?? []);
    const waitS = checkWait(call);
    const editor = await call.cib();
    const { cib } = editor;
    checkId(name!, "remote node name");
    const address = hasAddress ? first : await addressOf(call, name!);
    refuseTaken(call, cib, name!, address);
    if (parameters.has("server"))
      call.reports.error("invalid resource option 'server': write the address behind the name of the node");
    call.reports.check(CLOSING);
    const agent = await requireAgent(call, "ocf:pacemaker:remote", false);
    const spec = checkPrimitive(
      call,
      cib,
      { id: name!, agent, parameters: new Map([...parameters, ["server", address]]), meta, operations },
      { isRemoteNode: true },
    );
    appendPrimitive(cib, ensureSection(cib, "resources"), spec, !call.has("--no-default-ops"));
    await editor.commit();
    tellToStart(call, name!);
    if (waitS !== null) await waitForIdle(call, waitS);
  },
};

export const addGuest: PcsCommand = {
  usage: ["<node name> <resource id> [<option>=<value>]... [--wait[=n]]"],
  help: "Make a resource that is a virtual machine or a container a guest node, on which resources can run. Options are remote-addr, remote-port and remote-connect-timeout; without remote-addr the address of 'pcs host auth' is used, or the name. The guest itself is not touched: it needs /etc/pacemaker/authkey of this cluster and a running pacemaker_remote.",
  options: ["-f", "--force", "--skip-offline", "--wait"],
  async run(call) {
    const [name, resourceId, ...words] = call.expect(2);
    const options = assignmentMap(words);
    const waitS = checkWait(call);
    const editor = await call.cib();
    const { cib } = editor;
    const { reports } = call;
    const address = options.get("remote-addr") ?? (await addressOf(call, name!));
    checkNames(reports, options.keys(), GUEST_OPTIONS, "guest ", false);
    const resource = findPrimitive(cib, resourceId!);
    if (resource === null) {
      if (findResource(cib, resourceId!) === null) reports.error(`resource '${resourceId}' does not exist`);
      else reports.error(`'${resourceId}' is not a primitive: only that can be a guest node`);
    } else if (guestNameOf(resource) !== null) {
      reports.error(`the resource '${resourceId}' is already a guest node`);
    }
    refuseTaken(call, cib, name!, address);
    reports.check(CLOSING);
    const meta = new Map([...options, ["remote-node", name!], ["remote-addr", address]]);
    updateNvset(cib, resource!, "meta_attributes", sortByName([...meta]), { position: "first" });
    await editor.commit();
    tellToStart(call, name!);
    if (waitS !== null) await waitForIdle(call, waitS);
  },
};

export const removeRemote: PcsCommand = {
  usage: ["<node name or address>"],
  help: "Take a remote node out of the cluster: removes the resource that connects to it, with its constraints. pacemaker_remote on the host is to be stopped by hand.",
  options: ["-f", "--force", "--skip-offline"],
  async run(call) {
    const [node] = call.expect(1, 1);
    const editor = await call.cib();
    const found = allPrimitives(editor.cib).filter(
      (primitive) => isRemote(primitive) && (primitive.id === node || serverOf(primitive) === node),
    );
    refuseNoneOrSeveral(call, found, `remote node '${node}'`);
    for (const primitive of found) {
      call.reports.info(`Deleting Resource - ${primitive.id}`);
      removeResource(call, editor.cib, primitive);
    }
    await editor.commit();
    tellToStop(
      call,
      found.map(({ id }) => id ?? ""),
    );
  },
};

export const removeGuest: PcsCommand = {
  usage: ["<node name, address or resource id>"],
  help: "Make a guest node a mere resource again; it keeps running. pacemaker_remote in it is to be stopped by hand.",
  options: ["-f", "--force", "--skip-offline", "--wait"],
  async run(call) {
    const [node] = call.expect(1, 1);
    const waitS = checkWait(call);
    const editor = await call.cib();
    const found = allPrimitives(editor.cib).filter((primitive) => {
      const name = guestNameOf(primitive);
      const address = nvpairValue(primitive, "meta_attributes", "remote-addr") ?? name;
      return name !== null && [name, address, primitive.id].includes(node!);
    });
    refuseNoneOrSeveral(call, found, `guest node '${node}'`);
    const names = found.map((primitive) => guestNameOf(primitive)!);
    for (const primitive of found) {
      const gone = ["remote-node", ...GUEST_OPTIONS].map((name) => [name, ""] as const);
      updateNvset(editor.cib, primitive, "meta_attributes", gone, { makesEmpty: true });
    }
    await editor.commit();
    tellToStop(call, names);
    if (waitS !== null) await waitForIdle(call, waitS);
  },
};

/** That of `pcs host auth`; without one, the name is hoped to be an address. */
async function addressOf(call: PcsCall, name: string): Promise<string> {
  const known = call.isLive ? (await call.world.openManagement()).knownHosts() : [];
  const address = known.find((host) => host.name === name)?.address ?? name;
  call.reports.info(`No addresses specified for host '${name}', using '${address}'`);
  return address;
}

/** Names and addresses of nodes are unique in a cluster. @throws PcsError */
function refuseTaken(call: PcsCall, cib: XmlElement, name: string, address: string): void {
  const { reports } = call;
  const taken = new Set(nodesOf(cib).map((node) => node.get("uname") ?? ""));
  for (const primitive of allPrimitives(cib)) {
    const guest = guestNameOf(primitive);
    if (guest !== null)
      taken.add(guest).add(nvpairValue(primitive, "meta_attributes", "remote-addr") ?? guest);
    if (isRemote(primitive)) taken.add(primitive.id ?? "").add(serverOf(primitive));
  }
  if (call.isLive) for (const node of clusterNodeNames(call)) taken.add(node);
  else
    reports.info(
      "Unable to check if there is a conflict with nodes set in corosync because the command does not run on a live cluster (e.g. -f was used)",
    );
  for (const word of new Set([name, address]))
    if (taken.has(word) || (word === name && idExists(cib, name))) reports.error(`'${word}' already exists`);
}

function isRemote(primitive: XmlElement): boolean {
  return agentText(primitive) === "ocf:pacemaker:remote";
}

/** A connection without a server goes to the name. */
function serverOf(primitive: XmlElement): string {
  return nvpairValue(primitive, "instance_attributes", "server") ?? primitive.id ?? "";
}

function guestNameOf(primitive: XmlElement): string | null {
  return nvpairValue(primitive, "meta_attributes", "remote-node") || null;
}

/** @throws PcsError */
function refuseNoneOrSeveral(call: PcsCall, found: readonly XmlElement[], what: string): void {
  if (found.length === 0) fail(`${what} does not appear to exist in configuration`);
  if (found.length > 1)
    call.reports.forceable(`${what} is any of the resources ${quoted(found.map(({ id }) => id ?? ""))}`);
  call.reports.check(CLOSING);
}

function tellToStart(call: PcsCall, name: string): void {
  call.reports.info(
    `'${name}' itself was not touched: copy /etc/pacemaker/authkey of this cluster to it, then enable and start pacemaker_remote there`,
  );
}

function tellToStop(call: PcsCall, names: readonly string[]): void {
  call.reports.info(
    `${quoted(names)} itself was not touched: disable and stop pacemaker_remote there, and remove /etc/pacemaker/authkey`,
  );
}
