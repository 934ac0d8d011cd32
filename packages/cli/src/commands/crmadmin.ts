import type { ApiClient } from "@quorate/api";
import { type KnownNode, knownNodes, NODE_KINDS, type NodeKind } from "@quorate/cib";
import { XmlElement } from "@quorate/xml";
import { withDaemon } from "../cluster/daemon.ts";
import { withCib } from "../cluster/open-cib.ts";
import { type CommandCall, defineCommand, UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { parseSeconds } from "../input/parse-seconds.ts";
import { countOption, flagOption, optionalOption, valueOption } from "../options/option-table.ts";
import type { World } from "../world.ts";

const COMMANDS = "Commands";

const options = {
  status: valueOption({
    long: "status",
    short: "S",
    metavar: "NODE",
    help: "Show what the controller of this node is doing",
    heading: COMMANDS,
  }),
  pacemakerd: flagOption({
    long: "pacemakerd",
    short: "P",
    help: "Show whether the daemon of this node is running",
    heading: COMMANDS,
  }),
  dcLookup: flagOption({
    long: "dc_lookup",
    short: "D",
    help: "Show which node leads the cluster",
    heading: COMMANDS,
  }),
  nodes: optionalOption({
    long: "nodes",
    short: "N",
    metavar: "KIND[,...]",
    help: "List all nodes, or those of some kinds: all, cluster, guest, remote",
    heading: COMMANDS,
  }),
  timeout: valueOption({
    long: "timeout",
    short: "t",
    metavar: "TIME",
    help: "How long to wait (default 30s)",
  }),
  bashExport: flagOption({
    long: "bash-export",
    short: "B",
    help: "With --nodes: as shell commands, export NAME=ID",
  }),
  ipcName: valueOption({ long: "ipc-name", short: "i", metavar: "NAME", help: "Accepted", isHidden: true }),
  quiet: flagOption({ long: "quiet", short: "q", help: "Print only what is essential" }),
  verbose: countOption({ long: "verbose", short: "V", help: "Say more" }),
};

type Call = CommandCall<typeof options>;
type Command = (call: Call, world: World) => Promise<number>;

/** `crmadmin`: what the cluster's controllers are doing. Source: crmadmin(8). */
export const main = defineCommand({
  name: "crmadmin",
  summary: "show what the controllers of the cluster are doing",
  usage: "COMMAND [options]",
  examples: [
    { line: "crmadmin --dc_lookup", explanation: "Which node leads?" },
    { line: "crmadmin --nodes=cluster,remote", explanation: "All nodes but the guests" },
  ],
  options,
  run: (call, world) => {
    const { options: chosen, operands } = call;
    if (operands.length > 0) throw new UsageError(`surplus argument "${operands[0]}"`);
    const given: Command[] = [];
    if (chosen.status !== null) given.push(showStatus);
    if (chosen.pacemakerd) given.push(showDaemon);
    if (chosen.dcLookup) given.push(showDc);
    if (chosen.nodes !== null) given.push(listNodes);
    if (given.length !== 1) throw new UsageError("give exactly one command: -S, -P, -D or -N");
    if (chosen.bashExport && chosen.nodes === null) throw new UsageError("--bash-export needs --nodes");
    return given[0]!(call, world);
  },
});

const listNodes: Command = ({ options: chosen, output }, world) => {
  const kinds = kindsOf(chosen.nodes!);
  return withCib(world, async (cib) => {
    const nodes = knownNodes(await cib.document()).filter(({ kind }) => kinds.has(kind));
    output.show({
      text: () => nodes.map((node) => `${nodeText(node, chosen)}\n`).join(""),
      xml: () => [nodesElement(nodes)],
    });
    return ExitCode.ok;
  });
};

function kindsOf(text: string): ReadonlySet<NodeKind> {
  const kinds = new Set<NodeKind>();
  for (const word of text.split(",")) {
    if (word === "" || word === "all" || word === "default") {
      for (const kind of NODE_KINDS) kinds.add(kind);
      continue;
    }
    const kind = NODE_KINDS.find((known) => known === word);
    if (kind === undefined) {
      throw new UsageError(`--nodes "${word}": not a kind of node; write all, ${NODE_KINDS.join(", ")}`);
    }
    kinds.add(kind);
  }
  return kinds;
}

function nodeText({ kind, name, id }: KnownNode, chosen: Call["options"]): string {
  if (chosen.bashExport) return `export ${name}=${id}`;
  return chosen.quiet ? name : `${kind} node: ${name} (${id})`;
}

function nodesElement(nodes: readonly KnownNode[]): XmlElement {
  const element = new XmlElement("nodes");
  for (const { kind, name, id } of nodes) {
    element.append(
      new XmlElement("node", [
        ["type", kind],
        ["name", name],
        ["id", id],
      ]),
    );
  }
  return element;
}

const showDc: Command = ({ options: chosen, output }, world) =>
  ask(world, chosen, async (daemon) => {
    const { dc } = await daemon.request("node.status", {});
    if (dc === null) {
      world.stderr(`${world.programName}: no node leads the cluster now; an election may be going on\n`);
      return ExitCode.noDc;
    }
    output.show({
      text: () => (chosen.quiet ? `${dc}\n` : `Designated Controller is: ${dc}\n`),
      xml: () => [new XmlElement("dc", [["node_name", dc]])],
    });
    return ExitCode.ok;
  });

const showStatus: Command = ({ options: chosen, output }, world) =>
  ask(world, chosen, async (daemon) => {
    const name = chosen.status!;
    const nodes = await daemon.request("node.list", {});
    const node = nodes.find((known) => known.name.toLowerCase() === name.toLowerCase());
    if (node === undefined) {
      world.stderr(`${world.programName}: no node is called ${name}; see crm_node -l\n`);
      return ExitCode.noSuch;
    }
    if (!node.isOnline) {
      world.stderr(`${world.programName}: ${node.name} does not take part in the cluster now\n`);
      return ExitCode.disconnect;
    }
    const { state } = await daemon.request("node.state", { name: node.name });
    output.show({
      text: () => (chosen.quiet ? `${state}\n` : `Controller on ${node.name} in state ${state}: ok\n`),
      xml: () => [
        new XmlElement("crmd", [
          ["node_name", node.name],
          ["state", state],
          ["result", "ok"],
        ]),
      ],
    });
    return ExitCode.ok;
  });

const showDaemon: Command = ({ options: chosen, output }, world) =>
  ask(world, chosen, async (daemon) => {
    const { isShuttingDown } = await daemon.request("node.status", {});
    const state = isShuttingDown ? "shutting_down" : "running";
    const words = isShuttingDown ? "Shutting down" : "Pacemaker is running";
    output.show({
      text: () =>
        chosen.quiet
          ? `${state}\n`
          : `Status of pacemakerd: '${words}' (last updated ${new Date(world.nowMs()).toISOString()})\n`,
      xml: () => [
        new XmlElement("pacemakerd", [
          ["sys_from", "pacemakerd"],
          ["state", state],
          ["last_updated", new Date(world.nowMs()).toISOString()],
        ]),
      ],
    });
    return ExitCode.ok;
  });

/** With the time limit of `--timeout`. */
function ask(
  world: World,
  chosen: Call["options"],
  use: (daemon: ApiClient) => Promise<number>,
): Promise<number> {
  const limitMs = chosen.timeout === null ? 30_000 : parseSeconds("--timeout", chosen.timeout) * 1000;
  let timer: NodeJS.Timeout | null = null;
  const late = new Promise<number>((resolve) => {
    timer = setTimeout(() => {
      world.stderr(`${world.programName}: the daemon gave no answer within ${limitMs / 1000} s\n`);
      resolve(ExitCode.timeout);
    }, limitMs);
  });
  return Promise.race([withDaemon(world, use), late]).finally(() => {
    if (timer !== null) clearTimeout(timer);
  });
}
