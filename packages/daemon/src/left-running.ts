import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Agents, ExecutionStatus, type Log, OcfCode, type Operation } from "@quorate/ports";
import { reasonOf } from "./files.ts";

/** What is needed to stop a resource without the cluster. */
export type LeftOperation = Pick<Operation, "resourceId" | "agent" | "timeoutMs" | "parameters">;

/** Something of an earlier life of this node cannot be stopped; the text says what, why, and what to do. */
export class LeftRunningError extends Error {}

/** Agents whose metadata names no timeout get this long. */
const TIMEOUT_MS_MIN = 20_000;

/** The agents, and what they have started and not stopped again: the latest start last. */
export class RememberingAgents implements Agents {
  readonly #agents: Agents;
  readonly #running = new Map<string, LeftOperation>();

  constructor(agents: Agents) {
    this.#agents = agents;
  }

  /** What runs here, or may. Fence devices run nowhere. */
  get running(): readonly LeftOperation[] {
    return [...this.#running.values()].filter(({ agent }) => agent.class !== "stonith");
  }

  execute: Agents["execute"] = (operation, report) => {
    const { resourceId, action, intervalMs } = operation;
    // Whatever becomes of it: part of it may be there.
    if (action === "start" || action === "migrate_from") {
      this.#running.delete(resourceId);
      this.#running.set(resourceId, operation);
    }
    return this.#agents.execute(operation, (result) => {
      const { status, rc } = result;
      const hasEnded = status !== ExecutionStatus.cancelled && status !== ExecutionStatus.timedOut;
      const isActive = hasEnded && (rc === OcfCode.ok || rc === OcfCode.promoted);
      if (action === "stop" && hasEnded && rc === OcfCode.ok) this.#running.delete(resourceId);
      if (action === "monitor" && intervalMs === 0 && isActive && !this.#running.has(resourceId))
        this.#running.set(resourceId, operation);
      report(result);
    });
  };

  cancel: Agents["cancel"] = (...which) => this.#agents.cancel(...which);
  metadata: Agents["metadata"] = (agent, done) => this.#agents.metadata(agent, done);
  forgetMetadata: Agents["forgetMetadata"] = (agent) => this.#agents.forgetMetadata(agent);
  cancelAll: Agents["cancelAll"] = () => this.#agents.cancelAll();

  get runningCount(): number {
    return this.#agents.runningCount;
  }
}

/** An executor for the time without a cluster. */
type OwnExecutor = Agents & { close(): void };

/**
 * What still runs on a node that its cluster has given up. The cluster may have started it elsewhere: cut off from its disks, a node is not cut
 * off from its addresses. So it is stopped as soon as the node has left, and whatever cannot be stopped keeps the node from joining
 * again, because joining gives the disks back. The note of it is in the run directory: a machine that has booted has nothing left.
 */
export class LeftRunning {
  readonly #path: string;
  readonly #log: Log;
  readonly #createExecutor: () => OwnExecutor;

  constructor(runDirectory: string, log: Log, createExecutor: () => OwnExecutor) {
    this.#path = join(runDirectory, "left-running.json");
    this.#log = log;
    this.#createExecutor = createExecutor;
  }

  /**
   * Before a node joins: stops what an earlier life could not.
   * @throws LeftRunningError when something is left, or nobody knows what
   */
  async stopNoted(): Promise<void> {
    const failed = await this.stop(this.#read());
    if (failed.length > 0)
      throw new LeftRunningError(
        `not joining the cluster: what ran here when it gave this node up cannot be stopped: ${failed.join(", ")}. Stop it by hand and start again, or reboot this machine`,
      );
  }

  /**
   * Stops what is left, the latest start first, each only when its agent says that it is there: what has moved is not disturbed.
   * @returns what could not be stopped, `NAME (REASON)`
   */
  async stop(left: readonly LeftOperation[]): Promise<readonly string[]> {
    if (left.length === 0) return [];
    this.#write(left);
    const executor = this.#createExecutor();
    const remaining: LeftOperation[] = [];
    const failed: string[] = [];
    for (const operation of left.toReversed()) {
      const found = await run(executor, operation, "monitor");
      if (found.rc === OcfCode.notRunning || found.rc === OcfCode.notInstalled) continue;
      this.#log("warning", `Stopping ${operation.resourceId}: the cluster has given this node up`);
      // An agent may refuse to stop what is promoted.
      if (found.rc === OcfCode.promoted) await run(executor, operation, "demote");
      const stopped = await run(executor, operation, "stop");
      if (stopped.rc === OcfCode.ok) continue;
      remaining.unshift(operation);
      failed.push(`${operation.resourceId} (${stopped.reason})`);
      this.#log("critical", `${operation.resourceId} cannot be stopped: ${stopped.reason}`);
    }
    executor.close();
    this.#write(remaining);
    return failed;
  }

  #write(left: readonly LeftOperation[]): void {
    const note = left.map(({ resourceId, agent, timeoutMs, parameters }) => {
      return { resourceId, agent, timeoutMs, parameters: [...parameters] };
    });
    try {
      rmSync(`${this.#path}.new`, { force: true });
      // Parameters may be secret.
      if (left.length > 0)
        writeFileSync(`${this.#path}.new`, JSON.stringify({ version: 1, left: note }), { mode: 0o600 });
      if (left.length > 0) renameSync(`${this.#path}.new`, this.#path);
      else rmSync(this.#path, { force: true });
    } catch (error) {
      this.#log("critical", `cannot note in ${this.#path} what still runs: ${reasonOf(error)}`);
    }
  }

  #read(): readonly LeftOperation[] {
    let text: string;
    try {
      text = readFileSync(this.#path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw this.#unreadable(reasonOf(error));
    }
    try {
      const { version, left } = JSON.parse(text);
      if (version !== 1) throw new Error(`it has version ${version}, not 1`);
      return left.map((each: LeftOperation & { parameters: Iterable<readonly [string, string]> }) => {
        return { ...each, parameters: new Map(each.parameters) };
      });
    } catch (error) {
      throw this.#unreadable((error as Error).message);
    }
  }

  #unreadable(reason: string): LeftRunningError {
    return new LeftRunningError(
      `cannot read ${this.#path}, which names what ran here when the cluster gave this node up: ${reason}. Reboot this machine, or stop what still runs and remove the file`,
    );
  }
}

function run(
  agents: Agents,
  { resourceId, agent, timeoutMs, parameters }: LeftOperation,
  action: "monitor" | "demote" | "stop",
): Promise<{ readonly rc: number; readonly reason: string }> {
  const limitMs = Math.max(timeoutMs, TIMEOUT_MS_MIN);
  return new Promise((resolve) => {
    agents.execute(
      {
        resourceId,
        agent,
        action,
        intervalMs: 0,
        timeoutMs: limitMs,
        startDelayMs: 0,
        parameters: new Map([
          ...parameters,
          ["CRM_meta_timeout", String(limitMs)],
          ["CRM_meta_interval", "0"],
        ]),
        killsGroup: true,
        transitionKey: "",
      },
      ({ status, rc, exitReason }) => {
        const isTimeout = status === ExecutionStatus.timedOut;
        const reason = isTimeout ? `no result within ${limitMs / 1000} s` : exitReason || `exit status ${rc}`;
        resolve({ rc: isTimeout ? OcfCode.genericError : rc, reason });
      },
    );
  });
}
