import { describe, expect, test } from "vitest";
import { main } from "../../src/commands/quorate.ts";
import { MemoryWorld } from "../memory-world.ts";

const NODES: readonly (readonly [string, number])[] = [
  ["server1", 2],
  ["server2", 2],
  ["client1", 1],
  ["client2", 1],
];

function worldWith(quorum: string): MemoryWorld {
  const world = new MemoryWorld();
  const nodes = NODES.map(
    ([name, votes], index) =>
      `  node {\n    ring0_addr: 192.0.2.${index + 1}\n    name: ${name}\n    nodeid: ${index + 1}\n    quorum_votes: ${votes}\n  }\n`,
  );
  world.files.set(
    "corosync.conf",
    `totem {\n  version: 2\n  cluster_name: lab\n}\nnodelist {\n${nodes.join("")}}\nquorum {\n  provider: corosync_votequorum\n${quorum}}\n`,
  );
  return world;
}

describe("quorate quorum plan", () => {
  test("tells what is survived, and what expected_votes does", async () => {
    const run = await worldWith("  expected_votes: 8\n").run(
      main,
      "quorate",
      "quorum",
      "plan",
      "corosync.conf",
    );
    expect(run).toMatchObject({ status: 0, stderr: "" });
    expect(run.stdout).toMatchInlineSnapshot(`
      "Cluster lab: 4 nodes, 6 votes, expected votes 8, quorum 5

        Lost                                               Votes left  Quorum
        nothing                                                     6  kept
        one of client1, client2                                     5  kept
        one of server1, server2                                     4  LOST: resources stop (no-quorum-policy=stop)
        client1 + client2                                           4  LOST: resources stop (no-quorum-policy=stop)
        one of client1, client2 + one of server1, server2           3  LOST: resources stop (no-quorum-policy=stop)
        server1 + server2                                           2  LOST: resources stop (no-quorum-policy=stop)
        client1 + client2 + one of server1, server2                 2  LOST: resources stop (no-quorum-policy=stop)
        one of client1, client2 + server1 + server2                 1  LOST: resources stop (no-quorum-policy=stop)

      warning: expected_votes (8) exceeds the sum of the votes (6): quorum is 5 instead of 4, so fewer failures are survived; remove expected_votes unless votes are still to come
      warning: the loss of any one of server1, server2 stops everything; share the votes more evenly, or add a node or a quorum device
      "
    `);
  });

  test("as JSON", async () => {
    const argv = ["quorum", "plan", "corosync.conf", "--output-as", "json"];
    const run = await worldWith("").run(main, "quorate", ...argv);
    const result = JSON.parse(run.stdout);
    expect(result).toMatchObject({ cluster: "lab", votes: 6, expectedVotes: 6, quorum: 4, warnings: [] });
    expect(result.rows[1]).toEqual({
      lost: [{ count: 1, of: ["client1", "client2"] }],
      votesLeft: 5,
      keepsQuorum: "yes",
    });
  });

  test("mistakes are told with their line, before the plan", async () => {
    const run = await worldWith("  two_nodes: 1\n  wait_for_all: 2\n").run(
      main,
      "quorate",
      "quorum",
      "plan",
      "corosync.conf",
    );
    expect(run.status).toBe(1);
    expect(run.stderr).toContain('corosync.conf:33: warning: Corosync knows no key "two_nodes"');
    expect(run.stderr).toContain(
      'corosync.conf:34: error: "2" is no value for quorum.wait_for_all; use 0, 1\n',
    );
    expect(run.stdout).toContain("quorum 4");
  });

  test("a broken file is refused", async () => {
    const world = new MemoryWorld();
    world.files.set("c", "totem {\n");
    const run = await world.run(main, "quorate", "quorum", "plan", "c");
    expect(run).toMatchObject({ status: 1, stdout: "" });
    expect(run.stderr).toContain("c:1: error: missing closing brace");
  });
});
