import { type Clock, ExecutionStatus, type FencingAction, type Log, type Timer } from "@quorate/ports";
import { isWatchdogDevice } from "../devices/self-fencing.ts";
import type { DeviceOffer, FencerMessage, OperationRequest } from "../messages.ts";
import type { FencingLevel } from "../topology/topology.ts";
import { isAllowedFor, offerMs, type Step, stepsOfLevel, topologyMs } from "./plan.ts";

export interface OperationEnd {
  readonly isSuccess: boolean;
  /** One of `ExecutionStatus`. */
  readonly status: number;
  readonly reason: string;
  /** Node that executed the last command; empty when none did. */
  readonly delegate: string;
  /**
   * When the result came from another operation: its time, in milliseconds since 1970, so that what was done once can be told in the
   * history, where each request has an entry, from what was done twice. Default: now.
   */
  readonly completedMs?: number;
}

interface Context {
  readonly clock: Clock;
  readonly log: Log;
  /** Null: no topology for the target. */
  readonly levels: readonly FencingLevel[] | null;
  /** The target is sure to have reset itself by its watchdog after this time; null: that is not to be relied on. */
  readonly selfFencingMs: number | null;
  sendTo(node: string, message: FencerMessage): void;
  /** False: no further command may begin. */
  isWanted(): boolean;
  /** Once. */
  ended(end: OperationEnd): void;
}

/** One command on its way. */
interface Attempt {
  readonly number: number;
  readonly node: string;
  readonly settles: boolean;
}

/** Time-outs are longer than what they wait for by this factor. */
const GRACE = 1.2;

/**
 * A fencing operation at its owner: waits for answers to the query, then has one node after another execute what is to be done,
 * until it is confirmed or nobody is left to try. A success is only ever what an executing node reported.
 *
 * ```
 * querying ──► executing ──► ended
 *     └──► merged ──┘  (the other operation's owner is lost: back to querying)
 * ```
 * Source: fencer specification, 3 and 6.
 */
export class Operation {
  readonly request: OperationRequest;
  /** The operation whose result this one shares. */
  mergedInto: string | null = null;
  readonly #context: Context;
  readonly #offers = new Map<string, readonly DeviceOffer[]>();
  /** Nodes that have not answered; null before the query came back. */
  #awaited: Set<string> | null = null;
  #isQueryOver = false;
  #isEnded = false;
  #queryTimer: Timer;
  #totalTimer: Timer | null = null;
  #attempt: Attempt | null = null;
  #attemptTimer: Timer | null = null;
  readonly #past = new Map<number, Attempt>();
  /** Nodes tried for the present step, or at all without topology. */
  #tried = new Set<string>();
  #levelIndex = 0;
  /** Of the present level; null before its start. */
  #steps: readonly Step[] | null = null;
  #stepIndex = 0;
  /** Required steps of the present level that were confirmed. */
  #confirmedCount = 0;
  #last: OperationEnd | null = null;
  #hasWaitedForTarget = false;

  constructor(request: OperationRequest, context: Context) {
    this.request = request;
    this.#context = context;
    this.#queryTimer = context.clock.setTimer(request.timeoutS * 1000 * GRACE, () => {
      this.#isQueryOver = true;
      this.#advance();
    });
  }

  /** The query is at its place in the order: these nodes have it, too. */
  queried(members: readonly string[]): void {
    this.#awaited = new Set(members.filter((node) => !this.#offers.has(node)));
  }

  answered(node: string, devices: readonly DeviceOffer[]): void {
    if (this.#isEnded) return;
    this.#offers.set(node, devices);
    this.#awaited?.delete(node);
    this.#advance();
  }

  executed(node: string, result: Extract<FencerMessage, { type: "executed" }>): void {
    if (this.#isEnded) return;
    const { isSuccess, status, reason } = result;
    const end = { isSuccess, status, reason, delegate: node };
    if (this.#attempt?.number === result.attempt && this.#attempt.node === node) {
      this.#endAttempt();
      this.#judge(end);
      return;
    }
    const past = this.#past.get(result.attempt);
    if (past?.node === node && past.settles && isSuccess) this.#end(end);
    else this.#context.log("notice", `Result of ${node} for ${this.#name()} arrived too late`);
  }

  /** The fencer of a node is gone. */
  nodeLost(node: string): void {
    if (this.#isEnded) return;
    this.#offers.delete(node);
    this.#awaited?.delete(node);
    if (this.#attempt?.node === node) this.#candidateFailed(`Node ${node} was lost while it fenced`);
    else this.#advance();
  }

  merge(id: string): void {
    this.mergedInto = id;
  }

  /** The owner of the other operation is gone without a result: this one has to be done after all. */
  unmerge(): void {
    this.mergedInto = null;
    this.#advance();
  }

  /** Result of the operation into which this one was merged. */
  share(end: OperationEnd): void {
    this.#end(end);
  }

  /** The result is known from elsewhere, or nobody is interested any more. */
  abandon(): void {
    this.#isEnded = true;
    this.#stopTimers();
  }

  #advance(): void {
    if (this.#isEnded || this.#attempt !== null || this.mergedInto !== null || this.#awaited === null) return;
    const { levels } = this.#context;
    if (levels === null) this.#tryNode();
    else if (this.#steps !== null || this.#hasAllDevices(levels)) this.#tryStep(levels);
  }

  get #mayWait(): boolean {
    return !this.#isQueryOver && this.#awaited !== null && this.#awaited.size > 0;
  }

  /** Without topology: each node once, with all its devices. */
  #tryNode(): void {
    const { action, target, delayS } = this.request;
    const node = this.#choose((offer) => isAllowedFor(offer, action), true);
    if (node === "wait") return;
    const { selfFencingMs } = this.#context;
    if (node === null && selfFencingMs !== null && action !== "on" && !this.#hasWaitedForTarget) {
      this.#waitForTarget(selfFencingMs);
      return;
    }
    if (node === null) {
      this.#context.log(
        this.#last === null ? "notice" : "warning",
        `Couldn't find anyone to fence (${action}) ${target} using any device`,
      );
      this.#end(this.#last ?? noDevice(target));
      return;
    }
    const usable = (this.#offers.get(node) ?? []).filter((offer) => isAllowedFor(offer, action));
    const requestedMs = Math.max(0, this.#isFirstAttempt ? delayS : 0) * 1000;
    const commandMs = usable.reduce((sum, offer) => sum + offerMs(offer, action, delayS), requestedMs);
    // A node that was lost must not use up the time of the next one.
    this.#startTotal(commandMs * GRACE);
    this.#startAttempt(node, { device: null, action, commandMs, settles: true });
  }

  #tryStep(levels: readonly FencingLevel[]): void {
    const { action, delayS } = this.request;
    if (this.#steps === null) {
      if (this.#levelIndex === 0)
        this.#startTotal(
          (topologyMs(levels, action, this.#offers, delayS) +
            (this.#context.selfFencingMs ?? 0) +
            Math.max(0, delayS) * 1000) *
            GRACE,
        );
      this.#steps = stepsOfLevel(levels[this.#levelIndex]!, action, this.#offers);
      this.#stepIndex = 0;
      this.#confirmedCount = 0;
      this.#tried = new Set();
    }
    const step = this.#steps[this.#stepIndex];
    if (step === undefined) {
      if (this.#isLevelConfirmed && this.#last !== null) this.#end(this.#last);
      else this.#nextLevel(levels);
      return;
    }
    const { selfFencingMs } = this.#context;
    if (isWatchdogDevice(step.device) && selfFencingMs !== null && action !== "on") {
      this.#waitForTarget(selfFencingMs);
      return;
    }
    const node = this.#choose(
      (offer) => offer.id === step.device && isAllowedFor(offer, step.action),
      !step.isOptional,
    );
    if (node === "wait") return;
    if (node === null) {
      if (step.isOptional) this.#nextStep(levels);
      else {
        if (this.#last === null || this.#last.isSuccess) this.#last = noDevice(this.request.target);
        this.#nextLevel(levels);
      }
      return;
    }
    const offer = this.#offers.get(node)!.find((one) => one.id === step.device)!;
    const requestedMs = Math.max(0, this.#isFirstAttempt ? delayS : 0) * 1000;
    this.#startAttempt(node, {
      device: step.device,
      action: step.action,
      commandMs: offerMs(offer, step.action, delayS) + requestedMs,
      settles: this.#steps.length === 1,
    });
  }

  /**
   * Tells the target to reset itself, if it can hear, and waits until its watchdog must have done so. No report is possible:
   * the time is the confirmation. Source: fencer specification, 7.
   */
  #waitForTarget(timeoutMs: number): void {
    const { clock, log, sendTo } = this.#context;
    const { request } = this;
    const { target, action, client } = request;
    this.#hasWaitedForTarget = true;
    log(
      "notice",
      `Waiting ${Math.ceil(timeoutMs / 1000)}s for ${target} to self-fence (${action}) for client ${client}`,
    );
    if (this.#context.levels === null) this.#startTotal(timeoutMs * GRACE);
    // Of no node: that the target is lost meanwhile is what everybody hopes for.
    const attempt = { number: this.#past.size + 1, node: "", settles: false };
    this.#past.set(attempt.number, attempt);
    this.#attempt = attempt;
    this.#attemptTimer = clock.setTimer(timeoutMs, () => {
      this.#endAttempt();
      log("notice", `Self-fencing (${action}) by ${target} for ${client} assumed complete`);
      this.#judge({ isSuccess: true, status: ExecutionStatus.done, reason: "", delegate: target });
    });
    const listener = [...this.#offers.keys()].find((node) => node.toLowerCase() === target.toLowerCase());
    if (listener !== undefined)
      sendTo(listener, {
        type: "execute",
        request,
        attempt: attempt.number,
        action,
        device: "watchdog",
        delayS: -1,
        settles: false,
      });
  }

  #nextStep(levels: readonly FencingLevel[]): void {
    this.#stepIndex += 1;
    this.#tried = new Set();
    this.#tryStep(levels);
  }

  #nextLevel(levels: readonly FencingLevel[]): void {
    this.#levelIndex += 1;
    this.#steps = null;
    if (this.#levelIndex < levels.length) {
      this.#tryStep(levels);
      return;
    }
    const { action, target } = this.request;
    this.#context.log("notice", `All fencing options to fence (${action}) ${target} failed`);
    const last = this.#last === null || this.#last.isSuccess ? noDevice(target) : this.#last;
    this.#end({ ...last, reason: last.reason === "" ? "All topology levels failed" : last.reason });
  }

  /** Every device that has to act in this level has done so. A level without devices confirms nothing. */
  get #isLevelConfirmed(): boolean {
    const requiredCount = this.#steps?.filter((step) => !step.isOptional).length ?? 0;
    return requiredCount > 0 && this.#confirmedCount === requiredCount;
  }

  /** Source: fencer specification, 3, step 7. */
  #choose(fits: (offer: DeviceOffer) => boolean, mayBeTarget: boolean): string | "wait" | null {
    const target = this.request.target.toLowerCase();
    const candidates = [...this.#offers]
      .filter(([node, offers]) => !this.#tried.has(node) && offers.some(fits))
      .sort(([a, offersA], [b, offersB]) => offersB.length - offersA.length || (a < b ? -1 : 1));
    const others = candidates.filter(([node]) => node.toLowerCase() !== target);
    const verified = others.find(([, offers]) => offers.some((offer) => fits(offer) && offer.isVerified));
    if (verified !== undefined) return verified[0];
    if (this.#mayWait) return "wait";
    if (others.length > 0) return others[0]![0];
    return mayBeTarget && candidates.length > 0 ? candidates[0]![0] : null;
  }

  #hasAllDevices(levels: readonly FencingLevel[]): boolean {
    if (!this.#mayWait) return true;
    const target = this.request.target.toLowerCase();
    const found = new Set(
      [...this.#offers]
        .filter(([node]) => node.toLowerCase() !== target)
        .flatMap(([, offers]) => offers.map((offer) => offer.id)),
    );
    return levels.every((level) =>
      level.devices.every((device) => found.has(device) || isWatchdogDevice(device)),
    );
  }

  get #isFirstAttempt(): boolean {
    return this.#past.size === 0;
  }

  #startAttempt(
    node: string,
    command: {
      readonly device: string | null;
      readonly action: FencingAction;
      readonly commandMs: number;
      readonly settles: boolean;
    },
  ): void {
    const { clock, log, sendTo, isWanted } = this.#context;
    const { request } = this;
    // To switch on completes what was done to the target and harms nobody.
    if (command.action !== "on" && !isWanted()) {
      this.#end({
        isSuccess: false,
        status: ExecutionStatus.cancelled,
        reason: "What it was decided on does not hold any more",
        delegate: "",
      });
      return;
    }
    // The requested delay is for the first command only; that the device's own are off is for all.
    const delayS = this.#isFirstAttempt || request.delayS < 0 ? request.delayS : 0;
    const attempt = { number: this.#past.size + 1, node, settles: command.settles };
    this.#tried.add(node);
    this.#past.set(attempt.number, attempt);
    this.#attempt = attempt;
    const timeoutMs = command.commandMs * GRACE;
    this.#attemptTimer = clock.setTimer(timeoutMs, () =>
      this.#candidateFailed("Peer did not return fence result within timeout"),
    );
    log(
      "notice",
      `Requesting that ${node} perform '${command.action}' action targeting ${request.target}${command.device === null ? "" : ` using ${command.device}`} | for client ${request.client} (${Math.ceil(timeoutMs / 1000)}s)`,
    );
    sendTo(node, {
      type: "execute",
      request,
      attempt: attempt.number,
      action: command.action,
      device: command.device,
      delayS,
      settles: command.settles,
    });
  }

  /** An executing node reported. */
  #judge(end: OperationEnd): void {
    const { levels } = this.#context;
    if (levels === null) {
      this.#last = end;
      if (end.isSuccess || end.status === ExecutionStatus.timedOut) this.#end(end);
      else this.#advance();
      return;
    }
    const isOptional = this.#steps?.[this.#stepIndex]?.isOptional ?? false;
    if (!isOptional) {
      this.#last = end;
      if (end.isSuccess) this.#confirmedCount += 1;
    }
    if (end.isSuccess || isOptional) this.#nextStep(levels);
    else this.#nextLevel(levels);
  }

  /** No report will come from the node that was asked; another one may do the same. */
  #candidateFailed(reason: string): void {
    const node = this.#attempt?.node ?? "";
    this.#context.log("warning", `${reason}: ${node} for ${this.#name()}`);
    this.#endAttempt();
    const isOptional = this.#steps?.[this.#stepIndex]?.isOptional ?? false;
    if (!isOptional)
      this.#last = { isSuccess: false, status: ExecutionStatus.timedOut, reason, delegate: node };
    this.#advance();
  }

  #endAttempt(): void {
    this.#attemptTimer?.cancel();
    this.#attemptTimer = null;
    this.#attempt = null;
  }

  #startTotal(durationMs: number): void {
    this.#totalTimer?.cancel();
    this.#context.log(
      "info",
      `Total timeout set to ${Math.ceil(durationMs / 1000)} for peer's fencing targeting ${this.request.target}`,
    );
    this.#totalTimer = this.#context.clock.setTimer(durationMs, () => this.#totalTimeout());
  }

  #totalTimeout(): void {
    const step = this.#steps?.[this.#stepIndex];
    // All required commands were confirmed; only switching on again took too long.
    if (step?.isOptional && this.#isLevelConfirmed && this.#last?.isSuccess) {
      this.#end(this.#last);
      return;
    }
    this.#end({
      isSuccess: false,
      status: ExecutionStatus.timedOut,
      reason:
        "Fencing did not complete within a total timeout based on the configured timeout and retries for any devices attempted",
      delegate: this.#attempt?.node ?? this.#last?.delegate ?? "",
    });
  }

  #end(end: OperationEnd): void {
    if (this.#isEnded) return;
    this.abandon();
    this.#context.ended(end);
  }

  #stopTimers(): void {
    this.#queryTimer.cancel();
    this.#totalTimer?.cancel();
    this.#attemptTimer?.cancel();
  }

  #name(): string {
    return `'${this.request.action}' targeting ${this.request.target}`;
  }
}

function noDevice(target: string): OperationEnd {
  return {
    isSuccess: false,
    status: ExecutionStatus.noFenceDevice,
    reason: `No fence device can fence ${target}`,
    delegate: "",
  };
}
