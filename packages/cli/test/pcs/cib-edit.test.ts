import { describe, expect, test } from "vitest";
import { main } from "../../src/commands/pcs.ts";
import { MemoryCluster } from "../memory-cluster.ts";
import { MemoryWorld } from "../memory-world.ts";

const CIB = `<cib crm_feature_set="3.20.5" validate-with="pacemaker-4.0" epoch="5" num_updates="3" admin_epoch="0">
  <configuration>
    <crm_config><cluster_property_set id="o"><nvpair id="o1" name="stonith-enabled" value="false"/></cluster_property_set></crm_config>
    <nodes><node id="1" uname="n1"/></nodes>
    <resources/>
    <constraints/>
  </configuration>
  <status/>
</cib>`;

describe("pcs cluster edit", () => {
  function editing(edit: (text: string) => string) {
    const cluster = new MemoryCluster(CIB);
    const world = new MemoryWorld();
    world.daemon = cluster.answers;
    world.env.EDITOR = "ed";
    world.editor = edit;
    return { cluster, world, run: (line: string) => world.run(main, "pcs", ...line.split(" ")) };
  }

  test.each(["", " --config", " scope=crm_config"])(
    "puts back what was changed, cluster edit%s",
    async (options) => {
      const { cluster, run } = editing((text) => text.replace('value="false"', 'value="true"'));
      expect(await run(`cluster edit${options}`)).toEqual({ status: 0, stdout: "", stderr: "CIB updated\n" });
      expect(cluster.text).toContain('name="stonith-enabled" value="true"');
    },
  );

  test("changes nothing when nothing was changed, and nothing that is wrong", async () => {
    for (const [edit, status, message] of [
      [(text: string) => text, 0, "no changes detected"],
      [(text: string) => text.replace("</cib>", ""), 1, "the edited text:"],
      [
        (text: string) => text.replace("<nodes>", "<knots>").replace("</nodes>", "</knots>"),
        1,
        "nothing was changed",
      ],
    ] as const) {
      const { cluster, run } = editing(edit);
      const before = cluster.text;
      expect(await run("cluster edit")).toMatchObject({ status, stderr: expect.stringContaining(message) });
      expect(cluster.text).toBe(before);
    }
  });

  test("needs an editor", async () => {
    const { world, run } = editing((text) => text);
    world.env.EDITOR = "";
    expect(await run("cluster edit")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("export EDITOR"),
    });
  });
});

test("pcs cluster cib-upgrade of the newest schema is no failure", async () => {
  const world = new MemoryWorld();
  world.daemon = new MemoryCluster(CIB).answers;
  expect(await world.run(main, "pcs", "cluster", "cib-upgrade")).toMatchObject({ status: 0 });
});

test("pcs cluster cib-push of what does not differ is no failure, and pushes nothing", async () => {
  const cluster = new MemoryCluster(CIB.replace("n1", "n2"));
  const world = new MemoryWorld();
  world.daemon = cluster.answers;
  world.files.set("f", CIB);
  const before = cluster.text;
  expect(await world.run(main, "pcs", "cluster", "cib-push", "f", "diff-against=f")).toMatchObject({
    status: 0,
    stderr: expect.stringContaining("nothing to push"),
  });
  expect(cluster.text).toBe(before);
});
