import { createExecutor } from "@quorate/executor";
import { systemClock } from "@quorate/host";
import type { LooseAgentResult, LooseAgentRun } from "../world.ts";

/** Runs one action of an agent below the usual directories, and waits for its end. */
export function runAgent(request: LooseAgentRun): Promise<LooseAgentResult> {
  const executor = createExecutor({ clock: systemClock, log: () => {} });
  return new Promise((resolve) => {
    executor.execute(
      {
        resourceId: request.resource,
        agent: request.agent,
        action: request.action,
        intervalMs: 0,
        timeoutMs: request.timeoutMs,
        startDelayMs: 0,
        parameters: request.parameters,
        killsGroup: true,
        transitionKey: "",
      },
      (result) => {
        executor.close();
        resolve({
          status: result.status,
          rc: result.rc,
          reason: result.exitReason,
          output: result.output,
        });
      },
    );
  });
}
