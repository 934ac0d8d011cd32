import { createExecutor, type Executor } from "@quorate/executor";
import { systemClock } from "@quorate/host";
import type { Log } from "@quorate/ports";
import type { Configuration } from "./configuration.ts";

/** An executor as the configuration wants it. */
export function createNodeExecutor(configuration: Configuration, runDirectory: string, log: Log): Executor {
  return createExecutor({
    clock: systemClock,
    log,
    ocfDirectories: configuration.ocfRoots,
    fenceDirectories: configuration.fenceAgentDirectories,
    binDirectory: configuration.binDirectory === "" ? null : configuration.binDirectory,
    runDirectory,
    extraEnvironment: Object.fromEntries(configuration.agentEnvironment),
  });
}
