import { beforeEach, describe, expect, test } from "vitest";
import { main as crm } from "../../src/commands/crm.ts";
import { MemoryWorld } from "../memory-world.ts";

const CONF = "/etc/corosync/corosync.conf";
const conf = (token: number) =>
  `totem {\n  version: 2\n  cluster_name: c\n  token: ${token}\n}\nnodelist {\n${["n1", "n2", "n3"]
    .map(
      (name, index) =>
        `  node {\n    ring0_addr: 192.0.2.${index + 1}\n    name: ${name}\n    nodeid: ${index + 1}\n  }\n`,
    )
    .join("")}}\nquorum {\n  provider: corosync_votequorum\n}\n`;

let world: MemoryWorld;
/** What was asked of which host, and what it was given. */
let asked: { host: string; command: string; input: string }[];
let answers: Record<string, string>;
const run = (...words: string[]) => world.run(crm, "crm", ...words);

beforeEach(() => {
  world = new MemoryWorld();
  world.files.set(CONF, conf(3000));
  world.files.set("/etc/motd", "hello\n");
  asked = [];
  answers = { n2: "", n3: "" };
  world.filter = (command) => {
    if (command === "uname -n") return { status: 0, output: "n1\n" };
    if (command.startsWith("stat ")) return { status: 0, output: "644\n" };
    return { status: 1, output: `(${command.split(" ").slice(0, 6).join(" ")})\n` };
  };
  world.programs = async (program, args, { input }) => {
    if (program === "sh") return { status: 0, stdout: "own\n", stderr: "" };
    const [host, command] = args.slice(-2) as [string, string];
    asked.push({ host, command, input });
    return Object.hasOwn(answers, host)
      ? { status: 0, stdout: answers[host]!, stderr: "" }
      : { status: 255, stdout: "", stderr: `ssh: ${host} is unknown\n` };
  };
});

describe("crm cluster, on other hosts", () => {
  test("run runs here and on all the others, or on those named", async () => {
    answers = { n2: "two\nlines\n", n3: "" };
    expect(await run("cluster", "run", "uptime; true")).toEqual({
      status: 0,
      stdout: "this host: own\nn2: two\nn2: lines\n",
      stderr: "",
    });
    expect(asked.map(({ host, command }) => [host, command])).toEqual([
      ["n2", "uptime; true"],
      ["n3", "uptime; true"],
    ]);
    expect(await run("cluster", "run", "uptime", "n9")).toMatchObject({
      status: 1,
      stderr: "ERROR: cluster.run: n9: ssh: n9 is unknown\n",
    });
  });

  test("copy gives the others the file with its mode, and tells of each that has not got it", async () => {
    expect(await run("cluster", "copy", "/etc/motd", "n2", "n9")).toEqual({
      status: 1,
      stdout: "INFO: /etc/motd: copied to n2\n",
      stderr: "ERROR: cluster.copy: n9: ssh: n9 is unknown\n",
    });
    expect(asked[0]).toMatchObject({
      host: "n2",
      input: "hello\n",
      command: expect.stringContaining("chmod 644"),
    });
  });

  test("diff shows how it differs, or checksums", async () => {
    answers = { n2: "hello\n", n3: "bye\n" };
    expect((await run("cluster", "diff", "/etc/motd")).stdout).toBe(
      "INFO: /etc/motd: the same on n2\n(diff -u --label 'this host' --label)\n",
    );
    expect((await run("cluster", "diff", "/etc/motd", "--checksum", "n2")).stdout).toMatch(
      /^this host: SHA256 (\w{64}) {2}\/etc\/motd\nn2: SHA256 \1 /,
    );
  });

  test.each([
    [["cluster", "copy", "motd"], /must begin with \//],
    [["cluster", "diff", "--checksum"], /Expected FILE/],
    [["cluster", "copy", "/etc/nothing"], /\/etc\/nothing/],
    [["cluster", "join"], /join -c HOST/],
    [["cluster", "join", "-c"], /-c needs a value/],
    [["cluster", "join", "-i", "eth0"], /-i is not known here/],
    [["cluster", "init", "-S"], /pcs cluster setup/],
    [["cluster", "join", "-c", "n9"], /n9: ssh: n9 is unknown/],
  ])("%j is refused", async (words, stderr) => {
    expect(await run(...words)).toMatchObject({ status: 1, stderr: expect.stringMatching(stderr) });
  });

  test("what is no text is not copied", async () => {
    world.files.set("/etc/key", "\uFFFD");
    expect(await run("cluster", "copy", "/etc/key", "n2")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("scp"),
    });
    expect(asked).toEqual([]);
  });

  test("join asks a host of the cluster to take this one in", async () => {
    expect(await run("cluster", "join", "-y", "-c", "n2")).toMatchObject({ status: 0, stderr: "" });
    expect(asked).toEqual([{ host: "n2", command: "pcs cluster node add n1 --start --enable", input: "" }]);
  });

  test("health names what is wrong where", async () => {
    const now = Math.floor(Date.UTC(2026, 10, 21, 12, 0, 0) / 1000);
    answers = { n2: `${now + 3600}\nactive\nactive\n`, n3: `${now}\nactive\nfailed\n` };
    expect(await run("cluster", "health")).toEqual({
      status: 1,
      stdout: "",
      stderr:
        'ERROR: cluster: it does not run on this host, or has no DC; "crm cluster start" starts it\n' +
        "ERROR: n2: its clock differs by 3600 s from that of this host\nERROR: n3: quorated not active\n",
    });
  });
});

describe("crm corosync, on other hosts", () => {
  test("diff, push and pull", async () => {
    answers = { n2: conf(5000), n3: conf(3000) };
    expect(await run("corosync", "diff")).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("the same on n3"),
    });
    expect(await run("corosync", "push", "n2")).toMatchObject({ status: 0 });
    expect(asked.at(-1)).toMatchObject({ host: "n2", input: conf(3000) });
    expect(await run("corosync", "pull", "n2")).toMatchObject({ status: 0 });
    expect(world.files.get(CONF)).toBe(conf(5000));
  });

  test("what is wrong is not taken over", async () => {
    answers = { n2: conf(5000).replace("token: 5000", "token: soon") };
    expect(await run("corosync", "pull", "n2")).toMatchObject({ status: 1 });
    expect(await run("corosync", "pull", "n9")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("n9 is unknown"),
    });
    expect(world.files.get(CONF)).toBe(conf(3000));
  });
});
