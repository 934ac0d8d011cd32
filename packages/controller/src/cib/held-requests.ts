import type { CibAnswer, CibRequest } from "../cluster-node.ts";
import { after, type NodeContext } from "../context.ts";

interface Held {
  readonly request: CibRequest;
  readonly done: (answer: CibAnswer) => void;
  readonly deadlineMs: number;
}

/** What becomes of a request that waits: `wait` on, `submit` it, or an answer that says why it cannot be carried out. */
export type Verdict = "wait" | "submit" | { readonly reason: string };

/** Changes that clients asked for while the nodes were agreeing on a copy of the CIB. They are carried out in their order. */
export class HeldRequests {
  readonly #context: NodeContext;
  readonly #judge: (isOverdue: boolean) => Verdict;
  readonly #submit: (request: CibRequest, done: (answer: CibAnswer) => void) => void;
  #held: Held[] = [];

  constructor(
    context: NodeContext,
    judge: (isOverdue: boolean) => Verdict,
    submit: (request: CibRequest, done: (answer: CibAnswer) => void) => void,
  ) {
    this.#context = context;
    this.#judge = judge;
    this.#submit = submit;
  }

  get isEmpty(): boolean {
    return this.#held.length === 0;
  }

  add(request: CibRequest, done: (answer: CibAnswer) => void): void {
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
      const verdict = this.#judge(item.deadlineMs <= now);
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
}
