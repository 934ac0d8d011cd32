import { beforeEach, describe, expect, test } from "vitest";
import { main as crm } from "../../src/commands/crm.ts";
import type { Management } from "../../src/management/management.ts";
import { MemoryWorld } from "../memory-world.ts";

const RECORDS = "/var/lib/quorate/crash_test/crash_test.json";
const CONF = `nodelist {
  node {
    name: n1
    ring0_addr: 192.0.2.1
  }
  node {
    name: n2
    ring0_addr: 192.0.2.2
    ring1_addr: 2001:db8::2
  }
}
`;

let world: MemoryWorld;
let killed: string[];
let isSbdActive: boolean;
/** From which time on the cluster answers. */
let answersFromMs: number;
let isQuorate: boolean;
let fenced: { target: string; afterMs: number }[];

const run = (...words: string[]) => world.run(crm, "crm", ...words);
const crash = (...words: string[]) => run("cluster", "crash_test", ...words);
const written = () => JSON.parse(world.files.get(RECORDS)!) as Record<string, unknown>[];

beforeEach(() => {
  world = new MemoryWorld();
  killed = [];
  isSbdActive = true;
  answersFromMs = 0;
  isQuorate = true;
  fenced = [];
  const beganMs = world.nowMs;
  world.sleep = async (ms) => {
    world.nowMs += ms;
  };
  world.files.set("/etc/corosync/corosync.conf", CONF);
  world.filter = () => ({ status: 0, output: "n1\n" });
  world.daemon = {
    "node.status": () => ({ nodeName: "n1", dc: world.nowMs >= answersFromMs ? "n1" : null, isQuorate }),
    "node.list": () => [
      { nodeId: 1, name: "n1", state: "member", isOnline: true },
      { nodeId: 2, name: "n2", state: "lost", isOnline: false },
    ],
    "fencing.fence": () => ({ isSuccess: true, reason: "" }),
    "fencing.history": () =>
      fenced
        .filter(({ afterMs }) => world.nowMs >= beganMs + afterMs)
        .map(({ target, afterMs }) => ({ target, state: "success", completedMs: beganMs + afterMs })),
  };
  world.management = {
    own: {
      killDaemon: (name: string) => void killed.push(name),
      sbd: { state: async () => ({ isActive: isSbdActive }) },
    },
  } as unknown as Management;
});

describe("crm cluster crash_test", () => {
  test.each([
    [[], /Expected \{--kill-sbd\|/],
    [["--burn"], /--burn is not known here/],
    [["--kill-sbd", "--kill-corosync"], /"--kill-corosync" is not known here; one fault/],
    [["--fence-node"], /needs the name of a node/],
    [["--fence-node", "n9"], /there is no node n9. Known are n1, n2/],
    [["--fence-node", "n2", "-l"], /--kill-loop goes with/],
    [["--split-brain-iptables", "n2"], /"n2" is not known here/],
    [["--kill-corosync"], /nothing was done. Answer yes at a terminal, or repeat it with --force/],
  ])("%j is refused", async (words, stderr) => {
    expect(await crash(...words)).toMatchObject({ status: 1, stderr: expect.stringMatching(stderr) });
    expect(killed).toEqual([]);
    expect(world.files.has(RECORDS)).toBe(false);
  });

  test("needs a cluster that runs, and sbd for a test of sbd", async () => {
    isSbdActive = false;
    expect((await crash("--kill-sbd", "--force")).stderr).toMatch(/sbd does not run on this host/);
    world.daemon = null;
    expect((await crash("--kill-corosync", "--force")).stderr).toMatch(
      /the cluster does not run on this host/,
    );
    expect(killed).toEqual([]);
  });

  test("a daemon is killed and waited for, and the record tells of it", async () => {
    world.files.set(RECORDS, '[{"test": "before"}]');
    answersFromMs = 0;
    const kill = world.management!.own.killDaemon;
    world.management!.own.killDaemon = (name) => {
      expect(written().at(-1)).toMatchObject({ test: "kill quorated on this host", ended: null });
      answersFromMs = world.nowMs + 3000;
      kill(name);
    };
    expect(await crash("--kill-pacemakerd", "-f")).toEqual({
      status: 0,
      stdout: `Test:     kill quorated on this host
Expected: quorated is started again, or this host is fenced
INFO: quorated was killed
INFO: the cluster runs here again, with a DC, after 3 s
INFO: what was tested is written down in ${RECORDS}
`,
      stderr: "",
    });
    expect(killed).toEqual(["quorated"]);
    expect(written()).toMatchObject([
      { test: "before" },
      { isGood: true, ended: "2026-11-21T12:00:03.000Z" },
    ]);
  });

  test("in a loop until it does not come back", async () => {
    world.management!.own.killDaemon = (name) => {
      killed.push(name);
      if (killed.length === 3) answersFromMs = Number.POSITIVE_INFINITY;
    };
    expect(await crash("--kill-corosync", "-l", "-f")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(
        "after 120 s the cluster does not run here again: the journal of corosync",
      ),
    });
    expect(killed).toEqual(["corosync", "corosync", "corosync"]);
  });

  test("a host that lives without sbd is told", async () => {
    expect((await crash("--kill-sbd", "-f")).stderr).toMatch(/no watchdog has reset it/);
  });

  test("a node is fenced", async () => {
    expect(await crash("--fence-node=n2", "--force")).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("INFO: n2 was fenced within 0 s\n"),
    });
    world.daemon!["fencing.fence"] = () => ({ isSuccess: false, reason: "no device" });
    expect((await run("-F", "cluster", "crash_test", "--fence-node", "n2")).stderr).toMatch(
      /n2 was not fenced/,
    );
  });

  describe("--split-brain-iptables", () => {
    let rules: string[];
    let answer: { status: number; stderr: string };

    beforeEach(() => {
      rules = [];
      answer = { status: 0, stderr: "" };
      world.programs = async (program, args) => {
        rules.push(`${program} ${args.slice(1, 3).join(" ")} ${args.slice(3, 7).join(" ")}`);
        return { stdout: "", ...(args[1] === "--insert" ? answer : { status: 0, stderr: "" }) };
      };
    });

    test("blocks all links until somebody is fenced, and opens them again", async () => {
      fenced = [{ target: "n2", afterMs: 5000 }];
      const run = await crash("--split-brain-iptables", "-f");
      expect(run).toMatchObject({ status: 0, stderr: "" });
      expect(run.stdout).toContain(
        "INFO: after 0 s: quorum, with n1\nINFO: Corosync is no longer blocked\nINFO: fenced from here: n2\n",
      );
      const blocked = [
        "iptables --insert INPUT --protocol udp --source 192.0.2.2",
        "iptables --insert OUTPUT --protocol udp --destination 192.0.2.2",
        "ip6tables --insert INPUT --protocol udp --source 2001:db8::2",
        "ip6tables --insert OUTPUT --protocol udp --destination 2001:db8::2",
      ];
      expect(rules).toEqual([...blocked, ...blocked.map((rule) => rule.replace("--insert", "--delete"))]);
      expect(world.signals).toBe("free");
    });

    test("two sides with quorum and no fencing are bad, one without quorum is not", async () => {
      expect((await crash("--split-brain-iptables", "-f")).stderr).toMatch(
        /both sides may run the same resources/,
      );
      isQuorate = false;
      expect((await crash("--split-brain-iptables", "-f")).status).toBe(0);
    });

    test("a signal ends it, and takes the rules back", async () => {
      world.signal = Promise.resolve("SIGINT");
      expect((await crash("--split-brain-iptables", "-f")).stderr).toMatch(/ended by hand/);
      expect(rules.filter((rule) => rule.includes("--delete"))).toHaveLength(4);
    });

    test("without iptables nothing is blocked", async () => {
      answer = { status: 127, stderr: "" };
      expect((await crash("--split-brain-iptables", "-f")).stderr).toMatch(/iptables is not installed/);
      expect(rules).toHaveLength(1);
    });
  });
});

test.each(["geo_init", "geo_join", "geo_init_arbitrator"])("crm cluster %s says what to do", async (name) => {
  expect(await run("cluster", name, "-c", "192.0.2.9")).toMatchObject({
    status: 1,
    stdout: "",
    stderr: expect.stringMatching(/booth\.conf.*crm site ticket/),
  });
  expect((await run("cluster", name, "--help")).stdout).toMatch(/not done here/);
});
