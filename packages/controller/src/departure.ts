import type { Timer } from "@quorate/ports";
import type { ExitNotice } from "./cluster-node.ts";
import { after, type NodeContext } from "./context.ts";
import type { ControlMessage } from "./wire/control-message.ts";

interface Dependencies {
  readonly context: NodeContext;
  send(message: ControlMessage): void;
  /** A DC took this node in, so that it knows what runs here and has to move it away first. */
  isJoined(): boolean;
  /** This node has been in a membership: there may be somebody to say goodbye to. */
  isKnown(): boolean;
  limitMs(): number;
  /** It has begun. */
  stopping(): void;
  /** Nothing is begun here any more; `done` once what is running has ended. */
  drain(done: () => void): void;
  exit(notice: ExitNotice): void;
}

/**
 * How this node leaves in order: it asks the DC, whose scheduler moves everything away; the DC gives the all-clear; the node
 * waits for what still runs and says goodbye.
 */
export class Departure {
  readonly #deps: Dependencies;
  #isStopping = false;
  #escalation: Timer | null = null;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  /** This node was told to leave. */
  get isStopping(): boolean {
    return this.#isStopping;
  }

  /** Orderly at first; a second call does not wait. */
  begin(): void {
    const { context, exit, isJoined, limitMs, stopping } = this.#deps;
    if (this.#isStopping) {
      exit({ exitCode: 1, reason: "a second request to shut down: not waiting for resources" });
      return;
    }
    this.#isStopping = true;
    context.log("notice", `Initiating controller shutdown sequence | limit=${limitMs()}ms`);
    if (!isJoined()) {
      this.leave();
      return;
    }
    this.#escalation = after(context, limitMs(), () =>
      exit({ exitCode: 1, reason: "the resources did not stop within shutdown-escalation" }),
    );
    this.ask();
    stopping();
  }

  /** Tells the DC, when there is another or it has just taken this node in. */
  ask(): void {
    if (this.#isStopping) this.#deps.send({ kind: "shutdownRequest" });
  }

  onAllClear(): void {
    const { context, exit } = this.#deps;
    if (!this.#isStopping) {
      exit({ exitCode: 100, reason: "the DC asked this node to shut down, which nobody here had requested" });
      return;
    }
    context.log("notice", "Shutting down controller after confirmation from DC");
    this.leave();
  }

  /** Waits for what is running, says goodbye, and ends when the others have heard it. */
  leave(): void {
    this.#deps.drain(() => {
      if (this.#deps.isKnown()) this.#deps.send({ kind: "leaving" });
      else this.#deps.exit({ exitCode: 0, reason: "shut down before joining" });
    });
  }

  /** This node ends, for whatever reason. */
  ended(): void {
    this.#escalation?.cancel();
  }
}
