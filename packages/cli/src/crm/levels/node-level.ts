import type { XmlElement } from "@quorate/xml";
import type { Level } from "../shell/level.ts";
import type { Shell } from "../shell/shell.ts";
import { crmAttribute, fenceNode } from "./tools.ts";

/** Nodes of the running cluster. */
export const nodeLevel: Level = {
  name: "node",
  help: "Nodes: standby, maintenance, attributes",
  levels: {},
  deprecated: { list: "show" },
  commands: {
    show: { usage: "[NODE]", help: "Show nodes with their attributes", atMost: 1, run: showNodes },
    server: { usage: "[NODE ...]", help: "Show the names of nodes", atMost: null, run: showServers },
    standby: {
      usage: "[NODE ...|--all] [reboot|forever]",
      help: "Keep resources away from nodes",
      atMost: null,
      isAwaited: true,
      run: (shell, args) => standby(shell, args, "on"),
    },
    online: {
      usage: "[NODE ...|--all]",
      help: "Let resources run on nodes again",
      atMost: null,
      isAwaited: true,
      run: (shell, args) => standby(shell, args, "off"),
    },
    maintenance: {
      usage: "[NODE]",
      help: "Let everything on a node run as it is",
      atMost: 1,
      isAwaited: true,
      run: (shell, args) => flag(shell, args, "maintenance", "true"),
    },
    ready: {
      usage: "[NODE]",
      help: "Let the cluster manage a node again",
      atMost: 1,
      isAwaited: true,
      run: (shell, args) => flag(shell, args, "maintenance", "off"),
    },
    fence: { usage: "NODE", help: "Fence a node", atLeast: 1, isAwaited: true, run: fence },
    clearstate: {
      usage: "NODE",
      help: "Tell the cluster that a node is down for sure",
      atLeast: 1,
      isAwaited: true,
      run: confirmDown,
    },
    delete: {
      usage: "NODE ...",
      help: "Remove nodes from the cluster",
      atLeast: 1,
      atMost: null,
      run: removeNodes,
    },
    attribute: attributeCommand("attribute", "attribute", ["--type", "nodes"]),
    utilization: attributeCommand("utilization", "utilization attribute", ["--utilization"]),
    "status-attr": attributeCommand("status-attr", "transient attribute", ["--type", "status"]),
  },
};

async function showNodes(shell: Shell, args: readonly string[]): Promise<boolean> {
  const nodes = ((await shell.readCib()).first("configuration")?.first("nodes")?.all("node") ?? []).filter(
    (node) => args[0] === undefined || node.get("uname") === args[0],
  );
  if (args[0] !== undefined && nodes.length === 0) {
    shell.messages.error(`node.show: node ${args[0]} does not exist`);
    return false;
  }
  for (const node of nodes) {
    // A remote node has no other id.
    const name = node.id === node.get("uname") ? node.id : `${node.get("uname")}(${node.id})`;
    shell.messages.print(`${name}: ${node.get("type") ?? "member"}`);
    const values = node
      .all("instance_attributes")
      .flatMap((list) => list.all("nvpair"))
      .map((nvpair) => `${nvpair.get("name")}=${nvpair.get("value") ?? ""}`);
    if (values.length > 0) shell.messages.print(`\t${values.join(" ")}`);
  }
  return true;
}

async function nodeNames(shell: Shell): Promise<string[]> {
  const copy = await shell.configuration();
  shell.forgetConfiguration();
  return copy.nodeNames();
}

async function showServers(shell: Shell, args: readonly string[]): Promise<boolean> {
  for (const name of await nodeNames(shell)) {
    if (args.length === 0 || args.includes(name)) shell.messages.print(name);
  }
  return true;
}

/** `[NODE ...|--all] [reboot|forever]`; no node: the one where this is typed. */
async function standby(shell: Shell, args: readonly string[], value: string): Promise<boolean> {
  const command = value === "on" ? "standby" : "online";
  const last = args.at(-1);
  const lifetime = value === "on" && (last === "reboot" || last === "forever") ? last : undefined;
  const words = lifetime === undefined ? args : args.slice(0, -1);
  const isAll = words.includes("--all");
  if (isAll && words.length > 1) {
    shell.messages.error(`${shell.label(command)}: Should either use --all or specific node(s)`);
    return false;
  }
  const known = await nodeNames(shell);
  const unknown = isAll ? undefined : words.find((word) => !known.includes(word));
  if (unknown !== undefined) {
    shell.messages.error(`${shell.label(command)}: Node "${unknown}" is not a cluster node`);
    return false;
  }
  const { main } = await import("../../commands/crm_standby.ts");
  const ending = lifetime === undefined ? [] : ["--lifetime", lifetime];
  for (const node of isAll ? known : words.length === 0 ? [null] : words) {
    const target = node === null ? [] : ["--node", node];
    if ((await shell.runTool("crm_standby", main, ["--update", value, ...target, ...ending])) !== 0)
      return false;
  }
  return true;
}

async function flag(shell: Shell, args: readonly string[], name: string, value: string): Promise<boolean> {
  const [node] = args;
  if (node === undefined) return crmAttribute(shell, ["--type", "nodes", "--name", name, "--update", value]);
  const change = ["--type", "nodes", "--node", node, "--name", name, "--update", value];
  const set = listFor((await shell.readCib()).first("configuration")?.first("nodes") ?? null, node, name);
  return crmAttribute(shell, set === null ? change : [...change, "--set-name", set]);
}

/** The list of a node's attributes that has one of this name already, or the first: what is called otherwise than usual stays one list. */
function listFor(nodes: XmlElement | null, node: string, name: string): string | null {
  const element = nodes?.all("node").find((one) => one.get("uname") === node);
  const lists = element?.all("instance_attributes") ?? [];
  const has = (list: XmlElement) => list.all("nvpair").some((nvpair) => nvpair.get("name") === name);
  return (lists.find(has) ?? lists[0])?.id ?? null;
}

async function fence(shell: Shell, args: readonly string[]): Promise<boolean> {
  const question = `Fencing cuts ${args[0]} off and moves what runs there. Do you want to fence ${args[0]}`;
  // With --no nobody is asked, and nothing of this weight happens.
  if (!(await shell.ask(question, !shell.options.answersNo))) {
    if (shell.options.answersNo)
      shell.messages.error(`node.fence: ${args[0]} is not fenced, because of --no`);
    return false;
  }
  return fenceNode(shell, args[0]!);
}

async function confirmDown(shell: Shell, args: readonly string[]): Promise<boolean> {
  const question = `Resources of ${args[0]} will start elsewhere: if it still runs, data is destroyed. Are you sure that ${args[0]} is down`;
  if (!(await shell.ask(question, false))) {
    shell.messages.error(
      `node.clearstate: this tells the cluster that ${args[0]} is down for sure, and resources will start elsewhere. If that is so, repeat it with crm --force`,
    );
    return false;
  }
  const { main } = await import("../../commands/stonith_admin.ts");
  return (await shell.runTool("stonith_admin", main, ["--confirm", args[0]!])) === 0;
}

async function removeNodes(shell: Shell, args: readonly string[]): Promise<boolean> {
  const { main } = await import("../../commands/crm_node.ts");
  let isGood = true;
  for (const name of args) {
    if ((await shell.runTool("crm_node", main, ["--force", "--remove", name])) !== 0) isGood = false;
    else shell.messages.info(`node ${name} deleted`);
  }
  return isGood;
}

/** `NODE {set|show|delete} ATTRIBUTE [VALUE]`, through `crm_attribute`. */
function attributeCommand(name: string, what: string, options: readonly string[]): Level["commands"][string] {
  return {
    usage: "NODE {set ATTRIBUTE VALUE|show ATTRIBUTE|delete ATTRIBUTE}",
    help: `Manage a ${what} of a node`,
    atLeast: 3,
    atMost: 4,
    run: async (shell, args) => {
      const [node, action, attribute, value] = args as [string, string, string, string | undefined];
      if (action !== "set" && value !== undefined) {
        shell.messages.error(
          `Bad usage: Too many arguments to ${action}, command: '${[name, ...args].join(" ")}'`,
        );
        return false;
      }
      const target = [...options, "--node", node, "--name", attribute];
      switch (action) {
        case "set":
          if (value !== undefined) return crmAttribute(shell, [...target, "--update", value]);
          shell.messages.error(
            `Bad usage: Missing value argument to set, command: '${[name, ...args].join(" ")}'`,
          );
          return false;
        case "show":
          return crmAttribute(shell, [...target, "--query"]);
        case "delete":
          return crmAttribute(shell, [...target, "--delete"]);
        default:
          shell.messages.error(`Bad usage: '${action}', command: '${[name, ...args].join(" ")}'`);
          return false;
      }
    },
  };
}
