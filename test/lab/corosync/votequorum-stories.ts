import type { QuorumOptions, QuorumSettings, TieBreaker } from "@quorate/membership";

/** One thing that happens to a cluster; rings follow from it. */
export type Step =
  | { readonly kind: "start" | "kill" | "stop"; readonly nodes: readonly number[] }
  /** These parts of the running nodes do not reach one another; one part heals all. */
  | { readonly kind: "split"; readonly parts: readonly (readonly number[])[] }
  | { readonly kind: "expected"; readonly node: number; readonly votes: number }
  | { readonly kind: "votes"; readonly node: number; readonly of: number; readonly votes: number }
  | { readonly kind: "cancelWaitForAll"; readonly node: number }
  /** All nodes get this configuration, which those that run read anew. */
  | {
      readonly kind: "reload";
      readonly node: number;
      readonly votes: readonly number[];
      readonly options: Partial<QuorumOptions>;
    }
  /** The window of last_man_standing passes. */
  | { readonly kind: "window" };

/** A worked example: what happens, not what comes of it, which real Corosync says. */
export interface Story {
  readonly name: string;
  /** Of nodes 1, 2, ... */
  readonly votes: readonly number[];
  readonly options: Partial<QuorumOptions>;
  /** Other options of single nodes. */
  readonly overrides?: Readonly<Record<number, Partial<QuorumOptions>>>;
  /** What the embedded engine would refuse to start with; Corosync does not. */
  readonly settings?: Partial<QuorumSettings>;
  readonly steps: readonly Step[];
}

const start = (...nodes: number[]): Step => ({ kind: "start", nodes });
const kill = (...nodes: number[]): Step => ({ kind: "kill", nodes });
const stop = (...nodes: number[]): Step => ({ kind: "stop", nodes });
const split = (...parts: number[][]): Step => ({ kind: "split", parts });
const window: Step = { kind: "window" };

const ones = (count: number): number[] => Array(count).fill(1);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

/** All members, then one less each time, down to one. */
function shrink(count: number): Step[] {
  const members = upTo(count);
  return [start(...members), ...members.slice(1).map((_, index) => stop(count - index))];
}

const SUBSETS: readonly Step[] = [
  start(1, 2, 3, 4),
  split([1, 2, 3], [4]),
  split([1, 2, 4], [3]),
  split([1, 3, 4], [2]),
  split([2, 3, 4], [1]),
  split([1, 2], [3, 4]),
  split([1, 3], [2, 4]),
  split([1, 4], [2, 3]),
  split([1, 2, 3, 4]),
];

const tieBreaker = (autoTieBreakerNode: TieBreaker): Partial<QuorumOptions> => ({
  isAutoTieBreaker: true,
  autoTieBreakerNode,
});

/** Kept short; `window` lets it pass. */
export const LMS_WINDOW_MS = 5000;
const lastManStanding = { isLastManStanding: true, lastManStandingWindowMs: LMS_WINDOW_MS };
const twoNode = { isTwoNode: true };

/**
 * The worked examples of the votequorum specification, section by section. Left out: quorum devices, expected_votes_tracking and allow_downscale,
 * which the embedded engine refuses.
 */
export const STORIES: readonly Story[] = [
  {
    name: "3.1 votes 2 2 1 1, 8 expected",
    votes: [2, 2, 1, 1],
    options: { expectedVotes: 8 },
    steps: SUBSETS,
  },
  { name: "3.2 votes 2 2 1 1", votes: [2, 2, 1, 1], options: {}, steps: SUBSETS },
  ...[1, 2, 4, 5, 6, 7, 8].map((count) => ({
    name: `3.3 ${count} equal nodes`,
    votes: ones(count),
    options: {},
    steps: shrink(count),
  })),
  {
    name: "3.4 three nodes one after another",
    votes: ones(3),
    options: {},
    steps: [start(1), start(2), start(3), kill(3), stop(2)],
  },
  {
    name: "3.5 numbers changed at run time",
    votes: ones(3),
    options: {},
    steps: [
      start(1, 2, 3),
      { kind: "expected", node: 1, votes: 2 },
      { kind: "expected", node: 1, votes: 4 },
      { kind: "expected", node: 1, votes: 6 },
      { kind: "votes", node: 1, of: 2, votes: 3 },
      { kind: "votes", node: 1, of: 2, votes: 1 },
      { kind: "votes", node: 1, of: 9, votes: 2 },
      kill(3),
      start(3),
    ],
  },
  {
    name: "3.6 more members than expected",
    votes: ones(4),
    options: { expectedVotes: 2 },
    steps: [start(1, 2), start(3), start(4), kill(3, 4)],
  },
  {
    name: "3.7 a joiner with another configuration",
    votes: ones(3),
    options: {},
    overrides: { 3: { expectedVotes: 7 } },
    steps: [start(1, 2), start(3)],
  },
  {
    name: "3.7 a fourth node is added by a reload, starts, and is removed by another one",
    votes: ones(3),
    options: {},
    steps: [
      start(1, 2, 3),
      { kind: "reload", node: 1, votes: ones(4), options: {} },
      start(4),
      stop(4),
      { kind: "reload", node: 2, votes: [2, 1, 1], options: {} },
      kill(1),
    ],
  },
  {
    name: "3.7 expected_votes are changed by a reload",
    votes: ones(3),
    options: { expectedVotes: 3 },
    steps: [
      start(1, 2, 3),
      { kind: "reload", node: 3, votes: ones(3), options: { expectedVotes: 5 } },
      kill(2),
      start(2),
      { kind: "reload", node: 1, votes: ones(3), options: { expectedVotes: 3 } },
      kill(2),
    ],
  },
  {
    name: "4.1 two_node",
    votes: ones(2),
    options: twoNode,
    steps: [
      start(1),
      start(2),
      kill(2),
      start(2),
      split([1], [2]),
      split([1, 2]),
      stop(1, 2),
      start(2),
      { kind: "expected", node: 2, votes: 1 },
    ],
  },
  {
    name: "4.1 two_node is set and taken back by reloads",
    votes: ones(2),
    options: {},
    steps: [
      start(1, 2),
      { kind: "reload", node: 1, votes: ones(2), options: twoNode },
      kill(2),
      start(2),
      { kind: "reload", node: 2, votes: ones(2), options: {} },
      kill(2),
      { kind: "reload", node: 1, votes: ones(2), options: twoNode },
    ],
  },
  {
    name: "4.1 a third node joins two by a reload, and leaves again",
    votes: ones(2),
    options: twoNode,
    steps: [
      start(1, 2),
      { kind: "reload", node: 1, votes: ones(3), options: {} },
      start(3),
      kill(3),
      { kind: "reload", node: 2, votes: ones(2), options: twoNode },
      kill(2),
    ],
  },
  {
    name: "4.1 two_node is set by a reload while one waits for the other",
    votes: ones(2),
    options: { isWaitForAll: true },
    steps: [start(1), { kind: "reload", node: 1, votes: ones(2), options: twoNode }, start(2)],
  },
  {
    name: "4.1 two_node and wait_for_all by reloads",
    votes: ones(2),
    options: {},
    steps: [
      start(1, 2),
      { kind: "reload", node: 1, votes: ones(2), options: { isWaitForAll: true } },
      { kind: "reload", node: 1, votes: ones(2), options: { ...twoNode, isWaitForAll: false } },
      kill(2),
      { kind: "reload", node: 1, votes: ones(2), options: { isWaitForAll: true } },
      { kind: "reload", node: 1, votes: ones(2), options: twoNode },
      { kind: "reload", node: 1, votes: ones(2), options: { isWaitForAll: false } },
    ],
  },
  {
    name: "4.1 two_node is taken back and set again while one waits for the other",
    votes: ones(2),
    options: twoNode,
    steps: [
      start(1),
      { kind: "reload", node: 1, votes: ones(2), options: {} },
      { kind: "reload", node: 1, votes: ones(2), options: twoNode },
      start(2),
    ],
  },
  {
    name: "4.1 two_node, waiting cancelled",
    votes: ones(2),
    options: twoNode,
    steps: [start(2), { kind: "cancelWaitForAll", node: 2 }],
  },
  {
    name: "4.1 two_node without wait_for_all",
    votes: ones(2),
    options: { ...twoNode, isWaitForAll: false },
    steps: [start(1)],
  },
  {
    name: "4.1 two_node with three nodes",
    votes: ones(3),
    options: twoNode,
    settings: { isTwoNode: true, isWaitForAll: true },
    steps: [start(1, 2), start(3), kill(3), kill(2)],
  },
  {
    name: "4.2 wait_for_all, armed again by losing quorum",
    votes: ones(3),
    options: { isWaitForAll: true },
    steps: [start(1, 2), start(3), stop(3), stop(1), start(1), start(3)],
  },
  {
    name: "4.2 wait_for_all and others are not read anew",
    votes: ones(4),
    options: { isWaitForAll: true },
    steps: [
      start(1, 2),
      { kind: "reload", node: 1, votes: ones(4), options: {} },
      start(3, 4),
      { kind: "reload", node: 1, votes: ones(4), options: { ...tieBreaker("lowest") } },
      kill(3, 4),
    ],
  },
  {
    name: "4.2 wait_for_all, joining a working cluster",
    votes: ones(5),
    options: { isWaitForAll: true },
    steps: [start(1, 2, 3, 4, 5), kill(4, 5), start(4)],
  },
  {
    name: "4.3 last_man_standing",
    votes: ones(4),
    options: lastManStanding,
    steps: [start(1, 2, 3, 4), kill(4), window, kill(3), window, kill(2), window, start(2, 3, 4)],
  },
  {
    name: "4.3 last_man_standing with auto_tie_breaker and wait_for_all",
    votes: ones(4),
    options: { ...lastManStanding, ...tieBreaker("lowest"), isWaitForAll: true },
    steps: [start(1, 2, 3, 4), kill(4), window, kill(3), window, kill(2), window, start(2, 3, 4)],
  },
  {
    name: "4.3 last_man_standing with unequal votes",
    votes: [2, 1, 1],
    options: lastManStanding,
    steps: [start(1, 2, 3), kill(3), window],
  },
  {
    name: "4.4 auto_tie_breaker never gives the first quorum",
    votes: ones(4),
    options: { ...tieBreaker("lowest") },
    steps: [start(1, 2)],
  },
  {
    name: "4.4 auto_tie_breaker lowest",
    votes: ones(4),
    options: { ...tieBreaker("lowest") },
    steps: [
      start(1, 2, 3, 4),
      split([1, 2], [3, 4]),
      split([1, 2, 3, 4]),
      split([1, 3], [2, 4]),
      split([1, 2, 3, 4]),
      kill(1),
      kill(2),
    ],
  },
  {
    name: "4.4 auto_tie_breaker highest",
    votes: ones(4),
    options: { ...tieBreaker("highest") },
    steps: [start(1, 2, 3, 4), split([1, 2], [3, 4])],
  },
  {
    name: "4.4 auto_tie_breaker list 3 1",
    votes: ones(4),
    options: { ...tieBreaker([3, 1]) },
    steps: [start(1, 2, 3, 4), split([1, 2], [3, 4]), split([1, 2, 3, 4]), kill(3), split([1, 2], [4])],
  },
  {
    name: "4.4 auto_tie_breaker with five nodes and wait_for_all",
    votes: ones(5),
    options: { ...tieBreaker("lowest"), isWaitForAll: true },
    steps: [
      start(1, 2, 3, 4, 5),
      split([1, 2], [3, 4, 5]),
      split([1, 2, 3, 4, 5]),
      kill(5),
      split([1, 2], [3, 4]),
    ],
  },
  {
    name: "4.4 auto_tie_breaker with five nodes is switched off",
    votes: ones(5),
    options: { ...tieBreaker("lowest") },
    steps: [start(1, 2, 3, 4, 5)],
  },
];
