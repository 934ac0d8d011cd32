import type {
  AgentCallback,
  AgentName,
  Agents,
  Clock,
  FenceAgents,
  Log,
  MetadataResult,
  Operation,
} from "@quorate/ports";
import { AgentRunner } from "./classes/agent-runner.ts";
import { baseEnvironment } from "./classes/environment.ts";
import type { StonithDevices } from "./classes/stonith.ts";
import { FenceAgentProcesses } from "./fence-agents.ts";
import { AgentMetadata } from "./metadata/agent-metadata.ts";
import { FifoPool } from "./process/fifos.ts";
import type { ProcessSurroundings } from "./process/run-process.ts";
import { OperationQueue } from "./queue/operation-queue.ts";

export interface ExecutorOptions {
  readonly clock: Clock;
  readonly log: Log;
  /**
   * Directories with a directory of agents for each provider, searched in order; default `/usr/lib/ocf/resource.d`.
   * The agents we ship are in `agents/ocf`.
   */
  readonly ocfDirectories?: readonly string[];
  /** `OCF_ROOT` of agents: Debian's load their shell library from below it. Default `/usr/lib/ocf`. */
  readonly ocfRoot?: string;
  /** Default `/etc/init.d`. */
  readonly lsbDirectory?: string;
  /** Directories of fence agents, searched in order; default `/usr/sbin`. Ours are in `agents/fence`. */
  readonly fenceDirectories?: readonly string[];
  /** Default `/var/lib/pacemaker/lrm/secrets`. */
  readonly secretsDirectory?: string;
  /** First in the `PATH` of agents, so that they find our own `crm_attribute` and the like. Default: none. */
  readonly binDirectory?: string | null;
  /** Must exist and be writable: named pipes for the output of agents are made here. Default: the temporary directory. */
  readonly runDirectory?: string | null;
  /** How long an agent may take for its metadata. Default 20 s. Source: executor specification, 10. */
  readonly metadataTimeoutMs?: number;
  /** Where agents start. Default `/`. */
  readonly workingDirectory?: string;
  /** The environment that agents inherit; default: that of this process. */
  readonly inheritedEnvironment?: Readonly<Record<string, string | undefined>>;
  /** Put on top of it: marks of the playground, `HA_RSCTMP` of a node that is not the only one on its machine. */
  readonly extraEnvironment?: Readonly<Record<string, string>>;
}

/** The executor of one node: resource agents, fence agents, their metadata. */
export interface Executor extends Agents {
  /** Runs fence agents with the same directories and environment. */
  readonly fenceAgents: FenceAgents;
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
  readonly #pipes: FifoPool;
  readonly #metadata: AgentMetadata;
  readonly #queue: OperationQueue;
  #devices: StonithDevices | null = null;

  constructor(options: ExecutorOptions) {
    this.#pipes = new FifoPool(options.runDirectory ?? null);
    const surroundings: ProcessSurroundings = {
      clock: options.clock,
      log: options.log,
      pipes: this.#pipes,
    };
    const places = {
      ocfDirectories: options.ocfDirectories ?? ["/usr/lib/ocf/resource.d"],
      ocfRoot: options.ocfRoot ?? "/usr/lib/ocf",
      lsbDirectory: options.lsbDirectory ?? "/etc/init.d",
      fenceDirectories: options.fenceDirectories ?? ["/usr/sbin"],
      secretsDirectory: options.secretsDirectory ?? "/var/lib/pacemaker/lrm/secrets",
      workingDirectory: options.workingDirectory ?? "/",
      environment: baseEnvironment({
        inherited: options.inheritedEnvironment ?? process.env,
        extra: options.extraEnvironment ?? {},
        binDirectory: options.binDirectory ?? null,
      }),
    };
    this.fenceAgents = new FenceAgentProcesses(places, surroundings);
    this.#metadata = new AgentMetadata(places, {
      process: surroundings,
      fenceAgents: this.fenceAgents,
      timeoutMs: options.metadataTimeoutMs ?? 20_000,
    });
    const runner = new AgentRunner(places, { process: surroundings, devices: () => this.#devices });
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
  }
}
