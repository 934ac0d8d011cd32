import type { AgentCallback, Agents, Clock, NodeId, Operation, OperationResult } from "@quorate/ports";
import { ExecutionStatus, OcfCode } from "@quorate/ports";

/** What happened in the world, for the checks. */
export interface WorldEvents {
  /** A resource began to start on a node, or was found to be running there. */
  starting(nodeId: NodeId, resource: string): void;
}

interface Recurring {
  readonly operation: Operation;
  readonly callId: number;
  readonly report: AgentCallback;
  last: string;
  isCancelled: boolean;
}

/** How the next operations of a kind behave; keyed `RESOURCE_ACTION`. */
export type Behaviour = { readonly rc: number; readonly reason?: string } | { readonly hangs: true };

/** A machine with its services: they outlive the daemon, not a loss of power. */
export class Host {
  readonly nodeId: NodeId;
  readonly active = new Set<string>();
  readonly behaviours = new Map<string, Behaviour>();
  /** Operations that an agent began on this host, `RESOURCE_ACTION_INTERVAL`, in order. */
  readonly history: string[] = [];
  readonly #events: WorldEvents;
  readonly #worldClock: Clock;
  #powerCycles = 0;
  durationMs = 40;

  constructor(nodeId: NodeId, worldClock: Clock, events: WorldEvents) {
    this.nodeId = nodeId;
    this.#worldClock = worldClock;
    this.#events = events;
  }

  /** Services and agents end at once. */
  losePower(): void {
    this.#powerCycles += 1;
    this.active.clear();
  }

  /** Makes the resource die without anybody being told. */
  breakResource(resource: string): void {
    this.active.delete(resource);
  }

  /** The executor of one life of the daemon. */
  executor(clock: Clock): Agents {
    let callCount = 0;
    const queues = new Map<string, (() => void)[]>();
    const busy = new Set<string>();
    const recurring: Recurring[] = [];
    let running = 0;

    const next = (resource: string) => {
      if (busy.has(resource)) return;
      const task = queues.get(resource)?.shift();
      if (task === undefined) return;
      busy.add(resource);
      running += 1;
      task();
    };
    const enqueue = (resource: string, task: () => void) => {
      const queue = queues.get(resource) ?? [];
      queues.set(resource, queue);
      queue.push(task);
      clock.setTimer(0, () => next(resource));
    };
    const over = (resource: string) => {
      busy.delete(resource);
      running -= 1;
      next(resource);
    };
    const perform = (operation: Operation, callId: number, report: (result: OperationResult) => void) => {
      const startedS = Math.floor(clock.wallMs() / 1000);
      const name = `${operation.resourceId}_${operation.action}`;
      this.history.push(`${name}_${operation.intervalMs}`);
      if (operation.action === "start") this.#tellStart(operation);
      if (operation.action === "stop")
        cancelWhere((entry) => entry.operation.resourceId === operation.resourceId);
      const behaviour = this.behaviours.get(name);
      const isHanging = behaviour !== undefined && "hangs" in behaviour;
      const durationMs = isHanging ? operation.timeoutMs || 20_000 : this.durationMs;
      const conclude = (rc: number, exitReason: string) => {
        over(operation.resourceId);
        report({
          operation,
          callId,
          status: isHanging ? ExecutionStatus.timedOut : ExecutionStatus.done,
          rc,
          exitReason,
          lastRunS: startedS,
          lastChangeS: startedS,
          execTimeMs: durationMs,
          queueTimeMs: 0,
          output: "",
        });
      };
      // An agent goes on when the daemon dies; only nobody hears of its end.
      const powerCycle = this.#powerCycles;
      this.#worldClock.setTimer(durationMs, () => {
        if (powerCycle !== this.#powerCycles) return;
        const scripted = behaviour !== undefined && "rc" in behaviour ? behaviour : null;
        const rc = isHanging ? OcfCode.genericError : (scripted?.rc ?? this.#effect(operation));
        clock.setTimer(0, () => conclude(rc, scripted?.reason ?? ""));
      });
    };
    const cancelWhere = (matches: (entry: Recurring) => boolean, isSilent = false): boolean => {
      const found = recurring.filter((entry) => !entry.isCancelled && matches(entry));
      for (const entry of found) {
        entry.isCancelled = true;
        recurring.splice(recurring.indexOf(entry), 1);
        if (isSilent) continue;
        clock.setTimer(0, () =>
          entry.report({
            operation: entry.operation,
            callId: entry.callId,
            status: ExecutionStatus.cancelled,
            rc: 0,
            exitReason: "",
            lastRunS: 0,
            lastChangeS: 0,
            execTimeMs: 0,
            queueTimeMs: 0,
            output: "",
          }),
        );
      }
      return found.length > 0;
    };
    const repeat = (entry: Recurring) => {
      enqueue(entry.operation.resourceId, () => {
        if (entry.isCancelled) {
          over(entry.operation.resourceId);
          return;
        }
        perform(entry.operation, entry.callId, (result) => {
          if (entry.isCancelled) return;
          const outcome = `${result.status} ${result.rc}`;
          if (outcome !== entry.last) entry.report(result);
          entry.last = outcome;
          clock.setTimer(entry.operation.intervalMs, () => repeat(entry));
        });
      });
    };

    return {
      execute: (operation, report) => {
        callCount += 1;
        const callId = callCount;
        if (operation.intervalMs > 0) {
          cancelWhere(
            (entry) =>
              entry.operation.resourceId === operation.resourceId &&
              entry.operation.action === operation.action &&
              entry.operation.intervalMs === operation.intervalMs,
            true,
          );
          const entry: Recurring = { operation, callId, report, last: "", isCancelled: false };
          recurring.push(entry);
          repeat(entry);
        } else enqueue(operation.resourceId, () => perform(operation, callId, report));
        return callId;
      },
      cancel: (resourceId, action, intervalMs) =>
        cancelWhere(
          ({ operation }) =>
            operation.resourceId === resourceId &&
            operation.action === action &&
            operation.intervalMs === intervalMs,
        ),
      metadata: (_agent, done) =>
        void clock.setTimer(5, () =>
          done({ ok: true, xml: "<resource-agent><parameters/></resource-agent>" }),
        ),
      forgetMetadata: () => {},
      get runningCount() {
        return running;
      },
      cancelAll: () => void cancelWhere(() => true, true),
    };
  }

  /** A fence device that is started is no service: no law forbids it. */
  #tellStart({ agent, resourceId }: Operation): void {
    if (agent.class !== "stonith") this.#events.starting(this.nodeId, resourceId);
  }

  #effect(operation: Operation): number {
    const { action, resourceId } = operation;
    switch (action) {
      case "start":
        this.active.add(resourceId);
        this.#tellStart(operation);
        return OcfCode.ok;
      case "stop":
        this.active.delete(resourceId);
        return OcfCode.ok;
      case "monitor":
        return this.active.has(resourceId) ? OcfCode.ok : OcfCode.notRunning;
      default:
        return OcfCode.ok;
    }
  }
}
