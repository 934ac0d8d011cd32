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
    ["peinputs v", /^2026-11-20 13:05:00 13:05:03 {2}pe-input-8 .* ping$/m],
    ["peinputs 7 v", /^2026-11-20 12:00:00 --:--:-- {2}pe-input-7$/m],
    [
      "transitions",
      /^Time {28}Name {12}Node {12}Tags\n2026-11-20 13:05:00 - 13:05:03 {2}pe-input-8 {6}n1 {14}ping\n$/,
    ],
    ["transition tags", "ping\n"],
    ["transition showdot 8", /^ ?digraph "g" \{/],
    ["graph 8", /^ ?digraph "g" \{/],
    ["latest", text(calculated, asked, started, broken, complete, fencing, fenced)],
    ["source", `Current source: ${REPORT}\n`],
    ["setnodes n1", "INFO: setting nodes not necessary for existing reports, proceeding anyway\n"],
    ["refresh", "1 transitions, 8 lines of logs.\n"],
    ["session", "current session: None\n"],
    ["session list", ""],
    [
      "info",
      `Source: ${REPORT}\nPeriod: 2026-11-20 13:05:00 - 2026-11-20 13:06:04\nNodes: n1\nGroups: \nClones: pings\nResources: web ping\nInputs: 2 in ${REPORT}\nTransitions: pe-input-8\n`,
    ],
    ["transition -1", /Input: .*pe-input-7/],
    [
      "transition 8 nograph scores v",
      /Input: .*pe-input-8[\s\S]*primitive_assign[\s\S]*Requesting execution of start/,
    ],
    ["transition nograph", /Input: .*pe-input-8/],
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
    ["transition -9", /no input "-9" was kept/],
    ["show 9", /no input "9" was kept/],
    ["transition tags 7", /the log of this time has nothing of/],
    ["graph 8 svg", /graph type svg is not supported/],
    ["refresh now", /Expected force/],
    ["peinputs 99", /no such input was kept/],
    ["source /nowhere", /source \/nowhere doesn't exist/],
    ["source /report/n1/journal.log", /is no report/],
    ["session keep", /unknown history session subcmd: keep/],
    ["session save", /Expected a name/],
    ["session save a/b", /cannot name a session/],
    ["session load x", /history session x does not exist/],
    ["session pack", /need to load a history session/],
    ["session list x", /"x" is not known here/],
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

  test("wdiff compares them by words", async () => {
    world.filter = (command) => {
      expect(command).toBe("diff -U0 --label 7 --label 8 /private/text -");
      return {
        status: 1,
        output: "--- 7\n+++ 8\n@@ -1,2 +1 @@\n-location l web 50: n1\n--- gone\n+location l web 70: n1 n2\n",
      };
    };
    expect((await type("wdiff 7 8")).stdout).toBe("location l web [-50:-] {+70:+} n1 {+n2+}\n[--- gone-]\n");
  });

  test("a session keeps what is looked at, is packed and forgotten", async () => {
    world.env.HOME = "/home/me";
    world.filter = (command) => ({ status: 0, output: command === "pwd" ? "/somewhere\n" : "" });
    const packed: (readonly string[])[] = [];
    world.programs = async (program, args) => {
      packed.push([program, ...args]);
      return { status: 0, stdout: "", stderr: "" };
    };
    expect(
      await type(
        "limit 2026-11-20T13:06Z",
        "exclude terminated",
        "session save outage",
        "session",
        "session list",
      ),
    ).toMatchObject({ status: 0, stdout: "current session: outage\noutage (current)\n" });
    world.stdin =
      "session load outage\nlog\nsource\nsession pack\nsession delete outage\nsession list\nsource\n";
    expect(await world.run(crm, "crm", "history")).toEqual({
      status: 0,
      stdout: `${text(fencing)}Current source: ${REPORT}\nReport saved in '/home/me/outage.tar.bz2'\nINFO: current history session deleted, setting source to live\nCurrent source: live\n`,
      stderr: "",
    });
    expect(packed).toEqual([
      [
        ...["tar", "--create", "--bzip2", "--file", "/home/me/outage.tar.bz2", "--directory", "/report/n1"],
        ...["--transform=flags=r;s,^[^/]*,outage,", "--", "pengine"],
      ],
    ]);
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

describe("the report of several hosts", () => {
  const decided = (seconds: number) => cib(seconds).replace("<cib ", `<cib execution-date="${seconds}" `);

  beforeEach(() => {
    world.files.set("/all/n1/journal.log", `${text(calculated, complete)}`);
    world.files.set("/all/n1/pengine/pe-input-8.xml", decided(200));
    world.files.set(
      "/all/n2/ha-log.txt",
      "Nov 20 11:00:00 n2 other: at noon the log ended\nDec  1 11:00:00 n2 other: old\n",
    );
    world.files.set("/all/n2/pengine/pe-input-8.xml", decided(100));
    world.files.set("/all/n2/pengine/pe-input-3.xml", decided(300));
    world.files.set("/all/analysis.txt", "");
  });
  const ask = (...lines: string[]) => {
    world.stdin = `${lines.join("\n")}\n`;
    return world.run(crm, "crm", "-H", "/all", "history");
  };

  test("inputs of all of them are known, by the time of the decision or the end of their path", async () => {
    expect((await ask("peinputs")).stdout).toBe(
      text(
        "/all/n2/pengine/pe-input-8.xml",
        "/all/n1/pengine/pe-input-8.xml",
        "/all/n2/pengine/pe-input-3.xml",
      ),
    );
    expect((await ask("show 0")).stdout).toContain("location l web 300: n1");
    expect((await ask("show 8")).stdout).toContain("location l web 200: n1");
    expect((await ask("show n2/pengine/pe-input-8.xml")).stdout).toContain("location l web 100: n1");
  });

  test("a log without years is read, too", async () => {
    expect((await ask("log n2")).stdout).toBe(
      text("Dec  1 11:00:00 n2 other: old", "Nov 20 11:00:00 n2 other: at noon the log ended"),
    );
    expect((await ask("limit 2026-11-20", "log n2")).stdout).toBe(
      text("Nov 20 11:00:00 n2 other: at noon the log ended"),
    );
  });
});

describe("the archive of a report", () => {
  let answers: Record<string, { status: number | null; stdout: string; stderr: string }>;
  const open = () => world.run(crm, "crm", "-H", "/tmp/outage.tar.bz2", "history", "peinputs");

  beforeEach(() => {
    world.files.set("/tmp/outage.tar.bz2", "");
    answers = {
      "--list": { status: 0, stdout: "./\n./outage/\n./outage/pengine/pe-input-1.xml\n", stderr: "" },
    };
    world.programs = async (program, args) => {
      if (program === "touch") return { status: 0, stdout: "", stderr: "" };
      expect(program).toBe("tar");
      if (args[0] === "--extract") {
        expect(args).toContain("/tmp");
        world.files.set("/tmp/outage/pengine/pe-input-1.xml", cib(1));
      }
      return answers[args[0]!] ?? { status: 0, stdout: "", stderr: "" };
    };
  });

  test("is unpacked beside itself", async () => {
    expect(await open()).toEqual({ status: 0, stdout: "/tmp/outage/pengine/pe-input-1.xml\n", stderr: "" });
  });

  test.each([
    ["--list", { status: 0, stdout: "a\nb\n", stderr: "" }, /a report is one folder/],
    ["--list", { status: 2, stdout: "", stderr: "tar: oh\ntar: no\n" }, /tar: no/],
    ["--extract", { status: null, stdout: "", stderr: "" }, /longer than 600 s/],
  ])("%s %j is told", async (option, answer, stderr) => {
    answers[option] = answer;
    expect(await open()).toMatchObject({ status: 1, stderr: expect.stringMatching(stderr) });
  });
});

describe("crm history of the running cluster", () => {
  beforeEach(() => {
    world.env.HOME = "/home/me";
    world.filter = (command) => ({ status: 0, output: command === "uname -n" ? "n1\n" : "" });
    world.programs = async (program, args) => {
      const host = args.at(-3);
      if (program !== "ssh" || args.at(-1) !== "--answer") return { status: 0, stdout: "", stderr: "" };
      return host === "n3"
        ? { status: 255, stdout: "", stderr: "no route\n" }
        : {
            status: 0,
            stdout: JSON.stringify([{ name: "pengine/pe-input-4.xml", text: cib(4) }]),
            stderr: "",
          };
    };
  });

  test("refresh fetches what other hosts decided", async () => {
    world.stdin = "setnodes n1 n2\nrefresh\npeinputs\nshow 4\n";
    const run = await world.run(crm, "crm", "history");
    expect(run).toMatchObject({ status: 0, stderr: "" });
    expect(run.stdout).toMatch(
      /^0 transitions, 0 lines of logs\.\n\/home\/me\/\.cache\/crm\/history\/live\/n2\/pengine\/pe-input-4\.xml\n[\s\S]* 4: n1/,
    );
  });

  test("a session is a report of it, without the hosts that do not answer", async () => {
    world.stdin = "setnodes n1 n2 n3\nsession save now\nsource\npeinputs\n";
    expect(await world.run(crm, "crm", "history")).toEqual({
      status: 0,
      stdout:
        "WARNING: nothing from n3: no route\nCurrent source: /home/me/.config/crm/history/now\n/home/me/.config/crm/history/now/n2/pengine/pe-input-4.xml\n",
      stderr: "",
    });
  });
});
