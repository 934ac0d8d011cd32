import { ExecutionStatus, type FencingAction, OcfCode, type Timer } from "@quorate/ports";
import type { GraphAction, Synapse, TransitionGraph } from "@quorate/scheduler";
import { after, type NodeContext } from "../context.ts";
import type { Peer, Peers } from "../membership/peers.ts";
import { type Fired, GraphRun } from "./graph-run.ts";
import { formatTransitionKey } from "./transition-key.ts";

/** How an action is carried out; each way reports through the dispatcher's methods. */
export interface ActionRoutes {
  /** By `to` itself, or on the remote node `action.onNode` through its connection there. `isQuorate`: it was decided with quorum. */
  execute(to: Peer, transitionKey: string, action: GraphAction, isQuorate: boolean): void;
  allClear(to: Peer): void;
  fence(action: GraphAction, graph: TransitionGraph, done: (result: FenceEnd) => void): void;
  clearFailCount(action: GraphAction): void;
  /** Records which remote nodes are in maintenance. */
  noteMaintenance(action: GraphAction): void;
  /** Deletes the history of the action's resource on its node from the CIB. */
  deleteHistory(action: GraphAction, done: () => void): void;
  /** Writes a failed result for an action that was never answered. */
  recordLost(action: GraphAction, transitionKey: string, to: Peer | null): void;
}

export interface FenceEnd {
  readonly isSuccess: boolean;
  /** Trying again would not help before something changes. */
  readonly isHopeless: boolean;
}

interface DispatchEvents {
  /** Some action ended: the run is to be pumped. */
  progressed(): void;
  actionLost(action: GraphAction): void;
  actionFailed(action: GraphAction, priority: number, detail: string): void;
  fencingFailed(action: GraphAction, isHopeless: boolean): void;
}

interface Dependencies {
  readonly context: NodeContext;
  readonly peers: Peers;
  readonly routes: ActionRoutes;
  readonly events: DispatchEvents;
  readonly leaderUuid: string;
  /** Has it to wait for something that no graph knows of? */
  isHeldUp(action: GraphAction): boolean;
  /** Nothing goes on any more: which of those that are held up are to begin all the same? */
  released(heldUp: readonly GraphAction[], run: GraphRun): readonly GraphAction[];
  clusterDelayMs(): number;
  /** Null: no limit. */
  migrationLimit(): number | null;
}

/** Fires the actions of one graph run at where they are carried out, and times them. */
export class ActionDispatch {
  readonly run: GraphRun;
  readonly transition: number;
  /** File with the scheduler's input; empty when it was not saved. */
  readonly source: string;
  readonly #deps: Dependencies;
  readonly #timers = new Map<number, Timer>();
  /** Resource actions under way by the name of their node in lower case, then by action id. */
  readonly #jobs = new Map<string, Map<number, GraphAction>>();
  readonly #heldUp = new Map<number, GraphAction>();
  readonly #released = new Set<number>();
  /** When it was decided: a part that has lost quorum since may still be about to fire. */
  readonly #isQuorate: boolean;

  constructor(
    deps: Dependencies,
    graph: TransitionGraph,
    { transition, source }: { readonly transition: number; readonly source: string },
  ) {
    this.#deps = deps;
    this.transition = transition;
    this.source = source;
    this.#isQuorate = deps.peers.isQuorate;
    this.run = new GraphRun(
      graph,
      (action, synapse) => this.#fire(action, synapse),
      () => this.#releaseHeldUp(),
    );
  }

  /** Did actions wait to the end for something that no graph knows of? */
  get hasHeldUp(): boolean {
    return this.#waitingHeldUp().length > 0;
  }

  /** An action ended with this result. False when no such action was under way. */
  finish(actionId: number, isExpected: boolean, detail: string): boolean {
    const state = this.run.stateOf(actionId);
    if (state !== "pending" && state !== "waiting") return false;
    const action = this.run.action(actionId);
    this.#release(actionId);
    if (isExpected) this.run.confirm(actionId);
    else {
      this.run.fail(actionId);
      if (action !== null) this.#deps.events.actionFailed(action, this.run.priorityOf(actionId) + 1, detail);
    }
    this.#deps.events.progressed();
    return true;
  }

  /** Was this node taken down by an action of this run? */
  isDowned(nodeId: string): boolean {
    return [...this.run.confirmedActions(), ...this.run.pendingActions()].some((action) =>
      action.downed.includes(nodeId),
    );
  }

  /** Ends what was under way or still to come on a node that is gone. Returns whether anything was. */
  nodeLost(peer: Peer): boolean {
    let wasAffected = false;
    for (const action of [...this.run.pendingActions(), ...this.run.waitingActions()]) {
      if (targetName(action)?.toLowerCase() !== peer.name.toLowerCase()) continue;
      if (action.element === "pseudo_event" || action.operation === "stonith") continue;
      if (action.operation === "do_shutdown") {
        if (this.run.stateOf(action.id) === "pending") this.finish(action.id, true, "");
        continue;
      }
      if (action.isCibMode) continue;
      wasAffected = true;
      if (this.run.stateOf(action.id) === "pending")
        this.#deps.context.log(
          "notice",
          `Action ${action.id} (${action.operationKey}) was pending on ${peer.name} (offline)`,
        );
      this.#release(action.id);
      this.run.fail(action.id);
    }
    return wasAffected;
  }

  /** Nothing is waited for any more. */
  close(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  #waitingHeldUp(): readonly GraphAction[] {
    return [...this.#heldUp.values()].filter(({ id }) => this.run.stateOf(id) === "waiting");
  }

  #releaseHeldUp(): boolean {
    const heldUp = this.#waitingHeldUp().filter(({ id }) => !this.#released.has(id));
    const released = heldUp.length === 0 ? [] : this.#deps.released(heldUp, this.run);
    for (const { id } of released) this.#released.add(id);
    return released.length > 0;
  }

  #fire(action: GraphAction, synapse: Synapse): Fired {
    switch (action.element) {
      case "pseudo_event":
        return "confirmed";
      case "rsc_op":
        return this.#fireResourceAction(action);
      case "crm_event":
        return this.#fireClusterAction(action, synapse);
      default:
        return action.element satisfies never;
    }
  }

  #fireResourceAction(action: GraphAction): Fired {
    const name = targetName(action);
    const peer = name === null ? null : this.#deps.peers.byName(name);
    if (peer === null || peer.pid === null) {
      this.#deps.context.log(
        "warning",
        `Action ${action.id} (${action.operationKey}) cannot run: node ${name ?? "(none)"} is not online`,
      );
      return "failed";
    }
    if (!this.#released.has(action.id) && this.#deps.isHeldUp(action)) {
      this.#heldUp.set(action.id, action);
      return "deferred";
    }
    if (!this.#hasFreeJob(action, peer)) return "deferred";
    const transitionKey = this.#keyOf(action);
    this.#deps.context.log(
      "notice",
      `Requesting execution of ${action.operation} operation for ${action.resource?.id ?? "?"} on ${action.onNode ?? peer.name} | ` +
        `transition ${this.transition} action ${action.id}`,
    );
    this.#deps.routes.execute(peer, transitionKey, action, this.#isQuorate);
    if (action.attributes.get("CRM_meta_op_no_wait") === "true") return "confirmed";
    for (const worker of this.#workersOf(action, peer)) {
      const key = worker.name.toLowerCase();
      this.#jobs.set(key, (this.#jobs.get(key) ?? new Map<number, GraphAction>()).set(action.id, action));
    }
    this.#startTimer(action, () => {
      this.#deps.context.log(
        "error",
        `Node ${peer.name} did not send ${action.operation} result (via controller) within ${this.#limitMs(action)}ms ` +
          "(action timeout plus cluster-delay)",
      );
      this.#deps.routes.recordLost(action, transitionKey, peer);
      this.#lose(action);
    });
    return "pending";
  }

  #fireClusterAction(action: GraphAction, synapse: Synapse): Fired {
    const { routes, peers, events } = this.#deps;
    switch (action.operation) {
      case "stonith":
        routes.fence(action, this.run.graph, (end) => {
          if (this.run.stateOf(action.id) !== "pending") return;
          if (end.isSuccess) this.run.confirm(action.id);
          else {
            this.run.fail(action.id);
            events.fencingFailed(action, end.isHopeless);
          }
          events.progressed();
        });
        return "pending";
      case "clear_failcount":
        routes.clearFailCount(action);
        return "confirmed";
      case "do_shutdown": {
        const peer = action.onNode === null ? null : peers.byName(action.onNode);
        if (peer === null || peer.pid === null) return "confirmed";
        routes.allClear(peer);
        if (action.attributes.get("CRM_meta_op_no_wait") === "true") return "confirmed";
        this.#startTimer(action, () => this.#lose(action));
        return "pending";
      }
      case "lrm_delete":
        routes.deleteHistory(action, () => this.finish(action.id, true, ""));
        return "pending";
      case "maintenance_nodes":
        routes.noteMaintenance(action);
        return "confirmed";
      default:
        this.#deps.context.log(
          "error",
          `Transition ${this.transition} asks for the unknown cluster action ${action.operation} (synapse ${synapse.id})`,
        );
        return "failed";
    }
  }

  /** The nodes whose work an action is: a migration is that of both ends. */
  #workersOf(action: GraphAction, peer: Peer): readonly Peer[] {
    if (!isMigration(action)) return [peer];
    const ends = ["CRM_meta_migrate_source", "CRM_meta_migrate_target"].flatMap((name) => {
      const end = this.#deps.peers.byName(action.attributes.get(name) ?? "");
      return end === null ? [] : [end];
    });
    return [...new Set([peer, ...ends])];
  }

  #hasFreeJob(action: GraphAction, peer: Peer): boolean {
    const migrationLimit = isMigration(action) ? this.#deps.migrationLimit() : null;
    return this.#workersOf(action, peer).every((worker) => {
      const jobs = this.#jobs.get(worker.name.toLowerCase()) ?? new Map<number, GraphAction>();
      if (jobs.size >= Math.max(1, worker.jobLimit)) return false;
      return migrationLimit === null || [...jobs.values()].filter(isMigration).length < migrationLimit;
    });
  }

  #keyOf(action: GraphAction): string {
    return formatTransitionKey({
      actionId: action.id,
      transition: this.transition,
      targetRc: targetRcOf(action),
      leaderUuid: this.#deps.leaderUuid,
    });
  }

  #limitMs(action: GraphAction): number {
    const delay = this.#deps.clusterDelayMs();
    const timeout = numberOf(action, "CRM_meta_timeout");
    return timeout <= 0 ? delay : timeout + numberOf(action, "CRM_meta_start_delay") + delay;
  }

  #startTimer(action: GraphAction, expired: () => void): void {
    this.#timers.set(action.id, after(this.#deps.context, this.#limitMs(action), expired));
  }

  /** The action is not under way any more. */
  #release(actionId: number): void {
    this.#timers.get(actionId)?.cancel();
    this.#timers.delete(actionId);
    for (const jobs of this.#jobs.values()) jobs.delete(actionId);
  }

  #lose(action: GraphAction): void {
    this.#release(action.id);
    this.run.fail(action.id);
    this.#deps.events.actionLost(action);
    this.#deps.events.progressed();
  }
}

/** The node whose controller carries the action out. */
function targetName(action: GraphAction): string | null {
  return action.routerNode ?? action.onNode;
}

function targetRcOf(action: GraphAction): number {
  return numberOf(action, "CRM_meta_op_target_rc");
}

function numberOf(action: GraphAction, name: string): number {
  const value = Number(action.attributes.get(name) ?? "0");
  return Number.isFinite(value) ? value : 0;
}

/** What a `stonith` action asks the fencer for. */
export function fencingActionOf(action: GraphAction): FencingAction {
  const wanted = action.attributes.get("CRM_meta_stonith_action") ?? action.attributes.get("stonith_action");
  return wanted === "off" || wanted === "on" ? wanted : "reboot";
}

function isMigration(action: GraphAction): boolean {
  return action.operation === "migrate_to" || action.operation === "migrate_from";
}

/** Degraded results count as what they are a degraded form of. Source: controller specification, 9. */
export function isExpectedResult(status: number, rc: number, targetRc: number): boolean {
  const plain =
    rc === OcfCode.degraded ? OcfCode.ok : rc === OcfCode.degradedPromoted ? OcfCode.promoted : rc;
  return status === ExecutionStatus.done && plain === targetRc;
}
