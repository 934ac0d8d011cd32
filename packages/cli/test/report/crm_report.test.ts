import { describe, expect, test } from "vitest";
import { main } from "../../src/commands/crm_report.ts";
import { main as pcs } from "../../src/commands/pcs.ts";
import { maskerOf } from "../../src/report/mask-secrets.ts";
import { reportTime } from "../../src/report/report-span.ts";
import { MemoryCluster } from "../memory-cluster.ts";
import { MemoryWorld } from "../memory-world.ts";

const CIB = `<cib crm_feature_set="3.20.5" validate-with="pacemaker-4.0" epoch="5" num_updates="3" admin_epoch="0" have-quorum="1" dc-uuid="1">
  <configuration>
    <crm_config><cluster_property_set id="o"><nvpair id="o1" name="fencing-enabled" value="false"/></cluster_property_set></crm_config>
    <nodes><node id="1" uname="n1"/></nodes>
    <resources><primitive id="f" class="stonith" type="fence_x"><instance_attributes id="i"><nvpair id="i1" name="password" value="geheim"/></instance_attributes></primitive></resources>
    <constraints/>
  </configuration>
  <status><node_state id="1" uname="n1" in_ccm="true" crmd="online" join="member" expected="member"/></status>
</cib>`;
const input = (decidedS: number) => `<cib execution-date="${decidedS}"/>`;
const FROM_S = Date.UTC(2026, 10, 21, 10, 0, 0) / 1000;

function world(): MemoryWorld {
  const made = new MemoryWorld();
  made.files.set("/etc/corosync/corosync.conf", "logging {\n  logfile: /var/log/c.log\n}\n");
  made.files.set("/var/log/c.log", "all is well\nERROR: token lost, password=geheim\n");
  made.files.set("/var/lib/quorate/pengine", "");
  made.files.set("/var/lib/quorate/pengine/pe-input-1.bz2", input(FROM_S - 60));
  made.files.set("/var/lib/quorate/pengine/pe-input-2.bz2", input(FROM_S + 60));
  return made;
}

const run = (on: MemoryWorld, ...words: string[]) =>
  on.run(main, "crm_report", "--from", "2026-11-21T10:00:00Z", "--to", "2026-11-21T11:00:00Z", ...words);

describe("crm_report", () => {
  test("of a running cluster holds its state, the inputs of that time, and no password", async () => {
    const on = world();
    on.daemon = {
      ...new MemoryCluster(CIB).answers,
      "node.status": () => ({ nodeName: "n1" }),
      "fencing.history": () => [],
      "node.list": () => [{ nodeId: 1, name: "n1", isMember: true }],
    } as typeof on.daemon;
    const { status, stdout } = await run(on, "outage");
    expect({ status, stdout }).toEqual({ status: 0, stdout: "outage.tar.bz2\n" });
    const names = [...on.files.keys()]
      .filter((path) => path.startsWith("outage.tar.bz2/bz2/outage/"))
      .map((path) => path.slice(26));
    expect(names).toEqual(
      expect.arrayContaining([
        "cib.xml",
        "crm_verify.txt",
        "crm_mon.txt",
        "members.txt",
        "corosync.conf",
        "logs/var_log_c.log",
        "analysis.txt",
        "pengine/pe-input-2.xml",
        "version.txt",
        "missing.txt",
      ]),
    );
    expect(names).not.toContain("pengine/pe-input-1.xml");
    const all = names.map((name) => on.files.get(`outage.tar.bz2/bz2/outage/${name}`)).join("\n");
    expect(all).not.toContain("geheim");
    expect(on.files.get("outage.tar.bz2/bz2/outage/analysis.txt")).toBe(
      "logs/var_log_c.log: ERROR: token lost, password=******\n",
    );
  });

  test("without a daemon tells what is missing, and goes on with what is on disk", async () => {
    const on = world();
    on.files.set("/var/lib/quorate/cib/cib.xml", CIB);
    expect((await run(on, "--gzip", "outage")).status).toBe(0);
    const of = (name: string) => on.files.get(`outage.tar.gz/gz/outage/${name}`);
    expect(of("cib-on-disk.xml")).toContain('value="******"');
    expect(of("missing.txt")).toContain("the daemon does not answer");
  });

  test.each([
    [["--nodes", "-oProxyCommand=x"], "is no name of a host"],
    [["--nodes", "a", "--user", "$(x)"], "is no name of a host or user"],
    [["--cts", "5"], "no log of a test run"],
    [["--to", "2026-11-20"], "--to must be later"],
    [["-L", "("], "no regular expression"],
    [["a", "b"], "surplus"],
    [["--to", "yesterdy"], "is no time"],
  ])("%s is refused with a word", async (words, text) => {
    const on = world();
    const { status, stderr } = await run(on, ...words);
    expect(status).toBe(64);
    expect(stderr).toContain(text);
  });

  test("of several hosts has a folder for each, and tells which did not answer", async () => {
    const on = world();
    on.daemon = {
      ...new MemoryCluster(
        CIB.replace('uname="n1"/></nodes>', 'uname="n1"/><node id="2" uname="n2"/></nodes>'),
      ).answers,
      "node.status": () => ({ nodeName: "n1" }),
      "fencing.history": () => [],
      "node.list": () => [{ nodeId: 1, name: "n1", isMember: true }],
    } as typeof on.daemon;
    const calls: string[] = [];
    const other = world();
    on.programs = async (program, args, { input }) => {
      calls.push([program, ...args].join(" "));
      if (args.includes("n3")) return { status: 255, stdout: "", stderr: "x\nconnection refused\n" };
      if (args.includes("n4")) return { status: 0, stdout: '[{"name":"../x","text":""}]', stderr: "" };
      other.stdin = input;
      return other.run(main, "crm_report", "--answer");
    };
    expect((await run(on, "--user", "ops", "guessed")).status).toBe(0);
    expect(calls).toEqual(["ssh -T -o BatchMode=yes -o ConnectTimeout=10 -l ops n2 crm_report --answer"]);
    const { status, stderr } = await run(
      on,
      "-e",
      "rsh -x",
      "-n",
      "n1 n2",
      "--nodes",
      "n3",
      "-n",
      "n4",
      "named",
    );
    expect(status).toBe(0);
    expect(calls.slice(1)).toContain("rsh -x -l root n3 crm_report --answer");
    expect(stderr).toContain("nothing from n3: connection refused");
    const of = (name: string) => on.files.get(`named.tar.bz2/bz2/named/${name}`);
    expect(of("n1/pengine/pe-input-2.xml")).toBe(input(FROM_S + 60));
    expect(of("n2/pengine/pe-input-2.xml")).toBe(input(FROM_S + 60));
    expect(of("n2/pengine/pe-input-1.xml")).toBeUndefined();
    expect(of("n2/analysis.txt")).toBe("logs/var_log_c.log: ERROR: token lost, password=******\n");
    expect(of("missing.txt")).toMatch(/^n3: connection refused\nn4: its answer is no report.*\n$/);
    expect([...on.files.keys()].filter((path) => path.includes("../"))).toEqual([]);
  });

  test("of other hosts alone, when none answers, is none", async () => {
    const on = world();
    const { status, stderr } = await run(on, "-n", "n8", "outage");
    expect(status).toBe(69);
    expect(stderr).toContain("nothing from n8: no such program");
    expect([...on.files.keys()].filter((path) => path.startsWith("outage"))).toEqual([]);
  });

  test("is given to another host only when that asks in order", async () => {
    const on = world();
    for (const text of ["", "{}", '{"fromS":"1"}', "null"]) {
      on.stdin = text;
      expect((await on.run(main, "crm_report", "--answer")).status).toBe(64);
    }
  });

  test("of pcs is that of the last 24 hours", async () => {
    const on = world();
    const { status, stdout } = await on.run(pcs, "pcs", "cluster", "report", "day");
    expect({ status, stdout }).toEqual({ status: 0, stdout: "day.tar.bz2\n" });
    expect(on.files.get("day.tar.bz2/bz2/day/pengine/pe-input-1.xml")).toBe(input(FROM_S - 60));
    expect((await on.run(pcs, "pcs", "cluster", "report")).status).toBe(1);
  });

  test("does not overwrite another report", async () => {
    const on = world();
    on.files.set("outage.tar.bz2", "x");
    expect((await run(on, "outage")).status).toBe(64);
  });
});

const NOW_MS = new Date(2026, 10, 21, 12, 0, 0).getTime();
test.each([
  ["13:05", new Date(2026, 10, 21, 13, 5)],
  ["2026-1-2", new Date(2026, 0, 2)],
  ["2026-1-2 3:04:05", new Date(2026, 0, 2, 3, 4, 5)],
  ["2026-01-02T03:04:05Z", new Date(Date.UTC(2026, 0, 2, 3, 4, 5))],
  ["2026-01-02T03:04:05.678Z", new Date(Date.UTC(2026, 0, 2, 3, 4, 5))],
  ["3:04:05,9", new Date(2026, 10, 21, 3, 4, 5)],
  ["now", new Date(NOW_MS)],
])("the time %s", (text, date) => {
  expect(reportTime("--from", text, NOW_MS)).toBe(date.getTime() / 1000);
});

test.each([
  ['<nvpair value="s" name="passwd" id="a"/>', '<nvpair value="******" name="passwd" id="a"/>'],
  ["passwd='a b' ip=1.2.3.4", "passwd='******' ip=1.2.3.4"],
  ["my_pin: 1234", "my_pin: ******"],
  ["token: 3000 is a time", "token: 3000 is a time"],
  ["no secret here", "no secret here"],
])("%s is masked", (text, masked) => {
  expect(maskerOf(["my_pin"])(text)).toBe(masked);
});
