import { beforeEach, describe, expect, test } from "vitest";
import { main as crm } from "../../src/commands/crm.ts";
import { MemoryWorld } from "../memory-world.ts";

const CIB = `<cib crm_feature_set="3.20.5" validate-with="pacemaker-4.0" epoch="5" num_updates="3" admin_epoch="0">
  <configuration>
    <crm_config><cluster_property_set id="o"><nvpair id="o1" name="fencing-enabled" value="false"/></cluster_property_set></crm_config>
    <nodes><node id="1" uname="node1"/><node id="2" uname="node2"/></nodes>
    <resources>
      <primitive id="web" class="ocf" provider="heartbeat" type="Dummy"><operations><op id="w" name="monitor" interval="10s"/></operations></primitive>
      <primitive id="db" class="ocf" provider="heartbeat" type="Dummy"/>
      <primitive id="ip" class="ocf" provider="heartbeat" type="IPaddr2"/>
    </resources>
    <constraints><rsc_location id="l" rsc="web" node="node1" score="50"/></constraints>
  </configuration>
  <status>
    <node_state id="1" uname="node1" in_ccm="true" crmd="online" join="member" expected="member"/>
    <node_state id="2" uname="node2" in_ccm="true" crmd="online" join="member" expected="member"/>
  </status>
</cib>`;
const OWN = "/home/me/.config/crm";

let world: MemoryWorld;
/** Words in single quotes stay together. */
const run = (line: string) =>
  world.run(crm, "crm", ...(line.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replace(/^'|'$/g, "")));
const cib = () => world.files.get("cib.xml")!;
const notes = () => world.files.get(`${OWN}/crm.conf`) ?? "";

beforeEach(() => {
  world = new MemoryWorld();
  world.files.set("cib.xml", CIB);
  Object.assign(world.env, { CIB_file: "cib.xml", HOME: "/home/me", PATH: "/bin" });
});

describe("crm options", () => {
  test("are kept in the person's file, next to what other programs keep there", async () => {
    world.files.set(`${OWN}/crm.conf`, "# mine\n[core]\neditor = nano\nother = 1\n");
    expect(await run("options wait yes")).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(await run("options set color.warn 'red bold'")).toMatchObject({ status: 0 });
    expect(notes()).toBe("[core]\neditor = nano\nother = 1\nwait = yes\n\n[color]\nwarn = red bold\n");
    expect((await run("options show")).stdout).toContain("core.editor = nano\n");
    expect((await run("options show wait")).stdout).toBe("core.wait = yes\n\n");
    await run("options reset");
    expect(notes()).toBe("");
  });

  test("of the host count until a person chooses otherwise", async () => {
    world.files.set("/etc/crm/crm.conf", "[core]\nsort_elements = no\n");
    expect((await run("options show sort-elements")).stdout).toContain("= no");
    await run("options sort-elements yes");
    expect((await run("options show sort-elements")).stdout).toContain("= yes");
  });

  test.each([
    ["options wait maybe", "Not a boolean"],
    ["options skill-level guru", "not in operator"],
    ["options editor nosuch", "is not a program"],
    ["options set core.wiat yes", 'Did you mean "core.wait"?'],
    ["options show nosuch", "there is no option"],
    ["options output plain,blue", "not in plain"],
    ["-o wait options show", "Expected -o OPTION=VALUE"],
    ["-o core.nosuch=1 options show", "there is no option"],
  ])("%s is refused, and nothing is kept", async (line, text) => {
    expect(await run(line)).toMatchObject({ status: 1, stderr: expect.stringContaining(text) });
    expect(notes()).toBe("");
  });

  test("one that changes nothing says so", async () => {
    const { status, stderr } = await run("options set core.ptest ptest");
    expect(status).toBe(0);
    expect(stderr).toContain("changes nothing here");
  });

  test("what `set` sets is kept, wherever it is typed", async () => {
    world.stdin = "options\nset core.wait yes\n";
    await run("");
    expect(notes()).toContain("wait = yes");
  });

  test("skill-level operator starts and stops, and configures nothing", async () => {
    const as = "-o core.skill_level=operator";
    expect(await run(`${as} resource stop web`)).toMatchObject({ status: 0 });
    for (const line of ["configure show", "cib list", "resource move web", "resource param web show x"])
      expect(await run(`${as} ${line}`)).toMatchObject({
        status: 1,
        stderr: expect.stringContaining("skill level administrator"),
      });
  });

  test("sort-elements no shows objects as they were made", async () => {
    const order = async (line: string) =>
      (await run(line)).stdout.split("\n").filter((text) => text.startsWith("primitive"));
    expect((await order("configure show"))[0]).toContain("primitive db");
    expect((await order("-o core.sort_elements=no configure show"))[0]).toContain("primitive web");
  });

  test.each([
    ["-o core.check_frequency=never", 0],
    ["-o core.check_frequency=on-verify", 0],
    ["-o core.check_mode=relaxed", 0],
    ["-o core.ignore_missing_metadata=yes", 0],
    ["-o core.check_mode=strict", 1],
  ])("with %s an agent that is not here ends with %d", async (option, status) => {
    expect(await run(`${option} configure primitive x ocf:nosuch:Nope`)).toMatchObject({ status });
  });

  test("obscure_pattern hides values", async () => {
    world.files.set("cib.xml", CIB.replace('name="monitor"', 'name="monitor" description="x"'));
    await run("-o core.check_frequency=never configure primitive p Dummy params token=abc fake=def");
    expect((await run("-o 'core.obscure_pattern=tok* fa*' configure show p")).stdout).toContain(
      'token="******" fake="******"',
    );
  });

  test.each([
    ["always", false],
    ["never", true],
    ["ask", true],
  ])("with manage-children %s a member goes on saying otherwise: %s", async (choice, keeps) => {
    world.files.set(
      "cib.xml",
      CIB.replace(
        '<primitive id="db" class="ocf" provider="heartbeat" type="Dummy"/>',
        '<group id="g"><primitive id="db" class="ocf" provider="heartbeat" type="Dummy"><meta_attributes id="m"><nvpair id="n" name="target-role" value="Started"/></meta_attributes></primitive></group>',
      ),
    );
    await run(`-o core.manage_children=${choice} resource stop g`);
    expect(cib()).toContain('name="target-role" value="Stopped"');
    expect(cib().includes('value="Started"')).toBe(keeps);
  });

  test("add-quotes no splits words again", async () => {
    expect(await run("-o core.add_quotes=no 'configure show' web")).toMatchObject({ status: 0 });
    expect(await run("'configure show' web")).toMatchObject({ status: 1 });
  });
});

describe("crm's flags", () => {
  test("-D uppercase and color-always", async () => {
    expect((await run("-D uppercase configure show web l")).stdout).toBe(
      "PRIMITIVE web Dummy \\\n\tOP monitor interval=10s\nLOCATION l web 50: node1\n",
    );
    const { stdout } = await run("-D color-always configure show l");
    expect(stdout).toBe(
      "\u001b[33mlocation\u001b[0m l \u001b[32mweb\u001b[0m \u001b[35m50:\u001b[0m \u001b[32mnode1\u001b[0m\n",
    );
    expect((await run("-D color-always,uppercase configure show l")).stdout).toContain("LOCATION");
    expect(await run("-D blue configure show")).toMatchObject({ status: 1 });
  });

  test("-R names what is run, -d tells it, -X measures it", async () => {
    expect((await run("-R configure show web")).stdout).toMatch(/^\.EXT cibadmin --query\n/);
    expect((await run("-d configure show web")).stderr).toContain("DEBUG: configure.show web");
    await run("-X times configure show web");
    expect(world.files.get("times")).toMatch(/^\d+\tconfigure\.show web$/m);
  });

  test("-H lets history look elsewhere", async () => {
    world.files.set("/report/pe-input-7.xml", CIB);
    expect((await run("-H /report history peinputs")).stdout).toBe("/report/pe-input-7.xml\n");
  });

  test("another user runs it through sudo, once", async () => {
    const calls: unknown[] = [];
    world.foreground = (program, args) => {
      calls.push([program, ...args.filter((arg) => !arg.startsWith("--preserve"))]);
      return 0;
    };
    await run("-o core.user=hacluster configure show");
    expect(calls).toEqual([
      ["sudo", "--user=hacluster", "--", "crm", "-o", "core.user=hacluster", "--", "configure", "show"],
    ]);
    world.env.QUORATE_CRM_SWITCHED = "yes";
    expect((await run("-o core.user=hacluster configure show web")).stdout).toContain("primitive web");
  });
});

describe("crm configure template", () => {
  test("new, show, apply and delete", async () => {
    expect((await run("configure template new site apache params ip=192.0.2.9")).stdout).toBe(
      "INFO: pulling in template virtual-ip\nINFO: pulling in template apache\n",
    );
    expect((await run("configure template list configs")).stdout).toBe("site\n");
    const { stdout } = await run("configure template show site");
    expect(stdout).toContain(
      "primitive site-virtual-ip ocf:heartbeat:IPaddr2 params ip=192.0.2.9 op monitor",
    );
    expect(stdout).toContain("group site site-virtual-ip site-server\n");
    await run("-o core.check_frequency=never configure template apply update site");
    expect(cib()).toContain('<group id="site">');
    expect(cib()).toContain('<primitive id="web"');
    await run("--force -o core.check_frequency=never configure template apply site");
    expect(cib()).not.toContain('<primitive id="web"');
    expect(await run("configure template delete site")).toMatchObject({ status: 0 });
    expect((await run("configure template list configs")).stdout).toBe("");
  });

  test("what is missing is told with its line, and edited", async () => {
    await run("configure template new vip virtual-ip");
    const text = () => world.files.get(`${OWN}/crmconf/vip`)!;
    const line = text().split("\n").indexOf("%% ip") + 1;
    expect(await run("configure template show vip")).toMatchObject({
      status: 1,
      stderr: `ERROR: ${line}: required parameter ip not set\n`,
    });
    world.editor = (before) =>
      before.replace("%% ip\n", "%% ip 192.0.2.7\n").replace("%% nic", "%% nic eth 0");
    await run("configure template edit vip");
    expect((await run("configure template show vip")).stdout).toContain('ip=192.0.2.7 nic="eth 0" op');
  });

  test("a name of its own is found when none is given, and the last one is in use", async () => {
    world.stdin = "template\nnew virtual-ip\nnew virtual-ip\nlist configs\ndelete virtual-ip-1\nshow\n";
    const { stdout, stderr } = await run("configure");
    expect(stdout).toContain("virtual-ip-0\nvirtual-ip-1\n");
    expect(stderr).toContain("virtual-ip-1 is in use");
    expect(stderr).toContain("required parameter ip not set");
  });

  test.each([
    ["new x nosuch", "no template nosuch"],
    ["new x virtual-ip params bogus=1", "Unknown parameter bogus"],
    ["new a/b virtual-ip", "is no name"],
    ["load nosuch", "no such config"],
    ["show", "please load a config first"],
    ["apply update nosuch", "no such config"],
    ["list bogus", "Expected [templates|configs]"],
  ])("%s is refused", async (line, text) => {
    expect(await run(`configure template ${line}`)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(text),
    });
    expect(cib()).toBe(CIB);
  });
});

describe("crm script", () => {
  test("lists, shows, verifies and runs", async () => {
    expect((await run("script list names")).stdout.split("\n")).toContain("virtual-ip");
    expect((await run("script show apache all")).stdout).toContain("virtual-ip:ip (required)");
    expect((await run("script verify virtual-ip id=v ip=192.0.2.9")).stdout).toBe(
      "1. Configure cluster resources\n\n\tprimitive v ocf:heartbeat:IPaddr2 params ip=192.0.2.9 op monitor interval=10s timeout=20s\n\n",
    );
    const forced = "-o core.check_frequency=never script run virtual-ip id=v ip=192.0.2.9";
    expect((await run(`${forced} dry_run=yes`)).stdout).toContain("primitive v ");
    expect(cib()).toBe(CIB);
    expect(await run(forced)).toMatchObject({ status: 0 });
    expect(cib()).toContain('<primitive id="v"');
  });

  test.each([
    ["verify nosuch", "Script not found: nosuch"],
    ["verify virtual-ip id=v", "Missing required parameter(s): ip"],
    ["verify virtual-ip ip=1.2.3.4", "Missing required parameter(s): id"],
    ["verify virtual-ip id=v ip=1.2.3.4 bogus=1", "Unknown parameter bogus"],
    ["json x", "Expected"],
    ["list bogus", "Expected [all] [names]"],
  ])("%s is refused", async (line, text) => {
    expect(await run(`script ${line}`)).toMatchObject({ status: 1, stderr: expect.stringContaining(text) });
  });

  test("json answers programs", async () => {
    const answers = async (text: string) =>
      (await run(`script json '${text}'`)).stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
    expect((await answers('["list"]')).at(-1)).toBe("end");
    const [shown] = await answers('["show","apache"]');
    expect(shown.steps.map(({ name }: { name: string }) => name)).toEqual(["virtual-ip", ""]);
    const [verified] = await answers('["verify","apache",{"id":"w","virtual-ip":{"ip":"192.0.2.9"}}]');
    expect(verified.text).toContain("params ip=192.0.2.9");
    expect((await answers('["verify","apache",{"id":"w"}]'))[0]).toEqual({
      error: "Missing required parameter(s): virtual-ip:ip",
    });
  });

  test("further scripts come from --scriptdir", async () => {
    world.files.set(
      "/more/one",
      "%name one\n%summary Mine\n%required\n%% id\n%generate\nprimitive %{id} Dummy\n",
    );
    world.files.set("/more/main.yml", "- version: 2.2\n");
    expect((await run("--scriptdir /more script verify one id=z")).stdout).toContain("primitive z Dummy");
    world.files.set("/more/two", "%name two\n%bogus\n");
    expect((await run("--scriptdir /more script list")).stderr).toContain(
      "/more/two:2: %bogus means nothing",
    );
  });
});

describe("crm configure assist", () => {
  test("weak-bond makes a set beside a dummy", async () => {
    world.env.PATH = "";
    const { stdout } = await run("-o core.check_frequency=never configure assist weak-bond web db");
    expect(stdout).toContain("Colocation constraint, ID: place-constraint-1");
    expect(cib()).toMatch(
      /<resource_set sequential="false" id="place-constraint-1-0">\s*<resource_ref id="web"\/>\s*<resource_ref id="db"\/>/,
    );
  });

  test("template takes out what primitives have in common", async () => {
    await run("-o core.check_frequency=never configure assist template web db");
    expect(cib()).toMatch(/<template id="template-dummy-1" class="ocf" provider="heartbeat" type="Dummy"\/>/);
    expect(cib()).toMatch(/<primitive id="db" template="template-dummy-1"\/>/);
  });

  test.each([
    ["template web ip", "one agent"],
    ["template web nosuch", "Object not found: nosuch"],
    ["weak-bond web", "at least two"],
    ["weak-bond web l", "not a resource"],
  ])("%s changes nothing", async (line, text) => {
    expect(await run(`configure assist ${line}`)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(text),
    });
    expect(cib()).toBe(CIB);
  });
});

describe("crm maintenance", () => {
  test("on and off, of all and of one", async () => {
    await run("maintenance on");
    expect(cib()).toContain('name="maintenance-mode" value="true"');
    await run("maintenance off");
    expect(cib()).toContain('name="maintenance-mode" value="false"');
    await run("maintenance on web");
    expect(cib()).toContain('name="maintenance" value="true"');
  });

  test("action runs the agent in maintenance mode only", async () => {
    const asked: unknown[] = [];
    world.runAgent = async ({ resource, action }) => {
      asked.push([resource, action]);
      return { status: 0, rc: action === "monitor" ? 7 : 0, reason: "", output: "told\n" };
    };
    expect((await run("maintenance action web start")).stderr).toContain("Not in maintenance mode");
    await run("maintenance on web");
    expect(await run("maintenance action web start")).toMatchObject({ status: 0, stdout: "told\n" });
    expect(await run("maintenance action web monitor")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("monitor ended with 7"),
    });
    expect((await run("maintenance action web stop")).stderr).toContain(
      "must be run where web runs: nowhere",
    );
    expect((await run("maintenance action nosuch start")).stderr).toContain("Resource not found");
    expect(asked).toEqual([
      ["web", "start"],
      ["web", "monitor"],
    ]);
  });

  test("nothing is started by hand that would run twice then", async () => {
    const asked: string[] = [];
    world.runAgent = async ({ action }) => {
      asked.push(action);
      return { status: 0, rc: 0, reason: "", output: "" };
    };
    const state =
      '<node_state id="2" uname="node2" in_ccm="true" crmd="online" join="member" expected="member"';
    const history =
      '<lrm id="2"><lrm_resources><lrm_resource id="web" class="ocf" provider="heartbeat" type="Dummy"><lrm_rsc_op id="web_last_0" operation_key="web_start_0" operation="start" call-id="1" rc-code="0" op-status="0" interval="0" transition-key="1:1:0:00000000-0000-4000-8000-000000000000" transition-magic="0:0;1:1:0:00000000-0000-4000-8000-000000000000"/></lrm_resource></lrm_resources></lrm>';
    world.files.set("cib.xml", CIB.replace(`${state}/>`, `${state}>${history}</node_state>`));
    await run("maintenance on");
    expect((await run("maintenance action web start")).stderr).toContain(
      "web runs on node2, and would run twice",
    );
    expect((await run("maintenance action db start ssh")).stderr).toContain(
      "db would run on all hosts at once",
    );
    expect((await run("maintenance action web 'monitor;reboot' ssh")).stderr).toContain(
      "is no action of an agent",
    );
    expect(asked).toEqual([]);
    expect((await run("maintenance action db start")).status).toBe(0);
    expect(asked).toEqual(["start"]);
  });
});

describe("crm site ticket", () => {
  test("standby, show and what needs force", async () => {
    expect(await run("site ticket grant t")).not.toMatchObject({ status: 0 });
    expect(await run("--force site ticket grant t")).toMatchObject({ status: 0 });
    expect((await run("site ticket show t")).stdout).toBe("ticket t is granted\n");
    expect((await run("site ticket time t")).stdout).toMatch(/^\d{4}-\d\d-\d\dT/);
    await run("site ticket standby t");
    expect(cib()).toContain('standby="true"');
    expect((await run("site ticket bogus t")).stderr).toContain("Expected one of grant|revoke");
    expect((await run("site ticket show u")).stderr).toContain("nothing to show");
  });
});

describe("crm cibstatus", () => {
  test("changes a copy, and shows what would happen", async () => {
    world.stdin =
      "cibstatus\nnode node1 unclean\nop monitor web node2 not_running\nquorum false\nticket t grant\nshow changed\nrun nograph\nsave out.xml\n";
    const { stdout, stderr } = await run("");
    expect(stderr).toBe("");
    expect(stdout).toContain(
      "node node1 unclean\nop monitor web node2 not_running\nquorum false\nticket t grant\n",
    );
    expect(stdout).toContain("OFFLINE: [ node1 ]");
    expect(world.files.get("out.xml")).toContain('rc-code="7"');
    expect(cib()).toBe(CIB);
  });

  test("load takes another state, and ptest uses it", async () => {
    world.files.set(
      "other.xml",
      CIB.replace(
        'id="2" uname="node2" in_ccm="true" crmd="online"',
        'id="2" uname="node2" in_ccm="false" crmd="offline"',
      ),
    );
    world.stdin = "cibstatus load other.xml\ncibstatus origin\nptest nograph\n";
    const { stdout } = await run("configure");
    expect(stdout).toContain("other.xml\n");
    expect(stdout).toContain("OFFLINE: [ node2 ]");
  });

  test.each([
    ["node node9 offline", "does not exist"],
    ["node node1 asleep", "Expected NODE"],
    ["op monitor db node1 0", "need interval"],
    ["op start nosuch node1 0", "does not exist"],
    ["op start web node1 bogus", "is no result"],
    ["quorum maybe", "Expected true or false"],
    ["load nosuch.xml", "cannot be read"],
    ["save", "Expected FILE"],
    ["run bogus", "is not known here"],
  ])("%s is refused", async (line, text) => {
    expect(await run(`cibstatus ${line}`)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(text),
    });
  });
});

describe("crm resource secret", () => {
  test("needs the running cluster, and words that it knows", async () => {
    expect((await run("resource secret web show x")).stdout).toContain("needs the running cluster");
    expect((await run("resource secret web hide x")).stderr).toContain("Bad usage: 'hide'");
    expect((await run("resource secret web set x")).stderr).toContain("Missing value");
    expect((await run("resource secret ../x show y")).stderr).toContain("cannot name a secret");
  });
});

test("help names every level and command", async () => {
  const { stdout } = await run("help");
  for (const word of ["cibstatus/", "maintenance/", "options/", "script/", "site/"])
    expect(stdout).toContain(word);
  expect((await run("help configure")).stdout).toMatch(/assist\/[\s\S]*template\//);
  expect((await run("site ls")).stdout).toBe(
    `${["..", "help", "quit", "up"].map((word) => word.padEnd(19)).join("")}\n${["cd", "ls", "ticket"].map((word) => word.padEnd(19)).join("")}\n`,
  );
});
