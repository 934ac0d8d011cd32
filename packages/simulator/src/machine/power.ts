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

/** A machine whose power was cut by a fence agent. */
export interface PowerCut {
  readonly target: string;
  readonly by: string;
  readonly atMs: number;
}

/** The power switches of all machines, reachable from everywhere. */
export class PowerSwitches {
  readonly cuts: PowerCut[] = [];
  delayMs = 300;
  readonly #states = new Map<string, SwitchState>();
  readonly #clock: Clock;
  readonly #events: { used(by: string, target: string): void; cut(target: string): void };

  constructor(clock: Clock, events: { used(by: string, target: string): void; cut(target: string): void }) {
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
      run: ({ parameters, timeoutMs }, done) => {
        const finish = (afterMs: number, result: FenceAgentResult) =>
          void clocks.daemon.setTimer(afterMs, () => done(result));
        const action = parameters.get("action") ?? "";
        if (action === "metadata") {
          finish(5, exited(0, METADATA));
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
            this.#events.cut(target);
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

const METADATA =
  '<resource-agent name="fence_sim"><parameters><parameter name="plug"/></parameters><actions>' +
  ["on", "off", "reboot", "monitor", "metadata"].map((name) => `<action name="${name}"/>`).join("") +
  "</actions></resource-agent>";
