import type { CibAnswer, CibRequest } from "../cluster-node.ts";
import { after, type NodeContext } from "../context.ts";
import type { Lineage } from "./lineage.ts";

interface Held {
  readonly request: CibRequest;
  readonly done: (answer: CibAnswer) => void;
  readonly deadlineMs: number;
}

/** What becomes of a request: it has to `wait`, `submit` it, or an answer that says why it cannot be carried out. */
type Verdict = "wait" | "submit" | { readonly reason: string };

/** This node's copy, as far as it says whether a change may be made. */
interface Sharing {
  readonly lineage: Lineage;
  /** Every member of the group shares it. */
  isSettled(): boolean;
}

/** Changes that clients asked for while the nodes were agreeing on a copy of the CIB. They are carried out in their order. */
export class HeldRequests {
  readonly #context: NodeContext;
  readonly #sharing: Sharing;
  readonly #submit: (request: CibRequest, done: (answer: CibAnswer) => void) => void;
  #held: Held[] = [];

  constructor(
    context: NodeContext,
    sharing: Sharing,
    submit: (request: CibRequest, done: (answer: CibAnswer) => void) => void,
  ) {
    this.#context = context;
    this.#sharing = sharing;
    this.#submit = submit;
  }

  /** A client's change: submitted at once, or when it may be. */
  take(request: CibRequest, done: (answer: CibAnswer) => void): void {
    if (this.#held.length === 0 && this.#mayChange) {
      this.#submit(request, done);
      return;
    }
    const { clock, config } = this.#context;
    const { joinHoldMs } = config.timing;
    this.#held.push({ request, done, deadlineMs: clock.monotonicMs() + joinHoldMs });
    after(this.#context, joinHoldMs, () => this.release());
  }

  /** Looks at all of them again. */
  release(): void {
    const now = this.#context.clock.monotonicMs();
    const held = this.#held;
    this.#held = [];
    for (const item of held) {
      const verdict = this.#verdict(item.deadlineMs <= now);
      if (verdict === "wait") this.#held.push(item);
      else if (verdict === "submit") this.#submit(item.request, item.done);
      else item.done({ kind: "unavailable", reason: verdict.reason });
    }
  }

  refuse(reason: string): void {
    const held = this.#held;
    this.#held = [];
    for (const { done } of held) done({ kind: "unavailable", reason });
  }

  /**
   * Is a change to be carried out at once? Not while copies differ; and not by a daemon that has its copy from disk
   * and is alone in a ring with quorum: others may have gone further.
   */
  get #mayChange(): boolean {
    const { lineage, isSettled } = this.#sharing;
    return isSettled() && (lineage.isLive || lineage.isAgreed);
  }

  #verdict(isOverdue: boolean): Verdict {
    const { lineage } = this.#sharing;
    if (this.#mayChange) return "submit";
    if (!isOverdue) return "wait";
    if (lineage.view === null) return { reason: "this node has not joined the cluster layer yet" };
    if (lineage.isAgreed) return "submit";
    return { reason: "the nodes have not agreed on a configuration yet; try again in a moment" };
  }
}
