import type { AgentName, MetadataResult } from "@quorate/ports";

/** The agents installed on this machine. Asking for metadata runs the agent, so it may take a second. */
export interface AgentCatalogue {
  /** Classes of agents, in the usual order. */
  listStandards(): readonly string[];
  /** Providers of OCF agents, in byte order. */
  listProviders(): Promise<readonly string[]>;
  /** Types of a class; for ocf of one provider, or of all (null). In byte order; empty for what is unknown. */
  listAgents(standard: string, provider: string | null): Promise<readonly string[]>;
  /** Metadata as XML text. Each agent is asked once for each catalogue. */
  metadata(agent: AgentName): Promise<MetadataResult>;
}
