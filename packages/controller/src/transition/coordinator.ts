import type { Timer } from "@quorate/ports";
import type { GraphAction } from "@quorate/scheduler";
import type { XmlElement } from "@quorate/xml";
import type { ReplicaChange } from "../cib/replica.ts";
import type { SchedulerInput, SchedulerOutcome, SchedulerPort } from "../cluster-node.ts";
import { after, type NodeContext, nowSeconds } from "../context.ts";
import type { Peer, Peers } from "../membership/peers.ts";
import { batchLimitOf } from "../throttle/load-mode.ts";
import { ActionDispatch, type ActionRoutes, fencingActionOf } from "./action-dispatch.ts";
import { type CibEvent, eventsOfPatchset } from "./cib-events.ts";
import { type Completion, type GraphOutcome, type GraphRun, INFINITY_PRIORITY } from "./graph-run.ts";
import { judgeResult, type ResultVerdict } from "./result-verdict.ts";

/** The cluster options that transitions depend on, in milliseconds where they are times. */
interface TransitionOptions {
  readonly transitionDelayMs: number;
  /** 0 switches the timer off. */
  readonly recheckIntervalMs: number;
  readonly clusterDelayMs: number;
}

interface Dependencies {
  readonly context: NodeContext;
  readonly peers: Peers;
  readonly routes: ActionRoutes;
  readonly scheduler: SchedulerPort;
  readonly leaderUuid: string;
  options(): TransitionOptions;
  /** Too little is known to decide anything yet. */
  awaitsDaemons(): boolean;
  schedulerInput(): Omit<SchedulerInput, "nowMs">;
  /** Runs the task when this node's own changes of the CIB are in it. */
  whenSettled(task: () => void): void;
  phaseChanged(phase: CoordinatorPhase): void;
  /** See `ActionDispatch`. */
  isHeldUp(action: GraphAction): boolean;
  released(heldUp: readonly GraphAction[], run: GraphRun): readonly GraphAction[];
  transitionEnded(dispatch: ActionDispatch): void;
  /** An unexpected result, to be counted. */
  countFailure(verdict: ResultVerdict, offsets: { readonly start: string; readonly stop: string }): void;
  /** The graph that was to end with this node's shutdown is over. */
  shutdownReached(): void;
  fatal(reason: string): void;
}

type CoordinatorPhase = "off" | "computing" | "executing" | "idle";

/** Histories that their own node writes anew at a join carry old results: nothing in them is news. */
export const JOIN_CLIENT_ID = "join";

/** A node removes what its ended recurring operations had found: that changes nothing of what is to be done. */
export const ENDED_CLIENT_ID = "ended";

/** How often it is looked whether a daemon that is awaited has come. */
const AWAIT_CHECK_MS = 1_000;
/** From a failure of the scheduler to the next attempt. */
const SCHEDULER_RETRY_MS = 10_000;

/**
 * The DC's loop: compute a transition, carry it out, wait for something to change. Works only between `enable` and
 * `halt`; a run that was under way is then brought to its end without firing more.
 * Source: controller specification, 5, 6, 7.
 */
export class Coordinator {
  readonly #deps: Dependencies;
  #isEnabled = false;
  #dispatch: ActionDispatch | null = null;
  #transitionCount = 0;
  /** Number of the scheduler run whose answer is awaited; answers to older ones are dropped. */
  #awaited: number | null = null;
  #requestCount = 0;
  #isSchedulerBusy = false;
  #delayTimer: Timer | null = null;
  #recheckTimer: Timer | null = null;
  #schedulerTimer: Timer | null = null;
  #idleTasks: (() => void)[] = [];
  #recheckAtS: number | null = null;
  #lastTransition: ActionDispatch | null = null;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  /** Everything is known: compute, and react to changes from now on. */
  enable(reason: string): void {
    this.#isEnabled = true;
    this.abort(INFINITY_PRIORITY, "restart", reason);
  }

  /** Fires nothing more; `whenIdle` once the running actions are over. */
  halt(reason: string, whenIdle: () => void): void {
    this.#isEnabled = false;
    this.#cancelTimers();
    this.#awaited = null;
    this.#cancelRun();
    this.#idleTasks.push(whenIdle);
    if (this.#dispatch === null) this.#becomeIdle();
    else {
      this.abort(INFINITY_PRIORITY, "wait", reason);
      this.#pump();
    }
  }

  /** Gives up the lead: what is under way is no longer ours. */
  drop(): void {
    this.#isEnabled = false;
    this.#cancelTimers();
    this.#awaited = null;
    this.#cancelRun();
    this.#idleTasks = [];
    this.#dispatch?.close();
    this.#dispatch = null;
    this.#lastTransition = null;
    this.#deps.phaseChanged("off");
  }

  /** Something changed that the running transition does not know. Source: controller specification, 7. */
  abort(priority: number, completion: Completion, reason: string): void {
    if (this.#dispatch !== null) {
      const hasChanged = this.#dispatch.run.abort(priority, completion);
      this.#deps.context.log(
        hasChanged ? "notice" : "info",
        `Transition ${this.#dispatch.transition} aborted: ${reason} | complete=false`,
      );
      return;
    }
    if (!this.#isEnabled) return;
    this.#deps.context.log(
      "info",
      `Transition ${this.#transitionCount - 1} aborted: ${reason} | complete=true`,
    );
    if (completion === "wait" || completion === "done") return;
    const delayMs = this.#deps.options().transitionDelayMs;
    this.#delayTimer?.cancel();
    this.#delayTimer = null;
    if (delayMs > 0) {
      this.#delayTimer = after(this.#deps.context, delayMs, () => this.#compute());
    } else this.#compute();
  }

  isWorkingOn(resource: string): boolean {
    return this.#dispatch?.run.pendingActions().some((action) => action.resource?.id === resource) ?? false;
  }

  onCibChange(change: ReplicaChange): void {
    if (!this.#isEnabled && this.#dispatch === null) return;
    const events = eventsOfPatchset(change.patchset);
    const isJoin = change.clientId === JOIN_CLIENT_ID;
    const operations = events.filter((event) => event.kind === "operation");
    if (isJoin) {
      this.abort(INFINITY_PRIORITY, "restart", "History of a joining node");
      return;
    }
    const resources = new Set(operations.map((event) => event.resource));
    if (resources.size > 1) this.abort(INFINITY_PRIORITY, "restart", "History refresh");
    const counted = new Set<string>();
    for (const event of events) {
      if (change.clientId === ENDED_CLIENT_ID && event.kind === "operationRemoved")
        this.#finishCancel(event.nodeId, event.resource, event.entryId);
      else this.#onEvent(event, counted);
    }
    this.#pump();
  }

  /** A result that is in no history. */
  onDirectResult(nodeName: string, transitionKey: string, status: number, rc: number): void {
    this.#judge({ nodeName, resource: "", entry: null, magic: `${status}:${rc};${transitionKey}` });
    this.#pump();
  }

  /** Returns whether the loss was brought about by the running transition. */
  onNodeLost(peer: Peer): boolean {
    const isExpected = peer.isLeaving || this.#isTakenDown(String(peer.nodeId));
    const wasAffected = this.#dispatch?.nodeLost(peer) ?? false;
    if (!isExpected || wasAffected) {
      if (!isExpected)
        this.#deps.context.log("warning", `Fencing/shutdown of node ${peer.name} was not expected`);
      this.abort(INFINITY_PRIORITY, "restart", "Node failure");
    }
    this.#pump();
    return isExpected;
  }

  #onEvent(event: CibEvent, counted: Set<string>): void {
    const abort = (reason: string) => this.abort(INFINITY_PRIORITY, "restart", reason);
    switch (event.kind) {
      case "configuration":
        abort(`Configuration change (${event.detail})`);
        return;
      case "tickets":
        abort("Ticket attribute change");
        return;
      case "attributes":
        if (event.isRemoval && this.#isTakenDown(event.nodeId)) return;
        abort(`Transient attribute change (${event.detail})`);
        return;
      case "nodeStateRemoved":
        if (!this.#isTakenDown(event.nodeId)) abort("Node state removal");
        return;
      case "historyRemoved":
        if (this.#isTakenDown(event.nodeId)) return;
        if (event.resource !== null && this.#finishDeletion(event.nodeId, event.resource)) return;
        abort("Resource state removal");
        return;
      case "operationRemoved":
        if (this.#finishCancel(event.nodeId, event.resource, event.entryId)) return;
        if (event.entryId.endsWith("_last_failure_0") || !this.#isTakenDown(event.nodeId))
          abort("Resource operation removal");
        return;
      case "operation": {
        const magic = event.entry.get("transition-magic") ?? "";
        const mark = `${event.nodeId} ${magic} ${event.entry.get("call-id") ?? ""}`;
        if (counted.has(mark)) return;
        counted.add(mark);
        const nodeName = this.#deps.peers.find(event.nodeId)?.name ?? event.nodeId;
        this.#judge({ nodeName, resource: event.resource, entry: event.entry, magic });
        return;
      }
      case "remoteNode":
        abort(`Pacemaker Remote node integrated (${event.nodeId})`);
        return;
      case "lockCleared":
        abort("Shutdown lock cleared");
        return;
      default:
        event satisfies never;
    }
  }

  #judge(input: { nodeName: string; resource: string; entry: XmlElement | null; magic: string }): void {
    const verdict = judgeResult(input, this.#dispatch, this.#deps.leaderUuid);
    if (verdict === null) return;
    if (verdict.finishes !== null) {
      this.#dispatch?.finish(verdict.finishes, verdict.isExpected, verdict.detail);
    } else if (verdict.abortReason !== null)
      this.abort(INFINITY_PRIORITY, "restart", `${verdict.abortReason} (${verdict.detail})`);
    if (!verdict.isCountable) return;
    const graph = (this.#dispatch ?? this.#lastTransition)?.run.graph.attributes;
    this.#deps.countFailure(verdict, {
      start: graph?.get("failed-start-offset") ?? "INFINITY",
      stop: graph?.get("failed-stop-offset") ?? "INFINITY",
    });
  }

  /** Is this node down by what the running or last transition did? */
  #isTakenDown(nodeId: string): boolean {
    return (this.#dispatch ?? this.#lastTransition)?.isDowned(nodeId) ?? false;
  }

  #finishCancel(nodeId: string, resource: string, entryId: string): boolean {
    return this.#finishWhere(
      (action) =>
        action.operation === "cancel" &&
        action.onNodeUuid === nodeId &&
        action.resource?.id === resource &&
        action.operationKey === entryId,
    );
  }

  #finishDeletion(nodeId: string, resource: string): boolean {
    return this.#finishWhere(
      (action) =>
        (action.operation === "delete" || action.operation === "lrm_delete") &&
        action.onNodeUuid === nodeId &&
        action.resource?.id === resource,
    );
  }

  #finishWhere(matches: (action: GraphAction) => boolean): boolean {
    const action = this.#dispatch?.run.pendingActions().find(matches);
    return action !== undefined && (this.#dispatch?.finish(action.id, true, "") ?? false);
  }

  #compute(): void {
    this.#delayTimer?.cancel();
    this.#delayTimer = null;
    this.#recheckTimer?.cancel();
    this.#requestCount += 1;
    const request = this.#requestCount;
    this.#awaited = request;
    this.#cancelRun();
    this.#deps.phaseChanged("computing");
    if (this.#deps.awaitsDaemons()) {
      this.#delayTimer = after(this.#deps.context, AWAIT_CHECK_MS, () => this.#compute());
      return;
    }
    this.#deps.whenSettled(() => {
      if (this.#awaited === request && !this.#isSchedulerBusy) this.#askScheduler(request);
    });
  }

  /** A run that is under way has an older CIB than the one that counts now. */
  #cancelRun(): void {
    if (this.#isSchedulerBusy) this.#deps.scheduler.cancel?.();
  }

  #askScheduler(request: number): void {
    const { context, scheduler } = this.#deps;
    this.#isSchedulerBusy = true;
    this.#schedulerTimer?.cancel();
    this.#schedulerTimer = after(context, context.config.timing.schedulerTimeoutMs, () =>
      this.#deps.fatal("the scheduler did not answer in time"),
    );
    const input = Object.assign(this.#deps.schedulerInput(), { nowMs: context.clock.wallMs() });
    scheduler.run(input, (outcome) => context.queue.run(() => this.#onScheduled(request, outcome)));
  }

  #onScheduled(request: number, outcome: SchedulerOutcome): void {
    this.#isSchedulerBusy = false;
    this.#schedulerTimer?.cancel();
    if (this.#awaited === null) return;
    if (this.#awaited !== request) {
      this.#compute();
      return;
    }
    this.#awaited = null;
    if (!outcome.ok) {
      this.#deps.context.log("error", `No transition could be calculated: ${outcome.reason}`);
      this.#becomeIdle();
      // Its thread may have died for lack of memory; nothing else might change for a long time.
      this.#recheckTimer?.cancel();
      this.#recheckTimer = after(this.#deps.context, SCHEDULER_RETRY_MS, () => {
        if (this.#isEnabled && this.#dispatch === null && this.#awaited === null) this.#compute();
      });
      return;
    }
    this.#begin(outcome);
  }

  #begin({ graph, source, severity }: Extract<SchedulerOutcome, { ok: true }>): void {
    const { context, peers, routes, leaderUuid } = this.#deps;
    const transition = this.#transitionCount;
    this.#transitionCount += 1;
    const recheckBy = Number(graph.attributes.get("recheck-by") ?? "0");
    this.#recheckAtS = recheckBy > 0 ? recheckBy : null;
    const migrationLimit = Number(graph.attributes.get("migration-limit") ?? "-1");
    const trouble = severity === "none" ? "" : ` (with ${severity})`;
    context.log(
      severity === "errors" ? "error" : severity === "warnings" ? "warning" : "notice",
      `Calculated transition ${transition}${trouble}${source === "" ? "" : `, saving inputs in ${source}`}`,
    );
    this.#dispatch = new ActionDispatch(
      {
        context,
        peers,
        routes,
        leaderUuid,
        isHeldUp: (action) => this.#deps.isHeldUp(action),
        released: (heldUp, run) => this.#deps.released(heldUp, run),
        clusterDelayMs: () => this.#deps.options().clusterDelayMs,
        migrationLimit: () => (migrationLimit >= 0 ? migrationLimit : null),
        events: {
          progressed: () => context.queue.run(() => this.#pump()),
          actionLost: () => this.abort(INFINITY_PRIORITY, "restart", "Action lost"),
          actionFailed: (_action, priority, detail) =>
            this.abort(priority, "restart", `Event failed (${detail})`),
          fencingFailed: (action, isHopeless) => {
            // That a node cannot be given its storage back is no reason to leave undone what does not need it.
            const isForOthersToGoOn = isHopeless && fencingActionOf(action) === "on";
            this.abort(
              isForOthersToGoOn ? 0 : INFINITY_PRIORITY,
              isHopeless ? "wait" : "restart",
              `Stonith failed (${action.onNode ?? "?"})`,
            );
          },
        },
      },
      graph,
      { transition, source },
    );
    this.#deps.phaseChanged("executing");
    this.#pump();
  }

  #pump(): void {
    const dispatch = this.#dispatch;
    if (dispatch === null) return;
    const configured = Number(dispatch.run.graph.attributes.get("batch-limit") ?? "0") || 0;
    const modes = this.#deps.peers.online().map((peer) => peer.load);
    const outcome = dispatch.run.pump(batchLimitOf(configured, modes));
    if (outcome !== null) this.#finishRun(dispatch, outcome);
  }

  #finishRun(dispatch: ActionDispatch, outcome: GraphOutcome): void {
    const { run } = dispatch;
    const counts = run.counts();
    const text = { complete: "Complete", stopped: "Stopped", terminated: "Terminated" }[outcome];
    this.#deps.context.log(
      outcome === "terminated" ? "warning" : "notice",
      `Transition ${dispatch.transition} (Complete=${counts.complete}, Pending=0, Fired=0, ` +
        `Skipped=${counts.skipped}, Incomplete=${counts.incomplete}${dispatch.source === "" ? "" : `, Source=${dispatch.source}`}): ${text}`,
    );
    dispatch.close();
    this.#dispatch = null;
    this.#lastTransition = dispatch;
    this.#deps.transitionEnded(dispatch);
    switch (run.completion) {
      case "done":
      case "wait":
        this.#becomeIdle();
        return;
      case "restart":
        if (this.#isEnabled) this.#compute();
        else this.#becomeIdle();
        return;
      case "shutdown":
        // What came in between may be a resource that has just started here: ask again before leaving.
        if (run.wantsRestart && this.#isEnabled) this.#compute();
        else {
          this.#becomeIdle();
          this.#deps.shutdownReached();
        }
        return;
      default:
        run.completion satisfies never;
    }
  }

  #becomeIdle(): void {
    const tasks = this.#idleTasks;
    this.#idleTasks = [];
    if (this.#isEnabled) {
      this.#deps.phaseChanged("idle");
      this.#startRecheck();
    }
    for (const task of tasks) this.#deps.context.queue.run(task);
  }

  #startRecheck(): void {
    const { context } = this.#deps;
    const intervalMs = this.#deps.options().recheckIntervalMs;
    let delayMs = intervalMs > 0 ? intervalMs : null;
    if (this.#recheckAtS !== null) {
      const untilMs = (this.#recheckAtS - nowSeconds(context)) * 1000;
      const soonMs = untilMs > 0 ? untilMs : 500;
      delayMs = delayMs === null ? soonMs : Math.min(delayMs, soonMs);
    }
    this.#recheckTimer?.cancel();
    if (delayMs === null) return;
    this.#recheckTimer = after(context, delayMs, () => {
      if (this.#isEnabled && this.#dispatch === null && this.#awaited === null) this.#compute();
    });
  }

  #cancelTimers(): void {
    this.#delayTimer?.cancel();
    this.#delayTimer = null;
    this.#recheckTimer?.cancel();
    this.#schedulerTimer?.cancel();
  }
}
