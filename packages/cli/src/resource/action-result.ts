import { XmlElement, XmlText } from "@quorate/xml";
import { ExitCode } from "../exit-codes.ts";
import type { Output } from "../output/output.ts";
import { exitStatusText } from "../result-codes/exit-statuses.ts";

export interface ActionResult {
  /** As the option is called. */
  readonly action: string;
  /** Null when only an agent is meant. */
  readonly resource: string | null;
  readonly agent: { readonly class: string; readonly provider: string; readonly type: string };
  readonly overrides: ReadonlyMap<string, string>;
  readonly rc: number;
  /** Execution status, 0 when the agent ran to its end. */
  readonly status: number;
  readonly reason: string;
  readonly output: string;
}

const EXECUTION_TEXTS: Readonly<Record<number, string>> = {
  0: "Done",
  1: "Cancelled",
  2: "Timed out",
  3: "Unsupported",
  4: "Error",
  5: "Hard error",
  7: "Not installed",
  9: "Cannot execute now",
};

/** Shows what an agent answered, and returns the exit status that goes with it. */
export function showActionResult(output: Output, result: ActionResult): number {
  const { action, resource, agent, rc, status, reason } = result;
  const message = exitStatusText(rc);
  const name = [agent.class, agent.provider, agent.type].filter((part) => part !== "").join(":");
  output.show({
    text: () => {
      const subject = resource === null ? `(${name})` : `for ${resource} (${name})`;
      const why = reason === "" ? "" : `: ${reason}`;
      const said =
        result.output === "" || result.output.endsWith("\n") ? result.output : `${result.output}\n`;
      return `Operation ${action} ${subject} returned ${rc} (${message}${why})\n${said}`;
    },
    xml: () => [actionElement(result, message)],
  });
  if (rc === 0 && status === 0) return ExitCode.ok;
  const exitCode = rc === 0 ? ExitCode.error : rc;
  const { world } = output;
  world.stderr(`${world.programName}: Error performing operation: ${exitStatusText(exitCode)}\n`);
  return exitCode;
}

function actionElement(result: ActionResult, message: string): XmlElement {
  const { agent, resource } = result;
  const element = new XmlElement("resource-agent-action", [
    ["action", result.action],
    ["class", agent.class],
    ["type", agent.type],
  ]);
  if (resource !== null) element.set("rsc", resource);
  if (agent.provider !== "") element.set("provider", agent.provider);
  const overrides = new XmlElement("overrides");
  for (const [name, value] of result.overrides) {
    overrides.append(
      new XmlElement("override", [
        ["name", name],
        ["value", value],
      ]),
    );
  }
  element.append(overrides);
  const status = new XmlElement("agent-status", [
    ["code", String(result.rc)],
    ["message", message],
    ["execution_code", String(result.status)],
    ["execution_message", EXECUTION_TEXTS[result.status] ?? "Error"],
  ]);
  if (result.reason !== "") status.set("reason", result.reason);
  element.append(status);
  if (result.output !== "") {
    const command = new XmlElement("command", [["code", String(result.rc)]]);
    const text = new XmlElement("output", [["source", "stdout"]]);
    text.append(new XmlText(result.output));
    command.append(text);
    element.append(command);
  }
  return element;
}
