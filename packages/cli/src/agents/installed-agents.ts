import { createExecutor, listAgents, listProviders, listStandards } from "@quorate/executor";
import { systemClock } from "@quorate/host";
import type { AgentCatalogue } from "./agent-catalogue.ts";

const DIRECTORIES = {
  ocfDirectories: ["/usr/lib/ocf/resource.d"],
  lsbDirectory: "/etc/init.d",
  fenceDirectories: ["/usr/sbin"],
};

/** The agents below the usual directories. */
export function installedAgents(): AgentCatalogue {
  const executor = createExecutor({ ...DIRECTORIES, clock: systemClock, log: () => {} });
  return {
    listStandards,
    listProviders: () => listProviders(DIRECTORIES),
    listAgents: (standard, provider) => listAgents(DIRECTORIES, standard, provider),
    metadata: (agent) => new Promise((resolve) => executor.metadata(agent, resolve)),
  };
}
