import { formatAgentName } from "@quorate/executor";
import type { AgentName } from "@quorate/ports";
import type { PcsCall, PcsCommand } from "../framework/command.ts";
import { fail } from "../framework/reports.ts";

type Agents = Awaited<ReturnType<PcsCall["world"]["openAgents"]>>;

/** Fence agents have a command of their own. */
async function resourceStandards(agents: Agents): Promise<string[]> {
  return [...agents.listStandards()].filter((standard) => standard !== "stonith").sort();
}

export const standards: PcsCommand = {
  usage: [""],
  help: "List the standards of resource agents on this machine.",
  options: [],
  async run(call) {
    call.expect(0, 0);
    call.print((await resourceStandards(await call.world.openAgents())).join("\n"));
  },
};

export const providers: PcsCommand = {
  usage: [""],
  help: "List the providers of OCF agents on this machine.",
  options: [],
  async run(call) {
    call.expect(0, 0);
    const found = await (await call.world.openAgents()).listProviders();
    if (found.length === 0) fail("No OCF providers found");
    call.print([...found].sort().join("\n"));
  },
};

export const agentTypes: PcsCommand = {
  usage: ["[<standard>[:<provider>]]"],
  help: "List the agents of a standard, or of all.",
  options: [],
  async run(call) {
    const [given] = call.expect(0, 1);
    const agents = await call.world.openAgents();
    const names: string[] = [];
    for (const which of given === undefined ? await resourceStandards(agents) : [given]) {
      const [standard, provider] = which.split(":");
      names.push(...(await agents.listAgents(standard!, provider ?? null)));
    }
    if (names.length === 0) fail(`No agents found${given === undefined ? "" : ` for ${given}`}`);
    const sorted = [...new Set(names)].sort((left, right) =>
      left.toLowerCase() < right.toLowerCase() ? -1 : 1,
    );
    call.print(sorted.join("\n"));
  },
};

export function agentList(isStonithCommand: boolean): PcsCommand {
  const what = isStonithCommand ? "stonith" : "resource";
  return {
    usage: ["[<filter>]"],
    help: `List ${what} agents with what they are for; --nodesc leaves that out. The filter is a part of the name.`,
    options: ["--nodesc"],
    async run(call) {
      const [filter] = call.expect(0, 1);
      const agents = await call.world.openAgents();
      const names: AgentName[] = [];
      for (const standard of isStonithCommand ? ["stonith"] : await resourceStandards(agents)) {
        names.push(...(await namesOf(agents, standard)));
      }
      const shown = names
        .map((name) => ({ name, text: isStonithCommand ? name.type : formatAgentName(name) }))
        .filter(({ text }) => text.toLowerCase().includes((filter ?? "").toLowerCase()))
        .sort((left, right) => (left.text < right.text ? -1 : 1));
      if (shown.length === 0) fail(`No ${what} agents matching the filter.`);
      const lines: string[] = [];
      for (const { name, text } of shown) {
        const result = call.has("--nodesc") ? null : await agents.describe(name);
        const about = result?.ok === true ? result.description.shortText : "";
        lines.push(about === "" ? text : `${text} - ${about}`);
      }
      call.print(lines.join("\n"));
    },
  };
}

async function namesOf(agents: Agents, standard: string): Promise<AgentName[]> {
  if (standard !== "ocf") {
    return (await agents.listAgents(standard, null)).map((type) => ({ class: standard, provider: "", type }));
  }
  const names: AgentName[] = [];
  for (const provider of await agents.listProviders()) {
    for (const type of await agents.listAgents("ocf", provider)) names.push({ class: "ocf", provider, type });
  }
  return names;
}
