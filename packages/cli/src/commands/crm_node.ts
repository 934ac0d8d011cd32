import type { ApiClient } from "@quorate/api";
import { cibSource } from "../cluster/cib-source.ts";
import { withDaemon } from "../cluster/daemon.ts";
import { withCib } from "../cluster/open-cib.ts";
import { patchCib } from "../cluster/patch-cib.ts";
import { defineCommand, UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { countOption, flagOption, type ParsedValues, valueOption } from "../options/option-table.ts";
import type { World } from "../world.ts";

const COMMANDS = "Commands";

const options = {
  clusterId: flagOption({ long: "cluster-id", short: "i", help: "Show this node's id", heading: COMMANDS }),
  list: flagOption({
    long: "list",
    short: "l",
    help: "List all known nodes: id, name, member or lost",
    heading: COMMANDS,
  }),
  name: flagOption({ long: "name", short: "n", help: "Show this node's name", heading: COMMANDS }),
  partition: flagOption({
    long: "partition",
    short: "p",
    help: "List the names of this partition's members",
    heading: COMMANDS,
  }),
  quorum: flagOption({
    long: "quorum",
    short: "q",
    help: "Print 1 when this partition has quorum, 0 when it has not",
    heading: COMMANDS,
  }),
  nameForId: valueOption({
    long: "name-for-id",
    short: "N",
    metavar: "ID",
    help: "Show the name of the node with this id",
    heading: COMMANDS,
  }),
  remove: valueOption({
    long: "remove",
    short: "R",
    metavar: "NAME",
    help: "Make the cluster forget a node that is stopped and no longer in the engine's configuration",
    heading: COMMANDS,
  }),
  force: flagOption({ long: "force", short: "f", help: "Carry out --remove" }),
  quiet: flagOption({ long: "quiet", short: "Q", help: "Say less" }),
  verbose: countOption({ long: "verbose", short: "V", help: "Say more" }),
};

type Options = ParsedValues<typeof options>;

/** `crm_node`: what this node knows of the membership. Source: crm_node(8), corosync-layer specification, 9. */
export const main = defineCommand({
  name: "crm_node",
  isPlannable: true,
  summary: "show what the cluster knows of its nodes",
  usage: "COMMAND [options]",
  examples: [
    { line: "crm_node -l", explanation: "All nodes" },
    { line: "crm_node --force -R node4", explanation: "Forget a node that was taken out of the cluster" },
  ],
  options,
  run: ({ options: chosen, operands }, world) => {
    if (operands.length > 0) throw new UsageError(`surplus argument "${operands[0]}"`);
    const command = chooseCommand(chosen);
    const isOnFile = cibSource(world.env).kind !== "live";
    if (chosen.remove !== null && chosen.force && isOnFile) return removeFromFile(chosen.remove, world);
    return withDaemon(world, (daemon) => command(daemon, world));
  },
});

type Command = (daemon: ApiClient, world: World) => Promise<number>;

function chooseCommand(chosen: Options): Command {
  const given: Command[] = [];
  if (chosen.clusterId) given.push(showId);
  // An agent asks for both (rabbitmq-server-ha), and is answered with the names, as by the classic tool.
  if (chosen.list && !chosen.partition) given.push(listNodes);
  if (chosen.name) given.push(showName);
  if (chosen.partition) given.push(showPartition);
  if (chosen.quorum) given.push(showQuorum);
  if (chosen.nameForId !== null) given.push(nameForId(chosen.nameForId));
  if (chosen.remove !== null) given.push(removeNode(chosen.remove, chosen.force));
  if (given.length !== 1) throw new UsageError("give exactly one of -i, -l, -n, -p, -q, -N, -R");
  return given[0]!;
}

const showId: Command = async (daemon, world) => {
  world.stdout(`${(await daemon.request("node.status", {})).nodeId}\n`);
  return ExitCode.ok;
};

const showName: Command = async (daemon, world) => {
  world.stdout(`${(await daemon.request("node.status", {})).nodeName}\n`);
  return ExitCode.ok;
};

const listNodes: Command = async (daemon, world) => {
  for (const node of await daemon.request("node.list", {})) {
    world.stdout(`${node.nodeId} ${node.name} ${node.state}\n`);
  }
  return ExitCode.ok;
};

const showPartition: Command = async (daemon, world) => {
  const members = (await daemon.request("node.list", {})).filter((node) => node.state === "member");
  world.stdout(`${members.map((node) => node.name).join(" ")}\n`);
  return ExitCode.ok;
};

const showQuorum: Command = async (daemon, world) => {
  world.stdout((await daemon.request("node.status", {})).isQuorate ? "1\n" : "0\n");
  return ExitCode.ok;
};

function nameForId(text: string): Command {
  const id = Number(text);
  if (!/^[1-9]\d*$/.test(text))
    throw new UsageError(`--name-for-id: "${text}" is not a node id; see crm_node -l`);
  return async (daemon, world) => {
    const node = (await daemon.request("node.list", {})).find((known) => known.nodeId === id);
    if (node === undefined) {
      world.stderr(`${world.programName}: no node has the id ${id}; see crm_node -l\n`);
      return ExitCode.noSuch;
    }
    world.stdout(`${node.name}\n`);
    return ExitCode.ok;
  };
}

function removeNode(name: string, isForced: boolean): Command {
  return async (daemon, world) => {
    if (!isForced) {
      world.stderr(
        `${world.programName}: removing a node makes the cluster forget its history and attributes. Stop it and take it out of the engine's configuration first, then repeat with --force\n`,
      );
      return ExitCode.usage;
    }
    await daemon.request("node.remove", { name });
    return ExitCode.ok;
  };
}

/** A CIB that no cluster runs on: its entry and its state go. Never the running cluster's, whose node may have the same name. */
function removeFromFile(name: string, world: World): Promise<number> {
  return withCib(world, async (cib) => {
    let isKnown = false;
    await patchCib(cib, (document) => {
      const entries = document.first("configuration")?.first("nodes")?.all("node") ?? [];
      const states = document.first("status")?.all("node_state") ?? [];
      const found = [...entries, ...states].filter((element) => element.get("uname") === name);
      isKnown = found.length > 0;
      for (const element of found) element.remove();
    });
    if (isKnown) return ExitCode.ok;
    world.stderr(`${world.programName}: the configuration has no node "${name}"\n`);
    return ExitCode.noSuch;
  });
}
