import { ApiError } from "@quorate/api";
import type { KnownHost } from "@quorate/management";
import { beforeEach, describe, expect, test } from "vitest";
import { main } from "../../src/commands/pcs.ts";
import type { Management } from "../../src/management/management.ts";
import { MemoryWorld } from "../memory-world.ts";
import { confOf } from "./conf-of.ts";

const CONF = "/etc/corosync/corosync.conf";
const IDLE = { isActive: false, isEnabled: false };

let world: MemoryWorld;
/** What was asked, in order: `HOST METHOD`. */
let asked: string[];
/** Happens when this host is asked for this. */
let meanwhile: Record<string, () => void>;
let hasConf: Set<string>;

beforeEach(() => {
  world = new MemoryWorld();
  world.files.set(CONF, confOf("n1", "n2"));
  asked = [];
  meanwhile = {};
  hasConf = new Set();
  const known = ["n1", "n2", "n3"].map(
    (name, index): KnownHost => ({
      name,
      address: `192.0.2.${index + 1}`,
      port: 2224,
      token: "t",
      fingerprint: "f",
    }),
  );
  const request = async ({ name }: KnownHost, method: string) => {
    asked.push(`${name} ${method}`);
    meanwhile[`${name} ${method}`]?.();
    const state = { services: { corosync: IDLE, quorated: IDLE }, hasCorosyncConf: hasConf.has(name) };
    const result = method === "lease.take" ? { lease: "l" } : method === "host.state" ? state : {};
    return { result, fingerprint: "f" };
  };
  world.management = {
    hostName: "n1",
    knownHosts: () => known,
    newKey: (byteCount: number) => Buffer.alloc(byteCount),
    readKeyFile: () => null,
    request,
  } as unknown as Management;
});

const run = (...words: string[]) => world.run(main, "pcs", ...words);

/** Beside what only asks, and the leases. */
const changes = () => asked.filter((one) => !/ (host\.state|sbd\.state|lease\.(take|release))$/.test(one));

describe("two commands at the same time", () => {
  test.each([
    ["cluster", "config", "update", "totem", "token=5000"],
    ["quorum", "update", "wait_for_all=1"],
    ["cluster", "node", "add", "n3"],
    ["cluster", "node", "remove", "n2"],
    ["cluster", "sync", "corosync"],
  ])("lose no change of corosync.conf: %s %s %s", async (...words) => {
    const other = confOf("n1", "n2").replace("version: 2", "version: 2\n    token: 7000");
    meanwhile["n1 lease.take"] = () => world.files.set(CONF, other);
    const { status, stderr } = await run(...words);
    expect(status).toBe(1);
    expect(stderr).toContain("another command changed corosync.conf at the same time");
    expect(changes()).toEqual([]);
    expect(asked.filter((one) => one.endsWith("lease.release"))).not.toEqual([]);
  });

  test.each([
    ["cluster", "setup", "web", "n2", "n3"],
    ["cluster", "node", "add", "n3"],
  ])("do not destroy what the other has just set up: %s %s", async (...words) => {
    meanwhile["n3 lease.take"] = () => hasConf.add("n3");
    const { status, stderr } = await run(...words);
    expect(status).toBe(1);
    expect(stderr).toContain("n3: The host seems to be in a cluster already");
    expect(changes()).toEqual([]);
  });

  test("one alone changes all hosts", async () => {
    const { status, stderr } = await run("quorum", "update", "wait_for_all=1");
    expect({ status, stderr }).toMatchObject({ status: 0, stderr: expect.stringContaining("n2: Succeeded") });
    expect(changes()).toEqual(["n1 file.write", "n2 file.write"]);
  });
});

test("what the daemon refuses is told as every mistake is", async () => {
  world.daemon = {
    "node.remove": () => {
      throw new ApiError("refused", "n3 is a member of the cluster");
    },
  };
  expect(await run("cluster", "node", "clear", "n3")).toEqual({
    status: 1,
    stdout: "",
    stderr: "Error: n3 is a member of the cluster\n",
  });
});

describe("nodes whose votes the others need", () => {
  beforeEach(() => {
    const members = ["n1", "n2", "n3"].map((name, index) => ({ nodeId: index + 1, name, votes: 1 }));
    world.files.set(CONF, confOf("n1", "n2", "n3"));
    world.daemon = {
      "quorum.status": () => ({ isQuorate: true, totalVotes: 3, quorum: 2, members }) as never,
      "node.status": () => ({ nodeId: 1 }) as never,
      "node.remove": () => ({}) as never,
    };
  });

  test.each([
    ["Stopping the nodes will cause a loss of the quorum", ["cluster", "stop", "n2", "n3"]],
    ["The operation will result in a loss of the quorum", ["cluster", "node", "remove", "n2", "n3"]],
  ])("are not taken from them: %s", async (text, words) => {
    const { status, stderr } = await run(...words);
    expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining(text) });
    expect(changes()).toEqual([]);
    expect((await run(...words, "--force")).status).toBe(0);
    expect(changes()).not.toEqual([]);
  });

  test.each([
    ["cluster", "stop", "n2"],
    ["cluster", "stop", "n1", "n2", "n3"],
    ["cluster", "node", "remove", "n2"],
  ])("may go when enough remain, or nobody: %s %s %s", async (...words) => {
    expect((await run(...words)).status).toBe(0);
    expect(changes()).not.toEqual([]);
  });
});
