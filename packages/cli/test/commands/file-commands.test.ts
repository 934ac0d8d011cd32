import { beforeEach, describe, expect, test } from "vitest";
import { main as cibadmin } from "../../src/commands/cibadmin.ts";
import { main as crmAttribute } from "../../src/commands/crm_attribute.ts";
import { main as crmMon } from "../../src/commands/crm_mon.ts";
import { main as crmResource } from "../../src/commands/crm_resource.ts";
import { main as crmStandby } from "../../src/commands/crm_standby.ts";
import { MemoryWorld } from "../memory-world.ts";

const CIB = `<cib admin_epoch="0" epoch="5" num_updates="3" validate-with="pacemaker-4.0" have-quorum="1" dc-uuid="1">
  <configuration>
    <crm_config/>
    <nodes>
      <node id="1" uname="node1"/>
      <node id="2" uname="node2"/>
    </nodes>
    <resources>
      <primitive id="web" class="ocf" provider="quorate" type="http"/>
    </resources>
    <constraints/>
  </configuration>
  <status>
    <node_state id="1" uname="node1" in_ccm="1000" crmd="1000" join="member" expected="member">
      <lrm id="1">
        <lrm_resources>
          <lrm_resource id="web" class="ocf" provider="quorate" type="http">
            <lrm_rsc_op id="web_last_0" operation_key="web_start_0" operation="start" crm-debug-origin="x" crm_feature_set="3.20.5" transition-key="1:1:0:00000000-0000-0000-0000-000000000000" transition-magic="0:0;1:1:0:00000000-0000-0000-0000-000000000000" on_node="node1" call-id="3" rc-code="0" op-status="0" interval="0" last-rc-change="1000" exec-time="5" queue-time="0"/>
          </lrm_resource>
        </lrm_resources>
      </lrm>
    </node_state>
    <node_state id="2" uname="node2" in_ccm="1000" crmd="1000" join="member" expected="member"/>
  </status>
</cib>
`;

let world: MemoryWorld;

beforeEach(() => {
  world = new MemoryWorld();
  world.files.set("cib.xml", CIB);
  world.env.CIB_file = "cib.xml";
});

const file = () => world.files.get("cib.xml")!;
const quiet = { stdout: "", stderr: "" };

describe("crm_attribute on a file", () => {
  const run = (...argv: string[]) => world.run(crmAttribute, "crm_attribute", ...argv);

  test("sets, shows and deletes a cluster option", async () => {
    expect(await run("-n", "maintenance-mode", "-v", "true")).toEqual({ status: 0, ...quiet });
    expect(file()).toContain(
      '<nvpair id="cib-bootstrap-options-maintenance-mode" name="maintenance-mode" value="true"/>',
    );
    expect((await run("-n", "maintenance-mode", "-G")).stdout).toBe(
      "scope=crm_config name=maintenance-mode value=true\n",
    );
    expect((await run("-n", "maintenance-mode", "-D")).stdout).toBe(
      "Deleted crm_config option: id=cib-bootstrap-options-maintenance-mode name=maintenance-mode\n",
    );
    expect(await run("-n", "maintenance-mode", "-G")).toMatchObject({ status: 105 });
  });

  test("sets attributes of a node, permanent and transient, with the classic ids", async () => {
    await run("-N", "node2", "-n", "rack", "-v", "7");
    await run("-N", "node2", "-n", "#health-x", "-v", "red", "-l", "reboot");
    await run("-N", "node2", "-p", "web", "-v", "10");
    expect(file()).toContain('<nvpair id="nodes-2-rack" name="rack" value="7"/>');
    expect(file()).toContain('<nvpair id="status-2-.health-x" name="#health-x" value="red"/>');
    expect(file()).toContain('<nvpair id="status-2-master-web" name="master-web" value="10"/>');
  });

  test("an option in two sets has to be named by its set", async () => {
    await run("-n", "cluster-delay", "-v", "60s");
    await run("-n", "cluster-delay", "-v", "40s", "-s", "other");
    const refused = await run("-n", "cluster-delay", "-v", "30s");
    expect(refused.status).toBe(109);
    expect(refused.stdout).toContain("  Value: 40s \t(id=other-cluster-delay)\n");
    expect(await run("-n", "cluster-delay", "-v", "30s", "-s", "other")).toMatchObject({ status: 0 });
  });

  test.each([
    [["-G", "-v", "1"], 64, "give only one of"],
    [["-N", "nobody", "-n", "a", "-v", "1"], 105, "Could not map name=nobody to a UUID"],
    [["-N", "node1", "-D"], 64, "must specify attribute name or pattern to delete"],
    [["-N", "node1", "-p", "-G"], 64, "must be called from an OCF resource agent"],
    [["-t", "nowhere", "-G"], 64, '"nowhere" is neither a lifetime'],
    [["-n", "a", "-v", "1", "-l", "reboot"], 64, "name the node with --node"],
  ])("%j is refused", async (argv, status, message) => {
    const result = await run(...argv);
    expect(result.status).toBe(status);
    expect(result.stderr).toContain(message);
    expect(file()).toBe(CIB);
  });
});

describe("crm_standby on a file", () => {
  const run = (...argv: string[]) => world.run(crmStandby, "crm_standby", ...argv);

  test("unset is off; a transient value shows when there is no permanent one", async () => {
    expect((await run("-N", "node1", "-G")).stdout).toBe("scope=status name=standby value=off\n");
    await run("-N", "node1", "-v", "on", "-l", "reboot");
    expect((await run("-N", "node1", "-G")).stdout).toBe("scope=status name=standby value=on\n");
    await run("-N", "node1", "-v", "off");
    expect((await run("-N", "node1", "-G")).stdout).toBe("scope=nodes name=standby value=off\n");
  });
});

describe("crm_resource on a file", () => {
  const run = (...argv: string[]) => world.run(crmResource, "crm_resource", ...argv);

  test("finds where a resource runs", async () => {
    expect((await run("-r", "web", "-W")).stdout).toBe("resource web is running on: node1\n");
    expect((await run()).stdout).toBe(
      "Full List of Resources:\n  * web\t(ocf:quorate:http):\t Started node1\n",
    );
    expect((await run("-l")).stdout).toBe("web\n");
  });

  test("move to a node, move away, clear", async () => {
    expect(await run("-r", "web", "--move", "--node", "node2")).toEqual({ status: 0, ...quiet });
    expect(file()).toContain(
      '<rsc_location id="cli-prefer-web" rsc="web" role="Started" node="node2" score="INFINITY"/>',
    );
    const away = await run("-r", "web", "--move");
    expect(away.stdout).toContain("'cli-ban-web-on-node1' with a score of -INFINITY");
    const cleared = await run("-r", "web", "--clear");
    expect(cleared.stdout).toBe(
      "Removing constraint: cli-prefer-web\nRemoving constraint: cli-ban-web-on-node1\n",
    );
    expect(file()).not.toContain("rsc_location");
  });

  test("a lifetime makes a rule that ends", async () => {
    const result = await run("-r", "web", "--ban", "--node", "node2", "--lifetime", "PT1H");
    expect(result.stdout).toContain("Migration will take effect until: 2026-11-21 13:00:00Z\n");
    expect(file()).toContain(
      '<date_expression id="cli-ban-web-on-node2-lifetime" operation="lt" end="2026-11-21 13:00:00Z"/>',
    );
  });

  test.each([
    [["-r", "web", "--move", "--node", "node1"], 108, "Requested item already exists"],
    [["-r", "wbe", "--locate"], 105, "Resource 'wbe' not found"],
    [["-r", "web", "--ban", "--node", "node9"], 105, "Node 'node9' not found"],
    [["-r", "web", "--ban", "--node", "node2", "--lifetime", "soon"], 64, "not a duration"],
    [["--locate"], 64, "name the resource with --resource"],
    [["-r", "web", "--cleanup"], 102, "this needs a running cluster"],
    [["-r", "web", "--locate", "--move"], 64, "give only one command"],
  ])("%j is refused", async (argv, status, message) => {
    const result = await run(...argv);
    expect(result).toMatchObject({ status });
    expect(result.stderr).toContain(message);
    expect(file()).toBe(CIB);
  });
});

describe("cibadmin on a file", () => {
  const run = (...argv: string[]) => world.run(cibadmin, "cibadmin", ...argv);

  test("query, by section and by XPath", async () => {
    expect((await run("-Q", "-o", "resources")).stdout).toContain('<primitive id="web"');
    expect((await run("-Q", "--xpath", "//node[@id='2']")).stdout).toBe('<node id="2" uname="node2"/>\n');
    expect(await run("-Q", "--xpath", "//absent")).toMatchObject({ status: 105 });
  });

  test("create, modify, delete count the epoch on", async () => {
    await run(
      "-C",
      "-o",
      "resources",
      "-X",
      '<primitive id="b" class="ocf" provider="quorate" type="Dummy"/>',
    );
    expect(file()).toContain('epoch="6" num_updates="0"');
    const again = await run(
      "-C",
      "-o",
      "resources",
      "-X",
      '<primitive id="b" class="ocf" provider="quorate" type="Dummy"/>',
    );
    expect(again.status).toBe(108);
    expect(again.stderr).toContain("cibadmin: CIB API call failed: File exists");
    expect(again.stdout).toMatch(
      /^<failed>\n +<failed_update id="b" object-type="primitive" operation="cib_create" reason="File exists">\n +<primitive id="b"/,
    );
    await run("-D", "-X", '<primitive id="b"/>');
    expect(file()).toContain('epoch="7" num_updates="0"');
    expect(file()).not.toContain('id="b"');
  });

  test("a dry run changes nothing", async () => {
    expect(await run("-D", "--dry-run", "-X", '<primitive id="web"/>')).toMatchObject({ status: 0 });
    expect(file()).toBe(CIB);
  });

  test.each([
    [["-E"], 107, "the --force flag is required"],
    [["-C", "-X", "<a>"], 65, "--xml-text:1:"],
    [["-C", "-x", "absent.xml"], 66, "absent.xml cannot be read"],
    [["-C"], 64, "give the object with exactly one of"],
    [["-Q", "-o", "resource"], 64, '"resource" is not one of'],
    [["-d"], 64, "--delete-all needs --xpath"],
    [["-Q", "-E"], 64, "give exactly one command"],
    [["--qury"], 64, "did you mean --query?"],
  ])("%j is refused", async (argv, status, message) => {
    const result = await run(...argv);
    expect(result.status).toBe(status);
    expect(result.stderr).toContain(message);
    expect(file()).toBe(CIB);
  });
});

describe("crm_mon on a file", () => {
  test.each([
    [
      ["--daemonize"],
      64,
      "--daemonize makes sense only with --output-to=FILE, --external-agent=FILE, or both",
    ],
    [["--daemonize", "--output-to=page"], 64, "a file (CIB_file, CIB_shadow) is shown with --one-shot"],
    [["--pid-file=crm_mon.pid"], 64, "--pid-file makes sense only with --daemonize"],
    [
      ["--external-agent=cib.xml"],
      64,
      "--external-agent hears of what ends while a running cluster is watched",
    ],
    [["--external-agent=/no/such"], 66, "--external-agent: there is no /no/such"],
    [["--external-recipient=me"], 64, "--external-recipient makes sense only with --external-agent"],
    [["--watch-fencing"], 64, "--watch-fencing makes sense only with --external-agent"],
  ])("%j is refused rather than ignored", async (argv, status, message) => {
    const result = await world.run(crmMon, "crm_mon", ...argv);
    expect(result).toMatchObject({ status, stdout: "" });
    expect(result.stderr).toContain(message);
    expect(world.started).toEqual([]);
  });

  test("summary, nodes and resources", async () => {
    const { stdout, status } = await world.run(crmMon, "crm_mon", "-1", "-r");
    expect(status).toBe(0);
    expect(stdout).toContain("  * Current DC: node1 (version unknown) - partition with quorum\n");
    expect(stdout).toContain("  * 2 nodes configured\n  * 1 resource instance configured\n");
    expect(stdout).toContain("Node List:\n  * Online: [ node1 node2 ]\n");
    expect(stdout).toContain("Full List of Resources:\n  * web\t(ocf:quorate:http):\t Started node1\n");
  });

  test("grouped by node, with operations", async () => {
    const { stdout } = await world.run(crmMon, "crm_mon", "-1", "-n", "-o", "-D");
    expect(stdout).toBe(`Node List:
  * Node node1: online:
    * Resources:
      * web	(ocf:quorate:http):	 Started
  * Node node2: online:
    * Resources:

Operations:
  * Node: node1:
    * web: migration-threshold=1000000:
      * (3) start
`);
  });

  describe("what is under way has no call id yet, is shown last, and as pending", () => {
    const START = /<lrm_rsc_op id="web_last_0".*\/>/.exec(CIB)![0];
    const pending = (entry: string) =>
      entry
        .replaceAll("0:0;", "-1:193;")
        .replace('call-id="3" rc-code="0" op-status="0"', 'call-id="-1" rc-code="193" op-status="-1"');

    test("a start", async () => {
      world.files.set("cib.xml", CIB.replace(START, pending(START)));
      const history = await world.run(crmMon, "crm_mon", "-1", "-o", "-D");
      expect(history.stdout).toContain("  * web\t(ocf:quorate:http):\t Starting node1\n");
      expect(history.stdout).toContain("      * (-1) start: pending\n");
      const operations = await world.run(crmResource, "crm_resource", "--resource", "web", "-O");
      expect(operations.stdout).toBe(
        "web\t(ocf:quorate:http):\t Starting: web_start_0 (node=node1, call=-1, rc=193, exec=5ms): Pending\n",
      );
    });

    test("the first monitor after a start", async () => {
      const monitor = pending(START)
        .replace("web_last_0", "web_monitor_10000")
        .replace("web_start_0", "web_monitor_10000")
        .replace('operation="start"', 'operation="monitor"')
        .replace('interval="0"', 'interval="10000"');
      world.files.set("cib.xml", CIB.replace(START, `${monitor}${START}`));
      const history = await world.run(crmMon, "crm_mon", "-1", "-o", "-D");
      expect(history.stdout).toContain(
        '      * (3) start\n      * (-1) monitor: pending interval="10000ms"\n',
      );
      const operations = await world.run(crmResource, "crm_resource", "--resource", "web", "-O");
      expect(operations.stdout).toBe(
        `web\t(ocf:quorate:http):\t Started (Monitoring): web_start_0 (node=node1, call=3, rc=0, exec=5ms): Done
web\t(ocf:quorate:http):\t Started (Monitoring): web_monitor_10000 (node=node1, call=-1, rc=193, exec=5ms): Pending
`,
      );
    });
  });
});
