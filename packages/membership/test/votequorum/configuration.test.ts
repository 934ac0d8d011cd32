import { describe, expect, test } from "vitest";
import { configureQuorum, QUORUM_DEFAULTS, type QuorumOptions } from "../../src/votequorum/configuration.ts";
import { nodesNamed } from "../cluster.ts";

function configure(nodeCount: number, options: Partial<QuorumOptions>) {
  return configureQuorum({ ...QUORUM_DEFAULTS, ...options }, nodesNamed(nodeCount));
}

describe("options of the quorum section (Corosync config, 4)", () => {
  test("two_node implies wait_for_all unless that is written", () => {
    expect(configure(2, { isTwoNode: true })).toMatchObject({
      settings: { expectedVotes: 2, isTwoNode: true, isWaitForAll: true },
    });
    expect(configure(2, { isTwoNode: true, isWaitForAll: false })).toMatchObject({
      settings: { isWaitForAll: false },
    });
  });

  test.each([
    ["two_node with three nodes", 3, { isTwoNode: true }, /two_node is set, but the node list has 3 nodes/],
    ["no votes at all", 1, { expectedVotes: 0 }, /expected_votes is 0/],
    [
      "tie-breaker and last man standing with an odd number of votes",
      5,
      { isAutoTieBreaker: true, isLastManStanding: true },
      /cannot be used together/,
    ],
  ] as const)("%s is refused", (_, nodeCount, options, message) => {
    const result = configure(nodeCount, options);
    expect(result.ok ? "" : result.errors.join()).toMatch(message);
  });

  test.each([
    ["two_node", 2, { isTwoNode: true, isAutoTieBreaker: true }, { isTwoNode: false, tieBreaker: "lowest" }],
    ["auto_tie_breaker with an odd number of votes", 5, { isAutoTieBreaker: true }, { tieBreaker: null }],
    [
      "auto_tie_breaker with unknown nodes",
      4,
      { isAutoTieBreaker: true, autoTieBreakerNode: [9] },
      { tieBreaker: null },
    ],
  ] as const)("%s is switched off with a warning", (_, nodeCount, options, settings) => {
    const result = configure(nodeCount, options);
    expect(result).toMatchObject({ ok: true, settings });
    expect(result.ok && result.warnings).toHaveLength(1);
  });
});
