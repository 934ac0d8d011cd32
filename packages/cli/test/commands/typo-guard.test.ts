import { diffCib, patchsetToXml } from "@quorate/cib";
import type { AgentCatalogue } from "@quorate/executor";
import { serializeXml } from "@quorate/xml";
import { beforeEach, describe, expect, test } from "vitest";
import type { Main } from "../../src/command.ts";
import { main as cibadmin } from "../../src/commands/cibadmin.ts";
import { main as crm } from "../../src/commands/crm.ts";
import { main as crmAttribute } from "../../src/commands/crm_attribute.ts";
import { main as crmResource } from "../../src/commands/crm_resource.ts";
import { main as pcs } from "../../src/commands/pcs.ts";
import { main as quoratePlan } from "../../src/commands/quorate-plan.ts";
import { MemoryCluster } from "../memory-cluster.ts";
import { MemoryWorld } from "../memory-world.ts";

const CIB = `<cib crm_feature_set="3.20.5" validate-with="pacemaker-4.0" epoch="5" num_updates="3" admin_epoch="0"><configuration>
<crm_config><cluster_property_set id="cib-bootstrap-options"><nvpair id="o1" name="fencing-enabled" value="false"/></cluster_property_set></crm_config>
<nodes><node id="1" uname="node1"/></nodes>
<resources><primitive class="ocf" provider="pacemaker" type="Dummy" id="db"/></resources><constraints/><rsc_defaults/></configuration><status/></cib>`;

const MAINS: Readonly<Record<string, Main>> = {
  cibadmin,
  crm,
  crm_attribute: crmAttribute,
  crm_resource: crmResource,
  pcs,
  "quorate-plan": quoratePlan,
};

let world: MemoryWorld;

beforeEach(() => {
  world = new MemoryWorld();
  world.files.set("cib.xml", CIB);
  world.env.CIB_file = "cib.xml";
});

const meta = (name: string, value: string) =>
  `<primitive id="db"><meta_attributes id="m"><nvpair id="m1" name="${name}" value="${value}"/></meta_attributes></primitive>`;

const run = (words: readonly string[]) => world.run(MAINS[words[0]!]!, words[0]!, ...words.slice(1));

describe("on a file as on a cluster, a typo is refused with the right word", () => {
  test.each([
    [["cibadmin", "--modify", "--scope", "resources", "--xml-text", meta("is-managed", "ture")], "true"],
    [
      ["cibadmin", "--modify", "--scope", "resources", "--xml-text", meta("is-mangaed", "true")],
      "is-managed",
    ],
    [
      [
        "cibadmin",
        "--replace",
        "--xml-text",
        CIB.replace('"fencing-enabled" value="false"', '"fencing-enabled" value="flase"'),
      ],
      "false",
    ],
    [["crm_attribute", "--name", "fencing-enabeld", "--update", "false"], "fencing-enabled"],
    [["crm_attribute", "--name", "fencing-enabled", "--update", "flase"], "false"],
    [["crm_attribute", "--type", "rsc_defaults", "--name", "is-managed", "--update", "ture"], "true"],
    [
      [
        "crm_resource",
        "--resource",
        "db",
        "--meta",
        "--set-parameter",
        "is-managed",
        "--parameter-value",
        "ture",
      ],
      "true",
    ],
    [
      [
        "crm_resource",
        "--resource",
        "db",
        "--meta",
        "--set-parameter",
        "is-mangaed",
        "--parameter-value",
        "true",
      ],
      "is-managed",
    ],
    [["pcs", "resource", "meta", "db", "is-managed=ture"], "true"],
    [["pcs", "resource", "meta", "db", "is-mangaed=true"], "is-managed"],
    [["pcs", "resource", "defaults", "update", "is-managed=ture"], "true"],
    [["crm", "configure", "rsc_defaults", "is-mangaed=true"], "is-managed"],
    [["crm", "resource", "meta", "db", "set", "is-managed", "ture"], "true"],
  ])("%j", async (words, right) => {
    const { status, stderr } = await run(words);
    expect(status).not.toBe(0);
    expect(stderr).toContain(right);
    expect(world.files.get("cib.xml")).toBe(CIB);
  });

  test.each([
    [["cibadmin", "--modify", "--force", "--scope", "resources", "--xml-text", meta("is-managed", "ture")]],
    [
      [
        "crm_resource",
        "--force",
        "--resource",
        "db",
        "--meta",
        "--set-parameter",
        "is-managed",
        "--parameter-value",
        "ture",
      ],
    ],
    [["pcs", "resource", "meta", "db", "is-managed=ture", "--force"]],
    [["crm", "--force", "configure", "rsc_defaults", "is-managed=ture"]],
  ])("%j is written for whoever insists", async (words) => {
    expect((await run(words)).status).toBe(0);
    expect(world.files.get("cib.xml")).toContain('value="ture"');
  });

  test("what nobody knows and tools keep for themselves is written", async () => {
    expect((await run(["crm_attribute", "--name", "redis_REPL_INFO", "--update", "node1"])).status).toBe(0);
  });

  test("what was wrong before does not keep other changes out", async () => {
    world.files.set(
      "cib.xml",
      CIB.replace(
        "<rsc_defaults/>",
        '<rsc_defaults><meta_attributes id="d"><nvpair id="d1" name="is-managed" value="ture"/></meta_attributes></rsc_defaults>',
      ),
    );
    expect((await run(["crm_attribute", "--name", "maintenance-mode", "--update", "true"])).status).toBe(0);
  });
});

describe("what would have the cluster rely on watchdogs is refused, unless forced", () => {
  const modify = (name: string, value: string) => [
    "cibadmin",
    "--modify",
    "--scope",
    "crm_config",
    "--xml-text",
    `<cluster_property_set id="cib-bootstrap-options"><nvpair id="w" name="${name}" value="${value}"/></cluster_property_set>`,
  ];

  test.each([
    [modify("stonith-watchdog-timeout", "10"), "--force"],
    [modify("fencing-watchdog-timeout", "-1"), "--force"],
    [modify("fencing-watchdog-timeout", "PT10S"), "--force"],
    [["crm", "configure", "property", "stonith-watchdog-timeout=10s"], "-F"],
    [["pcs", "property", "set", "stonith-watchdog-timeout=10"], "--force"],
    [["crm_attribute", "--name", "fencing-watchdog-timeout", "--update", "10"], null],
  ])("%j", async (words, force) => {
    const { status, stderr } = await run(words);
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/take nodes as down that nothing resets|while SBD is disabled/);
    expect(world.files.get("cib.xml")).toBe(CIB);
    if (force === null) return;
    const [program = "", ...rest] = words;
    expect((await run([program, force, ...rest])).status).toBe(0);
    expect(world.files.get("cib.xml")).toContain("watchdog-timeout");
    // What is there already stays, and what else is written beside it needs no force.
    expect((await run(["crm_attribute", "--name", "maintenance-mode", "--update", "true"])).status).toBe(0);
  });

  test.each([
    [modify("stonith-watchdog-timeout", "0")],
    [modify("fencing-watchdog-timeout", "0s")],
    [["crm", "configure", "property", "stonith-watchdog-timeout=0"]],
    [["pcs", "property", "set", "stonith-watchdog-timeout=0"]],
    [["crm_attribute", "--name", "fencing-watchdog-timeout", "--update", "0"]],
  ])("not to rely on them is written: %j", async (words) => {
    expect(await run(words)).toMatchObject({ status: 0 });
    expect(world.files.get("cib.xml")).toContain("watchdog-timeout");
  });
});

describe("a parameter of an agent", () => {
  const withParameter = (name: string) =>
    `<primitive id="db"><instance_attributes id="i"><nvpair id="i1" name="${name}" value="x"/></instance_attributes></primitive>`;
  const modify = (name: string) => [
    "cibadmin",
    "--modify",
    "--scope",
    "resources",
    "--xml-text",
    withParameter(name),
  ];
  const set = (name: string) => [
    "crm_resource",
    "-r",
    "db",
    "--set-parameter",
    name,
    "--parameter-value",
    "x",
  ];

  beforeEach(() => {
    world.agents = {
      describe: async () => ({
        ok: true,
        xml: "",
        description: {
          parameters: [{ name: "state", isRequired: false, replaces: ["status_file"] }],
          actions: [],
        },
      }),
      close: () => {},
    } as unknown as AgentCatalogue;
  });

  test.each([modify, set])("that is nearly one of its agent's is refused, unless forced", async (command) => {
    const { status, stderr } = await run(command("staet"));
    expect({ status, file: world.files.get("cib.xml") }).toEqual({ status: 78, file: CIB });
    expect(stderr).toContain('db: its agent has no parameter "staet"; did you mean "state"?');
    expect((await run([...command("staet"), "--force"])).status).toBe(0);
    // What is there already was accepted once.
    expect((await run(modify("staet"))).status).toBe(0);
  });

  test.each(["state", "status_file", "quite_another"])("%s is written", async (name) => {
    for (const command of [modify, set]) expect((await run(command(name))).status).toBe(0);
  });
});

describe("a parameter that no agent knows, on a running cluster", () => {
  let cluster: MemoryCluster;
  const agents = {
    describe: async ({ type }: { readonly type: string }) =>
      type === "Absent"
        ? { ok: false, reason: "no such agent here" }
        : {
            ok: true,
            xml: "",
            description: {
              parameters: [{ name: type === "fence_x" ? "ip" : "state", isRequired: false, replaces: [] }],
              actions: [{ name: "monitor", attributes: new Map() }],
            },
          },
    close: () => {},
  } as unknown as AgentCatalogue;
  const resource = (attributes: string, name: string) =>
    `<primitive id="new" ${attributes}><instance_attributes id="i"><nvpair id="i1" name="${name}" value="x"/></instance_attributes></primitive>`;
  const DUMMY = 'class="ocf" provider="pacemaker" type="Dummy"';

  beforeEach(() => {
    world.env.CIB_file = undefined;
    world.agents = agents;
    cluster = new MemoryCluster(
      CIB.replace(
        'id="db"/>',
        'id="db"><instance_attributes id="db-i"><nvpair id="db-old" name="imported" value="1"/></instance_attributes></primitive>',
      ),
    );
    world.daemon = cluster.answers;
  });

  const patch = (change: (text: string) => string) => {
    const target = new MemoryCluster(change(cluster.text)).cib;
    target.set("num_updates", "4");
    return serializeXml(patchsetToXml(diffCib(cluster.cib, target)));
  };
  const added = (text: string) => text.replace("</resources>", `${resource(DUMMY, "other")}</resources>`);

  test.each<[string, () => string[]]>([
    [
      "cibadmin --create",
      () => ["cibadmin", "-C", "-o", "resources", "--xml-text", resource(DUMMY, "other")],
    ],
    ["cibadmin --replace", () => ["cibadmin", "--replace", "--xml-text", added(cluster.text)]],
    ["cibadmin --patch", () => ["cibadmin", "--patch", "--xml-text", patch(added)]],
    [
      "cibadmin of a pair alone",
      () => [
        "cibadmin",
        "-M",
        "-o",
        "resources",
        "--xml-text",
        '<nvpair id="db-old" name="other" value="1"/>',
      ],
    ],
    [
      "cibadmin of another value",
      () => ["cibadmin", "-M", "-o", "resources", "--xml-text", '<nvpair id="db-old" value="2"/>'],
    ],
    ["crm_resource", () => ["crm_resource", "-r", "db", "--set-parameter", "other", "-v", "1"]],
    [
      "a template",
      () => [
        "cibadmin",
        "-C",
        "-o",
        "resources",
        "--xml-text",
        resource(DUMMY, "other").replaceAll("primitive", "template"),
      ],
    ],
    [
      "a fence device",
      () => [
        "cibadmin",
        "-C",
        "-o",
        "resources",
        "--xml-text",
        resource('class="stonith" type="fence_x"', "pcmk_hosts"),
      ],
    ],
  ])("%s refuses it, unless forced, and forcing it is told to the daemon", async (_, words) => {
    const before = cluster.text;
    const { status, stderr } = await run(words());
    expect({ status, text: cluster.text }).toEqual({ status: 78, text: before });
    expect(stderr).toMatch(/its agent has no parameter "\w+"/);
    expect((await run([...words(), "--force"])).status).toBe(0);
    expect(cluster.text).not.toBe(before);
    expect(world.requests.at(-1)?.params).toMatchObject({
      flags: expect.arrayContaining(["allow-mistakes"]),
    });
  });

  test.each([
    ["ocf", resource(DUMMY, "state")],
    ["for a more thorough look", resource(DUMMY, "OCF_CHECK_LEVEL")],
    ["the cluster's", resource('class="stonith" type="fence_x"', "pcmk_host_map")],
    ["of a command of the agent's", resource('class="stonith" type="fence_x"', "pcmk_monitor_timeout")],
  ])("what is known is written: %s", async (_, xml) => {
    expect(await run(["cibadmin", "-C", "-o", "resources", "--xml-text", xml])).toMatchObject({
      status: 0,
      stderr: "",
    });
  });

  test("an agent that is not installed is let pass with a warning", async () => {
    const xml = resource('class="ocf" provider="x" type="Absent"', "other");
    const { status, stderr } = await run(["cibadmin", "-C", "-o", "resources", "--xml-text", xml]);
    expect(status).toBe(0);
    expect(stderr).toContain("new: its parameters could not be checked: no such agent here");
  });

  test("what was there before stays, and no agent is asked about other changes", async () => {
    world.agents = null;
    const asked = world.requests.length;
    expect(
      (await run(["crm_resource", "-r", "db", "--meta", "-p", "is-managed", "-v", "false"])).stderr,
    ).toBe("");
    expect((await run(["cibadmin", "--replace", "--xml-text", cluster.text])).stderr).toBe("");
    expect(world.requests.length).toBeGreaterThan(asked);
  });

  test("a plan of it is refused as the change is", async () => {
    const words = ["crm_resource", "-r", "db", "--set-parameter", "other", "-v", "1"];
    const { status, stderr } = await run(["quorate-plan", ...words]);
    expect(status).toBe(78);
    expect(stderr).toContain('its agent has no parameter "other"');
    expect((await run(["quorate-plan", ...words, "--force"])).status).toBe(0);
  });
});
