import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ipmiDevices, LabCluster } from "./lab-cluster.ts";
import { whySkipped } from "./test-lab.ts";

/** A command waits for real agents on two busy cores. */
const COMMAND_MS_MAX = 60_000;

describe.skipIf(whySkipped !== "")(`pcs on a running cluster: three nodes with BMCs${whySkipped}`, () => {
  let cluster: LabCluster;

  beforeAll(async () => {
    cluster = await LabCluster.start({});
    await cluster.configure(
      `<configuration><resources>${ipmiDevices(cluster.lab.description, (name) => cluster.host(name).bmc.address)}</resources></configuration>`,
    );
    await cluster.untilIdle("node1", COMMAND_MS_MAX);
  });

  afterAll(() => cluster?.stop());

  async function pcs(line: string, via = "node1"): Promise<{ status: number | null; output: string }> {
    const { status, stdout, stderr } = await cluster.host(via).run(["pcs", ...line.split(" ")]);
    return { status, output: stdout + stderr };
  }

  async function placeOf(id: string): Promise<string> {
    const found = await cluster.host("node1").must(["crm_resource", "--locate", "--resource", id]);
    return /is running on: (\S+)/.exec(found)![1]!;
  }

  test(
    "create, move, look ahead, act by hand, fence, delete",
    async () => {
      // With it, what was moved stays where it went.
      await pcs("resource defaults update resource-stickiness=100");
      for (const id of ["db", "web"]) {
        expect(await pcs(`resource create ${id} ocf:pacemaker:Dummy --wait=40`)).toMatchObject({ status: 0 });
      }
      await pcs("constraint order db then web");
      const to = cluster.other(await placeOf("web"));
      expect((await pcs(`resource move web ${to}`)).output).toContain(
        `resource 'web' is running on node '${to}'`,
      );
      expect((await pcs("constraint location config --full")).output).not.toContain("cli-prefer");

      const disabled = await pcs("resource safe-disable db");
      expect(disabled).toMatchObject({
        status: 1,
        output: expect.stringContaining("nothing was changed: 'web'"),
      });
      expect((await pcs("resource debug-monitor web", to)).output).toContain("returned 0 (OK)");
      expect((await pcs("resource restart web --wait=30")).output).toContain("web successfully restarted");

      const away = cluster.other(await placeOf("web"));
      await pcs(`constraint location web prefers ${away}=10`);
      expect(await pcs("resource relocate run web")).toMatchObject({ status: 0 });
      expect(await placeOf("web")).toBe(away);
      expect((await pcs("constraint location config --full")).output).not.toContain("relocate");

      for (const [line, via] of [
        [`stonith fence ${away} --plan`, to],
        ["cluster stop --plan", away],
        [`resource restart web --plan`, to],
      ] as const) {
        const plan = await pcs(line, via);
        expect(plan).toMatchObject({
          status: 0,
          output: expect.stringContaining("Plan: nothing was changed"),
        });
        expect(plan.output).toMatch(new RegExp(`(move|stop) web (from|on) ${away}`));
      }
      expect((await pcs("resource cleanup --plan")).output).toContain("Nothing would change");
      expect(await placeOf("web")).toBe(away);

      const fenced = await pcs("stonith fence node3");
      expect(fenced).toMatchObject({ status: 0, output: expect.stringContaining("Node: node3 fenced") });
      expect((await pcs("stonith history")).output).toContain("reboot of node3 successful");
      expect(cluster.host("node3").console()).toContain("bmc: set power");

      expect((await pcs("status")).output).toContain("web\t(ocf:pacemaker:Dummy):\t Started");
      expect(await pcs("resource delete web")).toMatchObject({ status: 0 });
    },
    COMMAND_MS_MAX * 4,
  );
});
