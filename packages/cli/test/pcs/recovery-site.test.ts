import { beforeEach, describe, expect, test } from "vitest";
import { main } from "../../src/commands/pcs.ts";
import { MemoryWorld } from "../memory-world.ts";
import { confOf } from "./conf-of.ts";
import { FakeHosts } from "./fake-hosts.ts";

const LOCAL = ["n1", "n2"];
const REMOTE = ["r1", "r2"];
const FILE = "disaster-recovery config";

let world: MemoryWorld;
let hosts: FakeHosts;
beforeEach(() => {
  world = new MemoryWorld();
  hosts = new FakeHosts(world, LOCAL, [...REMOTE, "x1"]);
  for (const name of REMOTE) hosts.files.set(`${name} corosync.conf`, confOf(...REMOTE));
});

const dr = (...words: string[]) => world.run(main, "pcs", "dr", ...words);
const sitesOf = (host: string) => JSON.parse(hosts.files.get(`${host} ${FILE}`) ?? "null") as unknown;
const siteOf = (local: string, remote: string, names: readonly string[]) => ({
  local: { role: local },
  remote_sites: [{ role: remote, nodes: names.map((name) => ({ name })) }],
});

describe("pcs dr set-recovery-site", () => {
  test("each node of both clusters learns what it is and who the others are", async () => {
    const { status, stderr } = await dr("set-recovery-site", "r2");
    expect(status).toBe(0);
    expect(stderr).toBe(`Sending '${FILE}' to 'r1', 'r2'
r1: successful distribution of the file '${FILE}'
r2: successful distribution of the file '${FILE}'
Sending '${FILE}' to 'n1', 'n2'
n1: successful distribution of the file '${FILE}'
n2: successful distribution of the file '${FILE}'
`);
    for (const name of LOCAL) expect(sitesOf(name)).toEqual(siteOf("PRIMARY", "RECOVERY", REMOTE));
    for (const name of REMOTE) expect(sitesOf(name)).toEqual(siteOf("RECOVERY", "PRIMARY", LOCAL));
  });

  test("what an attempt left half done is no obstacle to the next one", async () => {
    await dr("set-recovery-site", "r1");
    for (const name of LOCAL) hosts.files.delete(`${name} ${FILE}`);
    expect((await dr("set-recovery-site", "r1")).status).toBe(0);
  });

  test.each([
    [["n2"], "Node 'n2' is already a member of local cluster"],
    [["r9"], "Host 'r9' is not known to pcs"],
    [["x1"], "x1: there is no corosync.conf"],
    [[], "Usage: pcs dr set-recovery-site"],
    [["r1", "r2"], "Usage: pcs dr set-recovery-site"],
  ])("%j is refused, and nothing is changed", async (words, message) => {
    expect(await dr("set-recovery-site", ...words)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(message),
    });
    expect(hosts.done).toEqual([]);
  });

  test("a cluster has one pair only", async () => {
    hosts.files.set(`r2 ${FILE}`, "{}");
    expect((await dr("set-recovery-site", "r1")).stderr).toContain(
      "'r2': Disaster-recovery already configured, with other sites",
    );
    hosts.files.delete(`r2 ${FILE}`);
    hosts.files.set("r1 corosync.conf", confOf("r1", "n2"));
    expect((await dr("set-recovery-site", "r1")).stderr).toContain("'n2' would be in both clusters");
    expect(hosts.done).toEqual([]);
    hosts.files.set("r1 corosync.conf", confOf("r1"));
    expect((await dr("set-recovery-site", "r1")).status).toBe(0);
    expect((await dr("set-recovery-site", "r1")).stderr).toBe(
      "Error: Disaster-recovery already configured\n",
    );
  });
});

describe("pcs dr", () => {
  test.each(["config", "status", "destroy"])("%s: not configured", async (word) => {
    expect(await dr(word)).toEqual({
      status: 1,
      stdout: "",
      stderr: "Error: Disaster-recovery is not configured\n",
    });
  });

  test("config shows the sites as pcs 0.11 does", async () => {
    // As pcs 0.11 reads it, too.
    hosts.files.set(
      `n1 ${FILE}`,
      '{"local":{"role":"PRIMARY"},"remote_sites":[{"role":"RECOVERY","nodes":[{"name":"r2"},{"name":"r1"}]}]}',
    );
    expect((await dr("config")).stdout).toBe(
      "Local site:\n  Role: Primary\nRemote site:\n  Role: Recovery\n  Nodes:\n    r1\n    r2\n",
    );
    hosts.files.set(`n1 ${FILE}`, '{"local":{}}');
    expect((await dr("config")).stderr).toContain("'local' must have a role, one of PRIMARY, RECOVERY");
  });

  test("status is that of the first node of each site that tells it, without control characters", async () => {
    await dr("set-recovery-site", "r1");
    hosts.answers.set("cluster.status", { text: "Cluster name: \u001b[31mweb\n  * a\tb" });
    hosts.offline.add("r1");
    expect(await dr("status", "--full")).toEqual({
      status: 0,
      stdout: `--- Local cluster - Primary site ---
Cluster name:  [31mweb
  * a\tb

--- Remote cluster - Recovery site ---
Cluster name:  [31mweb
  * a\tb
`,
      stderr: "Warning: Unable to communicate with r1\n",
    });
    hosts.offline.add("r2");
    const { status, stdout, stderr } = await dr("status");
    expect([status, stdout.includes("web")]).toEqual([1, true]);
    expect(stderr).toContain("Error: none of 'r1', 'r2' tells the status of its cluster\n");
  });

  test("destroy: both sites forget it, with --skip-offline those that answer", async () => {
    await dr("set-recovery-site", "r1");
    hosts.offline.add("r2");
    expect((await dr("destroy")).status).toBe(1);
    expect(sitesOf("n1")).not.toBeNull();
    expect(await dr("destroy", "--skip-offline")).toMatchObject({
      status: 0,
      stderr: expect.stringContaining("Warning: Unable to communicate with r2; the file stays there"),
    });
    expect([...LOCAL, ...REMOTE].map((name) => sitesOf(name) !== null)).toEqual([false, false, false, true]);
  });
});
