import { viewCorosyncConf } from "@quorate/corosync-conf";
import { type Monitor, monitor } from "@quorate/scheduler";
import type { XmlElement } from "@quorate/xml";
import { guestNodeNames, nodesOf, remoteNodeNames } from "../../configuration/nodes.ts";
import { allPrimitives, findResource, isStonith } from "../../configuration/resources.ts";
import { classicLocalTime } from "../../input/local-time.ts";
import { readCorosyncConf } from "../corosync/conf-file.ts";
import type { PcsCall, PcsCommand } from "../framework/command.ts";
import { fail } from "../framework/reports.ts";
import { levelLines } from "../stonith/levels-text.ts";
import { tagsOf } from "../tag/commands.ts";

interface Shown {
  readonly showsInactive: boolean;
  /** Only this resource, or those with this tag. */
  readonly resource?: string | null;
  readonly node?: string | null;
}

/** Nodes and resources as the monitor of the cluster shows them. */
function statusMonitor(call: PcsCall, cib: XmlElement, shown: Shown): Monitor {
  const nowMs = call.world.nowMs();
  return monitor(cib, Math.floor(nowMs / 1000), {
    sections: new Set(["nodes", "resources"]),
    showsInactive: shown.showsInactive,
    groupsByNode: false,
    isBrief: false,
    showsTiming: false,
    showsDetail: false,
    node: shown.node ?? null,
    resource: shown.resource ?? null,
    banPrefix: null,
    viewer: null,
    timeText: classicLocalTime(new Date(nowMs)),
    daemonState: null,
    fencing: [],
    notices: [],
  });
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
    if (isEmptyWord(line)) continue;
    if (line.startsWith("  * ")) blocks.push([line]);
    else blocks.at(-1)?.push(line);
  }
  return blocks;
}

/** The monitor's own word for an empty list. */
function isEmptyWord(line: string): boolean {
  return /^ {2}\* No (active )?resources$/.test(line);
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
      if (id !== null && !isResourceOrTag(cib, id)) fail(`resource or tag id '${id}' not found`);
      const text = statusMonitor(call, cib, {
        showsInactive: !call.has("--hide-inactive"),
        resource: id,
        node,
      }).text();
      const blocks = resourceBlocks(text);
      const shown = id === null ? blocks.flatMap((block) => ofKind(cib, block, isStonithCommand)) : blocks;
      if (shown.length > 0) call.print(shown.flat().join("\n"));
      else if (blocks.length === 0 && hasPrimitives(cib)) call.print("No active resources");
      else call.print(`NO ${what} configured`);
      const levels = levelLines(cib);
      if (isStonithCommand && call.args.length === 0 && levels.length > 0) {
        call.print(["", "Fencing Levels:", ...levels.map((line) => ` ${line}`)].join("\n"));
      }
    },
  };
}

/** The block where it is about fence devices or about other resources; these are shown without the fence devices in them. */
function ofKind(cib: XmlElement, block: readonly string[], isOfStonith: boolean): readonly string[][] {
  const top = findResource(cib, blockId(block));
  if ((top !== null && isStonith(top)) !== isOfStonith) return [];
  return [isOfStonith ? [...block] : block.filter((line) => !line.includes("(stonith:"))];
}

function hasPrimitives(cib: XmlElement): boolean {
  return allPrimitives(cib).length > 0;
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

function isResourceOrTag(cib: XmlElement, id: string): boolean {
  return findResource(cib, id) !== null || tagsOf(cib).some((tag) => tag.id === id);
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
    nameLine(
      nodesOf(cib)
        .filter((node) => node.get("type") !== "remote")
        .map((node) => node.get("uname")),
    ),
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
  const nodes = nodeStates(call, cib);
  return REMOTE_TITLES.flatMap((title, index) => {
    const line = (label: string, state: NodeState) =>
      [
        ` ${label}:`,
        ...nodes
          .filter((node) => node.isRemote === (index === 1) && node.state === state)
          .map(({ name }) => name),
      ].join(" ");
    return [
      title,
      line("Online", "online"),
      line("Standby", "standby"),
      line("Standby with resource(s) running", "standbyBusy"),
      line("Maintenance", "maintenance"),
      line("Offline", "offline"),
    ];
  });
}

type NodeState = "online" | "standby" | "standbyBusy" | "maintenance" | "offline";

/** As the monitor knows them and in its order, and last those that are only configured. */
function nodeStates(
  call: PcsCall,
  cib: XmlElement,
): { readonly name: string; readonly isRemote: boolean; readonly state: NodeState }[] {
  const known = statusMonitor(call, cib, { showsInactive: true })
    .elements()
    .find((element) => element.name === "nodes");
  const states = known!.all("node").map((node) => ({
    name: node.get("name") ?? "",
    isRemote: node.get("type") === "remote",
    state: stateOf(node),
  }));
  const remotes = [...guestNodeNames(cib), ...remoteNodeNames(cib)];
  const configured = [...nodesOf(cib).map((node) => node.get("uname") ?? ""), ...remotes];
  for (const name of new Set(configured)) {
    if (name !== "" && !states.some((state) => state.name === name))
      states.push({ name, isRemote: remotes.includes(name), state: "offline" });
  }
  return states;
}

function stateOf(node: XmlElement): NodeState {
  const is = (name: string) => node.get(name) === "true";
  if (is("standby") || is("standby_onfail"))
    return node.get("resources_running") === "0" ? "standby" : "standbyBusy";
  if (is("maintenance")) return "maintenance";
  // Nobody should count on a node that is only about to be there.
  return is("online") && !is("pending") ? "online" : "offline";
}
