import type { GraphAction, Synapse, TransitionGraph } from "@quorate/scheduler";
import { allBefore, probesBeforePromotions } from "./probes-first.ts";

export const INFINITY_PRIORITY = 1_000_000;

/** What to do when the running actions are over; the later in this list wins. */
const COMPLETION_ORDER = ["done", "wait", "restart", "shutdown"] as const;
export type Completion = (typeof COMPLETION_ORDER)[number];

/** How firing an action went. */
export type Fired =
  /** It is carried out; `confirm` or `fail` follows. */
  | "pending"
  | "confirmed"
  /** It cannot be carried out now for lack of a free job; asked again at the next pump. */
  | "deferred"
  | "failed";

interface SynapseState {
  readonly synapse: Synapse;
  /** Inputs that are neither confirmed nor excused. */
  openInputs: number;
  /** Inputs that are not waited for any more, by action id. */
  readonly excused: Set<number>;
  hasFailedInput: boolean;
  state: "waiting" | "pending" | "confirmed" | "failed";
}

export interface GraphCounts {
  readonly complete: number;
  readonly skipped: number;
  readonly incomplete: number;
}

export type GraphOutcome = "complete" | "stopped" | "terminated";

/**
 * Carries out one transition graph: fires each action whose inputs are confirmed, within the batch limit, until nothing
 * is running and nothing more may run. Knows nothing of nodes, time or messages. Source: controller specification, 6, 7.
 */
export class GraphRun {
  readonly graph: TransitionGraph;
  readonly #states: SynapseState[];
  /** Recovery waits for these, so no limit holds them up. */
  readonly #fencings: readonly SynapseState[];
  /** Who goes first when there is a limit: what waits for fencing, for that is what was lost. */
  readonly #firingOrder: readonly SynapseState[];
  readonly #byAction = new Map<number, SynapseState>();
  readonly #dependents = new Map<number, SynapseState[]>();
  readonly #fire: (action: GraphAction, synapse: Synapse) => Fired;
  readonly #unstick: () => boolean;
  /** Under way, in the order of firing. */
  readonly #pending = new Set<SynapseState>();
  #skipped = 0;
  #abortPriority = 0;
  #completion: Completion = "done";
  #isDone = false;
  #wantsRestart = false;

  /** `unstick` is asked when nothing is under way and nothing can be fired: may something be fired now that was deferred? */
  constructor(
    graph: TransitionGraph,
    fire: (action: GraphAction, synapse: Synapse) => Fired,
    unstick: () => boolean = () => false,
  ) {
    this.graph = graph;
    this.#fire = fire;
    this.#unstick = unstick;
    const probes = probesBeforePromotions(graph);
    const inputsOf = ({ action, inputs }: Synapse): ReadonlySet<number> =>
      new Set([...inputs.map(({ id }) => id), ...(probes.get(action.id) ?? [])]);
    this.#states = graph.synapses.map((synapse) => ({
      synapse,
      openInputs: inputsOf(synapse).size,
      excused: new Set<number>(),
      hasFailedInput: false,
      state: "waiting",
    }));
    for (const state of this.#states) {
      this.#byAction.set(state.synapse.action.id, state);
      for (const id of inputsOf(state.synapse)) {
        const list = this.#dependents.get(id);
        if (list === undefined) this.#dependents.set(id, [state]);
        else list.push(state);
      }
    }
    this.#fencings = this.#states.filter(({ synapse }) => synapse.action.operation === "stonith");
    const recoveries = this.#dependentsOf(this.#fencings);
    this.#firingOrder = [
      ...this.#states.filter((state) => recoveries.has(state)),
      ...this.#states.filter((state) => !recoveries.has(state)),
    ];
  }

  get completion(): Completion {
    return this.#completion;
  }

  /** Something happened that the graph does not know, whatever else it was aborted for. */
  get wantsRestart(): boolean {
    return this.#wantsRestart;
  }

  get isAborted(): boolean {
    return this.#abortPriority > 0;
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  get pendingCount(): number {
    return this.#pending.size;
  }

  /** Null for an action that is not in the graph. */
  stateOf(actionId: number): SynapseState["state"] | null {
    return this.#byAction.get(actionId)?.state ?? null;
  }

  action(actionId: number): GraphAction | null {
    return this.#byAction.get(actionId)?.synapse.action ?? null;
  }

  priorityOf(actionId: number): number {
    return this.#byAction.get(actionId)?.synapse.priority ?? 0;
  }

  /** Actions that are under way, in the order in which they were fired. */
  pendingActions(): readonly GraphAction[] {
    return [...this.#pending].map((state) => state.synapse.action);
  }

  /** Actions that were never fired, in the order of the graph. */
  waitingActions(): readonly GraphAction[] {
    return this.#states.filter((state) => state.state === "waiting").map((state) => state.synapse.action);
  }

  /** Actions carried out, in the order of the graph. */
  confirmedActions(): readonly GraphAction[] {
    return this.#states.filter((state) => state.state === "confirmed").map((state) => state.synapse.action);
  }

  /** Actions that ended otherwise than they were to, in the order of the graph. */
  failedActions(): readonly GraphAction[] {
    return this.#states.filter((state) => state.state === "failed").map((state) => state.synapse.action);
  }

  /** All actions that have to be over before this one begins. */
  allBefore(actionId: number): ReadonlySet<number> {
    return allBefore(actionId, (id) => this.#byAction.get(id)?.synapse.inputs ?? []);
  }

  /** Keeps the higher priority; the completion only rises with it. Returns whether anything changed. */
  abort(priority: number, completion: Completion): boolean {
    const wasPriority = this.#abortPriority;
    const wasCompletion = this.#completion;
    if (completion === "restart") this.#wantsRestart = true;
    if (priority > this.#abortPriority) this.#abortPriority = priority;
    if (COMPLETION_ORDER.indexOf(completion) > COMPLETION_ORDER.indexOf(this.#completion))
      this.#completion = completion;
    return wasPriority !== this.#abortPriority || wasCompletion !== this.#completion;
  }

  /** The action was carried out as expected. */
  confirm(actionId: number): void {
    const state = this.#byAction.get(actionId);
    if (state === undefined || (state.state !== "pending" && state.state !== "waiting")) return;
    this.#pending.delete(state);
    state.state = "confirmed";
    for (const dependent of this.#dependents.get(actionId) ?? [])
      if (!dependent.excused.has(actionId)) dependent.openInputs -= 1;
  }

  /** The action ended otherwise: only dependents of infinite priority count it as done. */
  fail(actionId: number): void {
    const state = this.#byAction.get(actionId);
    if (state === undefined || (state.state !== "pending" && state.state !== "waiting")) return;
    this.#pending.delete(state);
    state.state = "failed";
    for (const dependent of this.#dependents.get(actionId) ?? []) {
      if (dependent.excused.has(actionId)) continue;
      if (dependent.synapse.priority >= INFINITY_PRIORITY) dependent.openInputs -= 1;
      else dependent.hasFailedInput = true;
    }
  }

  /**
   * Fires what may be fired: fencing first and whatever the limit, then what had to wait for it, then the rest; in the order of the graph
   * each. Returns the outcome once the run is over, else null.
   */
  pump(batchLimit: number): GraphOutcome | null {
    if (this.#isDone) return null;
    let hasProgress = true;
    while (hasProgress) {
      hasProgress = false;
      for (const state of this.#fencings) if (this.#fireIfReady(state)) hasProgress = true;
      this.#skipped = 0;
      for (const state of this.#firingOrder) {
        if (batchLimit > 0 && this.#pending.size >= batchLimit) break;
        if (this.#fireIfReady(state)) hasProgress = true;
      }
    }
    if (this.#pending.size > 0) return null;
    if (!this.isAborted && (this.#untieStops() || this.#unstick())) return this.pump(batchLimit);
    this.#isDone = true;
    const { skipped, incomplete } = this.counts();
    if (skipped + incomplete === 0) return "complete";
    if (this.isAborted) return "stopped";
    return "terminated";
  }

  counts(): GraphCounts {
    const complete = this.#states.filter((state) => state.state === "confirmed").length;
    return {
      complete,
      skipped: this.#skipped,
      incomplete: this.#states.length - complete - this.#skipped,
    };
  }

  /** All that cannot be fired before one of these is done. */
  #dependentsOf(states: readonly SynapseState[]): ReadonlySet<SynapseState> {
    const found = new Set<SynapseState>();
    const open = [...states];
    for (let state = open.pop(); state !== undefined; state = open.pop())
      for (const dependent of this.#dependents.get(state.synapse.action.id) ?? []) {
        if (found.has(dependent)) continue;
        found.add(dependent);
        open.push(dependent);
      }
    return found;
  }

  /**
   * Where the connection to a remote node is to move, its move can wait for a stop, and the stop for the move, directly or by way of a first look on the
   * node. Nothing would ever be free; a stop does no harm, whatever comes before it. Returns whether there was such a knot.
   */
  #untieStops(): boolean {
    let wasTied = false;
    for (const stop of this.#states) {
      if (stop.state !== "waiting" || stop.synapse.action.operation !== "stop") continue;
      for (const { id } of stop.synapse.inputs) {
        const input = this.#byAction.get(id);
        if (input?.state !== "waiting" || stop.excused.has(id)) continue;
        if (!this.allBefore(id).has(stop.synapse.action.id)) continue;
        stop.excused.add(id);
        stop.openInputs -= 1;
        wasTied = true;
      }
    }
    return wasTied;
  }

  #fireIfReady(state: SynapseState): boolean {
    if (state.state !== "waiting" || state.hasFailedInput || state.openInputs > 0) return false;
    const { synapse } = state;
    const isPseudo = synapse.action.element === "pseudo_event";
    if (!isPseudo && synapse.priority < this.#abortPriority) {
      this.#skipped += 1;
      return false;
    }
    state.state = "pending";
    this.#pending.add(state);
    const outcome = isPseudo ? "confirmed" : this.#fire(synapse.action, synapse);
    switch (outcome) {
      case "pending":
        return true;
      case "confirmed":
        this.confirm(synapse.action.id);
        return true;
      case "failed":
        this.fail(synapse.action.id);
        return true;
      case "deferred":
        state.state = "waiting";
        this.#pending.delete(state);
        return false;
      default:
        return outcome satisfies never;
    }
  }
}
