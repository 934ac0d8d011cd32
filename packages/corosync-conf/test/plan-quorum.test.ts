import { describe, expect, test } from "vitest";
import { planQuorum, type QuorumPlan, viewCorosyncConf } from "../src/index.ts";
import { clusterOf, readConf } from "./conf.ts";

const planOf = (...given: Parameters<typeof clusterOf>): QuorumPlan =>
  planQuorum(viewCorosyncConf(clusterOf(...given)));

/** "lost votes: verdict", as in "2+1: no". */
function verdicts(plan: QuorumPlan): Record<string, string> {
  const title = (row: QuorumPlan["rows"][number]) =>
    row.lost.flatMap(({ group, count }) => Array<number>(count).fill(group.votes)).join("+") || "none";
  return Object.fromEntries(plan.rows.map((row) => [title(row), row.keepsQuorum]));
}

describe("plans of quorum", () => {
  test("votes 2,2,1,1 with expected_votes 8: one client may go, no server may", () => {
    const plan = planOf({ votes: [2, 2, 1, 1], quorum: ["expected_votes: 8"] });
    expect(plan.quorum).toBe(5);
    expect(verdicts(plan)).toEqual({
      none: "yes",
      "1": "yes",
      "2": "no",
      "1+1": "no",
      "1+2": "no",
      "2+2": "no",
      "1+1+2": "no",
      "1+2+2": "no",
    });
    expect(plan.warnings).toContainEqual({
      kind: "expectedExceedsVotes",
      expected: 8,
      votes: 6,
      quorum: 5,
      quorumOfVotes: 4,
    });
    expect(plan.warnings).toContainEqual({ kind: "someFailureFatal", names: ["k1", "k2"] });
  });

  test("the same nodes without expected_votes survive the loss of a server", () => {
    const plan = planOf({ votes: [2, 2, 1, 1] });
    expect(plan.quorum).toBe(4);
    expect(verdicts(plan)).toMatchObject({ "1": "yes", "2": "yes", "1+1": "yes", "1+2": "no" });
    expect(plan.warnings).toEqual([]);
  });

  test.each([
    [1, 1, 0],
    [2, 2, 0],
    [3, 2, 1],
    [4, 3, 1],
    [5, 3, 2],
    [6, 4, 2],
    [7, 4, 3],
    [8, 5, 3],
    [32, 17, 15],
  ])("%i equal nodes have quorum %i and survive %i failures", (nodes, quorum, failures) => {
    const plan = planOf({ votes: Array<number>(nodes).fill(1) });
    expect(plan.quorum).toBe(quorum);
    expect(plan.rows.filter((row) => row.keepsQuorum === "yes").length).toBe(failures + 1);
  });

  test("two nodes: without two_node no failure is survived, with it fencing must decide a split", () => {
    expect(planOf({ votes: [1, 1] }).warnings).toEqual([{ kind: "noFailureSurvived" }]);
    const plan = planOf({ votes: [1, 1], quorum: ["two_node: 1"] });
    expect(verdicts(plan)).toEqual({ none: "yes", "1": "yes" });
    expect(plan.warnings).toEqual([
      { kind: "splits", cause: "twoNode" },
      { kind: "waitsForAll", expected: 2, isPossible: true },
    ]);
  });

  test("a tie is won by the side with the tie breaker", () => {
    const plan = planOf({ votes: [1, 1, 1, 1], quorum: ["auto_tie_breaker: 1"] });
    const ties = plan.rows.filter((row) => row.votesLeft === 2);
    expect(ties.map((row) => row.keepsQuorum).sort()).toEqual(["no", "withTieBreaker"]);
  });

  test("too few expected votes let parts start that never saw one another", () => {
    const plan = planOf({ votes: [1, 1, 1, 1], quorum: ["expected_votes: 2"] });
    expect(plan.warnings).toContainEqual({ kind: "splitsAtStart", one: 2, other: 2, needed: 2 });
    expect(plan.warnings).toContainEqual({ kind: "expectedBelowVotes", expected: 2, votes: 4 });
  });

  test("no more than the votes there are can be quorum", () => {
    expect(planOf({ votes: [1, 1, 1], quorum: ["expected_votes: 9"] }).warnings).toContainEqual({
      kind: "noQuorum",
      votes: 3,
      quorum: 5,
    });
  });

  test("without a provider every part works on", () => {
    const plan = planQuorum(
      viewCorosyncConf(readConf("nodelist {\nnode {\nnodeid: 1\n}\nnode {\nnodeid: 2\n}\n}\n")),
    );
    expect(plan.warnings).toEqual([{ kind: "splits", cause: "noProvider" }]);
  });

  test("a quorum device lets one of two nodes go", () => {
    const plan = planOf({ votes: [1, 1], quorum: ["device {\nmodel: net\nvotes: 1\n}"] });
    expect(plan.quorum).toBe(2);
    expect(plan.warnings).toEqual([]);
  });

  test("many nodes of many kinds end soon, with the rows that matter", () => {
    const plan = planOf({ votes: Array.from({ length: 24 }, (_, index) => index + 1) });
    expect(plan.rows.length).toBe(64);
    expect(plan.isComplete).toBe(false);
    expect(plan.rows.filter((row) => row.lost.length === 1).length).toBe(24);
  });
});
