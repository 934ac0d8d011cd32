import { describe, expect, it } from "vitest";
import { runInMemory } from "../../../../scripts/conformance/memory-world.ts";
import { main } from "../../src/commands/crm_simulate.ts";
import { MemoryWorld } from "../memory-world.ts";

const CIB = `<cib crm_feature_set="3.20.5" validate-with="pacemaker-4.0" admin_epoch="0" epoch="1" num_updates="0" have-quorum="1">
  <configuration>
    <crm_config>
      <cluster_property_set id="cib-bootstrap-options">
        <nvpair id="fencing" name="stonith-enabled" value="false"/>
      </cluster_property_set>
    </crm_config>
    <nodes>
      <node id="1" uname="alpha"/>
      <node id="2" uname="beta"/>
    </nodes>
    <resources>
      <primitive id="db" class="ocf" provider="pacemaker" type="Dummy"/>
    </resources>
    <constraints/>
  </configuration>
  <status>
    <node_state id="1" uname="alpha" in_ccm="true" crmd="online" join="member" expected="member"/>
  </status>
</cib>
`;

function run(...argv: string[]) {
  return runInMemory(main, argv, new Map([["cib.xml", CIB]]));
}

describe("crm_simulate", () => {
  it("shows the status only, when nothing else is asked for", async () => {
    const { stdout, exitCode } = await run("-x", "cib.xml");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("Current cluster status:\n  * Node List:\n    * Online: [ alpha ]");
    expect(stdout).not.toContain("Transition Summary");
  });

  it("a saved result is where the cluster would be: simulating it again does nothing", async () => {
    const first = await run("-x", "cib.xml", "-S", "-u", "beta", "-O", "out.xml");
    expect(first.stdout).toContain("Start      db");
    const again = await runInMemory(main, ["-x", "out.xml", "-S"], first.written);
    expect(again.stdout).toContain("Transition Summary:\n\nExecuting Cluster Transition:\n\nRevised");
  });

  it("--in-place replaces the input by the result", async () => {
    const { written } = await run("-x", "cib.xml", "-X");
    expect(written.get("cib.xml")).toContain('operation_key="db_start_0"');
  });

  // Observed of the classic tool, each on the result of the one before.
  it("the result counts an epoch for each new node and an update for every other change", async () => {
    let cib = CIB;
    const versions: string[] = [];
    for (const argv of [
      ["-u", "gamma", "-u", "gamma"],
      ["-u", "gamma"],
      ["-f", "gamma"],
      ["-d", "gamma"],
      ["-w", "true"],
      ["-w", "true"],
      ["-g", "t"],
      ["-g", "t"],
      ["-b", "t"],
      ["-i", "db_monitor_10000@alpha=1"],
    ]) {
      const request = ["-x", "cib.xml", ...argv, "-O", "out.xml"];
      const { written } = await runInMemory(main, request, new Map([["cib.xml", cib]]));
      cib = written.get("out.xml")!;
      versions.push(
        / epoch="\d+" num_updates="\d+"/
          .exec(cib)![0]
          .replace(/[^\d ]/g, "")
          .trim(),
      );
    }
    expect(versions).toEqual(["2 2", "2 2", "2 3", "2 4", "3 0", "3 0", "3 1", "3 1", "3 2", "3 3"]);
  });

  it("the result of a transition counts each operation once, as does --in-place on a CIB_file", async () => {
    const { written } = await run("-x", "cib.xml", "-X");
    expect(written.get("cib.xml")).toContain(' epoch="1" num_updates="2"');
    const world = new MemoryWorld();
    world.files.set("cib.xml", CIB);
    world.env.CIB_file = "cib.xml";
    expect(await world.run(main, "crm_simulate", "--live-check", "--in-place", "-u", "gamma")).toMatchObject({
      status: 0,
    });
    // Two for the new node, two probes and a start.
    expect(world.files.get("cib.xml")).toContain(' epoch="2" num_updates="5"');
  });

  it("saves graph and dot, and with --quiet prints nothing but scores", async () => {
    const { stdout, written } = await run("-x", "cib.xml", "-sQ", "-G", "graph", "-D", "dot");
    expect(written.get("graph")).toMatch(/^<transition_graph /);
    expect(written.get("dot")).toMatch(/^ digraph "g" \{\n/);
    expect(stdout).toBe(
      "pcmk__primitive_assign: db allocation score on alpha: 0\npcmk__primitive_assign: db allocation score on beta: 0\n",
    );
  });

  it("tells with --op-fail what fails, and recovers nothing that was not said", async () => {
    const { stdout } = await run("-x", "cib.xml", "-F", "db_start_0@alpha=1");
    expect(stdout).toMatch(/Pretending action \d+ failed with rc=1\n/);
    expect(stdout).toContain("db\t(ocf:pacemaker:Dummy):\t FAILED alpha");
  });

  it("prints the same as XML, with the command line that asked for it", async () => {
    const { stdout } = await run("-x", "cib.xml", "-S", "-t", "2026-03-01 12:00:00Z", "--output-as=xml");
    expect(stdout).toContain(
      `request="crm_simulate -x cib.xml -S -t '2026-03-01 12:00:00Z' --output-as=xml"`,
    );
    expect(stdout).toContain('<rsc_action action="start" resource="db" node="alpha"/>');
    expect(stdout).toContain('<rsc_action resource="db" op="start" node="alpha"/>');
    expect(stdout).toContain('<status code="0" message="OK"/>');
  });

  it("writes the result to a file with --output-to", async () => {
    const { stdout, written } = await run("-x", "cib.xml", "--output-to=result.txt");
    expect(stdout).toBe("");
    expect(written.get("result.txt")).toContain("Current cluster status");
  });

  it("that fails with nothing to tell leaves the file alone", async () => {
    const { exitCode, written } = await run("-x", "missing.xml", "--output-to=result.txt");
    expect({ exitCode, isWritten: written.has("result.txt") }).toEqual({ exitCode: 66, isWritten: false });
  });

  it.each([
    [["-x", "missing.xml"], 66, /missing\.xml cannot be read: no such file/],
    [["--simulat"], 64, /did you mean --simulate\?/],
    [["-x", "cib.xml", "-p"], 64, /exclude each other/],
    [["-X"], 64, /--in-place needs --xml-file/],
    [["-x", "cib.xml", "-t", "tomorrow"], 64, /"tomorrow": not a date; write for example/],
    [["-x", "cib.xml", "extra"], 64, /unexpected argument "extra"/],
  ])("refuses %j", async (argv, exitCode, message) => {
    const result = await run(...argv);
    expect(result.exitCode).toBe(exitCode);
    expect(result.stderr).toMatch(message);
    expect(result.stdout).toBe("");
  });

  it.each([
    ["<cib", 65, /broken\.xml:1:\d+: /],
    ['<cib validate-with="pacemaker-4.0"><configuration/></cib>', 78, /must contain <crm_config>/],
    [CIB.replace("pacemaker-4.0", "pacemaker-9.0"), 78, /is no known schema/],
    ["<other/>", 65, /a <other>, not a <cib>/],
  ])("refuses a document like %j", async (text, exitCode, message) => {
    const result = await runInMemory(main, ["-x", "broken.xml", "-S"], new Map([["broken.xml", text]]));
    expect(result.exitCode).toBe(exitCode);
    expect(result.stderr).toMatch(message);
  });

  it("warns about a document that is not validated, and goes on", async () => {
    const text = CIB.replace("pacemaker-4.0", "none");
    const result = await runInMemory(main, ["-x", "none.xml"], new Map([["none.xml", text]]));
    expect(result.exitCode).toBe(0);
    expect(result.stderr).toMatch(/^Schema validation of configuration is disabled/);
  });
});
