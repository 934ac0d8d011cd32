import type {
  AgentCallback,
  AgentName,
  Agents,
  Alerts,
  Clock,
  FenceAgents,
  Log,
  MetadataResult,
  Operation,
} from "@quorate/ports";
import { type AgentPlaceOptions, agentPlaces } from "./agent-places.ts";
import { AlertAgents } from "./alerts.ts";
import { AgentRunner } from "./classes/agent-runner.ts";
import type { StonithDevices } from "./classes/stonith.ts";
import { FenceAgentProcesses } from "./fence-agents.ts";
import { AgentMetadata } from "./metadata/agent-metadata.ts";
import { FifoPool } from "./process/fifos.ts";
import { RunningAgents } from "./process/leftovers.ts";
import type { ProcessSurroundings } from "./process/run-process.ts";
import { OperationQueue } from "./queue/operation-queue.ts";
import { SystemdManager } from "./systemd/manager.ts";

export interface ExecutorOptions extends AgentPlaceOptions {
  readonly clock: Clock;
  readonly log: Log;
}

/** The executor of one node: resource agents, fence agents, their metadata. */
export interface Executor extends Agents {
  /** Runs fence agents with the same directories and environment. */
  readonly fenceAgents: FenceAgents;
  readonly alerts: Alerts;
  /** Takes no more alerts; resolves when those that run have ended, at the latest after their time and 5 s. */
  drainAlerts(): Promise<void>;
  /**
   * Who serves resources of class stonith; until then their operations fail. Set once, before the first operation: the
   * fencer itself needs `fenceAgents`, so it cannot be an option.
   */
  connectFencer(devices: StonithDevices): void;
  /** Ends recurring operations without a report and removes what was made on disk. Agents that run are left alone. */
  close(): void;
}

/** Creates the executor of this node. Nothing is started or touched before the first request. */
export function createExecutor(options: ExecutorOptions): Executor {
  return new ProcessExecutor(options);
}

class ProcessExecutor implements Executor {
  readonly fenceAgents: FenceAgents;
  readonly alerts: AlertAgents;
  readonly #pipes: FifoPool;
  readonly #running: RunningAgents;
  readonly #metadata: AgentMetadata;
  readonly #systemd: SystemdManager;
  readonly #queue: OperationQueue;
  #devices: StonithDevices | null = null;

  constructor(options: ExecutorOptions) {
    this.#pipes = new FifoPool(options.runDirectory ?? null);
    this.#running = new RunningAgents(options.runDirectory ?? null);
    const surroundings: ProcessSurroundings = {
      clock: options.clock,
      log: options.log,
      pipes: this.#pipes,
      running: this.#running,
    };
    const places = agentPlaces(options);
    this.fenceAgents = new FenceAgentProcesses(places, surroundings);
    this.alerts = new AlertAgents(places, surroundings);
    this.#systemd = new SystemdManager(places.systemBusSocket, options.clock);
    this.#metadata = new AgentMetadata(places, {
      process: surroundings,
      systemd: this.#systemd,
      fenceAgents: this.fenceAgents,
    });
    const runner = new AgentRunner(places, {
      process: surroundings,
      systemd: this.#systemd,
      devices: () => this.#devices,
    });
    this.#queue = new OperationQueue({
      clock: options.clock,
      log: options.log,
      runner: {
        start: (operation, callId, done) => {
          if (operation.action === "start") {
            // The agent may have been updated since it was last asked.
            this.#metadata.forget(operation.agent);
          }
          return runner.start(operation, callId, done);
        },
      },
    });
  }

  get runningCount(): number {
    return this.#queue.runningCount;
  }

  connectFencer(devices: StonithDevices): void {
    this.#devices = devices;
  }

  drainAlerts(): Promise<void> {
    return this.alerts.drain();
  }

  execute(operation: Operation, report: AgentCallback): number {
    return this.#queue.execute(operation, report);
  }

  cancel(resourceId: string, action: string, intervalMs: number): boolean {
    return this.#queue.cancel(resourceId, action, intervalMs);
  }

  cancelAll(): void {
    this.#queue.cancelAll();
  }

  metadata(agent: AgentName, done: (result: MetadataResult) => void): void {
    this.#metadata.get(agent, done);
  }

  forgetMetadata(agent: AgentName): void {
    this.#metadata.forget(agent);
  }

  close(): void {
    this.cancelAll();
    this.#pipes.close();
    this.#running.close();
    this.#systemd.close();
  }
}
