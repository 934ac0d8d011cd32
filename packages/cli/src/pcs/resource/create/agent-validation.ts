import { formatAgentName } from "@quorate/executor";
import type { LoadedAgent } from "../../../configuration/agents.ts";
import type { PcsCall } from "../../framework/command.ts";

const TIMEOUT_MS = 20_000;

/** `--agent-validation`: lets the agent itself judge all parameters of a resource, on this machine; does nothing without that option. */
export async function validateByAgent(
  call: PcsCall,
  { name }: LoadedAgent,
  parameters: ReadonlyMap<string, string>,
): Promise<void> {
  if (!call.has("--agent-validation")) return;
  const { reports } = call;
  if (name.class !== "ocf" && name.class !== "stonith") {
    reports.forceable(`agents of the standard '${name.class}' cannot validate their parameters`);
    return;
  }
  const given = new Map([...parameters].filter(([, value]) => value !== ""));
  const result = await call.world.runAgent({
    resource: "validate",
    agent: name,
    action: "validate-all",
    timeoutMs: TIMEOUT_MS,
    parameters: given,
  });
  const said = [result.reason, result.output.trimEnd()].filter((text) => text !== "").join("\n");
  if (result.status !== 0 || result.rc !== 0) {
    const what = said === "" ? `it ended with ${result.rc}` : said;
    reports.forceable(`the agent '${formatAgentName(name)}' does not accept the parameters: ${what}`);
  } else if (said !== "") {
    reports.warn(`the agent '${formatAgentName(name)}' says of the parameters: ${said}`);
  }
}
