import type { AgentRunParams, AgentRunReply } from "@quorate/api";
import type { Agents } from "@quorate/ports";

/** Runs an agent by hand, beside the cluster. */
export function runAgentOnce(
  agents: Agents,
  { resource, action, timeoutMs, parameters, ...agent }: AgentRunParams,
): Promise<AgentRunReply> {
  return new Promise((resolve) => {
    const operation = {
      resourceId: resource,
      agent,
      action,
      intervalMs: 0,
      timeoutMs,
      startDelayMs: 0,
      parameters: new Map(parameters),
      killsGroup: true,
      transitionKey: "",
    };
    agents.execute(operation, ({ status, rc, exitReason, output }) =>
      resolve({ status, rc, exitReason, output }),
    );
  });
}
