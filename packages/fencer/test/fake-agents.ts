import {
  type Clock,
  ExecutionStatus,
  type FenceAgentResult,
  type FenceAgentRun,
  type FenceAgents,
} from "@quorate/ports";

export interface AgentScript {
  /** Actions in the metadata; null: the agent gives none. */
  readonly actions: readonly string[] | null;
  /** Names of the parameters in the metadata. */
  readonly parameters?: readonly string[];
  /** Attributes of the action `on` in the metadata. */
  readonly on?: string;
  readonly durationMs?: number;
  /** What a run gives; nothing: success. `hang`: it runs into its time limit. */
  readonly run?: (
    parameters: ReadonlyMap<string, string>,
    atMs: number,
    node: string,
  ) => number | "hang" | { stdout: string };
}

export interface AgentCall {
  readonly node: string;
  readonly agent: string;
  readonly atMs: number;
  readonly parameters: ReadonlyMap<string, string>;
}

/** Fence agents of one node as scripts. Fails the test on an agent that was not expected. */
export class FakeAgents implements FenceAgents {
  readonly #node: string;
  readonly #clock: Clock;
  readonly #scripts: ReadonlyMap<string, AgentScript>;
  readonly #calls: AgentCall[];

  constructor(
    node: string,
    context: { clock: Clock; scripts: ReadonlyMap<string, AgentScript>; calls: AgentCall[] },
  ) {
    this.#node = node;
    this.#clock = context.clock;
    this.#scripts = context.scripts;
    this.#calls = context.calls;
  }

  run(request: FenceAgentRun, done: (result: FenceAgentResult) => void): void {
    const script = this.#scripts.get(request.agent);
    if (script === undefined) throw new Error(`nobody expects agent ${request.agent}`);
    const action = request.parameters.get("action") ?? "";
    const finish = (afterMs: number, result: FenceAgentResult): void => {
      this.#clock.setTimer(afterMs, () => done(result));
    };
    if (action === "metadata") {
      if (script.actions === null) finish(10, exited(1, "", "no metadata"));
      else finish(10, exited(0, metadataOf(script), ""));
      return;
    }
    this.#calls.push({
      node: this.#node,
      agent: request.agent,
      atMs: this.#clock.monotonicMs(),
      parameters: request.parameters,
    });
    // Whoever asks for the status does so after an "off".
    const result =
      script.run?.(request.parameters, this.#clock.monotonicMs(), this.#node) ??
      (action === "status" ? 2 : 0);
    const durationMs = script.durationMs ?? 100;
    if (result === "hang" || durationMs > request.timeoutMs) {
      finish(request.timeoutMs, {
        status: ExecutionStatus.timedOut,
        exitCode: -1,
        stdout: "",
        stderr: "",
        reason: "Fence agent did not complete in time",
      });
    } else if (typeof result === "number")
      finish(durationMs, exited(result, "", result === 0 ? "" : "bad thing"));
    else finish(durationMs, exited(0, result.stdout, ""));
  }
}

function exited(exitCode: number, stdout: string, stderr: string): FenceAgentResult {
  return { status: ExecutionStatus.done, exitCode, stdout, stderr, reason: "" };
}

function metadataOf(script: AgentScript): string {
  const parameters = (script.parameters ?? ["plug"]).map((name) => `<parameter name="${name}"/>`).join("");
  const actions = (script.actions ?? [])
    .map((name) => `<action name="${name}" ${name === "on" ? (script.on ?? "") : ""}/>`)
    .join("");
  return `<?xml version="1.0"?><resource-agent name="x"><parameters>${parameters}</parameters><actions>${actions}</actions></resource-agent>`;
}
