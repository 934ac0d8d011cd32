import { beforeEach, describe, expect, test } from "vitest";
import { main } from "../../src/commands/pcs.ts";
import { MemoryWorld } from "../memory-world.ts";

const NODE = (name: string, id: number) =>
  `    node {\n        ring0_addr: ${name}\n        name: ${name}\n        nodeid: ${id}\n    }\n`;
const CONF = `totem {
    version: 2
    cluster_name: web
}
nodelist {
${NODE("n1", 1)}${NODE("n2", 2)}${NODE("n3", 3)}}
quorum {
    provider: corosync_votequorum
    wait_for_all: 1
}
`;
const DANGER =
  "If node(s) 'n2', 'n3' are not powered off or they do have access to shared resources, data corruption and/or cluster failure may occur";

let world: MemoryWorld;
/** Corosync's map of keys, as corosync-cmapctl prints it. */
let keys: Map<string, string>;
/** What was done to the cluster, in order. */
let done: string[];

beforeEach(() => {
  world = new MemoryWorld();
  world.files.set("/etc/corosync/corosync.conf", CONF);
  done = [];
  keys = new Map([
    ["runtime.votequorum.wait_for_all_status", "(u8) = 1"],
    ["runtime.members.1.config_version", "(u64) = 0"],
    ["runtime.members.1.status", "(str) = joined"],
    ["runtime.members.3.status", "(str) = left"],
    ["runtime.members.13.status", "(str) = joined"],
  ]);
  world.programs = async (program, args) => {
    expect(program).toBe("corosync-cmapctl");
    const [first, key] = args as [string, string];
    if (first === "-s") {
      done.push(args.join(" "));
      return { status: 0, stdout: "", stderr: "" };
    }
    const found = [...keys].filter(([name]) => (first === "-g" ? name === key : name.startsWith(first)));
    const stdout = found.map(([name, value]) => `${name} ${value}\n`).join("");
    return found.length > 0
      ? { status: 0, stdout, stderr: "" }
      : { status: 1, stdout: "", stderr: `Can't get key ${key}. Error CS_ERR_NOT_EXIST\n` };
  };
  world.daemon = {
    "node.list": () => [
      { nodeId: 1, name: "n1" },
      { nodeId: 2, name: "n2" },
    ],
    "fencing.confirm": ({ target }: { readonly target: string }) => {
      done.push(`confirm ${target}`);
      return { isSuccess: true, reason: "", record: null };
    },
  };
});

const run = (...words: string[]) => world.run(main, "pcs", "quorum", "unblock", ...words);

describe("pcs quorum unblock", () => {
  test("confirms whoever is missing and known as down, then ends the waiting", async () => {
    expect(await run("--force")).toEqual({
      status: 0,
      stdout: "Node: n2 confirmed fenced\n",
      stderr: `Warning: ${DANGER}\nQuorum unblocked\nWaiting for nodes canceled\n`,
    });
    expect(done).toEqual(["confirm n2", "-s quorum.cancel_wait_for_all u8 1"]);
  });

  test("wants to be sure: --force, or a person", async () => {
    expect(await run()).toEqual({
      status: 1,
      stdout: "",
      stderr: `Error: ${DANGER}, use --force to override\n`,
    });
    world.person = "n";
    expect(await run()).toEqual({ status: 0, stdout: "", stderr: `Warning: ${DANGER}\nCanceled\n` });
    expect(done).toEqual([]);
    world.person = "Yes";
    expect((await run()).status).toBe(0);
    expect(done).toHaveLength(2);
  });

  test("who came while the person thought is not confirmed; who went meanwhile was not asked about", async () => {
    const answering = world.programs!;
    let asks = 0;
    const change = (id: number, state: string) => {
      asks = 0;
      world.programs = (program, args, options) => {
        if (args[0] === "runtime.members." && ++asks === 2) keys.set(`runtime.members.${id}.status`, state);
        return answering(program, args, options);
      };
    };
    change(2, "(str) = joined");
    expect((await run("--force")).status).toBe(0);
    expect(done).toEqual(["-s quorum.cancel_wait_for_all u8 1"]);
    done = [];
    change(2, "(str) = left");
    expect(await run("--force")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("node(s) 'n2' went away meanwhile; nothing was changed"),
    });
    expect(done).toEqual([]);
  });

  test("a cluster that does not wait is left alone", async () => {
    keys.set("runtime.votequorum.wait_for_all_status", "(u8) = 0");
    expect(await run("--force")).toEqual({
      status: 1,
      stdout: "",
      stderr: "Error: cluster is not waiting for nodes to establish quorum\n",
    });
    expect(done).toEqual([]);
  });

  test("without Corosync there is nothing to unblock", async () => {
    world.programs = async () => ({
      status: 1,
      stdout: "",
      stderr: "Failed to initialize the cmap API. Error CS_ERR_LIBRARY\n",
    });
    expect(await run("--force")).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(
        /^Error: unable to check quorum status: Failed to initialize the cmap API/,
      ),
    });
  });

  test("what the cluster does not take as down keeps it waiting", async () => {
    world.daemon = {
      ...world.daemon,
      "fencing.confirm": () => ({ isSuccess: false, reason: "no", record: null }),
    };
    expect(await run("--force")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(
        "Error: node 'n2' could not be confirmed as fenced; the cluster still waits\n",
      ),
    });
    expect(done).toEqual([]);
  });

  test("where only Corosync runs it goes on, and says what is left to do", async () => {
    world.daemon = null;
    expect(await run("--force")).toMatchObject({
      status: 0,
      stderr: expect.stringContaining("use 'pcs stonith confirm NODE' for each\nQuorum unblocked\n"),
    });
    expect(done).toEqual(["-s quorum.cancel_wait_for_all u8 1"]);
  });

  test("takes no words", async () => {
    expect(await run("n2")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("Usage: pcs quorum unblock"),
    });
  });
});
