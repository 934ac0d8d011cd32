import {
  configureQuorum,
  QUORUM_DEFAULTS,
  type QuorumOptions,
  type QuorumSettings,
} from "@quorate/membership";
import { RingOfVotes } from "../../../packages/membership/test/votequorum/ring-of-votes.ts";
import type { Step, Story } from "./votequorum-stories.ts";

/** The embedded engine's votequorum, taken through a story beside the real one. */
export class Twin {
  readonly #story: Story;
  readonly #cluster: RingOfVotes;
  /** As the configuration says now. */
  #votes: readonly number[];
  #options: Partial<QuorumOptions>;
  #running: number[] = [];
  #parts: readonly (readonly number[])[];

  constructor(story: Story) {
    this.#story = story;
    this.#votes = story.votes;
    this.#options = story.options;
    this.#cluster = new RingOfVotes(story.votes, story.settings ?? settingsOf(story.votes, story.options));
    this.#parts = [nodesOf(story).map((_, index) => index + 1)];
  }

  /** Nodes that the story has in all. */
  get nodeCount(): number {
    return nodesOf(this.#story).length;
  }

  /** Nodes that run and reach one another, a list each. */
  get rings(): readonly (readonly number[])[] {
    return this.#parts
      .map((part) => part.filter((nodeId) => this.#running.includes(nodeId)))
      .filter((ring) => ring.length > 0);
  }

  perform(step: Step): void {
    const cluster = this.#cluster;
    const before = this.rings.map((ring) => ring.join());
    switch (step.kind) {
      case "start":
        for (const nodeId of step.nodes) cluster.start([nodeId], this.#overridesOf(nodeId));
        this.#running = [...this.#running, ...step.nodes].sort((a, b) => a - b);
        break;
      case "kill":
      case "stop":
        cluster.kill(step.nodes);
        this.#running = this.#running.filter((nodeId) => !step.nodes.includes(nodeId));
        break;
      case "split":
        this.#parts = step.parts;
        break;
      case "expected":
        cluster.setExpected(step.node, step.votes);
        return;
      case "votes":
        cluster.setVotes(step.node, step.of, step.votes);
        return;
      case "cancelWaitForAll":
        cluster.cancelWaitForAll(step.node);
        return;
      case "reload":
        this.#votes = step.votes;
        this.#options = step.options;
        cluster.reload(step.node, step.votes, settingsOf(step.votes, step.options));
        return;
      case "window":
        cluster.clock.advance(60_000);
        return;
    }
    for (const ring of this.rings)
      if (!before.includes(ring.join()) || step.kind === "start") cluster.ring(ring);
  }

  #overridesOf(nodeId: number): Partial<QuorumSettings> {
    const own = this.#story.overrides?.[nodeId];
    if (own === undefined && this.#votes === this.#story.votes && this.#options === this.#story.options)
      return {};
    return settingsOf(this.#votes, { ...this.#options, ...own });
  }

  view(nodeId: number): string {
    const status = this.#cluster.node(nodeId).status({ representative: 1, sequence: 4 }, []);
    return describeView(status);
  }
}

/** The votes of the longest list that the story has for its nodes. */
function nodesOf({ votes, steps }: Story): readonly number[] {
  const lists = [votes, ...steps.flatMap((step) => (step.kind === "reload" ? [step.votes] : []))];
  return lists.reduce((longest, list) => (list.length > longest.length ? list : longest));
}

/** The same text for both sides. */
export function describeView(view: {
  readonly expectedVotes: number;
  readonly highestExpected: number;
  readonly totalVotes: number;
  readonly quorum: number;
  readonly isQuorate: boolean;
  readonly flags: readonly string[];
}): string {
  const { expectedVotes, highestExpected, totalVotes, quorum, isQuorate, flags } = view;
  return `expected ${expectedVotes}, highest ${highestExpected}, total ${totalVotes}, quorum ${quorum}, ${isQuorate ? "yes" : "no"}, flags ${flags.join(" ")}`;
}

function settingsOf(votes: readonly number[], options: Partial<QuorumOptions>): QuorumSettings {
  const nodeList = votes.map((count, index) => ({ nodeId: index + 1, name: `n${index + 1}`, votes: count }));
  const configured = configureQuorum({ ...QUORUM_DEFAULTS, ...options }, nodeList);
  if (!configured.ok) throw new Error(configured.errors.join("; "));
  return configured.settings;
}
