import { type AgentCatalogue, createAgentCatalogue } from "@quorate/executor";
import { systemClock } from "@quorate/host";

/** The agents below the usual directories. */
export function installedAgents(): AgentCatalogue {
  return createAgentCatalogue({ clock: systemClock });
}
