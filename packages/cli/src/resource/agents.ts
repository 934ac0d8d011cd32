import { XmlElement, XmlText } from "@quorate/xml";
import { UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import type { ParsedValues } from "../options/option-table.ts";
import type { Output } from "../output/output.ts";
import type { World } from "../world.ts";
import type { resourceOptions } from "./resource-options.ts";

type AgentCommand = (world: World, output: Output) => Promise<number>;

/** The command about the agents of this machine that the options ask for, or null. They need no cluster. */
export function agentCommand(chosen: ParsedValues<typeof resourceOptions>): AgentCommand | null {
  const given: AgentCommand[] = [];
  if (chosen.listStandards) {
    given.push(list("standards", "standard", async (agents) => agents.listStandards(), "standards"));
  }
  if (chosen.listProviders) {
    given.push(list("providers", "provider", (agents) => agents.listProviders(), "OCF providers"));
  }
  if (chosen.listAlternatives !== null) {
    const type = chosen.listAlternatives;
    given.push(
      list("providers", "provider", (agents) => agents.listAlternatives(type), `OCF providers for ${type}`),
    );
  }
  if (chosen.listAgents !== null) {
    const [standard, provider] = chosen.listAgents.split(":") as [string, string | undefined];
    given.push(
      list(
        "agents",
        "agent",
        (agents) => agents.listAgents(standard, provider ?? null),
        `agents for standard=${standard}${provider === undefined ? "" : `, provider=${provider}`}`,
      ),
    );
  }
  if (chosen.showMetadata !== null) given.push(metadata(chosen.showMetadata));
  if (given.length > 1) throw new UsageError("give only one command; see crm_resource --help");
  return given[0] ?? null;
}

type Agents = Awaited<ReturnType<World["openAgents"]>>;

function list(
  name: string,
  item: string,
  ask: (agents: Agents) => Promise<readonly string[]>,
  what: string,
): AgentCommand {
  return async (world, output) => {
    const agents = await world.openAgents();
    const found = await ask(agents);
    if (found.length === 0) {
      world.stderr(`${world.programName}: No ${what} found\n`);
      return ExitCode.noSuch;
    }
    output.show({
      text: () => found.map((word) => `${word}\n`).join(""),
      xml: () => {
        const section = new XmlElement(name);
        for (const word of found) {
          const element = new XmlElement(item);
          element.append(new XmlText(word));
          section.append(element);
        }
        return [section];
      },
    });
    return ExitCode.ok;
  };
}

function metadata(name: string): AgentCommand {
  const parts = name.split(":");
  const [standard, second, third] = parts;
  if (standard === undefined || second === undefined || parts.length > 3) {
    throw new UsageError(`--show-metadata "${name}": write CLASS:PROVIDER:AGENT or CLASS:AGENT`);
  }
  const agent =
    third === undefined
      ? { class: standard, provider: "", type: second }
      : { class: standard, provider: second, type: third };
  return async (world, output) => {
    const agents = await world.openAgents();
    const result = await agents.metadata(agent);
    if (!result.ok) {
      world.stderr(`${world.programName}: Metadata query for ${name} failed: ${result.reason}\n`);
      const installed = await agents.listAgents(agent.class, agent.provider === "" ? null : agent.provider);
      return installed.includes(agent.type) ? ExitCode.error : ExitCode.noSuch;
    }
    output.show({
      text: () => `${result.xml.trimEnd()}\n`,
      xml: () => {
        const element = new XmlElement("metadata");
        element.append(new XmlText(result.xml, { isCdata: true }));
        return [element];
      },
    });
    return ExitCode.ok;
  };
}
