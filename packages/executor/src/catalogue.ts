import type {
  AgentName,
  Clock,
  DeviceRequest,
  FenceAgentResult,
  FenceAgents,
  Log,
  MetadataResult,
} from "@quorate/ports";
import { listAgents, listProviders, listStandards } from "./agent-list.ts";
import { formatAgentName } from "./agent-name.ts";
import { type AgentPlaceOptions, type AgentPlaces, agentPlaces } from "./agent-places.ts";
import { FenceAgentProcesses } from "./fence-agents.ts";
import { type AgentDescription, readAgentDescription } from "./metadata/agent-description.ts";
import { AgentMetadata } from "./metadata/agent-metadata.ts";
import { FifoPool } from "./process/fifos.ts";
import { RunningAgents } from "./process/leftovers.ts";
import { listUnitTypes, unitExists } from "./systemd/catalogue.ts";
import { SystemdManager } from "./systemd/manager.ts";

export interface AgentCatalogueOptions extends AgentPlaceOptions {
  readonly clock: Clock;
  /** What agents complain about; default: nowhere. */
  readonly log?: Log;
}

export type DescriptionResult =
  | { readonly ok: true; readonly description: AgentDescription; readonly xml: string }
  | { readonly ok: false; readonly reason: string };

export interface DeviceValidation {
  readonly isValid: boolean;
  /** One of `ExecutionStatus`. */
  readonly status: number;
  /** Of the agent; -1 when it was not run. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Why the agent could not be asked; empty when it was. */
  readonly reason: string;
}

/** The agents of this machine: what there is, and what they say of themselves. For commands; needs no daemon. */
export interface AgentCatalogue {
  /** `ocf`, `lsb`, ...: what this machine can run. */
  listStandards(): readonly string[];
  /** Providers of OCF agents, sorted. */
  listProviders(): Promise<readonly string[]>;
  /** Types of one class, for ocf of one provider or (null) of all; each once, sorted. */
  listAgents(standard: string, provider: string | null): Promise<readonly string[]>;
  /** Providers that have an OCF agent of this type, sorted. */
  listAlternatives(type: string): Promise<readonly string[]>;
  /** Every agent of this type, whatever its class, in the order of `listStandards`: what a plain `IPaddr2` may mean. */
  named(type: string): Promise<readonly AgentName[]>;
  /** Runs the agent, once for each agent, whoever asks; fails when it gives no well-formed XML. */
  metadata(agent: AgentName): Promise<MetadataResult>;
  /** The same, read. Fails also when the XML is no agent's metadata. */
  describe(agent: AgentName): Promise<DescriptionResult>;
  /**
   * Has a fence agent judge parameters (`validate-all`), as a device's own check before it is used. `deviceId` names the device
   * whose secrets are meant; empty for none. The output is the agent's, without secrets.
   */
  validateDevice(request: DeviceRequest): Promise<DeviceValidation>;
  /** Removes what was made on disk; the end of the process does so, too. */
  close(): void;
}

/** Nothing is started or touched before the first question. */
export function createAgentCatalogue(options: AgentCatalogueOptions): AgentCatalogue {
  return new Catalogue(options);
}

class Catalogue implements AgentCatalogue {
  readonly #places: AgentPlaces;
  readonly #pipes: FifoPool;
  readonly #fenceAgents: FenceAgents;
  readonly #metadata: AgentMetadata;
  readonly #systemd: SystemdManager;
  readonly #cleanUp = (): void => this.#pipes.close();

  constructor(options: AgentCatalogueOptions) {
    this.#places = agentPlaces(options);
    this.#pipes = new FifoPool(options.runDirectory ?? null);
    process.once("exit", this.#cleanUp);
    const surroundings = {
      clock: options.clock,
      log: options.log ?? (() => {}),
      pipes: this.#pipes,
      running: new RunningAgents(null),
    };
    this.#systemd = new SystemdManager(this.#places.systemBusSocket, options.clock);
    this.#fenceAgents = new FenceAgentProcesses(this.#places, surroundings);
    this.#metadata = new AgentMetadata(this.#places, {
      process: surroundings,
      systemd: this.#systemd,
      fenceAgents: this.#fenceAgents,
    });
  }

  listStandards(): readonly string[] {
    return listStandards(this.#places.systemBusSocket);
  }

  listProviders(): Promise<readonly string[]> {
    return listProviders(this.#places);
  }

  async listAgents(standard: string, provider: string | null): Promise<readonly string[]> {
    switch (standard) {
      case "systemd":
        return listUnitTypes(this.#systemd);
      case "service": {
        const scripts = await listAgents(this.#places, "lsb", null);
        return [...new Set([...scripts, ...(await listUnitTypes(this.#systemd))])].sort();
      }
      default:
        return listAgents(this.#places, standard, provider);
    }
  }

  async listAlternatives(type: string): Promise<readonly string[]> {
    const found: string[] = [];
    for (const provider of await this.listProviders()) {
      if ((await this.listAgents("ocf", provider)).includes(type)) found.push(provider);
    }
    return found;
  }

  async named(type: string): Promise<readonly AgentName[]> {
    const found: AgentName[] = [];
    for (const standard of this.listStandards()) {
      if (standard === "ocf") {
        for (const provider of await this.listAlternatives(type))
          found.push({ class: standard, provider, type });
      } else if ((await this.listAgents(standard, null)).includes(type)) {
        found.push({ class: standard, provider: "", type });
      }
    }
    return found;
  }

  metadata(agent: AgentName): Promise<MetadataResult> {
    return new Promise((resolve) => this.#metadata.get(agent, resolve));
  }

  /** What an agent says of itself. A unit that systemd does not know is no agent; one that cannot be looked up now may be. */
  async describe(agent: AgentName): Promise<DescriptionResult> {
    if (agent.class === "systemd" && !(await unitExists(this.#systemd, agent.type).catch(() => true))) {
      return { ok: false, reason: `systemd has no unit "${agent.type}"` };
    }
    const result = await this.metadata(agent);
    if (!result.ok) return result;
    const description = readAgentDescription(result.xml);
    return description === null
      ? { ok: false, reason: `Metadata of ${formatAgentName(agent)} do not begin with <resource-agent>` }
      : { ok: true, description, xml: result.xml };
  }

  async validateDevice(request: DeviceRequest): Promise<DeviceValidation> {
    const { deviceId, agent, parameters, timeoutMs } = request;
    const given = new Map([["action", "validate-all"], ...parameters]);
    const result = await new Promise<FenceAgentResult>((resolve) => {
      this.#fenceAgents.run({ agent, deviceId, parameters: given, timeoutMs }, resolve);
    });
    const { status, exitCode, stdout, stderr, reason } = result;
    return { isValid: exitCode === 0, status, exitCode, stdout, stderr, reason };
  }

  close(): void {
    process.off("exit", this.#cleanUp);
    this.#cleanUp();
    this.#systemd.close();
  }
}
