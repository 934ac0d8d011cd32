import type { QuorumStatus } from "@quorate/ports";
import { describe, expect, test } from "vitest";
import { main } from "../../src/commands/pcs.ts";
import { main as quorate } from "../../src/quorum/quorum-command.ts";
import { MemoryWorld } from "../memory-world.ts";

const NODES = ["k1", "k2", "k3"];

function world(change: Partial<QuorumStatus> = {}): MemoryWorld {
  const made = new MemoryWorld();
  const status: QuorumStatus = {
    ring: { representative: 1, sequence: 0x1a },
    isQuorate: true,
    expectedVotes: 3,
    highestExpected: 3,
    totalVotes: 3,
    quorum: 2,
    flags: ["Quorate"],
    members: NODES.map((name, index) => ({ nodeId: index + 1, name, votes: 1 })),
    ...change,
  };
  made.daemon = {
    "quorum.status": () => status,
    "node.status": () => ({ nodeId: 2 }),
    "node.list": () => [
      { nodeId: 1, name: "k1", state: "member", isOnline: true },
      { nodeId: 2, name: "k2", state: "lost", isOnline: false },
    ],
  };
  return made;
}

const CLASSIC = `Quorum information
------------------
Date:             Sat Nov 21 12:00:00 2026
Quorum provider:  corosync_votequorum
Nodes:            3
Node ID:          2
Ring ID:          1.1a
Quorate:          Yes

Votequorum information
----------------------
Expected votes:   3
Highest expected: 3
Total votes:      3
Quorum:           2  
Flags:            Quorate 

Membership information
----------------------
    Nodeid      Votes Name
         1          1 k1
         2          1 k2 (local)
         3          1 k3

`;

/** `pcs quorum status` has the column of the device always. */
const WITH_DEVICE = `${CLASSIC.replace("Votes Name", "Votes    Qdevice Name").replaceAll(/^( +\d +1) k/gm, "$1         NR k")}`;

describe("the layouts of corosync-quorumtool", () => {
  test("of a part with quorum", async () => {
    expect(await world().run(quorate, "quorate quorum", "status")).toMatchObject({
      status: 0,
      stdout: CLASSIC,
    });
    for (const line of [
      ["quorum", "status"],
      ["status", "quorum"],
    ]) {
      expect(await world().run(main, "pcs", ...line)).toMatchObject({ status: 0, stdout: WITH_DEVICE });
    }
  });

  test("of a part without", async () => {
    const lost = {
      isQuorate: false,
      totalVotes: 1,
      flags: [],
      members: [{ nodeId: 2, name: "k2", votes: 1 }],
    };
    const { status, stdout } = await world(lost).run(quorate, "quorate quorum", "status");
    expect(status).toBe(2);
    expect(stdout).toContain("Quorate:          No\n");
    expect(stdout).toContain("Quorum:           2 Activity blocked\n");
    expect(stdout).toContain(`Flags:${" ".repeat(12)}\n`);
  });

  test("of the membership alone", async () => {
    const membership = CLASSIC.slice(CLASSIC.indexOf("Membership"));
    expect(await world().run(main, "pcs", "status", "corosync")).toMatchObject({
      status: 0,
      stdout: `\n${membership.trimEnd()}\n`,
    });
  });

  test("with a device, whose state is Corosync's alone", async () => {
    const { stderr } = await world({ flags: ["Quorate", "Qdevice"] }).run(
      quorate,
      "quorate quorum",
      "status",
    );
    expect(stderr).toContain("corosync-quorumtool -s");
  });
});

test("pcs status nodes tells the membership and the configured nodes", async () => {
  const corosync = "Corosync Nodes:\n Online: k1\n Offline: k2\n";
  expect(await world().run(main, "pcs", "status", "nodes", "corosync")).toMatchObject({ stdout: corosync });
  const file = world();
  file.files.set("c", "totem {\n}\nnodelist {\n  node {\n    name: k1\n  }\n}\n");
  file.files.set(
    "f",
    '<cib validate-with="pacemaker-4.0" epoch="1" num_updates="0" admin_epoch="0"><configuration><crm_config/><nodes><node id="2" uname="k2"/><node id="1" uname="k1"/></nodes><resources/><constraints/></configuration><status/></cib>',
  );
  expect(
    await file.run(main, "pcs", "-f", "f", "status", "nodes", "config", "--corosync_conf=c"),
  ).toMatchObject({
    status: 0,
    stdout: "Corosync Nodes:\n k1\nPacemaker Nodes:\n k1 k2\n",
  });
});
