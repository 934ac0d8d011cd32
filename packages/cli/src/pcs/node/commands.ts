import { XmlElement } from "@quorate/xml";
import { uniqueId } from "../../configuration/ids.ts";
import { findNode, guestNodeNames, nodesOf, remoteNodeNames } from "../../configuration/nodes.ts";
import {
  type Assignment,
  assignNvpairs,
  type NvsetName,
  nvpairs,
  nvpairValue,
  updateNvset,
} from "../../configuration/nvsets.ts";
import { ensureSection } from "../../configuration/sections.ts";
import { sortByName } from "../alert/commands.ts";
import { parseAssignments } from "../framework/assignments.ts";
import type { PcsCall, PcsCommand, PcsGroup } from "../framework/command.ts";
import { fail, PcsError } from "../framework/reports.ts";
import { assignmentText } from "../framework/text.ts";
import { checkWait, waitForIdle } from "../framework/wait.ts";

const attribute: PcsCommand = {
  usage: ["[[<node>] | <node> <name>=<value>...]"],
  help: "Show attributes of nodes, or set some; an empty value removes an attribute.",
  options: ["-f", "--name", "--force"],
  async run(call) {
    const [nodeName, ...rest] = call.args;
    if (call.has("--name") && rest.length > 0) call.usage();
    const editor = await call.cib();
    if (rest.length === 0) {
      printSets(call, editor.cib, "instance_attributes", "Node Attributes:", nodeName ?? null);
      return;
    }
    const assignments = parseAssignments(rest);
    const known = findNode(editor.cib, nodeName!);
    const isRemote = known === null && connectedNodeNames(editor.cib).includes(nodeName!);
    const node = isRemote ? makeRemoteNode(editor.cib, nodeName!) : known;
    if (node === null) fail(`unable to set attribute ${assignments[0]![0]}: there is no node '${nodeName}'`);
    const missing = assignments.find(
      ([name, value]) => value === "" && nvpairValue(node, "instance_attributes", name) === null,
    );
    if (missing !== undefined && !call.has("--force")) {
      throw new PcsError([`attribute: '${missing[0]}' doesn't exist for node: '${nodeName}'`], 2);
    }
    for (const assignment of assignments) setAttribute(editor.cib, node, assignment);
    await editor.commit();
  },
};

/** In the set that has the attribute; a new one in the set that is pcs' own, as crm_attribute does it, whatever other sets there are. */
function setAttribute(cib: XmlElement, node: XmlElement, assignment: Assignment): void {
  const id = `nodes-${node.id}`;
  const sets = node.all("instance_attributes");
  const set =
    sets.find((one) => nvpairs(one).some(([name]) => name === assignment[0])) ??
    sets.find((one) => one.id === id);
  if (set !== undefined) {
    assignNvpairs(cib, set, [assignment]);
    return;
  }
  const own = new XmlElement("instance_attributes", [["id", uniqueId(cib, id)]]);
  const last = sets.at(-1);
  node.insert(own, last === undefined ? node.children.length : node.children.indexOf(last) + 1);
  assignNvpairs(cib, own, [assignment]);
}

const utilization: PcsCommand = {
  usage: ["[[<node>] | <node> <name>=<value>...]"],
  help: "Show what nodes can carry, or set it; values are whole numbers, an empty one removes the attribute.",
  options: ["-f", "--name"],
  async run(call) {
    const [nodeName, ...rest] = call.args;
    if (call.has("--name") && rest.length > 0) call.usage();
    const editor = await call.cib();
    if (nodeName !== undefined && findNode(editor.cib, nodeName) === null) {
      fail(`Unable to find a node: ${nodeName}`);
    }
    if (rest.length === 0) {
      printSets(call, editor.cib, "utilization", "Node Utilization:", nodeName ?? null);
      return;
    }
    const assignments = parseAssignments(rest);
    checkUtilization(assignments);
    const node = findNode(editor.cib, nodeName!)!;
    updateNvset(editor.cib, node, "utilization", sortByName(assignments), {
      id: `nodes-${node.id}-utilization`,
    });
    await editor.commit();
  },
};

/** @throws PcsError when a value is not a whole number */
export function checkUtilization(assignments: readonly Assignment[]): void {
  for (const [name, value] of assignments) {
    if (value !== "" && !/^[+-]?\d+$/.test(value)) {
      fail(`Value of utilization attribute must be integer: '${name}=${value}'`);
    }
  }
}

function printSets(
  call: PcsCall,
  cib: XmlElement,
  set: NvsetName,
  title: string,
  nodeName: string | null,
): void {
  const name = call.value("--name");
  const lines = nodesOf(cib)
    .map((node) => ({
      uname: node.get("uname") ?? "",
      pairs: node
        .all(set)
        .slice(0, set === "utilization" ? 1 : undefined)
        .flatMap(nvpairs)
        .filter(([pairName]) => name === null || pairName === name),
    }))
    .filter(({ uname, pairs }) => pairs.length > 0 && (nodeName === null || uname === nodeName))
    .sort((left, right) => (left.uname < right.uname ? -1 : 1))
    .map(
      ({ uname, pairs }) =>
        ` ${uname}: ${sortByName(pairs)
          .map(([pairName, value]) => assignmentText(pairName, value))
          .join(" ")}`,
    );
  call.print([title, ...lines].join("\n"));
}

function setAttributes(cib: XmlElement, node: XmlElement, assignments: readonly Assignment[]): void {
  updateNvset(cib, node, "instance_attributes", assignments, { id: `nodes-${node.id}` });
}

/** `standby`, `maintenance` and their opposites: an attribute that is `on` or not there. */
function modeCommand(name: "standby" | "maintenance", isOn: boolean, help: string): PcsCommand {
  return {
    usage: ["[<node>]..."],
    help,
    options: ["-f", "--all", "--wait", "--force"],
    async run(call) {
      const waitS = checkWait(call);
      if (call.has("--all") && call.args.length > 0) fail("Cannot specify both --all and a list of nodes.");
      if (call.isOnFile && !call.has("--all") && call.args.length === 0) {
        fail("Node(s) must be specified if -f is used");
      }
      const editor = await call.cib();
      const names = await chosenNodes(call, editor.cib);
      const remotes = connectedNodeNames(editor.cib);
      for (const nodeName of names) {
        if (findNode(editor.cib, nodeName) === null && !remotes.includes(nodeName)) {
          call.reports.error(`Node '${nodeName}' does not appear to exist in configuration`);
        }
      }
      call.reports.check();
      for (const nodeName of names) {
        const node = findNode(editor.cib, nodeName) ?? makeRemoteNode(editor.cib, nodeName);
        setAttributes(editor.cib, node, [[name, isOn ? "on" : ""]]);
      }
      await editor.commit();
      if (waitS !== null) await waitForIdle(call, waitS);
    },
  };
}

async function chosenNodes(call: PcsCall, cib: XmlElement): Promise<readonly string[]> {
  if (call.has("--all"))
    return [...new Set([...nodesOf(cib).map((node) => node.get("uname") ?? ""), ...connectedNodeNames(cib)])];
  if (call.args.length > 0) return call.args;
  const daemon = await call.live.daemon();
  return [(await daemon.request("node.status", {})).nodeName];
}

/** Nodes that resources connect to the cluster, those of bundles aside: these last as long as their containers. */
function connectedNodeNames(cib: XmlElement): string[] {
  return [...guestNodeNames(cib), ...remoteNodeNames(cib)];
}

/** Such nodes get an entry among the nodes with the first attribute. */
function makeRemoteNode(cib: XmlElement, name: string): XmlElement {
  const node = new XmlElement("node", [
    ["id", uniqueId(cib, name)],
    ["type", "remote"],
    ["uname", name],
  ]);
  ensureSection(cib, "nodes").append(node);
  return node;
}

export const nodeGroup: PcsGroup = {
  summary: "Nodes of the cluster",
  commands: {
    attribute,
    maintenance: modeCommand("maintenance", true, "Let the cluster do nothing with resources on the nodes."),
    unmaintenance: modeCommand("maintenance", false, "Let the cluster manage resources on the nodes again."),
    standby: modeCommand(
      "standby",
      true,
      "Move all resources away from the nodes; without a node: this one.",
    ),
    unstandby: modeCommand("standby", false, "Let the nodes run resources again."),
    utilization,
  },
};
