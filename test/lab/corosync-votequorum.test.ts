import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type { Host, Lab } from "@quorate/lab";
import { QUORUM_DEFAULTS, type QuorumOptions } from "@quorate/membership";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { quorumView } from "./corosync/corosync-lab.ts";
import { describeView, Twin } from "./corosync/twin.ts";
import { LMS_WINDOW_MS, STORIES, type Step, type Story } from "./corosync/votequorum-stories.ts";
import { createTestLab, whySkipped } from "./test-lab.ts";

/** How long the real one may take to come to the same numbers. */
const AGREEMENT_MS = 20_000;
const TOKEN_MS = 600;
/** Tellings of one story, of which only the last must not be spoilt. */
const ATTEMPTS = 3;
const COROSYNC_LOG = "/var/log/corosync/corosync.log";
/** Labs for as many stories at once, which wait for time-outs most of the time: by number of hosts, smallest first. */
const LAB_SIZES = [5, 8];
/** A story waits for a lab first. */
const STORY_MS_MAX = 600_000;

describe.skipIf(whySkipped !== "")(`the embedded votequorum and the real one${whySkipped}`, () => {
  const labs: Lab[] = [];
  let free: Lab[] = [];

  beforeAll(async () => {
    for (const size of LAB_SIZES) {
      const hosts = Array.from({ length: size }, (_, index) => `n${index + 1}`);
      labs.push(await createTestLab({ hosts, stack: "corosync", isStackStartedAtBoot: false }));
    }
    free = [...labs];
  });
  afterAll(() => Promise.all(labs.map((lab) => lab.destroy())));

  /** The smallest lab that is free and has hosts enough. */
  async function takeLab(count: number): Promise<Lab> {
    for (;;) {
      const lab = free.find(({ hosts }) => hosts.length >= count);
      if (lab !== undefined) {
        free.splice(free.indexOf(lab), 1);
        return lab;
      }
      await pause(50);
    }
  }

  test.concurrent.each(STORIES.map((story) => [story.name, story] as const))(
    "%s",
    async (_, story) => {
      const lab = await takeLab(new Twin(story).nodeCount);
      try {
        let attempt = 1;
        while ((await tell(lab, story)) === "reformed" && attempt < ATTEMPTS) attempt++;
      } finally {
        free = [...free, lab].sort((a, b) => a.hosts.length - b.hosts.length);
      }
    },
    STORY_MS_MAX,
  );
});

/**
 * A machine that is too busy for a token in time forms a ring anew that nothing in the story has touched, and numbers that only
 * the first merge leaves apart then come together: such a telling says nothing, and is "reformed".
 */
async function tell(lab: Lab, story: Story): Promise<"told" | "reformed"> {
  const twin = new Twin(story);
  await prepare(lab, story);
  for (const [index, step] of story.steps.entries()) {
    const event = `step ${index + 1}, ${JSON.stringify(step)}`;
    const before = new Map(twin.rings.flat().map((nodeId) => [nodeId, ringCount(hostOf(lab, nodeId))]));
    await perform(lab, step);
    twin.perform(step);
    const { expected, real } = await compare(lab, twin);
    if (real.join("\n") === expected.join("\n")) continue;
    const isReformed = [...before].some(([nodeId, count]) => ringCount(hostOf(lab, nodeId)) > count + 1);
    if (isReformed) return "reformed";
    expect({ event, views: expected }).toEqual({ event, views: real });
  }
  return "told";
}

/** How many rings this host's Corosync has been in, by its log. */
function ringCount(host: Host): number {
  const log = readFileSync(host.path(COROSYNC_LOG), "utf8");
  return log.match(/ A new membership /gu)?.length ?? 0;
}

/** All daemons down, everything connected, the story's configuration in place. */
async function prepare(lab: Lab, { votes, options, overrides }: Story): Promise<void> {
  await Promise.all(lab.hosts.map((host) => host.service("corosync", "kill")));
  await lab.heal();
  configure(lab, votes, options, overrides);
}

function configure(
  lab: Lab,
  votes: readonly number[],
  options: Partial<QuorumOptions>,
  overrides: Story["overrides"] = {},
): void {
  for (const [index] of votes.entries()) {
    const nodeId = index + 1;
    const file = hostOf(lab, nodeId).path("/etc/corosync/corosync.conf");
    writeFileSync(file, corosyncConf(lab, votes, { ...QUORUM_DEFAULTS, ...options, ...overrides[nodeId] }));
  }
}

function corosyncConf(lab: Lab, votes: readonly number[], options: QuorumOptions): string {
  const nodes = votes.map(
    (count, index) =>
      `node {\nring0_addr: ${hostOf(lab, index + 1).address()}\nname: n${index + 1}\nnodeid: ${index + 1}\nquorum_votes: ${count}\n}\n`,
  );
  const { autoTieBreakerNode } = options;
  const quorum = [
    ["provider", "corosync_votequorum"],
    ["expected_votes", options.expectedVotes],
    ["two_node", options.isTwoNode ? 1 : null],
    ["wait_for_all", options.isWaitForAll === null ? null : Number(options.isWaitForAll)],
    ["auto_tie_breaker", options.isAutoTieBreaker ? 1 : null],
    [
      "auto_tie_breaker_node",
      options.isAutoTieBreaker
        ? typeof autoTieBreakerNode === "string"
          ? autoTieBreakerNode
          : autoTieBreakerNode.join(" ")
        : null,
    ],
    ["last_man_standing", options.isLastManStanding ? 1 : null],
    ["last_man_standing_window", options.isLastManStanding ? options.lastManStandingWindowMs : null],
  ].filter(([, value]) => value !== null);
  return `totem {
version: 2
cluster_name: votes
transport: udpu
token: ${TOKEN_MS}
token_coefficient: 0
}
nodelist {
${nodes.join("")}}
quorum {
${quorum.map(([key, value]) => `${key}: ${value}\n`).join("")}}
logging {
to_syslog: no
to_logfile: yes
logfile: ${COROSYNC_LOG}
}
`;
}

async function perform(lab: Lab, step: Step): Promise<void> {
  switch (step.kind) {
    case "start":
    case "kill":
    case "stop":
      await Promise.all(step.nodes.map((nodeId) => hostOf(lab, nodeId).service("corosync", step.kind)));
      return;
    case "split":
      await lab.partition(step.parts.map((part) => part.map((nodeId) => hostOf(lab, nodeId).name)));
      return;
    case "expected":
      await hostOf(lab, step.node).run(["corosync-quorumtool", "-e", `${step.votes}`]);
      return;
    case "votes":
      await hostOf(lab, step.node).run(["corosync-quorumtool", "-v", `${step.votes}`, "-n", `${step.of}`]);
      return;
    case "cancelWaitForAll":
      await hostOf(lab, step.node).must(["corosync-cmapctl", "-s", "quorum.cancel_wait_for_all", "u8", "1"]);
      return;
    case "reload":
      configure(lab, step.votes, step.options);
      await hostOf(lab, step.node).must(["corosync-cfgtool", "-R"]);
      return;
    case "window":
      await pause(LMS_WINDOW_MS);
      return;
  }
}

/** Waits until every running node shows what its twin shows; what was refused shows as nothing changed. */
async function compare(lab: Lab, twin: Twin): Promise<{ expected: string[]; real: string[] }> {
  const expected = twin.rings.flatMap((ring) =>
    ring.map((nodeId) => `node ${nodeId} of ${ring.join(" ")}: ${twin.view(nodeId)}`),
  );
  const nodes = twin.rings.flat();
  const viewOf = async (nodeId: number): Promise<string> => {
    const view = await quorumView(hostOf(lab, nodeId));
    return view === null
      ? `node ${nodeId}: nothing`
      : `node ${nodeId} of ${view.members.join(" ")}: ${describeView(view)}`;
  };
  const deadline = Date.now() + AGREEMENT_MS;
  let real: string[] = [];
  do {
    await pause(100);
    // While one of them disagrees, the others need not be asked; the last round asks all.
    const isLast = Date.now() >= deadline;
    if (!isLast && nodes.length > 0 && (await viewOf(nodes[0]!)) !== expected[0]) continue;
    real = await Promise.all(nodes.map(viewOf));
    if (isLast) break;
  } while (real.join("\n") !== expected.join("\n"));
  return { expected, real };
}

function hostOf(lab: Lab, nodeId: number): Host {
  return lab.hosts[nodeId - 1]!;
}
