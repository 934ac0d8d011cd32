import { beforeEach, describe, expect, test } from "vitest";
import { main } from "../../src/commands/pcs.ts";
import { MemoryWorld } from "../memory-world.ts";
import { confOf } from "./conf-of.ts";
import { FakeHosts } from "./fake-hosts.ts";

const FILE = "c.conf";
const NET = ["model", "net", "host=q"];
const STOPPED = "Error: Errors have occurred, therefore pcs is unable to continue\n";

let world: MemoryWorld;
beforeEach(() => {
  world = new MemoryWorld();
  world.files.set(
    FILE,
    confOf("n1", "n2").replace("votequorum\n", "votequorum\n    two_node: 1\n    wait_for_all: 1\n"),
  );
});

const device = (...words: string[]) => world.run(main, "pcs", "quorum", "device", ...words);
const inFile = (...words: string[]) => device(...words, `--corosync_conf=${FILE}`);
/** What stands in the section `quorum`. */
const quorum = () =>
  /\nquorum \{\n {4}provider: corosync_votequorum\n([\s\S]*)\}\n$/.exec(world.files.get(FILE)!)![1];

// The results are those of pcs 0.11.5 on the same file.
describe("pcs quorum device on a file", () => {
  test("is added with the votes of its algorithm, in place of other ways to decide", async () => {
    expect(await inFile("add", ...NET, "algorithm=ffsplit")).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(quorum()).toBe(`    wait_for_all: 1

    device {
        model: net
        votes: 1

        net {
            algorithm: ffsplit
            host: q
        }
    }
`);
    expect(await inFile("add", ...NET, "algorithm=lms")).toMatchObject({
      status: 1,
      stderr: "Error: quorum device is already defined\n",
    });
  });

  test("is changed option by option", async () => {
    await inFile("add", ...NET, "algorithm=ffsplit", "port=5404");
    const changes = [
      "timeout=20000",
      "sync_timeout=40000",
      "model",
      "algorithm=lms",
      "port=",
      "tie_breaker=2",
    ];
    await inFile("update", ...changes, "heuristics", "mode=sync", "exec_a=/bin/a -x");
    expect(quorum()).toBe(`    wait_for_all: 1

    device {
        model: net
        sync_timeout: 40000
        timeout: 20000

        net {
            algorithm: lms
            host: q
            tie_breaker: 2
        }

        heuristics {
            exec_a: /bin/a -x
            mode: sync
        }
    }
`);
    expect((await inFile("update", "heuristics", "exec_a=")).stderr).toBe(
      "Warning: No exec_NAME options are specified, so heuristics are effectively disabled\n",
    );
    await inFile("heuristics", "remove");
    expect(quorum()).not.toContain("heuristics");
  });

  test("is removed, and two nodes are two again", async () => {
    const before = world.files.get(FILE);
    await inFile("add", ...NET, "algorithm=ffsplit", "heuristics", "mode=off");
    expect((await inFile("remove")).status).toBe(0);
    expect(world.files.get(FILE)!.split("\n").sort()).toEqual(before!.split("\n").sort());
    for (const words of [["remove"], ["update", "timeout=9"], ["heuristics", "delete"]])
      expect(await inFile(...words)).toMatchObject({
        status: 1,
        stderr: "Error: no quorum device is defined in this cluster\n",
      });
  });

  test.each<[string[], string]>([
    [["add", "model", "net"], "required quorum device model options 'algorithm', 'host' are missing"],
    [["add", ...NET], "required quorum device model option 'algorithm' is missing"],
    [
      ["add", ...NET, "algorithm=x"],
      "'x' is not a valid algorithm value, use 'ffsplit', 'lms', use --force to override",
    ],
    [["add", "model", "net", "host=", "algorithm=lms"], "host cannot be empty, use a qdevice host address"],
    [
      ["add", "votes=2", ...NET, "algorithm=lms"],
      "invalid quorum device option 'votes', allowed options are: 'sync_timeout', 'timeout', use --force to override",
    ],
    [
      ["add", ...NET, "algorithm=lms", "tls=off", "connect_timeout=5"],
      "'5' is not a valid connect_timeout value, use 1000..120000, use --force to override",
    ],
    [
      ["add", ...NET, "algorithm=lms", "tie_breaker=3"],
      "'3' is not a valid tie_breaker value, use '1', '2', 'highest', 'lowest', use --force to override",
    ],
    [
      ["add", ...NET, "algorithm=lms", "heuristics", "foo=1"],
      "invalid heuristics option 'foo', allowed options are: 'exec_NAME', 'interval', 'mode', 'sync_timeout', 'timeout', use --force to override",
    ],
    [["add", "model", "disk"], "'disk' is not a valid model value, use 'net', use --force to override"],
  ])("%j is refused", async (words, text) => {
    const before = world.files.get(FILE);
    const { status, stderr } = await inFile(...words);
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining(`Error: ${text}\n`) });
    expect(stderr.endsWith(STOPPED)).toBe(true);
    expect(world.files.get(FILE)).toBe(before);
  });

  test.each<[string[], string]>([
    [["update", "model", "host="], "host cannot be empty, use a qdevice host address"],
    [["update", "model", "algorithm="], "algorithm cannot be empty, use 'ffsplit', 'lms'"],
    [
      ["update", "timeout=-1"],
      "'-1' is not a valid timeout value, use a positive integer, use --force to override",
    ],
    [["update", "model=disk"], "Model cannot be specified in generic options"],
    [["update", "heuristics", "exec_a=a{"], "'a{' is not a valid exec_a value"],
  ])("%j is refused, too", async (words, text) => {
    await inFile("add", ...NET, "algorithm=lms");
    const before = world.files.get(FILE);
    const { status, stderr } = await inFile(...words);
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining(`Error: ${text}`) });
    expect(world.files.get(FILE)).toBe(before);
  });

  test.each([["add"], ["add", "host=q"], ["add", "model", "host=q"], ["update"], ["heuristics"]])(
    "%j shows how it is written",
    async (...words) => {
      expect(await inFile(...words)).toMatchObject({ status: 1, stderr: expect.stringContaining("Usage: ") });
    },
  );
});

describe("pcs quorum device in a cluster", () => {
  let hosts: FakeHosts;
  beforeEach(() => {
    hosts = new FakeHosts(world, ["n1", "n2"], ["q"]);
    hosts.answers.set("qnetd.authority", { content: "Q0E=" });
    hosts.answers.set("qdevice.request", { content: "UkVR" });
    hosts.answers.set("qnetd.sign", { content: "Q0VSVA==" });
    hosts.isCorosyncActive = true;
  });
  const add = () => device("add", ...NET, "algorithm=ffsplit");

  test("each node gets a key and a certificate before corosync.conf, and asks the device after it", async () => {
    const { status, stderr } = await add();
    expect({ status, stderr }).toMatchObject({
      status: 0,
      stderr: expect.stringContaining("n2: corosync-qdevice started\n"),
    });
    const ofN2 = hosts.done.filter((one) => /^(n2|q) /.test(one)).map((one) => one.replace(" ", ": "));
    expect(ofN2).toEqual([
      "q: qnetd.authority",
      "n2: qdevice.request",
      "q: qnetd.sign",
      "q: qnetd.sign",
      "n2: qdevice.certify",
      "n2: qdevice.switch",
      "n2: file.write",
      "n2: qdevice.switch",
    ]);
    expect(hosts.params[hosts.done.indexOf("q qnetd.sign")]).toEqual({ clusterName: "web", content: "UkVR" });
    expect(hosts.files.get("n1 corosync.conf")).toContain("host: q\n");
  });

  test("nothing is started where Corosync does not run", async () => {
    hosts.isCorosyncActive = false;
    expect((await add()).stderr).toContain("n1: not starting corosync-qdevice: corosync is not running\n");
    expect(hosts.params).not.toContainEqual({ action: "start" });
  });

  test("a device that nobody knows, or that is a node, is refused", async () => {
    expect((await device("add", "model", "net", "host=x", "algorithm=lms")).stderr).toContain(
      "Host 'x' is not known to pcs",
    );
    expect((await device("add", "model", "net", "host=n2", "algorithm=lms")).stderr).toContain(
      "'n2' is a node of this cluster; a device on it would be lost together with the node, use --force",
    );
    expect(hosts.done).toEqual([]);
  });

  test("changed, its clients start again; removed, it is forgotten everywhere", async () => {
    await add();
    world.files.set("/etc/corosync/corosync.conf", hosts.files.get("n1 corosync.conf")!);
    hosts.done = [];
    expect((await device("update", "timeout=20000")).stderr).toContain("n2: corosync-qdevice started");
    expect(hosts.done.filter((one) => one.startsWith("n2"))).toEqual([
      "n2 file.write",
      "n2 qdevice.switch",
      "n2 qdevice.switch",
    ]);
    hosts.done = [];
    world.files.set("/etc/corosync/corosync.conf", hosts.files.get("n1 corosync.conf")!);
    expect((await device("remove")).status).toBe(0);
    expect(hosts.done.filter((one) => one.startsWith("n2"))).toEqual([
      "n2 file.write",
      "n2 qdevice.switch",
      "n2 qdevice.switch",
      "n2 qdevice.remove",
    ]);
    expect(hosts.files.get("n2 corosync.conf")).toContain("two_node: 1");
  });

  test("status is what the tool says; a missing tool is named with its package", async () => {
    const asked: string[] = [];
    world.programs = async (program, args) => {
      asked.push([program, ...args].join(" "));
      return { status: 0, stdout: "State: Connected\n", stderr: "" };
    };
    expect(await device("status", "--full")).toEqual({ status: 0, stdout: "State: Connected\n", stderr: "" });
    expect((await world.run(main, "pcs", "status", "qdevice", "net", "web")).status).toBe(0);
    expect(asked).toEqual([
      "corosync-qdevice-tool -s -v",
      "corosync-qnetd-tool -s",
      "corosync-qnetd-tool -l -c web",
    ]);
    world.programs = new MemoryWorld().programs;
    expect((await device("status")).stderr).toContain("install the package corosync-qdevice");
  });

  test("its vote is told as Corosync tells it", async () => {
    await add();
    world.files.set("/etc/corosync/corosync.conf", hosts.files.get("n1 corosync.conf")!);
    const stdout = "Votequorum information\nTotal votes:      3\n";
    world.programs = async (program, args) =>
      `${program} ${args}` === "corosync-quorumtool -p"
        ? { status: 0, stdout, stderr: "" }
        : { status: 127, stdout: "", stderr: "" };
    expect(await world.run(main, "pcs", "quorum", "status")).toEqual({ status: 0, stdout, stderr: "" });
  });

  test("a node that is added gets a certificate, too", async () => {
    await add();
    world.files.set("/etc/corosync/corosync.conf", hosts.files.get("n1 corosync.conf")!);
    const conf = world.files.get("/etc/corosync/corosync.conf")!;
    hosts = new FakeHosts(world, ["n1", "n2"], ["q", "n3"]);
    world.files.set("/etc/corosync/corosync.conf", conf);
    for (const method of ["qnetd.authority", "qdevice.request", "qnetd.sign"] as const)
      hosts.answers.set(method, { content: "Q0E=" });
    expect(await world.run(main, "pcs", "cluster", "node", "add", "n3")).toMatchObject({ status: 0 });
    expect(hosts.done.filter((one) => /^n3 q/.test(one))).toEqual([
      "n3 qdevice.request",
      "n3 qdevice.certify",
      "n3 qdevice.switch",
    ]);
  });
});
