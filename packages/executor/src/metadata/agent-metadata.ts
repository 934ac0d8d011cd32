import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type AgentName, ExecutionStatus, type FenceAgents, type MetadataResult } from "@quorate/ports";
import { parseXml } from "@quorate/xml";
import { formatAgentName } from "../agent-name.ts";
import type { AgentPlaces } from "../agent-places.ts";
import { formatDuration } from "../classes/durations.ts";
import { ocfEnvironment } from "../classes/environment.ts";
import { locateAgent } from "../classes/locate.ts";
import { type ProcessResult, type ProcessSurroundings, runProcess } from "../process/run-process.ts";
import { describeSignal, describeSystemError } from "../process/system-errors.ts";
import { unitExists, unitMetadata } from "../systemd/catalogue.ts";
import type { SystemdManager } from "../systemd/manager.ts";
import { lsbMetadata } from "./lsb-metadata.ts";

/**
 * Metadata of agents: run once for each agent, whoever asks, and kept until it is forgotten. A failure is not kept.
 * Source: executor specification, 10.
 */
export class AgentMetadata {
  readonly #places: AgentPlaces;
  readonly #surroundings: ProcessSurroundings;
  readonly #fenceAgents: FenceAgents;
  readonly #systemd: SystemdManager;
  /** By agent name; holds requests that are still running, too. */
  readonly #cache = new Map<string, Promise<MetadataResult>>();

  constructor(
    places: AgentPlaces,
    surroundings: {
      readonly process: ProcessSurroundings;
      readonly fenceAgents: FenceAgents;
      readonly systemd: SystemdManager;
    },
  ) {
    this.#places = places;
    this.#surroundings = surroundings.process;
    this.#fenceAgents = surroundings.fenceAgents;
    this.#systemd = surroundings.systemd;
  }

  get(agent: AgentName, done: (result: MetadataResult) => void): void {
    const key = cacheKey(agent);
    let pending = this.#cache.get(key);
    if (pending === undefined) {
      pending = this.#load(agent);
      this.#cache.set(key, pending);
      void this.#dropFailure(key, pending);
    }
    void pending.then(done);
  }

  forget(agent: AgentName): void {
    this.#cache.delete(cacheKey(agent));
  }

  async #dropFailure(key: string, pending: Promise<MetadataResult>): Promise<void> {
    const result = await pending;
    if (!result.ok && this.#cache.get(key) === pending) {
      this.#cache.delete(key);
    }
  }

  async #load(agent: AgentName): Promise<MetadataResult> {
    switch (agent.class) {
      case "ocf":
        return checked(agent, await this.#runOcf(agent));
      case "stonith":
        return checked(agent, await this.#runFence(agent));
      case "lsb":
        return this.#readLsb(agent);
      case "service": {
        const script = await this.#readLsb(agent);
        if (script.ok) return script;
        const hasUnit = await unitExists(this.#systemd, agent.type).catch(() => false);
        return hasUnit ? this.#readUnit(agent) : script;
      }
      case "systemd":
        return this.#readUnit(agent);
      default:
        return failed(agent, `there is no metadata for class ${agent.class}`);
    }
  }

  async #runOcf(agent: AgentName): Promise<MetadataResult> {
    const location = await locateAgent(this.#places.ocfDirectories, [agent.provider, agent.type]);
    if (!location.ok) {
      return failed(agent, describeSystemError(location.code));
    }
    const environment = ocfEnvironment(agent, agent.type, new Map(), {
      base: this.#places.environment,
      ocfRoot: this.#places.ocfRoot,
    });
    return this.#runProgram(agent, { path: location.path, args: ["meta-data"], environment });
  }

  async #runProgram(
    agent: AgentName,
    program: {
      readonly path: string;
      readonly args: readonly string[];
      readonly environment: Readonly<Record<string, string>>;
    },
  ): Promise<MetadataResult> {
    const ended = await new Promise<ProcessResult>((resolve) => {
      runProcess(
        {
          ...program,
          workingDirectory: this.#places.workingDirectory,
          input: null,
          timeoutMs: this.#places.metadataTimeoutMs,
          user: null,
          killsGroup: true,
          label: `${agent.type}_meta-data`,
        },
        this.#surroundings,
        resolve,
      );
    });
    return outputOf(agent, this.#places.metadataTimeoutMs, ended);
  }

  /** A fence agent, else a plugin of cluster-glue, which its program `stonith` speaks for. */
  async #runFence(agent: AgentName): Promise<MetadataResult> {
    const { fenceDirectories, environment } = this.#places;
    if (!(await locateAgent(fenceDirectories, [agent.type])).ok) {
      const plugins = await locateAgent(fenceDirectories, [PLUGIN_PROGRAM]);
      if (plugins.ok)
        return this.#runProgram(agent, { path: plugins.path, args: ["-m", "-t", agent.type], environment });
    }
    const result = await new Promise<Parameters<Parameters<FenceAgents["run"]>[1]>[0]>((resolve) => {
      this.#fenceAgents.run(
        {
          agent: agent.type,
          deviceId: "",
          parameters: new Map([["action", "metadata"]]),
          timeoutMs: this.#places.metadataTimeoutMs,
        },
        resolve,
      );
    });
    if (result.status !== ExecutionStatus.done) {
      return failed(agent, result.reason);
    }
    return result.exitCode === 0
      ? { ok: true, xml: result.stdout }
      : failed(agent, `the agent exited with status ${result.exitCode}`);
  }

  async #readUnit(agent: AgentName): Promise<MetadataResult> {
    try {
      return { ok: true, xml: await unitMetadata(this.#systemd, agent.type) };
    } catch (error) {
      return failed(agent, error instanceof Error ? error.message : String(error));
    }
  }

  async #readLsb(agent: AgentName): Promise<MetadataResult> {
    const path = agent.type.startsWith("/") ? agent.type : join(this.#places.lsbDirectory, agent.type);
    try {
      return { ok: true, xml: lsbMetadata(agent.type, await readFile(path, "utf8")) };
    } catch (error) {
      return failed(agent, error instanceof Error ? error.message : String(error));
    }
  }
}

const PLUGIN_PROGRAM = "stonith";

function outputOf(agent: AgentName, timeoutMs: number, ended: ProcessResult): MetadataResult {
  switch (ended.kind) {
    case "exited":
      return ended.code === 0
        ? { ok: true, xml: ended.stdout }
        : failed(agent, `the agent exited with status ${ended.code}`);
    case "signalled":
      return failed(agent, `the agent was interrupted by ${describeSignal(ended.signal)} signal`);
    case "timedOut":
      return failed(agent, `the agent did not complete within ${formatDuration(timeoutMs)}`);
    case "notStarted":
      return failed(agent, describeSystemError(ended.code));
    case "unprepared":
      return failed(agent, ended.reason);
    case "cancelled":
      return failed(agent, "the run was cancelled");
    default:
      return ended satisfies never;
  }
}

function checked(agent: AgentName, result: MetadataResult): MetadataResult {
  if (!result.ok) {
    return result;
  }
  if (result.xml.trim() === "") {
    return failed(agent, "the agent printed nothing");
  }
  const parsed = parseXml(result.xml);
  return parsed.ok
    ? result
    : failed(agent, `line ${parsed.error.line} of what it printed is not XML: ${parsed.error.message}`);
}

function failed(agent: AgentName, reason: string): MetadataResult {
  return { ok: false, reason: `Metadata of ${formatAgentName(agent)} is not available: ${reason}` };
}

function cacheKey(agent: AgentName): string {
  return JSON.stringify([agent.class, agent.provider, agent.type]);
}
