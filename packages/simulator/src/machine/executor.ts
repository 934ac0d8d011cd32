import {
  type AgentCallback,
  type Agents,
  type Clock,
  ExecutionStatus,
  type Fencer,
  OcfCode,
  type Operation,
  type OperationResult,
} from "@quorate/ports";
import type { Services } from "./services.ts";

interface Recurring {
  readonly operation: Operation;
  readonly callId: number;
  readonly report: AgentCallback;
  last: string;
  isCancelled: boolean;
}

interface Outcome {
  readonly status: number;
  readonly rc: number;
  readonly reason: string;
}

export interface ExecutorSurroundings {
  readonly services: Services;
  /** Of the daemon: what it waits for dies with it. */
  readonly clock: Clock;
  /** Of the machine: agents go on when the daemon dies. */
  readonly machineClock: Clock;
  readonly fencer: Fencer;
  /** What an agent says by `crm_attribute --promotion`. */
  promotionScore(resource: string, score: number): void;
}

/** A timeout that is not given, and what the fencer gets on top before nobody waits for it any more. */
const TIMEOUT_DEFAULT_MS = 20_000;

/** The executor of one life of the daemon: the contract of `Agents` over the services of a simulated machine. */
export function simulatedExecutor(surroundings: ExecutorSurroundings): Agents {
  const { services, clock, machineClock, fencer } = surroundings;
  let callCount = 0;
  let running = 0;
  const queues = new Map<string, (() => void)[]>();
  const busy = new Set<string>();
  const recurring: Recurring[] = [];

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
  const cancelWhere = (matches: (entry: Recurring) => boolean, isSilent = false): boolean => {
    const found = recurring.filter((entry) => !entry.isCancelled && matches(entry));
    for (const entry of found) {
      entry.isCancelled = true;
      recurring.splice(recurring.indexOf(entry), 1);
      if (isSilent) continue;
      const outcome = { status: ExecutionStatus.cancelled, rc: 0, reason: "" };
      clock.setTimer(0, () => entry.report(resultOf(entry.operation, entry.callId, outcome, 0, 0)));
    }
    return found.length > 0;
  };

  const delayed = ({ startDelayMs }: Operation, act: () => void) => {
    if (startDelayMs > 0) clock.setTimer(startDelayMs, act);
    else act();
  };

  /** As a process of its own: its effect comes about also when nobody waits for it any more. */
  const runAgent = (operation: Operation, done: (outcome: Outcome, durationMs: number) => void) => {
    services.begin(operation);
    const behaviour = services.behaviours.get(`${operation.resourceId}_${operation.action}`);
    const isHanging = behaviour !== undefined && "hangs" in behaviour;
    const isLooking = operation.action === "monitor";
    const neededMs = (isLooking ? services.monitorMs : null) ?? services.durationMs;
    const limitMs = operation.timeoutMs || TIMEOUT_DEFAULT_MS;
    const isLate = isHanging || neededMs > limitMs;
    const durationMs = isLate ? limitMs : neededMs;
    const hasEffect = behaviour === undefined ? !isLate : behaviour.hasEffect === true;
    const agentLife = services.agentLives;
    machineClock.setTimer(isHanging && hasEffect ? Math.min(neededMs, durationMs) : durationMs, () => {
      if (agentLife !== services.agentLives) return;
      const rc = hasEffect ? services.carryOut(operation) : OcfCode.ok;
      if (operation.agent.type === "Stateful" && ["start", "promote", "monitor"].includes(operation.action))
        surroundings.promotionScore(operation.resourceId, operation.action === "promote" ? 20 : 10);
      if (isHanging) return;
      const scripted = behaviour !== undefined && "rc" in behaviour ? behaviour : null;
      clock.setTimer(0, () => {
        if (isLate) return;
        done(
          { status: ExecutionStatus.done, rc: scripted?.rc ?? rc, reason: scripted?.reason ?? "" },
          durationMs,
        );
      });
    });
    if (isLate)
      clock.setTimer(limitMs, () =>
        done({ status: ExecutionStatus.timedOut, rc: OcfCode.genericError, reason: "timed out" }, durationMs),
      );
  };

  /** A fence device runs where it is registered. Source: executor specification, 8. */
  const runDevice = (operation: Operation, done: (outcome: Outcome, durationMs: number) => void) => {
    const request = {
      deviceId: operation.resourceId,
      agent: operation.agent.type,
      parameters: new Map([...operation.parameters].filter(([name]) => !name.startsWith("CRM_meta_"))),
      timeoutMs: operation.timeoutMs,
    };
    const startedMs = clock.monotonicMs();
    const finish = (outcome: Outcome) => done(outcome, clock.monotonicMs() - startedMs);
    const soon = (rc: number) =>
      void clock.setTimer(0, () => finish({ status: ExecutionStatus.done, rc, reason: "" }));
    switch (operation.action) {
      case "start":
        fencer.startDevice(request, finish);
        return;
      case "stop":
        fencer.stopDevice(operation.resourceId);
        soon(OcfCode.ok);
        return;
      default:
        if (operation.intervalMs > 0) fencer.monitorDevice(request, finish);
        else soon(fencer.isDeviceStarted(operation.resourceId) ? OcfCode.ok : OcfCode.notRunning);
    }
  };

  const perform = (operation: Operation, callId: number, report: (result: OperationResult) => void) => {
    const startedS = Math.floor(clock.wallMs() / 1000);
    if (operation.action === "stop")
      cancelWhere((entry) => entry.operation.resourceId === operation.resourceId);
    const run = operation.agent.class === "stonith" ? runDevice : runAgent;
    run(operation, (outcome, durationMs) => {
      over(operation.resourceId);
      report(resultOf(operation, callId, outcome, startedS, durationMs));
    });
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
        delayed(operation, () => repeat(entry));
      } else
        delayed(operation, () => enqueue(operation.resourceId, () => perform(operation, callId, report)));
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
      void clock.setTimer(5, () => done({ ok: true, xml: "<resource-agent><parameters/></resource-agent>" })),
    forgetMetadata: () => {},
    get runningCount() {
      return running;
    },
    cancelAll: () => void cancelWhere(() => true, true),
  };
}

function resultOf(
  operation: Operation,
  callId: number,
  outcome: Outcome,
  startedS: number,
  durationMs: number,
): OperationResult {
  return {
    operation,
    callId,
    status: outcome.status,
    rc: outcome.rc,
    exitReason: outcome.reason,
    lastRunS: startedS,
    lastChangeS: startedS,
    execTimeMs: durationMs,
    queueTimeMs: 0,
    output: "",
  };
}
