import { emptyCib } from "@quorate/cib";
import { serializeXml } from "@quorate/xml";
import { describe, expect, test } from "vitest";
import { main } from "../../src/commands/pcs.ts";
import { MemoryWorld } from "../memory-world.ts";

const RESOURCES = `<resources>
<primitive id="a" class="ocf" provider="pacemaker" type="Dummy"/>
<clone id="c-clone"><primitive id="c" class="ocf" provider="pacemaker" type="Dummy"/></clone>
<bundle id="b"><docker image="i:1" replicas="3"/><network control-port="3121"><port-mapping id="p" port="80"/></network>
<primitive id="inner" class="ocf" provider="pacemaker" type="Dummy"/></bundle></resources>`;

function world(): MemoryWorld {
  const made = new MemoryWorld();
  made.files.set(
    "cib.xml",
    serializeXml(emptyCib({ featureSet: "3.20.5", schema: "pacemaker-4.0" }))
      .replace("<nodes/>", '<nodes><node id="1" uname="n1"/><node id="2" uname="n2"/></nodes>')
      .replace("<resources/>", RESOURCES),
  );
  return made;
}

const run = (on: MemoryWorld, line: string) =>
  on.run(main, "pcs", "-f", "cib.xml", "resource", ...line.split(" "));
const cibOf = (on: MemoryWorld) => on.files.get("cib.xml")!.replaceAll(" />", "/>");

describe("pcs resource move and ban on a file", () => {
  test("ban and clear make and remove the constraint; nothing goes to standard output", async () => {
    const on = world();
    expect(await run(on, "ban a n2")).toMatchObject({ status: 0, stdout: "" });
    expect(cibOf(on)).toContain('id="cli-ban-a-on-n2"');
    expect(await run(on, "clear a n2")).toMatchObject({ status: 0, stdout: "" });
    expect(cibOf(on)).not.toContain("cli-ban");
  });

  test("a new preference for another node replaces the former one", async () => {
    const on = world();
    await run(on, "move-with-constraint a n1 lifetime=PT1H");
    await run(on, "move-with-constraint a n2");
    expect(cibOf(on).match(/rsc_location id="cli-prefer-a"/g)).toHaveLength(1);
    expect(cibOf(on)).not.toContain("date_expression");
  });

  test.each([
    "move-with-constraint c n1",
    "move-with-constraint b n1",
    "move-with-constraint a",
    "move-with-constraint a nosuch",
    "ban a n1 lifetime=bogus",
    "ban a --promoted n1",
    "move a n1",
  ])("%s is refused and changes nothing", async (line) => {
    const on = world();
    const before = cibOf(on);
    expect((await run(on, line)).status).toBe(1);
    expect(cibOf(on)).toBe(before);
  });
});

describe("pcs resource bundle", () => {
  test("create, update and reset", async () => {
    const on = world();
    expect((await run(on, "bundle create n container podman image=x:1 port-map port=81")).status).toBe(0);
    expect(cibOf(on)).toContain('<port-mapping port="81" id="n-port-map-81"/>');
    await run(
      on,
      "bundle update b container replicas= image=x:2 storage-map add source-dir=/s target-dir=/t",
    );
    expect(cibOf(on)).toContain('<docker image="x:2"/>');
    expect(cibOf(on)).toContain('id="b-storage-map"');
    await run(on, "bundle reset b container image=x:3 network control-port=1 --disabled");
    expect(cibOf(on)).toContain('<network control-port="1"/>');
    expect(cibOf(on)).toContain('id="inner"');
  });

  test("a meta-attribute value that its type forbids is refused with the right word, and --force writes it", async () => {
    const on = world();
    const line = "bundle create n container podman image=x meta is-managed=ture";
    const refused = await run(on, line);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('Did you mean "true"');
    expect(cibOf(on)).not.toContain('"ture"');
    expect((await run(on, `${line} --force`)).status).toBe(0);
  });

  test.each([
    "create a container docker image=x",
    "create n container lxc image=x",
    "create n container docker",
    "create n container docker image=x replicas=0",
    "create n container docker image=x port-map port=1 range=1-2",
    "update b container image=",
    "update b network control-port=",
    "update b port-map remove nosuch",
    "update b network control-port=3122 port-map remove nosuch",
    "update a container image=x",
    "reset b container replicas=1",
  ])("%s is refused and changes nothing", async (line) => {
    const on = world();
    const before = cibOf(on);
    expect((await run(on, `bundle ${line}`)).status).toBe(1);
    expect(cibOf(on)).toBe(before);
  });
});
