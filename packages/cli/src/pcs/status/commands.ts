import { viewCorosyncConf } from "@quorate/corosync-conf";
import { type ClusterView, monitor, viewCluster } from "@quorate/scheduler";
import type { XmlElement } from "@quorate/xml";
import { guestNodeNames, nodesOf, remoteNodeNames } from "../../configuration/nodes.ts";
import { allPrimitives, findResource, isStonith } from "../../configuration/resources.ts";
import { classicLocalTime } from "../../input/local-time.ts";
import { readCorosyncConf } from "../corosync/conf-file.ts";
import type { PcsCall, PcsCommand } from "../framework/command.ts";
import { fail } from "../framework/reports.ts";
import { levelLines } from "../stonith/levels-text.ts";
import { tagsOf } from "../tag/commands.ts";

/** Nodes and resources as the monitor of the cluster shows them. */
function monitorText(call: PcsCall, cib: XmlElement, showsInactive: boolean): string {
  const nowMs = call.world.nowMs();
  return monitor(cib, Math.floor(nowMs / 1000), {
    sections: new Set(["nodes", "resources"]),
    showsInactive,
    groupsByNode: false,
    isBrief: false,
    showsTiming: false,
    showsDetail: false,
    node: null,
    resource: null,
    banPrefix: null,
    viewer: null,
    timeText: classicLocalTime(new Date(nowMs)),
    daemonState: null,
    fencing: [],
    notices: [],
  }).text();
}

/** Lines of the resource list, each top resource with what belongs to it. */
function resourceBlocks(text: string): string[][] {
  const lines = text.split("\n");
  const start = lines.findIndex(
    (line) => line.endsWith("List of Resources:") || line === "Active Resources:",
  );
  if (start < 0) return [];
  const blocks: string[][] = [];
  for (const line of lines.slice(start + 1)) {
    if (!line.startsWith("  ")) break;
    // The monitor's own word for an empty list.
    if (/^ {2}\* No (active )?resources$/.test(line)) continue;
    if (line.startsWith("  * ")) blocks.push([line]);
    else blocks.at(-1)?.push(line);
  }
  return blocks;
}

/** Id of the resource that a block of the list is about. */
function blockId(block: readonly string[]): string {
  const match =
    /^ {2}\* (?:(?:Resource Group|Clone Set|Container bundle set|Container bundle): )?([^\s:[]+)/.exec(
      block[0]!,
    );
  return match?.[1] ?? "";
}

export function statusCommand(isStonithCommand: boolean): PcsCommand {
  const what = isStonithCommand ? "stonith devices" : "resources";
  return {
    usage: ["[<id | tag id>] [node=<node>]"],
    help: `Show where ${what} run.`,
    options: ["-f", "--hide-inactive"],
    async run(call) {
      const { cib } = await call.cib();
      const [id, node] = parseStatusWords(call);
      const wanted = id === null ? null : wantedTops(cib, id);
      const text = monitorText(call, cib, !call.has("--hide-inactive"));
      const blocks = resourceBlocks(text)
        .filter((block) => {
          const top = findResource(cib, blockId(block));
          const isFence = top !== null && isStonith(top);
          if (wanted !== null) return wanted.has(blockId(block));
          return isFence === isStonithCommand;
        })
        .map((block) => (isStonithCommand ? block : block.filter((line) => !line.includes("(stonith:"))));
      const shown =
        node === null ? blocks : blocks.map((block) => onNode(block, node)).filter((block) => block !== null);
      if (shown.length > 0) call.print(shown.flat().join("\n"));
      else if (id !== null || node !== null || call.has("--hide-inactive"))
        call.print(hasAny(cib, isStonithCommand) ? `No active ${what}` : `NO ${what} configured`);
      else call.print(`NO ${what} configured`);
      const levels = levelLines(cib);
      if (isStonithCommand && id === null && levels.length > 0) {
        call.print(["", "Fencing Levels:", ...levels.map((line) => ` ${line}`)].join("\n"));
      }
    },
  };
}

function hasAny(cib: XmlElement, isStonithCommand: boolean): boolean {
  return allPrimitives(cib).some((primitive) => isStonith(primitive) === isStonithCommand);
}

function parseStatusWords(call: PcsCall): readonly [id: string | null, node: string | null] {
  const [first, ...rest] = call.args;
  const words = first === undefined || first.includes("=") ? call.args : rest;
  const id = first === undefined || first.includes("=") ? null : first;
  let node: string | null = null;
  for (const word of words) {
    if (!word.includes("=")) fail(`missing value of '${word}' option`);
    if (!word.startsWith("node=")) fail(`there is no option '${word.split("=")[0]}' here; allowed is node`);
    node = word.slice("node=".length);
  }
  return [id, node];
}

/** Ids of the outermost resources that an id or tag means. */
function wantedTops(cib: XmlElement, id: string): ReadonlySet<string> {
  const tag = tagsOf(cib).find((candidate) => candidate.id === id);
  const ids = tag === undefined ? [id] : tag.all("obj_ref").map((reference) => reference.id ?? "");
  const tops = ids.map((one) => {
    let resource = findResource(cib, one);
    if (resource === null) fail(`resource or tag id '${one}' not found`);
    while (resource.parent !== null && findResource(cib, resource.parent.id ?? "") === resource.parent) {
      resource = resource.parent;
    }
    return resource.id ?? "";
  });
  return new Set(tops);
}

/** The part of a block that is about a node: what runs there, and what runs nowhere. */
function onNode(block: readonly string[], node: string): string[] | null {
  const kept = block.flatMap((line) => {
    const list = /^(\s+\* (?:Started|Stopped|Promoted|Unpromoted)): \[ (.*) \]$/.exec(line);
    if (list !== null) return list[2]!.split(" ").includes(node) ? [`${list[1]}: [ ${node} ]`] : [];
    const state = /\t ((?:Started|Promoted|Unpromoted|FAILED|Stopping|Starting)[^\t]* \S.*)/.exec(line);
    if (state !== null) return state[1]!.split(/\s+/).includes(node) ? [line] : [];
    return [line];
  });
  const isOnlyTitle = kept.length === 0 || (kept.length === 1 && block.length > 1 && !/\t/.test(kept[0]!));
  return isOnlyTitle ? null : kept;
}

const REMOTE_TITLES = ["Pacemaker Nodes:", "Pacemaker Remote Nodes:"] as const;

export const statusNodes: PcsCommand = {
  usage: ["[corosync | both | config]"],
  help: "Show which nodes are online, in standby, in maintenance or offline.",
  options: ["-f", "--corosync_conf"],
  async run(call) {
    const [which] = call.expect(0, 1);
    switch (which) {
      case undefined:
        call.print(nodeStatusLines(call, (await call.cib()).cib).join("\n"));
        return;
      case "config":
        call.print(configuredNodeLines(call, (await call.cib()).cib).join("\n"));
        return;
      case "corosync":
      case "both": {
        if (call.isOnFile) fail("Option '-f' is not supported by this form of the command");
        const lines = await membershipLines(call);
        if (which === "both") lines.push(...nodeStatusLines(call, (await call.cib()).cib));
        call.print(lines.join("\n"));
        return;
      }
      default:
        call.usage();
    }
  },
};

/** Names in corosync.conf, and in the CIB. */
export function configuredNodeLines(call: PcsCall, cib: XmlElement): string[] {
  const { nodes } = viewCorosyncConf(readCorosyncConf(call));
  return [
    "Corosync Nodes:",
    nameLine(nodes.map(({ name }) => name)),
    "Pacemaker Nodes:",
    nameLine(nodesOf(cib).map((node) => node.get("uname"))),
  ];
}

function nameLine(names: readonly (string | null)[]): string {
  return names
    .filter((name) => name !== null)
    .sort()
    .map((name) => ` ${name}`)
    .join("");
}

/** Whose machines are members of the cluster. */
async function membershipLines(call: PcsCall): Promise<string[]> {
  const daemon = await call.live.daemon();
  const nodes = await daemon.request("node.list", {});
  const line = (label: string, state: "member" | "lost") =>
    [` ${label}:`, ...nodes.filter((node) => node.state === state).map(({ name }) => name)].join(" ");
  return ["Corosync Nodes:", line("Online", "member"), line("Offline", "lost")];
}

function nodeStatusLines(call: PcsCall, cib: XmlElement): string[] {
  const states = nodeStates(call, cib);
  const remotes = new Set([...guestNodeNames(cib), ...remoteNodeNames(cib), ...bundleNodeNames(call, cib)]);
  const lines: string[] = [];
  for (const [index, title] of REMOTE_TITLES.entries()) {
    const names = [...states.keys()].filter((name) => remotes.has(name) === (index === 1)).sort();
    const of = (state: NodeState) => names.filter((name) => states.get(name) === state);
    const line = (label: string, found: readonly string[]) => [` ${label}:`, ...found].join(" ");
    lines.push(
      title,
      line("Online", of("online")),
      line("Standby", of("standby")),
      line("Standby with resource(s) running", of("standbyBusy")),
      line("Maintenance", of("maintenance")),
      line("Offline", of("offline")),
    );
  }
  return lines;
}

type NodeState = "online" | "standby" | "standbyBusy" | "maintenance" | "offline";

/** Reads the node list of the monitor: `* Node n1: standby`, `* Online: [ n1 n2 ]`. */
function nodeStates(call: PcsCall, cib: XmlElement): Map<string, NodeState> {
  const states = new Map<string, NodeState>();
  const text = monitorText(call, cib, true);
  for (const line of text.split("\n")) {
    const list = /^ {2}\* (\S*?(?:Online|online|OFFLINE|offline)): \[ (.*) \]$/i.exec(line);
    if (list !== null) {
      const state: NodeState = /offline/i.test(list[1]!) ? "offline" : "online";
      for (const name of list[2]!.split(" ")) states.set(shortName(name), state);
      continue;
    }
    const single =
      /^ {2}\* (?:Remote|Guest|)?Node (\S+?):? (.*)$/.exec(line) ?? /^ {2}\* Node (\S+): (.*)$/.exec(line);
    if (single !== null) states.set(shortName(single[1]!), stateOf(single[2]!));
  }
  for (const name of [
    ...nodesOf(cib).map((node) => node.get("uname") ?? ""),
    ...viewOf(call, cib).nodeNames,
  ]) {
    if (name !== "" && !states.has(name)) states.set(name, "offline");
  }
  return states;
}

function shortName(name: string): string {
  return name.replace(/@.*$/, "").replace(/:$/, "");
}

function stateOf(text: string): NodeState {
  if (/offline/i.test(text) && !/standby/i.test(text)) return "offline";
  if (/standby/i.test(text)) return /with active resources/.test(text) ? "standbyBusy" : "standby";
  if (/maintenance/i.test(text)) return "maintenance";
  // Pending, or in a state that this does not know: nobody should count on such a node.
  return /\bonline\b/i.test(text) ? "online" : "offline";
}

/** Nodes that run in the containers of bundles. */
function bundleNodeNames(call: PcsCall, cib: XmlElement): string[] {
  const view = viewOf(call, cib);
  return view.nodeNames.filter((name) => {
    const resource = view.resource(name);
    return resource !== null && view.resource(resource.topId)?.kind === "bundle";
  });
}

function viewOf(call: PcsCall, cib: XmlElement): ClusterView {
  return viewCluster(cib, Math.floor(call.world.nowMs() / 1000));
}
