import { describe, expect, test } from "vitest";
import { VirtualClock } from "../../../simulator/src/index.ts";
import type { NodeContext } from "../../src/context.ts";
import {
  STATE_ANSWER_MS_MAX,
  type StateAnswer,
  StateQuestions,
} from "../../src/membership/state-questions.ts";
import { WorkQueue } from "../../src/work-queue.ts";

describe("questions to other controllers", () => {
  function ask(...nodeIds: number[]) {
    const clock = new VirtualClock();
    const questions = new StateQuestions({ clock, queue: new WorkQueue() } as unknown as NodeContext);
    const answers: StateAnswer[] = [];
    for (const nodeId of nodeIds) questions.asked(nodeId, (answer) => answers.push(answer));
    return { clock, questions, answers };
  }

  test("one that is never answered, as by an older release, ends; an answer after that is nobody's", () => {
    const { clock, questions, answers } = ask(2);
    clock.advance(STATE_ANSWER_MS_MAX - 1);
    expect(answers).toEqual([]);
    clock.advance(2);
    expect(answers).toEqual([{ kind: "silent" }]);
    questions.answered(2, { kind: "state", state: "S_IDLE" });
    expect(answers).toHaveLength(1);
  });

  test("an answer is for all who asked that node, and ends the waiting", () => {
    const { clock, questions, answers } = ask(2, 2, 3);
    questions.answered(2, { kind: "state", state: "S_IDLE" });
    questions.answered(3, { kind: "gone" });
    clock.advance(2 * STATE_ANSWER_MS_MAX);
    expect(answers).toEqual([
      { kind: "state", state: "S_IDLE" },
      { kind: "state", state: "S_IDLE" },
      { kind: "gone" },
    ]);
  });
});
