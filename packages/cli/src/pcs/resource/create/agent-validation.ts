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
  const { isValid, said } =
    name.class === "stonith" ? await askDevice(call, name.type, given) : await askResource(call, name, given);
  const text = said.filter((one) => one.trim() !== "").map((one) => `\n${one.trimEnd()}`);
  if (isValid) {
    if (text.length > 0)
      reports.warn(`the agent '${formatAgentName(name)}' says of the parameters:${text.join("")}`);
    return;
  }
  reports.forceable(`the agent '${formatAgentName(name)}' does not accept the parameters`);
  for (const one of text) reports.info(one.slice(1));
}

interface Judgement {
  readonly isValid: boolean;
  readonly said: readonly string[];
}

async function askResource(
  call: PcsCall,
  agent: LoadedAgent["name"],
  parameters: ReadonlyMap<string, string>,
): Promise<Judgement> {
  const { status, rc, reason, output } = await call.world.runAgent({
    resource: "validate",
    agent,
    action: "validate-all",
    timeoutMs: TIMEOUT_MS,
    parameters,
  });
  return { isValid: status === 0 && rc === 0, said: output.includes(reason) ? [output] : [reason, output] };
}

async function askDevice(
  call: PcsCall,
  agent: string,
  parameters: ReadonlyMap<string, string>,
): Promise<Judgement> {
  const catalogue = await call.world.openAgents();
  const request = { deviceId: "", agent, parameters, timeoutMs: TIMEOUT_MS };
  const { isValid, reason, stdout, stderr } = await catalogue.validateDevice(request);
  return { isValid, said: [reason, stdout, stderr] };
}
