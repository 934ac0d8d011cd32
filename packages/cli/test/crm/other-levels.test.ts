import { beforeEach, describe, expect, test } from "vitest";
import { main as crm } from "../../src/commands/crm.ts";
import { MemoryWorld } from "../memory-world.ts";

const CONF = "/etc/corosync/corosync.conf";
const INPUTS = "/var/lib/quorate/pengine";
const INPUT = `<cib crm_feature_set="3.20.5" validate-with="pacemaker-4.0" epoch="5" num_updates="3" admin_epoch="0" have-quorum="1"><configuration>
<crm_config><cluster_property_set id="o"><nvpair id="o1" name="fencing-enabled" value="false"/></cluster_property_set></crm_config>
<nodes><node id="1" uname="node1"/></nodes><resources><primitive id="NAME" class="ocf" provider="heartbeat" type="Dummy"/></resources><constraints/></configuration>
<status><node_state id="1" uname="node1" in_ccm="true" crmd="online" join="member" expected="member"/></status></cib>`;

let world: MemoryWorld;
const run = (line: string) => world.run(crm, "crm", ...line.split(" "));

beforeEach(() => {
  world = new MemoryWorld();
  world.files.set(
    CONF,
    "totem {\n  version: 2\n  token: 3000\n}\nnodelist {\n  node {\n    name: n1\n  }\n  node {\n    name: n2\n  }\n}\nlogging {\n  logfile: /var/log/c.log\n}\n",
  );
  world.files.set("/var/log/c.log", "notice one\n");
});

describe("crm corosync", () => {
  test.each([
    ["corosync get totem.token", "3000\n"],
    ["corosync get nodelist.node.name", "n1\nn2\n"],
    ["corosync log", "notice one\n"],
  ])("%s", async (line, stdout) => {
    expect(await run(line)).toEqual({ status: 0, stdout, stderr: "" });
  });

  test("show prints the file", async () => {
    expect((await run("corosync show")).stdout).toBe(world.files.get(CONF));
  });

  test.each([
    ["corosync get totem.tokn", 'there is no "totem.tokn"'],
    ["corosync status rings", "Expected [ring|quorum]"],
  ])("%s is refused", async (line, text) => {
    expect(await run(line)).toMatchObject({ status: 1, stderr: expect.stringContaining(text) });
  });

  test("set, add-node and del-node change the file, and edit asks the editor", async () => {
    let number = 0;
    world.files.set(
      CONF,
      world.files.get(CONF)!.replace(/ {4}name: n\d\n/g, (line) => {
        number++;
        return `    ring0_addr: 192.0.2.${number}\n${line}    nodeid: ${number}\n`;
      }),
    );
    expect(await run("corosync set totem.token 5000")).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(await run("corosync set totem.join 70")).toMatchObject({ status: 0 });
    expect(world.files.get(CONF)).toContain("totem {\n  version: 2\n  token: 5000\n  join: 70\n}");
    expect(await run("corosync add-node 192.0.2.3 n3")).toMatchObject({ status: 0 });
    expect((await run("corosync get nodelist.node.name")).stdout).toBe("n1\nn2\nn3\n");
    expect((await run("corosync get nodelist.node.ring0_addr")).stdout).toMatch(/192\.0\.2\.3\n$/);
    expect((await run("corosync get nodelist.node.nodeid")).stdout).toBe("1\n2\n3\n");
    expect(await run("corosync del-node 192.0.2.3")).toMatchObject({ status: 0 });
    world.editor = (text) => text.replace("5000", "6000");
    expect(await run("corosync edit")).toMatchObject({ status: 0 });
    expect((await run("corosync get totem.token")).stdout).toBe("6000\n");
  });

  test.each([
    ["corosync set totme.token 1", 'did you mean "totem"?'],
    ["corosync set token 1", "names no section"],
    ["corosync set nodelist.node.name x", "there are 2 nodes"],
    ["corosync set totem.token 3s", "crm --force"],
    ["corosync set totem.token a{b", "cannot hold"],
    ["corosync add-node 192.0.2.9 n2", "is there already"],
    ["corosync del-node 192.0.2.9", "no node has"],
  ])("%s changes nothing", async (line, text) => {
    const before = world.files.get(CONF);
    expect(await run(line)).toMatchObject({ status: 1 });
    const { stdout, stderr } = await run(line);
    expect(stdout + stderr).toContain(text);
    expect(world.files.get(CONF)).toBe(before);
  });

  test("a broken file is told with the line, and what is not there as such", async () => {
    world.files.set(CONF, "totem {\n  version 2\n");
    expect((await run("corosync get totem.version")).stderr).toMatch(/corosync\.conf:\d+: /);
    world.files.delete(CONF);
    expect(await run("corosync show")).toMatchObject({ status: 1, stderr: expect.stringContaining(CONF) });
  });
});

describe("crm history", () => {
  beforeEach(() => {
    for (const [name, id] of [
      ["pe-input-0.bz2", "newest"],
      ["pe-input-1.bz2", "old"],
      ["pe-warn-0.xml", "warned"],
    ] as const)
      world.files.set(`${INPUTS}/${name}`, INPUT.replace("NAME", id));
    world.files.set(`${INPUTS}/pe-input.last`, "1\n");
  });

  test("peinputs lists what was kept", async () => {
    expect((await run("history peinputs")).stdout).toBe(
      ["pe-input-0.bz2", "pe-input-1.bz2", "pe-warn-0.xml"].map((name) => `${INPUTS}/${name}\n`).join(""),
    );
    expect((await run("history peinputs pe-warn-0")).stdout).toBe(`${INPUTS}/pe-warn-0.xml\n`);
    expect((await run("history info")).stdout).toContain("Inputs: 3 in /var/lib/quorate/pengine\n");
  });

  test.each([
    // Numbers have started anew: the last input is not that with the highest number.
    ["history transition", "newest"],
    ["history transition 1", "old"],
    ["history transition pe-warn-0", "warned"],
    [`history transition ${INPUTS}/pe-input-1.bz2`, "old"],
    ["history scores 1", "old"],
  ])("%s", async (line, id) => {
    expect(await run(line)).toMatchObject({ status: 0, stderr: "", stdout: expect.stringContaining(id) });
  });

  test.each(["history transition 7", "history transition /nowhere/x", "history peinputs 9"])(
    "%s",
    async (line) => {
      const { status, stderr } = await run(line);
      expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining(INPUTS) });
    },
  );
});

describe("crm cluster", () => {
  test("wait_for_startup ends when there is a DC", async () => {
    let asked = 0;
    world.daemon = {
      "node.status": () => {
        asked += 1;
        return { dc: asked === 1 ? null : "node1" } as never;
      },
    };
    expect(await run("cluster wait_for_startup 5")).toMatchObject({ status: 0 });
    expect(asked).toBe(2);
  });

  test("and fails with what to do when nothing runs", async () => {
    expect(await run("cluster wait_for_startup 0")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("crm cluster start"),
    });
    expect(await run("cluster wait_for_startup soon")).toMatchObject({ status: 1 });
  });

  test("remove does what pcs does", async () => {
    expect(await run("cluster remove")).toMatchObject({ status: 1 });
    world.management = { knownHosts: () => [], hostName: "n1" } as never;
    expect((await run("cluster remove n9")).stderr).toContain("Node 'n9' does not appear to exist");
  });
});
