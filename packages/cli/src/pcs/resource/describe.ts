import { FENCING_OPTIONS } from "@quorate/cib";
import { formatAgentName, type ParameterDescription } from "@quorate/executor";
import type { LoadedAgent } from "../../configuration/agents.ts";
import { advisedOperations } from "../../configuration/operations.ts";
import type { PcsCommand } from "../framework/command.ts";
import { requireAgent } from "./create/primitive.ts";

/** A parameter as it is listed. */
interface Listed {
  readonly name: string;
  /** In parentheses behind the name. */
  readonly notes: readonly string[];
  readonly text: string;
  /** Shown with --full only. */
  readonly isHidden: boolean;
}

export function describeAgent(isStonith: boolean): PcsCommand {
  return {
    usage: [isStonith ? "<agent> [--full]" : "[<standard>:[<provider>:]]<type> [--full]"],
    help: "Show what an agent is for, its options and the operations it advises; --full: advanced and deprecated options too.",
    options: ["--full"],
    async run(call) {
      const [text] = call.expect(1, 1);
      const agent = await requireAgent(call, text!, isStonith);
      const { description } = agent;
      const title = isStonith ? agent.name.type : formatAgentName(agent.name);
      const about = description?.shortText ?? "";
      const options = [
        ...(description?.parameters ?? [])
          .filter(({ name }) => !(isStonith && FOR_THE_COMMAND_LINE.has(name)))
          .map((parameter) => agentOption(parameter, isStonith)),
        ...clusterOptions(agent),
      ].filter(({ isHidden }) => call.has("--full") || !isHidden);
      call.print(
        [
          about === "" ? title : `${title} - ${about}`,
          ...section(description?.longText ?? ""),
          ...(options.length === 0 ? [] : ["", `${isStonith ? "Stonith" : "Resource"} options:`]),
          ...options.map(optionLine),
          "",
          "Default operations:",
          ...operationLines(agent),
        ].join("\n"),
      );
    },
  };
}

function section(text: string): string[] {
  return text === "" ? [] : ["", inOneLine(text)];
}

/** Parameters that a fence agent has for people who call it themselves. */
const FOR_THE_COMMAND_LINE: ReadonlySet<string> = new Set(["help", "version"]);
/** Parameters of fence agents that the cluster sets, so that nobody has to. */
const SET_BY_CLUSTER: ReadonlySet<string> = new Set(["action", "plug", "port"]);

function agentOption(parameter: ParameterDescription, isStonith: boolean): Listed {
  const { name, isUnique, uniqueGroup } = parameter;
  const isAction = isStonith && name === "action";
  const isDeprecated = parameter.isDeprecated || isAction;
  const isRequired = parameter.isRequired && !(isStonith && SET_BY_CLUSTER.has(name));
  const replacedBy = isAction ? ["pcmk_off_action", "pcmk_reboot_action"] : parameter.replacedBy;
  const successors = replacedBy.length === 0 ? "" : ` by ${replacedBy.join(", ")}`;
  const unique = uniqueGroup === null ? (isUnique ? ["unique"] : []) : [`unique group: ${uniqueGroup}`];
  return {
    name,
    notes: [
      ...(isDeprecated ? [`deprecated${successors}`] : []),
      ...(isRequired ? ["required"] : []),
      ...unique,
    ],
    text: parameter.longText || parameter.shortText,
    isHidden: isDeprecated,
  };
}

/** What the cluster or the agents' library understand with every agent of the kind. */
function clusterOptions({ name }: LoadedAgent): Listed[] {
  if (name.class === "stonith") {
    return FENCING_OPTIONS.map((option) => ({
      name: option.name,
      notes: [],
      text: option.isAdvanced ? `Advanced use only: ${option.description}` : option.description,
      isHidden: option.isAdvanced,
    }));
  }
  if (name.class !== "ocf") return [];
  return [
    {
      name: "trace_ra",
      notes: [],
      text: "1: write down what the agent does, step by step, into trace_file; that can become much",
      isHidden: true,
    },
    {
      name: "trace_file",
      notes: [],
      text: "Where trace_ra writes; a file below $HA_VARRUN/ra_trace when nothing is said",
      isHidden: true,
    },
  ];
}

function optionLine({ name, notes, text }: Listed): string {
  const words = [name, ...notes.map((note) => `(${note})`)].join(" ");
  return `  ${words}: ${text === "" ? "No description available" : inOneLine(text)}`;
}

function inOneLine(text: string): string {
  return text.replaceAll("\n", " ");
}

function operationLines(agent: LoadedAgent): string[] {
  return advisedOperations(agent, false).flatMap(({ name, attributes, checkLevel }) => [
    `  ${name}:`,
    ...[...attributes].map(([option, value]) => `    ${option}=${value}`),
    ...(checkLevel === null ? [] : [`    OCF_CHECK_LEVEL=${checkLevel}`]),
  ]);
}
