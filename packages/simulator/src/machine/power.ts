import { type Clock, ExecutionStatus, type FenceAgentResult, type FenceAgents } from "@quorate/ports";

/** How the power switch of a machine works at the moment. A device that says it did what it did not is no device. */
export type SwitchState =
  | "works"
  /** Refuses, and says so. */
  | "fails"
  /** Does it, and says that it failed. */
  | "failsAfterwards"
  /** Does nothing until the time limit. */
  | "hangs"
  /** Does it, then nothing until the time limit. */
  | "hangsAfterwards";

/** A machine that a fence agent cut off, from power or from storage. */
export interface PowerCut {
  readonly target: string;
  readonly by: string;
  readonly atMs: number;
}

export interface SwitchEvents {
  used(by: string, target: string): void;
  cut(target: string): void;
  /** Cut off from the storage: its services end, the machine and its daemon go on. */
  severed(target: string): void;
}

/** Cuts a node off from the storage that all share, and gives it back to a node that asks for it itself. */
export const STORAGE_AGENT = "fence_storage_sim";

/** The power switches of all machines, reachable from everywhere. */
export class PowerSwitches {
  readonly cuts: PowerCut[] = [];
  delayMs = 300;
  readonly #states = new Map<string, SwitchState>();
  readonly #clock: Clock;
  readonly #events: SwitchEvents;

  constructor(clock: Clock, events: SwitchEvents) {
    this.#clock = clock;
    this.#events = events;
  }

  set(target: string, state: SwitchState): void {
    this.#states.set(target, state);
  }

  repairAll(): void {
    this.#states.clear();
  }

  lastCutMs(target: string): number | null {
    return this.cuts.findLast((cut) => cut.target === target)?.atMs ?? null;
  }

  /** Fence agents of one life of a daemon; what they began is done also when the daemon is gone. */
  agents(node: string, clocks: { readonly daemon: Clock; readonly machine: Clock }): FenceAgents {
    return {
      run: ({ agent, parameters, timeoutMs }, done) => {
        const finish = (afterMs: number, result: FenceAgentResult) =>
          void clocks.daemon.setTimer(afterMs, () => done(result));
        const action = parameters.get("action") ?? "";
        if (action === "metadata") {
          finish(5, exited(0, metadataOf(agent)));
          return;
        }
        if (action !== "off" && action !== "reboot") {
          finish(10, exited(0, ""));
          return;
        }
        const target = parameters.get("plug") ?? parameters.get("nodename") ?? "";
        const state = this.#states.get(target) ?? "works";
        this.#events.used(node, target);
        const isCutting = state === "works" || state === "failsAfterwards" || state === "hangsAfterwards";
        const isInTime = timeoutMs === 0 || this.delayMs <= timeoutMs;
        if (isCutting && isInTime)
          clocks.machine.setTimer(this.delayMs, () => {
            this.cuts.push({ target, by: node, atMs: this.#clock.monotonicMs() });
            if (agent === STORAGE_AGENT) this.#events.severed(target);
            else this.#events.cut(target);
          });
        if (state === "hangs" || state === "hangsAfterwards" || !isInTime)
          finish(timeoutMs, {
            status: ExecutionStatus.timedOut,
            exitCode: -1,
            stdout: "",
            stderr: "",
            reason: "Fence agent did not complete in time",
          });
        else finish(this.delayMs + 1, exited(state === "works" ? 0 : 1, ""));
      },
    };
  }
}

function exited(exitCode: number, stdout: string): FenceAgentResult {
  return { status: ExecutionStatus.done, exitCode, stdout, stderr: "", reason: "" };
}

function metadataOf(agent: string): string {
  const isStorage = agent === STORAGE_AGENT;
  const actions = [
    isStorage ? '<action name="on" on_target="1" automatic="1"/>' : '<action name="on"/>',
    ...["off", ...(isStorage ? [] : ["reboot"]), "monitor", "metadata"].map(
      (name) => `<action name="${name}"/>`,
    ),
  ];
  return (
    '<resource-agent name="fence_sim"><parameters><parameter name="plug"/></parameters>' +
    `<actions>${actions.join("")}</actions></resource-agent>`
  );
}
