import { beforeEach, describe, expect, test } from "vitest";
import { main as crm } from "../../src/commands/crm.ts";
import { main as crmResource } from "../../src/commands/crm_resource.ts";
import { main as crmTicket } from "../../src/commands/crm_ticket.ts";
import { MemoryCluster } from "../memory-cluster.ts";
import { MemoryWorld } from "../memory-world.ts";

const CIB = `<cib crm_feature_set="3.20.5" validate-with="pacemaker-4.0" epoch="5" num_updates="3" admin_epoch="0">
  <configuration>
    <crm_config/>
    <nodes>
      <node id="1" uname="node1"/>
      <node id="2" uname="node2"/>
    </nodes>
    <resources>
      <primitive id="web" class="ocf" provider="heartbeat" type="Dummy" description="old"/>
    </resources>
    <constraints>
      <rsc_ticket id="t" rsc="web" ticket="onlyConstrained"/>
    </constraints>
  </configuration>
  <status>
    <tickets>
      <ticket_state id="ticketA" granted="true" standby="false" owner="site1"/>
    </tickets>
  </status>
</cib>
`;

let world: MemoryWorld;
let cluster: MemoryCluster;

beforeEach(() => {
  world = new MemoryWorld();
  cluster = new MemoryCluster(CIB);
  world.daemon = cluster.answers;
});

/** Somebody else does this between the first look of a command and its change. */
function meanwhile(change: Parameters<MemoryCluster["change"]>[0]): void {
  cluster.beforeChange = () => {
    cluster.beforeChange = () => {};
    cluster.change(change);
  };
}

describe("crm_ticket: what others write at the same time stays", () => {
  const run = (...argv: string[]) => world.run(crmTicket, "crm_ticket", ...argv);
  const revoked = {
    operation: "cib_modify",
    section: "status",
    data: '<tickets><ticket_state id="ticketA" granted="false" booth="1"/></tickets>',
  };

  test("a ticket that is granted meanwhile is not forgotten", async () => {
    cluster.change(revoked);
    meanwhile({
      operation: "cib_modify",
      section: "status",
      data: '<tickets><ticket_state id="ticketA" granted="true"/></tickets>',
    });
    expect(await run("-t", "ticketA", "--cleanup")).toMatchObject({ status: 4 });
    expect(cluster.text).toContain('<ticket_state id="ticketA" granted="true"');
    expect(await run("-t", "ticketA", "--cleanup", "--force")).toMatchObject({ status: 0 });
    expect(cluster.text).not.toContain("<ticket_state");
  });

  test("an attribute is set beside a ticket that is revoked", async () => {
    meanwhile(revoked);
    expect(await run("-t", "ticketA", "-S", "owner", "-v", "site2")).toMatchObject({ status: 0 });
    expect(cluster.text).toContain(
      '<ticket_state id="ticketA" granted="false" standby="false" owner="site2" booth="1"/>',
    );
  });

  test("standby does not grant again what was revoked", async () => {
    meanwhile(revoked);
    expect(await run("-t", "ticketA", "--standby")).toMatchObject({ status: 0 });
    expect(cluster.text).toContain('granted="false" standby="true" owner="site1" booth="1"');
  });

  test("an attribute is removed from a ticket that is revoked", async () => {
    meanwhile(revoked);
    expect(await run("-t", "ticketA", "-D", "owner")).toMatchObject({ status: 0 });
    expect(cluster.text).toContain('<ticket_state id="ticketA" granted="false" standby="false" booth="1"/>');
  });

  test("removing from a ticket that nobody knows makes none, and says so", async () => {
    const result = await run("-t", "ticketB", "-D", "owner");
    expect(result).toMatchObject({
      status: 105,
      stderr: expect.stringContaining("No such ticket 'ticketB'"),
    });
    expect(await run("-t", "onlyConstrained", "-D", "owner")).toMatchObject({ status: 0 });
    expect(cluster.text).not.toMatch(/ticket_state id="(ticketB|onlyConstrained)"/);
  });

  test("removing counts as one update of the status", async () => {
    expect(await run("-t", "ticketA", "-D", "owner")).toMatchObject({ status: 0 });
    expect(cluster.text).toMatch(/epoch="5" num_updates="4"/);
  });

  test("removing and setting at once", async () => {
    expect(await run("-t", "new", "-D", "x", "-S", "owner", "-v", "me")).toMatchObject({ status: 0 });
    expect(cluster.text).toContain('<ticket_state id="new" owner="me"/>');
  });
});

describe("crm_resource --element: what others write at the same time stays", () => {
  const run = (...argv: string[]) =>
    world.run(crmResource, "crm_resource", "-r", "web", "--element", ...argv);
  const stopped = {
    operation: "cib_modify",
    section: "resources",
    data: '<primitive id="web"><meta_attributes id="m"><nvpair id="m1" name="target-role" value="Stopped"/></meta_attributes></primitive>',
  };

  test("when an attribute is set", async () => {
    meanwhile(stopped);
    expect(await run("-p", "description", "-v", "new")).toMatchObject({ status: 0 });
    expect(cluster.text).toContain('description="new"');
    expect(cluster.text).toContain('value="Stopped"');
  });

  test("when one is removed", async () => {
    meanwhile(stopped);
    expect(await run("-d", "description")).toMatchObject({ status: 0 });
    expect(cluster.text).not.toContain("description=");
    expect(cluster.text).toContain('value="Stopped"');
  });
});

describe("crm configure", () => {
  const run = (...argv: string[]) => world.run(crm, "crm", "--force", ...argv);
  const property = ["configure", "property", "stonith-enabled=false"];

  test("comes again when only the status changed", async () => {
    meanwhile({ operation: "cib_modify", section: "status", data: '<node_state id="1" uname="node1"/>' });
    expect(await run(...property)).toMatchObject({ status: 0 });
    expect(cluster.text).toContain("stonith-enabled");
    expect(cluster.text).toContain("node_state");
  });

  test("writes nothing over a configuration that somebody else has changed", async () => {
    meanwhile({
      operation: "cib_modify",
      section: "resources",
      data: '<primitive id="web" description="theirs"/>',
    });
    const result = await run(...property);
    expect(result).toMatchObject({ status: 1, stderr: expect.stringContaining("changed by somebody else") });
    expect(cluster.text).not.toContain("stonith-enabled");
  });

  test.each([
    [{ kind: "outcomeUnknown", reason: "the node stopped" }, "may or may not be in effect"],
    [
      { kind: "notDurable", failures: [{ node: "node2", code: "EIO", message: "disk" }] },
      "in effect, but not on every disk",
    ],
  ])("neither repeats nor denies a change whose outcome is %j", async (answer, text) => {
    cluster.answerOnce = answer;
    const result = await run(...property);
    expect(result.status).toBe(1);
    expect(result.stderr).toContain(text);
    expect(result.stderr).not.toContain("Nothing was written");
    expect(world.requests.filter(({ params }) => isChange(params))).toHaveLength(1);
  });
});

function isChange(params: unknown): boolean {
  return (params as { operation?: string }).operation !== "cib_query";
}
