import {
  type AgentName,
  type AgentRunner,
  ExecutionStatus,
  OcfCode,
  type Operation,
  type OperationResult,
} from "@quorate/ports";
import type { XmlElement } from "@quorate/xml";
import { type NodeContext, nowSeconds } from "../context.ts";
import { isConnectionAgent } from "../remote/connection-agents.ts";
import { parseTransitionKey } from "../transition/transition-key.ts";
import type { ActionMessage } from "../wire/action-message.ts";
import { historyEntries, intervalOf } from "./history-entry.ts";
import { HistoryMemory } from "./history-memory.ts";
import { KnownTraits } from "./known-traits.ts";
import { digestAttributes, instanceParameters } from "./parameter-digests.ts";

export interface RunnerRoutes {
  readonly recordsAllBegun: boolean;
  /** No single action that ends now has an earlier time in the history. See `afterMigrationsS`. */
  earliestS(resourceId: string, migrateSource: string | null): number;
  /** Puts entries of a resource into this node's history in the CIB and takes others out, in one change. */
  writeHistory(
    resource: { readonly id: string; readonly agent: AgentName; readonly lockS: number | null },
    entries: readonly XmlElement[],
    removed: readonly string[],
  ): void;
  /** For a recurring operation that has ended. */
  removeEntry(resourceId: string, entryId: string): void;
  removeResource(resourceId: string): void;
  /** Tells the DC of an end that is in no history. */
  answer(transitionKey: string, status: number, rc: number): void;
  /** An agent reported; for the alerts. */
  ended(result: OperationResult, targetRc: number): void;
  /** May actions be carried out at all? `stopOnly`: nothing but stops. */
  readiness(): "all" | "stopOnly" | "stopping";
}

interface Recurring {
  readonly action: string;
  readonly intervalMs: number;
}

interface Request {
  readonly transitionKey: string;
  readonly action: ActionMessage;
}

/** Actions before which an agent's metadata is looked at. Source: controller specification, 6. */
const NEEDS_METADATA: ReadonlySet<string> = new Set([
  "start",
  "monitor",
  "promote",
  "demote",
  "reload",
  "reload-agent",
  "migrate_to",
  "migrate_from",
  "notify",
]);

/** A recurring operation that begins later counts as begun: else nothing could be done in the cluster until then. Source: controller specification, 6. */
const AWAITED_DELAY_MS_MAX = 300_000;

/** Single actions that leave recurring ones alone. */
const KEEPS_RECURRING: ReadonlySet<string> = new Set(["monitor", "notify", "meta-data"]);

/** A connection is watched until it has moved. */
function keepsRecurring(operation: string, agent: AgentName): boolean {
  return KEEPS_RECURRING.has(operation) || (operation === "migrate_to" && isConnectionAgent(agent));
}

/** Carries out the resource actions of a node and records their results. Source: controller specification, 6 and 9. */
export class OperationRunner {
  readonly memory = new HistoryMemory();
  readonly #context: NodeContext;
  readonly #nodeName: string;
  readonly #agents: AgentRunner;
  readonly #routes: RunnerRoutes;
  readonly #traits: KnownTraits;
  readonly #recurring = new Map<string, Recurring[]>();
  readonly #startParameters = new Map<string, ReadonlyMap<string, string>>();
  /** Requests per resource that wait for metadata, the one that asked for it first. */
  readonly #waiting = new Map<string, Request[]>();
  /** Operations under way per resource, recurring ones not counted. */
  readonly #running = new Map<string, number>();
  readonly #forgetWhenOver = new Set<string>();
  /** First looks that were asked for while something else was under way, per resource. */
  readonly #laterProbes = new Map<string, Request[]>();
  #whenQuiet: (() => void) | null = null;

  constructor(context: NodeContext, nodeName: string, agents: AgentRunner, routes: RunnerRoutes) {
    this.#context = context;
    this.#nodeName = nodeName;
    this.#agents = agents;
    this.#routes = routes;
    this.#traits = new KnownTraits(agents, context.queue);
  }

  execute(request: Request): void {
    const { action, transitionKey } = request;
    const resource = action.resource;
    if (resource === null) {
      this.#routes.answer(transitionKey, ExecutionStatus.invalid, OcfCode.genericError);
      return;
    }
    const refusal = this.#refusal(action.operation);
    if (refusal !== null) {
      this.#context.log("notice", `Not executing ${action.operationKey}: ${refusal}`);
      this.#routes.answer(transitionKey, ExecutionStatus.invalid, OcfCode.genericError);
      return;
    }
    const queued = this.#waiting.get(resource.id);
    if (queued !== undefined) queued.push(request);
    else this.#prepare(request);
  }

  /** Cancels all recurring operations; `done` when nothing is running any more. */
  drain(done: () => void): void {
    this.#agents.cancelAll();
    this.#recurring.clear();
    this.#whenQuiet = done;
    this.#checkQuiet();
  }

  /** Forgets a resource, so that it is probed again; one that is just being worked on when that is over. */
  refresh(resourceId: string): void {
    if ((this.#running.get(resourceId) ?? 0) > 0 || this.#waiting.has(resourceId)) {
      this.#forgetWhenOver.add(resourceId);
      return;
    }
    this.#cancelRecurring(resourceId);
    this.#startParameters.delete(resourceId);
    this.memory.forget(resourceId);
    this.#routes.removeResource(resourceId);
  }

  /** Forgets the last failure of a resource; what else its history tells stays. */
  forgetFailure(resourceId: string): void {
    const entryId = `${resourceId}_last_failure_0`;
    this.memory.remove(resourceId, entryId);
    this.#routes.removeEntry(resourceId, entryId);
  }

  /** Records a failure that no agent reported. False when the resource is not known here. */
  fail(resourceId: string, transitionKey: string): boolean {
    const agent = this.memory.agent(resourceId);
    if (agent === null) return false;
    const action: ActionMessage = {
      operation: "asyncmon",
      operationKey: `${resourceId}_asyncmon_0`,
      resource: { element: "primitive", id: resourceId, longId: null, ...agent },
      attributes: new Map([["crm_feature_set", this.#context.config.featureSet]]),
      shutdownLockS: null,
    };
    const nowS = nowSeconds(this.#context);
    const result: OperationResult = {
      operation: toOperation(action, agent, transitionKey, new Map()),
      callId: this.#nextCallId(resourceId),
      status: ExecutionStatus.done,
      rc: OcfCode.genericError,
      exitReason: "Simulated failure",
      lastRunS: nowS,
      lastChangeS: nowS,
      execTimeMs: 0,
      queueTimeMs: 0,
      output: "",
    };
    this.#record({ transitionKey, action }, resourceId, agent, result);
    return true;
  }

  /** A made-up result comes after all that the history has of the resource. */
  #nextCallId(resourceId: string): number {
    const known = this.memory.entries(resourceId).map((entry) => Number(entry.get("call-id") ?? "0"));
    return 1 + Math.max(0, ...known);
  }

  #refusal(operation: string): string | null {
    if (operation === "stop" || operation === "cancel" || operation === "delete") return null;
    const readiness = this.#routes.readiness();
    if (readiness === "stopping" && operation === "start") return "a shutdown is in progress";
    return readiness === "stopOnly" ? "this node is not part of a settled cluster" : null;
  }

  #prepare(request: Request): void {
    const { action } = request;
    const resource = action.resource!;
    const agent = agentOf(action);
    const hasParameters = agent.class === "ocf" || agent.class === "stonith";
    if (!hasParameters || !NEEDS_METADATA.has(action.operation) || this.#traits.knows(agent)) {
      // Each start looks at the agent anew, beside it: only the record of its result needs what was found.
      if (hasParameters && action.operation === "start") this.#traits.refresh(agent);
      this.#run(request);
      return;
    }
    this.#waiting.set(resource.id, [request]);
    this.#traits.refresh(agent);
    this.#traits.whenFresh(agent, () => {
      const requests = this.#waiting.get(resource.id) ?? [];
      this.#waiting.delete(resource.id);
      const [first, ...others] = requests;
      if (first !== undefined) this.#run(first);
      for (const other of others) this.execute(other);
      this.#checkQuiet();
    });
  }

  #run(request: Request): void {
    const { action, transitionKey } = request;
    const resourceId = action.resource!.id;
    switch (action.operation) {
      case "cancel":
        this.#cancel(request, resourceId);
        return;
      case "delete":
        this.refresh(resourceId);
        this.#routes.answer(transitionKey, ExecutionStatus.done, OcfCode.ok);
        return;
      default:
        this.#start(request, resourceId);
    }
  }

  #start(request: Request, resourceId: string): void {
    const { action, transitionKey } = request;
    const agent = agentOf(action);
    const intervalMs = intervalOf(action);
    if (intervalMs === 0 && action.operation === "monitor" && this.#running.has(resourceId)) {
      this.#laterProbes.set(resourceId, [...(this.#laterProbes.get(resourceId) ?? []), request]);
      return;
    }
    if (intervalMs === 0 && !keepsRecurring(action.operation, agent)) this.#cancelRecurring(resourceId);
    if (intervalMs > 0) this.#noteRecurring(resourceId, action.operation, intervalMs);
    const parameters = this.#parametersFor(action, resourceId);
    if (action.operation !== "notify") this.#recordPending(request, resourceId, agent);
    // A recurring one may be taken over or cancelled without ever telling: nobody waits for its end.
    const isAwaited = intervalMs === 0;
    let isTold = false;
    if (isAwaited) this.#running.set(resourceId, (this.#running.get(resourceId) ?? 0) + 1);
    const operation = toOperation(this.#mapReload(action, agent), agent, transitionKey, parameters);
    if (!isAwaited && operation.startDelayMs > AWAITED_DELAY_MS_MAX) {
      this.#context.log(
        "info",
        `Nobody waits for ${action.operationKey}, which begins in ${operation.startDelayMs} ms`,
      );
      const expected = parseTransitionKey(transitionKey)?.targetRc ?? OcfCode.ok;
      this.#routes.answer(transitionKey, ExecutionStatus.done, expected);
      isTold = true;
    }
    this.#agents.execute(operation, (result) =>
      this.#context.queue.run(() => {
        const conclude = (): void => {
          this.#record(request, resourceId, agent, result);
          const { status, rc } = result;
          // But the DC waits for its beginning, and a cleanup may come before that: nothing in the history would tell.
          if (!isAwaited && !isTold && status === ExecutionStatus.cancelled)
            this.#routes.answer(transitionKey, status, rc);
          isTold = true;
          const isGood = status === ExecutionStatus.done && rc === OcfCode.ok;
          if (isAwaited) this.#ended(resourceId, action.operation === "stop" && isGood);
        };
        if (action.operation === "start") this.#traits.whenFresh(agent, conclude);
        else conclude();
      }),
    );
  }

  /**
   * A look that finds nothing takes the place of what was done last. Half of a migration away from here would be all that is left of the time
   * before: without the stop that came after it the resource would count as failed wherever it went. While something runs here, the migration
   * may still be under way.
   */
  #overtakenBy(action: ActionMessage, resourceId: string, rc: number): readonly string[] {
    if (action.operation !== "monitor" || intervalOf(action) > 0 || rc !== OcfCode.notRunning) return [];
    return this.memory
      .entries(resourceId)
      .filter((entry) => entry.get("operation")?.startsWith("migrate_") === true)
      .map(({ id }) => id ?? "");
  }

  /** Old agents know only `reload`. */
  #mapReload(action: ActionMessage, agent: AgentName): ActionMessage {
    const traits = this.#traits.of(agent);
    return action.operation === "reload-agent" && traits.reloadAction === "reload"
      ? { ...action, operation: "reload" }
      : action;
  }

  /** A stop is given the parameters that the resource was started with. */
  #parametersFor(action: ActionMessage, resourceId: string): ReadonlyMap<string, string> {
    const started = this.#startParameters.get(resourceId);
    if (action.operation !== "stop" || started === undefined) return action.attributes;
    const own = instanceParameters(action.attributes);
    const others = [...action.attributes].filter(([name]) => !own.has(name));
    return new Map([...others, ...started]);
  }

  #recordPending(request: Request, resourceId: string, agent: AgentName): void {
    const { action } = request;
    const isLeftOut = action.attributes.get("CRM_meta_record_pending") === "false";
    if (isLeftOut && !this.#routes.recordsAllBegun) return;
    const { entries } = historyEntries({
      action,
      resourceId,
      transitionKey: request.transitionKey,
      nodeName: this.#nodeName,
      digests: digestAttributes(action, this.#traits.of(agent)),
      result: null,
      nowS: nowSeconds(this.#context),
    });
    this.memory.record(resourceId, agent, entries);
    this.#routes.writeHistory({ id: resourceId, agent, lockS: null }, entries, []);
  }

  #record(request: Request, resourceId: string, agent: AgentName, result: OperationResult): void {
    const { action, transitionKey } = request;
    const made = historyEntries({
      action,
      resourceId,
      transitionKey,
      nodeName: this.#nodeName,
      digests: digestAttributes(action, this.#traits.of(agent)),
      result: this.#timed(action, resourceId, result),
      nowS: nowSeconds(this.#context),
    });
    this.#context.log(
      made.isExpected ? "info" : "notice",
      `Result of ${action.operation} operation for ${resourceId} on ${this.#nodeName}: rc=${made.rc} ` +
        `status=${made.status}${result.exitReason === "" ? "" : ` (${result.exitReason})`} | call=${result.callId} ` +
        `key=${action.operationKey}`,
    );
    this.#routes.ended(
      { ...result, status: made.status, rc: made.rc },
      parseTransitionKey(transitionKey)?.targetRc ?? OcfCode.ok,
    );
    if (made.entries.length === 0) {
      this.#dropPending(action, resourceId);
      return;
    }
    if (made.isExpected && ["start", "monitor", "reload", "reload-agent"].includes(action.operation))
      if (made.rc === OcfCode.ok || made.rc === OcfCode.promoted)
        this.#startParameters.set(resourceId, instanceParameters(action.attributes));
    this.memory.record(resourceId, agent, made.entries);
    const recurringId = `${resourceId}_${action.operation}_${intervalOf(action)}`;
    const pending = this.memory.entry(resourceId, recurringId);
    const removed =
      intervalOf(action) > 0 &&
      !made.isExpected &&
      pending?.get("op-status") === String(ExecutionStatus.pending)
        ? [recurringId]
        : this.#overtakenBy(action, resourceId, made.rc);
    for (const entryId of removed) this.memory.remove(resourceId, entryId);
    const lockS = lockAfter(action, made.rc);
    if (lockS !== null) this.memory.lock(resourceId, lockS);
    this.#routes.writeHistory({ id: resourceId, agent, lockS }, made.entries, removed);
  }

  #timed(action: ActionMessage, resourceId: string, result: OperationResult): OperationResult {
    if (intervalOf(action) > 0) return { ...result, lastChangeS: this.#changeTime(resourceId, result) };
    const isArrival = action.operation === "migrate_from";
    const source = isArrival ? (action.attributes.get("CRM_meta_migrate_source") ?? null) : null;
    return { ...result, lastRunS: Math.max(result.lastRunS, this.#routes.earliestS(resourceId, source)) };
  }

  /** Results of one recurring operation are told apart by their times, which are whole seconds: a later one has a later time. */
  #changeTime(resourceId: string, { callId, lastChangeS }: OperationResult): number {
    const earlierS = this.memory
      .entries(resourceId)
      .filter((entry) => entry.get("call-id") === String(callId))
      .map((entry) => Number(entry.get("last-rc-change") ?? "0"));
    return Math.max(lastChangeS, ...earlierS.map((timeS) => timeS + 1));
  }

  /** A recurring operation that was cancelled before its first result leaves no pending entry behind. */
  #dropPending(action: ActionMessage, resourceId: string): void {
    const entryId = `${resourceId}_${action.operation}_${intervalOf(action)}`;
    const entry = this.memory.entry(resourceId, entryId);
    if (entry?.get("op-status") !== String(ExecutionStatus.pending)) return;
    const isAgain = (this.#recurring.get(resourceId) ?? []).some(
      (known) => known.action === action.operation && known.intervalMs === intervalOf(action),
    );
    if (isAgain) return;
    this.memory.remove(resourceId, entryId);
    this.#routes.removeEntry(resourceId, entryId);
  }

  #cancel(request: Request, resourceId: string): void {
    const { attributes } = request.action;
    const action = attributes.get("CRM_meta_operation") ?? "monitor";
    const intervalMs = Number(attributes.get("CRM_meta_interval") ?? "0");
    const known = this.#recurring.get(resourceId) ?? [];
    this.#recurring.set(
      resourceId,
      known.filter((entry) => entry.action !== action || entry.intervalMs !== intervalMs),
    );
    this.#agents.cancel(resourceId, action, intervalMs);
    const entryId = `${resourceId}_${action}_${intervalMs}`;
    this.memory.remove(resourceId, entryId);
    this.#routes.removeEntry(resourceId, entryId);
    this.#routes.answer(request.transitionKey, ExecutionStatus.done, OcfCode.ok);
  }

  /**
   * The recurring operations end, and what they found goes from the history before the action that ends them is
   * recorded: it would tell of a role that is over.
   */
  #cancelRecurring(resourceId: string): void {
    const known = this.#recurring.get(resourceId) ?? [];
    this.#recurring.delete(resourceId);
    for (const { action, intervalMs } of known) {
      this.#agents.cancel(resourceId, action, intervalMs);
      const entryId = `${resourceId}_${action}_${intervalMs}`;
      if (this.memory.entry(resourceId, entryId) === null) continue;
      this.memory.remove(resourceId, entryId);
      this.#routes.removeEntry(resourceId, entryId);
    }
  }

  #noteRecurring(resourceId: string, action: string, intervalMs: number): void {
    const known = this.#recurring.get(resourceId) ?? [];
    if (known.some((entry) => entry.action === action && entry.intervalMs === intervalMs)) return;
    this.#recurring.set(resourceId, [...known, { action, intervalMs }]);
  }

  #ended(resourceId: string, isStopped: boolean): void {
    const left = (this.#running.get(resourceId) ?? 1) - 1;
    if (left > 0) this.#running.set(resourceId, left);
    else {
      this.#running.delete(resourceId);
      const isForgotten = this.#forgetWhenOver.delete(resourceId);
      if (isForgotten) this.refresh(resourceId);
      this.#lookLater(resourceId, isStopped && !isForgotten);
    }
    this.#checkQuiet();
  }

  /**
   * After a stop there is nothing to look for, and its record stays: that it came after a migration away from here is known by it alone,
   * and a look would take its place.
   */
  #lookLater(resourceId: string, isStopped: boolean): void {
    const requests = this.#laterProbes.get(resourceId) ?? [];
    this.#laterProbes.delete(resourceId);
    for (const request of requests)
      if (isStopped) this.#routes.answer(request.transitionKey, ExecutionStatus.done, OcfCode.notRunning);
      else this.execute(request);
  }

  #checkQuiet(): void {
    if (this.#whenQuiet === null || this.#running.size > 0 || this.#waiting.size > 0) return;
    const done = this.#whenQuiet;
    this.#whenQuiet = null;
    done();
  }
}

/** A lock outlives only what shows that the resource does not run: its stop, or a look. Source: controller specification, 3 and 7. */
function lockAfter({ operation, shutdownLockS }: ActionMessage, rc: number): number | null {
  if (shutdownLockS === null) return null;
  const isStopped =
    (operation === "stop" && rc === OcfCode.ok) || (operation === "monitor" && rc === OcfCode.notRunning);
  return isStopped ? shutdownLockS : 0;
}

function agentOf(action: ActionMessage): AgentName {
  const resource = action.resource!;
  return { class: resource.class, provider: resource.provider ?? "", type: resource.type };
}

function toOperation(
  action: ActionMessage,
  agent: AgentName,
  transitionKey: string,
  parameters: ReadonlyMap<string, string>,
): Operation {
  return {
    resourceId: action.resource!.id,
    agent,
    action: action.operation,
    intervalMs: intervalOf(action),
    timeoutMs: Number(action.attributes.get("CRM_meta_timeout") ?? "0") || 0,
    startDelayMs: Number(action.attributes.get("CRM_meta_start_delay") ?? "0") || 0,
    parameters,
    killsGroup: action.attributes.get("CRM_meta_on_fail") !== "block",
    transitionKey,
  };
}
