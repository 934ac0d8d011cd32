import type { NodeId, Timer } from "@quorate/ports";
import { after, type NodeContext } from "../context.ts";

/** What a node's controller is doing, or why nobody knows: it went, or it did not answer. */
export type StateAnswer =
  | { readonly kind: "state"; readonly state: string }
  | { readonly kind: "gone" }
  | { readonly kind: "silent" };

interface Question {
  readonly timer: Timer;
  done(answer: StateAnswer): void;
}

/** Longer than a busy node takes; a daemon of a release that does not know the question never answers. */
export const STATE_ANSWER_MS_MAX = 10_000;

/** Questions to other controllers that have no answer yet. */
export class StateQuestions {
  readonly #context: NodeContext;
  readonly #open = new Map<NodeId, Set<Question>>();

  constructor(context: NodeContext) {
    this.#context = context;
  }

  /** The question is on its way to that node. */
  asked(nodeId: NodeId, done: (answer: StateAnswer) => void): void {
    const questions = this.#open.get(nodeId) ?? new Set();
    this.#open.set(nodeId, questions);
    const question: Question = {
      done,
      timer: after(this.#context, STATE_ANSWER_MS_MAX, () => {
        if (questions.delete(question)) done({ kind: "silent" });
      }),
    };
    questions.add(question);
  }

  answered(nodeId: NodeId, answer: StateAnswer): void {
    const questions = this.#open.get(nodeId) ?? new Set();
    this.#open.delete(nodeId);
    for (const question of questions) {
      questions.delete(question);
      question.timer.cancel();
      question.done(answer);
    }
  }
}
