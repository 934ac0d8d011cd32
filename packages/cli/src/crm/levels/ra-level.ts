import type { AgentCatalogue } from "@quorate/executor";
import type { AgentName } from "@quorate/ports";
import type { Level } from "../shell/level.ts";
import type { Shell } from "../shell/shell.ts";
import { agentLabel, describeAgent } from "./agent-text.ts";

/** Agents of this machine. */
export const raLevel: Level = {
  name: "ra",
  help: "Resource agents of this machine",
  levels: {},
  deprecated: { meta: "info" },
  commands: {
    classes: { usage: "", help: "List the classes, and the providers of OCF agents", run: listClasses },
    providers: {
      usage: "TYPE [CLASS]",
      help: "List the providers that have an agent of this type",
      atLeast: 1,
      atMost: 2,
      run: listProviders,
    },
    list: {
      usage: "CLASS [PROVIDER]",
      help: "List the agents of a class",
      atLeast: 1,
      atMost: 2,
      run: listTypes,
    },
    info: {
      usage: "[CLASS:[PROVIDER:]]TYPE",
      help: "Show what an agent says of itself",
      atLeast: 1,
      atMost: 3,
      run: showAgent,
    },
    validate: {
      usage: "AGENT [NAME=VALUE ...]",
      help: "Let an agent check parameters",
      atLeast: 1,
      atMost: null,
      run: validate,
    },
  },
};

const HIDDEN_CLASSES: ReadonlySet<string> = new Set(["systemd", "upstart", "nagios"]);

async function listClasses(shell: Shell): Promise<boolean> {
  const agents = await shell.agents();
  const lines: string[] = [];
  for (const name of [...agents.listStandards()].sort()) {
    if (HIDDEN_CLASSES.has(name) && (await agents.listAgents(name, null)).length === 0) continue;
    lines.push(name === "ocf" ? `ocf / ${(await agents.listProviders()).join(" ")}` : name);
  }
  shell.messages.print(lines.join("\n"));
  return true;
}

async function listProviders(shell: Shell, args: readonly string[]): Promise<boolean> {
  const className = args[1] ?? "ocf";
  if (className !== "ocf") {
    shell.messages.print("");
    shell.messages.error(`no providers for class ${className}`);
    return true;
  }
  const agents = await shell.agents();
  shell.messages.print((await agents.listAlternatives(args[0]!)).join(" "));
  return true;
}

async function listTypes(shell: Shell, args: readonly string[]): Promise<boolean> {
  const [className, provider = null] = args as [string, string | undefined];
  const agents = await shell.agents();
  if (!agents.listStandards().includes(className)) {
    shell.messages.error(`ra.list: class ${className} does not exist`);
    return false;
  }
  if (provider !== null && !(await agents.listProviders()).includes(provider)) {
    shell.messages.error(`ra.list: there is no provider ${provider} for class ${className}`);
    return false;
  }
  const width = Number(shell.world.env.COLUMNS || 80);
  shell.messages.print(inColumns(await agents.listAgents(className, provider), width));
  return true;
}

/** Names in columns of equal width, row by row. */
function inColumns(names: readonly string[], width: number): string {
  if (names.length === 0) return "";
  const perRow = Math.max(1, Math.floor(width / Math.max(10, ...names.map((name) => name.length + 2))));
  const cell = Math.floor(width / perRow);
  const rows: string[] = [];
  for (let index = 0; index < names.length; index += perRow) {
    const row = names.slice(index, index + perRow);
    rows.push(row.map((name, column) => (column === perRow - 1 ? name : name.padEnd(cell))).join(""));
  }
  return rows.join("\n");
}

async function showAgent(shell: Shell, args: readonly string[]): Promise<boolean> {
  const agents = await shell.agents();
  const agent = agentFrom(args);
  const described = await agents.describe(agent);
  const label = agentLabel(agent);
  if (!described.ok) {
    shell.messages.error(`${label}: got no meta-data, does this RA exist? ${described.reason}`);
    return false;
  }
  shell.messages.print(describeAgent(label, agent, described.description));
  return true;
}

/** `ocf:heartbeat:IPaddr2`, `IPaddr2` (of ocf:heartbeat), or the old form `IPaddr2 ocf heartbeat`. */
function agentFrom(args: readonly string[]): AgentName {
  const parts =
    args.length > 1 ? [args[1]!, ...(args[2] === undefined ? [] : [args[2]]), args[0]!] : args[0]!.split(":");
  if (parts.length === 1) return { class: "ocf", provider: "heartbeat", type: parts[0]! };
  return parts.length === 2
    ? { class: parts[0]!, provider: parts[0] === "ocf" ? "heartbeat" : "", type: parts[1]! }
    : { class: parts[0]!, provider: parts[1]!, type: parts.slice(2).join(":") };
}

async function validate(shell: Shell, args: readonly string[]): Promise<boolean> {
  const agent = agentFrom(args.slice(0, 1));
  const agents: AgentCatalogue = await shell.agents();
  const described = await agents.describe(agent);
  if (!described.ok) {
    shell.messages.error(`${agentLabel(agent)}: got no meta-data, does this RA exist? ${described.reason}`);
    return false;
  }
  const { main } = await import("../../commands/crm_resource.ts");
  // Only what is wrong is worth telling.
  let told = "";
  const world = {
    ...shell.world,
    programName: "crm_resource",
    stdout: (text: string) => {
      told += text;
    },
  };
  const options = args.slice(1).flatMap((pair) => ["--option", pair]);
  const provider = agent.provider === "" ? [] : ["--provider", agent.provider];
  const status = await main(
    ["--validate", "--class", agent.class, ...provider, "--agent", agent.type, ...options],
    world,
  );
  if (status !== 0) shell.world.stdout(told);
  return status === 0;
}
