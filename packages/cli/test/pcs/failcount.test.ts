import { describe, expect, test } from "vitest";
import { main } from "../../src/commands/pcs.ts";
import type { Management } from "../../src/management/management.ts";
import { MemoryWorld } from "../memory-world.ts";

const COUNTS = [
  ["1", "n1", "a#monitor_10000", "3"],
  ["1", "n1", "a#start_0", "INFINITY"],
  ["2", "n2", "b#start_0", "2"],
] as const;

function world(): MemoryWorld {
  const made = new MemoryWorld();
  const state = (nodeId: string) =>
    COUNTS.filter(([id]) => id === nodeId)
      .map(
        ([, , name, value], index) =>
          `<nvpair id="s-${nodeId}-${index}" name="fail-count-${name}" value="${value}"/>`,
      )
      .join("");
  made.files.set(
    "f",
    `<cib validate-with="pacemaker-4.0" epoch="1" num_updates="0" admin_epoch="0"><configuration><crm_config/><nodes/><resources/><constraints/></configuration><status>${[
      "1",
      "2",
    ]
      .map(
        (id) =>
          `<node_state id="${id}" uname="n${id}"><transient_attributes id="${id}"><instance_attributes id="s-${id}">${state(id)}</instance_attributes></transient_attributes></node_state>`,
      )
      .join("")}</status></cib>`,
  );
  return made;
}

describe("pcs resource failcount", () => {
  test.each([
    ["", "Failcounts for resource 'a'\n  n1: INFINITY\nFailcounts for resource 'b'\n  n2: 2\n"],
    ["show b", "Failcounts for resource 'b'\n  n2: 2\n"],
    ["show c", "No failcounts for resource 'c'\n"],
    [
      "show a operation=monitor interval=10 --full",
      "Failcounts for operation 'monitor' with interval '10' of resource 'a'\n  n1:\n    monitor 10000ms: 3\n",
    ],
    [
      "show a operation=monitor interval=10s",
      "Failcounts for operation 'monitor' with interval '10s' of resource 'a'\n  n1: 3\n",
    ],
    ["show a node=n2", "No failcounts for resource 'a' on node 'n2'\n"],
  ])("failcount %s", async (words, stdout) => {
    const line = ["-f", "f", "resource", "failcount", ...words.split(" ").filter((word) => word !== "")];
    expect(await world().run(main, "pcs", ...line)).toMatchObject({ status: 0, stdout });
  });

  test.each(["interval=10", "a interval=10", "a operation=start interval=soon", "a colour=red"])(
    "show %s is refused",
    async (words) => {
      const line = ["-f", "f", "resource", "failcount", "show", ...words.split(" ")];
      expect(await world().run(main, "pcs", ...line)).toMatchObject({ status: 1, stdout: "" });
    },
  );
});

describe("pcs cluster stop", () => {
  const members = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ nodeId: index + 1, name: `n${index + 1}`, votes: 1 }));
  test.each([
    ["the last of two that count", { quorum: 2, totalVotes: 2, members: members(2) }, false],
    ["one of three", { quorum: 2, totalVotes: 3, members: members(3) }, true],
    ["a node that is alone", { quorum: 1, totalVotes: 1, members: members(1) }, true],
  ])("%s", async (_, quorum, isAllowed) => {
    const made = new MemoryWorld();
    made.daemon = {
      "quorum.status": () => ({ isQuorate: true, ...quorum }),
      "node.status": () => ({ nodeId: 1 }),
    };
    const stopped: string[] = [];
    made.management = {
      own: { stop: async (name: string) => void stopped.push(name) },
    } as unknown as Management;
    const result = await made.run(main, "pcs", "cluster", "stop");
    expect(stopped).toEqual(isAllowed ? ["quorated", "corosync"] : []);
    if (!isAllowed) expect(result).toMatchObject({ status: 1, stderr: expect.stringContaining("--force") });
  });

  test("of a node that was never authenticated is refused", async () => {
    const made = new MemoryWorld();
    made.management = { knownHosts: () => [] } as unknown as Management;
    const result = await made.run(main, "pcs", "cluster", "stop", "n2");
    expect(result).toMatchObject({ status: 1, stderr: expect.stringContaining("pcs host auth n2") });
  });
});

test("pcs stonith confirm wants to be sure", async () => {
  const result = await new MemoryWorld().run(main, "pcs", "stonith", "confirm", "n2");
  expect(result).toMatchObject({ status: 1, stderr: expect.stringContaining("--force") });
});
