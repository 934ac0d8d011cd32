import {
  type Clock,
  ExecutionStatus,
  type FenceAgents,
  type FencingAction,
  type Log,
  type Random,
  type Timer,
} from "@quorate/ports";
import { CommandQueue, type CommandResult } from "./command-queue.ts";
import { type AgentAbilities, readAbilities, UNKNOWN_ABILITIES } from "./metadata.ts";
import {
  type AgentAction,
  type DeviceOptions,
  type HostCheck,
  isForAgent,
  readDeviceOptions,
  splitHosts,
} from "./parameters.ts";

/** A device as the configuration or a resource's start describes it. */
export interface DeviceDefinition {
  readonly id: string;
  readonly agent: string;
  readonly parameters: ReadonlyMap<string, string>;
  /** Meta attribute `provides=unfencing`. */
  readonly providesUnfencing: boolean;
}

export interface DeviceContext {
  readonly agents: FenceAgents;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

const METADATA_TIMEOUT_MS = 10_000;
const METADATA_PAUSE_MS = 10_000;
const METADATA_PAUSE_MAX_MS = 160_000;
const LIST_AGE_MAX_MS = 60_000;
const INTERNAL_TIMEOUT_MS = 60_000;
const STATUS_PAUSE_MS = 1000;
/** The last look may take this long even when the time of the command is over. */
const STATUS_TIME_MIN_MS = 2000;

/** A fence device on this node: asks its agent whom it can fence, and runs it. Source: fencer specification, 1, 4, 5. */
export class Device {
  readonly id: string;
  readonly agent: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly options: DeviceOptions;
  /** A monitor, list or status succeeded on this node since the registration. */
  isVerified = false;
  readonly #definition: DeviceDefinition;
  readonly #context: DeviceContext;
  readonly #queue: CommandQueue;
  #abilities: AgentAbilities | null = null;
  /** Called once the first answer to `metadata` is there. */
  #waiters: (() => void)[] | null = [];
  #metadataTimer: Timer | null = null;
  /** The last list of targets that the agent gave. */
  #list: { readonly hosts: ReadonlySet<string>; readonly atMs: number } | null = null;
  #listFailed = false;
  #isClosed = false;

  constructor(definition: DeviceDefinition, context: DeviceContext) {
    this.id = definition.id;
    this.agent = definition.agent;
    this.parameters = definition.parameters;
    this.options = readDeviceOptions(definition.id, definition.parameters, context.log);
    this.#definition = definition;
    this.#context = context;
    this.#queue = new CommandQueue({
      deviceId: definition.id,
      agent: definition.agent,
      limit: this.options.actionLimit,
      ...context,
    });
    this.#askMetadata(METADATA_PAUSE_MS);
  }

  /** Unknown abilities count as none: a reboot becomes an off then, which every agent has. */
  get abilities(): AgentAbilities {
    return this.#abilities ?? UNKNOWN_ABILITIES;
  }

  get providesUnfencing(): boolean {
    return this.#definition.providesUnfencing;
  }

  get unfencesAutomatically(): boolean {
    return this.#definition.providesUnfencing || this.abilities.unfencesAutomatically;
  }

  isSameAs(definition: DeviceDefinition): boolean {
    return (
      definition.agent === this.agent &&
      definition.providesUnfencing === this.#definition.providesUnfencing &&
      definition.parameters.size === this.parameters.size &&
      [...definition.parameters].every(([name, value]) => this.parameters.get(name) === value)
    );
  }

  close(): void {
    this.#isClosed = true;
    this.#metadataTimer?.cancel();
    this.#queue.close();
  }

  /** What the executing node makes of the action: a device that cannot reboot switches off. */
  actualAction(action: FencingAction): FencingAction {
    return action === "reboot" && !this.abilities.actions.has("reboot") ? "off" : action;
  }

  timeoutMsOf(action: FencingAction, requestedMs: number): number {
    return this.options.timeoutMsOf(this.actualAction(action)) ?? requestedMs;
  }

  /** Base and random part of the delay before an action; none for `on`. */
  delaysMs(action: FencingAction, target: string): { readonly baseMs: number; readonly maxMs: number } {
    if (action === "on") return { baseMs: 0, maxMs: 0 };
    return { baseMs: this.options.delayBaseMs(target), maxMs: this.options.delayMaxMs };
  }

  fence(
    request: {
      readonly action: FencingAction;
      readonly target: string;
      readonly client: string;
      readonly operationId: string;
      /** -1 switches the device's own delays off. */
      readonly delayS: number;
      readonly timeoutMs: number;
    },
    done: (result: CommandResult) => void,
  ): void {
    const { client, target, operationId } = request;
    this.#whenDescribed(() => {
      const action = this.actualAction(request.action);
      if (action !== request.action)
        this.#context.log(
          "notice",
          `Remapping 'reboot' action targeting ${target} using ${this.id} to 'off' because agent '${this.agent}' does not support reboot`,
        );
      const timeoutMs = this.timeoutMsOf(request.action, request.timeoutMs);
      const delayMs = this.#drawDelayMs(request.action, target, request.delayS);
      const endMs = this.#context.clock.monotonicMs() + delayMs + timeoutMs;
      this.#queue.add({
        action,
        target,
        client,
        operationId,
        delayMs,
        timeoutMs,
        attemptsMax: this.options.attemptsOf(action),
        parameters: this.#parametersFor(action, target),
        done: (result) => {
          if (result.isSuccess && action === "off" && this.#canCheckOff())
            this.#checkOff(target, endMs, result, done);
          else done(result);
        },
      });
    });
  }

  /** What `off` means with another action in its place is not known here. */
  #canCheckOff(): boolean {
    return this.abilities.actions.has("status") && this.options.agentActionOf("off") === "off";
  }

  /**
   * An agent that says that the target is off is asked for its status: as long as that says "on", nothing is confirmed.
   * A status that cannot be told says nothing against the agent's word.
   */
  #checkOff(
    target: string,
    endMs: number,
    result: CommandResult,
    done: (result: CommandResult) => void,
  ): void {
    const { clock } = this.#context;
    const remainingMs = Math.max(STATUS_TIME_MIN_MS, endMs - clock.monotonicMs());
    this.#inquire("status", target, { client: "fencer", timeoutMs: remainingMs }, (status) => {
      if (status.exitCode !== 0) {
        if (status.exitCode !== 2)
          this.#context.log(
            "warning",
            `device ${this.id} reported '${target}' as off and cannot tell its status: ${status.reason}`,
          );
        done(result);
      } else if (clock.monotonicMs() + STATUS_PAUSE_MS < endMs) {
        clock.setTimer(STATUS_PAUSE_MS, () => this.#checkOff(target, endMs, result, done));
      } else {
        done({
          ...result,
          isSuccess: false,
          status: ExecutionStatus.error,
          reason: `Fence agent ${this.agent} reported success, but by its status ${target} is still on`,
        });
      }
    });
  }

  /** Commands of the operation that have not begun are dropped. */
  withdraw(operationId: string): void {
    this.#queue.withdraw(operationId);
  }

  monitor(client: string, timeoutMs: number, done: (result: CommandResult) => void): void {
    this.#whenDescribed(() => {
      const known = this.#abilities?.actions;
      const action: AgentAction =
        known === undefined || known.has("monitor") ? "monitor" : known.has("status") ? "status" : "list";
      this.#inquire(action, "", { client, timeoutMs }, done);
    });
  }

  /** Whether the device can do something to this node at all. Source: fencer specification, 1 ("Eligibility"). */
  canFence(target: string, done: (canFence: boolean) => void): void {
    this.#whenDescribed(() => {
      const check = this.#hostCheck();
      switch (check) {
        case "none":
          done(true);
          return;
        case "static-list":
          done(
            this.options.hostList.includes(target.toLowerCase()) ||
              this.options.hostMap.has(target.toLowerCase()),
          );
          return;
        case "dynamic-list":
          this.#checkList(target, done);
          return;
        case "status":
          this.#checkStatus(target, done);
          return;
        case "invalid":
          this.#context.log(
            "error",
            `device ${this.id}: pcmk_host_check "${this.parameters.get("pcmk_host_check")}" is not known, write static-list, dynamic-list, status or none`,
          );
          done(false);
          return;
      }
    });
  }

  /** Asks the agent for its list; where there is none to ask for, what is configured. Sorted. */
  listTargets(
    done: (result: { readonly targets: readonly string[] | null; readonly reason: string }) => void,
  ): void {
    this.#whenDescribed(() => {
      const { hostList, hostMap } = this.options;
      if (this.#hostCheck() === "static-list") {
        done({ targets: [...new Set([...hostList, ...hostMap.keys()])].sort(), reason: "" });
        return;
      }
      this.#inquire("list", "", INTERNAL, (result) => {
        if (!result.isSuccess) done({ targets: null, reason: result.reason });
        else done({ targets: [...readList(result.stdout)].sort(), reason: "" });
      });
    });
  }

  #hostCheck(): HostCheck | "invalid" {
    const { hostCheck, hostList, hostMap } = this.options;
    if (hostCheck !== null) return hostCheck;
    if (hostList.length > 0 || hostMap.size > 0) return "static-list";
    if (this.abilities.actions.has("list") && !this.#listFailed) return "dynamic-list";
    return this.abilities.actions.has("status") ? "status" : "none";
  }

  #checkList(target: string, done: (canFence: boolean) => void): void {
    const name = target.toLowerCase();
    const judge = (): void => {
      const alias = this.options.hostMap.get(name)?.toLowerCase();
      done(
        this.#list !== null &&
          (this.#list.hosts.has(name) || (alias !== undefined && this.#list.hosts.has(alias))),
      );
    };
    const now = this.#context.clock.monotonicMs();
    if (this.#list !== null && now - this.#list.atMs < LIST_AGE_MAX_MS) {
      judge();
      return;
    }
    this.#inquire("list", "", INTERNAL, (result) => {
      if (result.isSuccess) {
        this.#list = { hosts: readList(result.stdout), atMs: this.#context.clock.monotonicMs() };
      } else if (this.#list === null && this.options.hostCheck === null) {
        // It never worked, and nobody asked for it.
        this.#listFailed = true;
        if (this.#hostCheck() === "status") {
          this.#checkStatus(target, done);
          return;
        }
        done(false);
        return;
      }
      judge();
    });
  }

  #checkStatus(target: string, done: (canFence: boolean) => void): void {
    this.#inquire("status", target, INTERNAL, (result) => {
      // 0 says that the target is on, 2 that it is off; both know it.
      const isKnown = result.exitCode === 0 || result.exitCode === 2;
      if (!isKnown && result.exitCode !== 1)
        this.#context.log(
          "warning",
          `device ${this.id} cannot tell the status of ${target}: ${result.reason}`,
        );
      done(isKnown);
    });
  }

  #inquire(
    action: AgentAction,
    target: string,
    how: { readonly client: string; readonly timeoutMs: number },
    done: (result: CommandResult) => void,
  ): void {
    this.#queue.add({
      action,
      target,
      client: how.client,
      operationId: "",
      delayMs: 0,
      timeoutMs: this.options.timeoutMsOf(action) ?? how.timeoutMs,
      attemptsMax: action === "status" ? 1 : this.options.attemptsOf(action),
      parameters: this.#parametersFor(action, target),
      done: (result) => {
        if (result.isSuccess) this.isVerified = true;
        done(result);
      },
    });
  }

  /** Source: fencer specification, 4 ("Invocation") and 14. */
  #parametersFor(action: AgentAction, target: string): Map<string, string> {
    const parameters = new Map<string, string>([["action", this.options.agentActionOf(action)]]);
    if (target !== "") {
      parameters.set("nodename", target);
      // fence_legacy hands everything on to scripts of another kind, which know the target as nodename only.
      const ownArgument = this.agent === "fence_legacy" ? "none" : this.abilities.hostArgument;
      const argument = this.options.hostArgument ?? ownArgument ?? "none";
      const configured = this.parameters.get(argument);
      if (argument !== "none" && (configured === undefined || configured === "dynamic"))
        parameters.set(argument, this.options.hostMap.get(target.toLowerCase()) ?? target);
    }
    for (const [name, value] of this.parameters)
      if (isForAgent(name) && !parameters.has(name)) parameters.set(name, value);
    return parameters;
  }

  /** Source: fencer specification, 5. */
  #drawDelayMs(action: FencingAction, target: string, delayS: number): number {
    if (delayS < 0) return 0;
    const { baseMs, maxMs } = this.delaysMs(action, target);
    const spreadMs = Math.max(0, maxMs - baseMs);
    const randomMs = spreadMs === 0 ? 0 : Math.floor((this.#context.random.uint32() / 2 ** 32) * spreadMs);
    return action === "on" ? 0 : delayS * 1000 + baseMs + randomMs;
  }

  #whenDescribed(go: () => void): void {
    if (this.#waiters === null) go();
    else this.#waiters.push(go);
  }

  #askMetadata(pauseMs: number): void {
    const parameters = new Map([["action", this.options.agentActionOf("metadata")]]);
    this.#context.agents.run(
      { agent: this.agent, deviceId: this.id, parameters, timeoutMs: METADATA_TIMEOUT_MS },
      (result) => {
        const isRun = result.status === ExecutionStatus.done && result.exitCode === 0;
        this.#abilities = isRun ? readAbilities(result.stdout) : null;
        const waiters = this.#waiters ?? [];
        this.#waiters = null;
        if (this.#abilities === null && !this.#isClosed) {
          this.#context.log(
            "warning",
            `no metadata of fence agent ${this.agent} for device ${this.id}: ${isRun ? "its output is not metadata" : result.reason || `exit code ${result.exitCode}`}; asking again in ${pauseMs / 1000}s`,
          );
          this.#metadataTimer = this.#context.clock.setTimer(pauseMs, () =>
            this.#askMetadata(Math.min(2 * pauseMs, METADATA_PAUSE_MAX_MS)),
          );
        }
        for (const waiter of waiters) waiter();
      },
    );
  }
}

const INTERNAL = { client: "fencer", timeoutMs: INTERNAL_TIMEOUT_MS };

/** Lines of `plug` or `plug,alias`. */
function readList(output: string): Set<string> {
  const lines = output.replaceAll("\\n", "\n").split("\n");
  return new Set(lines.filter((line) => !/invalid|variable/.test(line)).flatMap((line) => splitHosts(line)));
}
