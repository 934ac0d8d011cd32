import { beforeEach, describe, expect, test } from "vitest";
import { main as crm } from "../../src/commands/crm.ts";
import { MemoryWorld } from "../memory-world.ts";

const REPORT = "/report/n1/pengine";
const cib = (
  score: number,
) => `<cib crm_feature_set="3.20.5" validate-with="pacemaker-4.0" epoch="5" num_updates="3" admin_epoch="0"><configuration>
<crm_config/><nodes><node id="1" uname="n1"/><node id="2" uname="n2"/></nodes>
<resources>
<primitive id="web" class="ocf" provider="heartbeat" type="Web"><instance_attributes id="w"><nvpair id="wp" name="password" value="geheim"/></instance_attributes></primitive>
<clone id="pings"><primitive id="ping" class="ocf" provider="heartbeat" type="Web"/></clone>
</resources>
<constraints><rsc_location id="l" rsc="web" node="n1" score="${score}"/></constraints></configuration><status/></cib>`;

const LINES = [
  "2026-11-20T13:05:00.100000+0000 n1 quorated[9]: Calculated transition 3, saving inputs in /var/lib/quorate/pengine/pe-input-8.bz2",
  "2026-11-20T13:05:00.200000+0000 n1 quorated[9]: Requesting execution of start operation for ping:0 on n2 | transition 3 action 4",
  "2026-11-20T13:05:01.200000+0000 n2 quorated[9]: Result of start operation for ping:0 on n2: rc=0 status=0 | call=5 key=ping_start_0",
  "2026-11-20T13:05:02.200000+0000 n2 quorated[9]: Result of monitor operation for web on n2: rc=0 status=0 | call=6 key=web_monitor_10000",
  "2026-11-20T13:05:02.300000+0000 n2 quorated[9]: Result of monitor operation for web on n2: rc=7 status=0 | call=6 key=web_monitor_10000",
  "2026-11-20T13:05:03.200000+0000 n1 quorated[9]: Transition 3 (Complete=1, Pending=0, Fired=0, Skipped=0, Incomplete=0): Complete",
  "2026-11-20T13:06:03.200000+0000 n1 quorated[9]: Requesting fencing (reboot) targeting node n2 | action=1 timeout=3",
  "2026-11-20T13:06:04.200000+0000 n1 quorated[9]: Peer n2 was terminated (reboot) by n1 on behalf of quorated@n1: OK | event=1",
];
const [calculated, asked, started, healthy, broken, complete, fencing, fenced] = LINES;

let world: MemoryWorld;

beforeEach(() => {
  world = new MemoryWorld();
  world.env.CIB_file = "cib.xml";
  world.files.set("cib.xml", cib(50));
  world.files.set(`${REPORT}/pe-input-7.xml`, cib(50));
  world.files.set(`${REPORT}/pe-input-8.xml`, cib(70));
  world.files.set(`${REPORT}/pe-input.last`, "9\n");
  world.files.set("/report/n1/journal.log", `${LINES.toReversed().join("\n")}\nno line of a log\n`);
});

const type = (...lines: string[]) => {
  world.stdin = `${lines.join("\n")}\n`;
  return world.run(crm, "crm", "-H", REPORT, "history");
};
const text = (...lines: (string | undefined)[]) => lines.map((line) => `${line}\n`).join("");

describe("crm history on a report", () => {
  test.each([
    ["log", text(...LINES)],
    ["log n2", text(started, healthy, broken)],
    ["resource pings", text(asked, started)],
    ["resource ping:.* w.b", text(broken)],
    ["resource other", /no such event/],
    ["node n[0-9]", text(fencing, fenced)],
    ["events", text(calculated, asked, started, broken, complete, fencing, fenced)],
    ["transition log", text(calculated, asked, started, healthy, broken, complete)],
    ["peinputs 1:7 9", `${REPORT}/pe-input-7.xml\n`],
    ["transition -1", /Input: .*pe-input-7/],
    ["show -1", /password="\*{6}"[\s\S]*location l web 50: n1/],
    ["show 0 status", /Node n1: UNCLEAN \(offline\)/],
    ["show live", /location l web 50: n1/],
  ])("%s", async (line, stdout) => {
    const run = await type(line);
    expect(run).toMatchObject({ status: 0, stderr: "" });
    if (typeof stdout === "string") expect(run.stdout).toBe(stdout);
    else expect(run.stdout).toMatch(stdout);
  });

  test("limit, exclude and detail narrow it down", async () => {
    expect(
      (await type("limit 2026-11-20T13:05:01Z 2026-11-20T13:05:02Z", "detail 1", "resource web")).stdout,
    ).toBe(text(healthy, broken));
    expect((await type("exclude Result", "exclude terminated", "exclude", "events")).stdout).toBe(
      text("Result", "terminated", calculated, asked, complete, fencing),
    );
    expect((await type("exclude .", "exclude clear", "limit", "log n2")).stdout).toBe(
      text(started, healthy, broken),
    );
  });

  test.each([
    ["detail 2", /Expected 0 or 1/],
    ["exclude (", /Invalid regular expression/],
    ["resource [", /Invalid regular expression/],
    ["limit soon", /is no time/],
    ["limit 13:05 12:05", /TO is before FROM/],
    ["transition log 7", /the log of this time has nothing of/],
    ["transition 7 8", /"8" is not known here/],
    ["transition -9", /did not keep an input "-9"/],
    ["show 9", /did not keep an input "9"/],
    ["show 8 xml", /Expected status/],
  ])("%s is a mistake", async (line, stderr) => {
    expect(await type(line)).toMatchObject({ status: 1, stderr: expect.stringMatching(stderr) });
  });

  test("diff compares configurations as text, and says nothing of equal ones", async () => {
    const compared: string[] = [];
    world.filter = (command, other) => {
      const one = world.files.get("/private/text")!;
      compared.push(command);
      return one === other ? { status: 0, output: "" } : { status: 1, output: "-50\n+70\n" };
    };
    expect(await type("diff 7 8")).toMatchObject({ status: 0, stdout: "-50\n+70\n" });
    expect(await type("diff 7 live")).toMatchObject({ status: 0, stdout: "" });
    expect(compared[0]).toBe("diff -u --label 7 --label 8 /private/text -");
  });

  test("transition save and cib import make a shadow CIB and use it", async () => {
    world.env.CIB_shadow_dir = "/shadows";
    expect(await type("transition save -1", "cd /configure", "show l")).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("location l web 50: n1"),
    });
    expect(world.files.get("/shadows/shadow.pe-input-7")).toBe(cib(50));
    const run = (...words: string[]) => world.run(crm, "crm", "-H", REPORT, ...words);
    expect(await run("cib", "import", "8", "mine")).toMatchObject({ status: 0 });
    expect(world.files.get("/shadows/shadow.mine")).toBe(cib(70));
    world.files.set("text.xml", "<html/>");
    for (const [words, stderr] of [
      [["8", "mine"], /exists already/],
      [["6"], /there is no file 6/],
      [["text.xml"], /it is no CIB/],
      [["8", "a/b"], /cannot name a shadow CIB/],
      [["8", "live"], /cannot name a shadow/],
    ] as const)
      expect(await run("cib", "import", ...words)).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(stderr),
      });
    expect(await run("-F", "cib", "import", "7", "mine")).toMatchObject({ status: 0 });
  });
});

test("crm history asks the other hosts, and goes on without one that does not answer", async () => {
  world.files.set(
    "/etc/corosync/corosync.conf",
    "nodelist {\n  node {\n    name: n1\n  }\n  node {\n    name: n2\n  }\n  node {\n    name: n3\n  }\n}\n",
  );
  world.filter = (command) =>
    command === "uname -n" ? { status: 0, output: "n1\n" } : { status: 0, output: text(calculated, fencing) };
  world.programs = async (program, args) => {
    expect([program, ...args.slice(0, 1)]).toEqual(["ssh", "-T"]);
    expect(args.at(-1)).toMatch(/^journalctl .*--since @\d+ -u quorated /);
    return args.at(-2) === "n2"
      ? { status: 0, stdout: text(healthy), stderr: "" }
      : { status: 255, stdout: "", stderr: "no route to host\n" };
  };
  world.stdin = "limit 2026-11-20T13:00\nlog\n";
  expect(await world.run(crm, "crm", "history")).toEqual({
    status: 0,
    stdout: `WARNING: no log of n3: no route to host\n${text(calculated, healthy, fencing)}`,
    stderr: "",
  });
});
