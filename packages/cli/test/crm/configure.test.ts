import type { AgentCatalogue } from "@quorate/executor";
import { parseXml } from "@quorate/xml";
import { beforeEach, describe, expect, test } from "vitest";
import { main as crm } from "../../src/commands/crm.ts";
import { MemoryWorld } from "../memory-world.ts";

const CIB = `<cib crm_feature_set="3.20.5" validate-with="pacemaker-4.0" epoch="5" num_updates="3" admin_epoch="0">
  <configuration>
    <crm_config>
      <cluster_property_set id="cib-bootstrap-options">
        <nvpair id="cib-bootstrap-options-stonith-enabled" name="stonith-enabled" value="false"/>
      </cluster_property_set>
    </crm_config>
    <nodes>
      <node id="1" uname="node1"/>
      <node id="2" uname="node2"/>
    </nodes>
    <resources/>
    <constraints/>
  </configuration>
  <status/>
</cib>
`;

/** An agent with one parameter and a monitor; every other agent is missing. */
const AGENTS = {
  describe: async ({ type }: { type: string }) =>
    type === "Dummy"
      ? {
          ok: true,
          xml: "",
          description: {
            parameters: [{ name: "fake", isRequired: false, replaces: [], replacedBy: [] }],
            actions: [
              {
                name: "monitor",
                attributes: new Map([
                  ["name", "monitor"],
                  ["interval", "10s"],
                  ["timeout", "20s"],
                ]),
              },
              {
                name: "start",
                attributes: new Map([
                  ["name", "start"],
                  ["timeout", "20s"],
                ]),
              },
              {
                name: "stop",
                attributes: new Map([
                  ["name", "stop"],
                  ["timeout", "20s"],
                ]),
              },
            ],
          },
        }
      : { ok: false, reason: "no such file" },
} as unknown as AgentCatalogue;

let world: MemoryWorld;

beforeEach(() => {
  world = new MemoryWorld();
  world.files.set("cib.xml", CIB);
  world.env.CIB_file = "cib.xml";
  world.agents = AGENTS;
});

const run = (...args: string[]) => world.run(crm, "crm", ...args);
const shown = async (...names: string[]) => (await run("configure", "show", ...names)).stdout;

describe("crm configure", () => {
  test("writes a change as one new version of the CIB", async () => {
    expect(await run("configure", "primitive", "a", "Dummy", "op", "monitor", "interval=10s")).toEqual({
      status: 0,
      stdout: "",
      stderr: "",
    });
    const parsed = parseXml(world.files.get("cib.xml")!);
    const root = parsed.ok ? parsed.root : null;
    expect(root?.get("epoch")).toBe("6");
    expect(root?.get("num_updates")).toBe("0");
    expect(await shown("a")).toBe("primitive a Dummy \\\n\top monitor interval=10s\n");
  });

  test("edit gives the text to the editor in a file that is gone afterwards, and takes what comes back", async () => {
    await run("configure", "property", "no-quorum-policy=stop");
    const seen: string[] = [];
    world.editor = (text) => {
      seen.push(text);
      return text
        .replace("no-quorum-policy=stop", "maintenance-mode=true")
        .replace(/$/u, "primitive a Dummy params fake=1\n");
    };
    expect(await run("configure", "edit", "cib-bootstrap-options")).toEqual({
      status: 0,
      stdout: "",
      stderr: "",
    });
    expect(seen).toEqual([
      "property cib-bootstrap-options: \\\n\tstonith-enabled=false \\\n\tno-quorum-policy=stop\n",
    ]);
    expect(await shown("a")).toBe("primitive a Dummy \\\n\tparams fake=1\n");
    expect(world.files.get("cib.xml")).not.toContain("no-quorum-policy");
    expect([...world.files.keys()]).toEqual(["cib.xml"]);
  });

  test("an option that became a default is set as that default; a wrong value of it is refused", async () => {
    const result = await run("configure", "property", "is-managed-default=false", "maintenance-mode=true");
    expect(result).toMatchObject({
      status: 0,
      stdout: "WARNING: is-managed-default is is-managed in rsc_defaults now; it is set there\n",
    });
    expect(await shown()).toContain(
      "maintenance-mode=true\nrsc_defaults rsc-options: \\\n\tis-managed=false\n",
    );
    expect(await run("configure", "property", "is-managed-default=true")).toMatchObject({ status: 0 });
    expect(await shown("rsc-options")).toBe("rsc_defaults rsc-options: \\\n\tis-managed=true\n");
    expect(world.files.get("cib.xml")).not.toContain("is-managed-default");
    expect(await run("configure", "property", "is-managed-default=flase")).toMatchObject({ status: 1 });
  });

  test("edit xml gives a CIB to the editor, and deletes what the person deleted", async () => {
    await run("configure", "primitive", "a", "Dummy");
    await run("configure", "primitive", "b", "Dummy");
    world.editor = (text) =>
      text.replace(/<primitive id="b"[^>]*\/>/u, "").replace('id="a"', 'id="a" description="kept"');
    expect(await run("configure", "edit", "xml")).toMatchObject({ status: 0, stderr: "" });
    expect(await shown("type:primitive")).toBe("primitive a Dummy \\\n\tdescription=kept\n");
    world.editor = (text) => text.replace("</cib>", "");
    const before = world.files.get("cib.xml");
    expect(await run("configure", "edit", "xml", "a")).toMatchObject({ status: 1 });
    expect(world.files.get("cib.xml")).toBe(before);
  });

  test("a deleted template takes what is made from it along", async () => {
    await run("configure", "rsc_template", "t", "Dummy");
    await run("configure", "primitive", "a", "@t");
    expect(await run("configure", "delete", "t")).toMatchObject({
      status: 0,
      stdout: "INFO: hanging primitive:a deleted\n",
    });
    expect(world.files.get("cib.xml")).not.toMatch(/<primitive|<template/u);
  });

  test("a role that there is not is named", async () => {
    const result = await run(
      "configure",
      "primitive",
      "a",
      "Dummy",
      "op",
      "monitor",
      "interval=10s",
      "role=Boss",
    );
    expect(result.status).toBe(1);
    expect(result.stdout).toContain("op 'monitor' attribute 'role' value 'Boss' not recognized");
  });

  test("what was changed and changed back is not pending: the end of the input says nothing more", async () => {
    world.stdin = "primitive a Dummy\ndelete a\ncommit\n";
    const { stdout } = await run("configure");
    expect(stdout.match(/nothing to commit/gu)).toHaveLength(1);
  });

  test("what is traced stands last among the operations", async () => {
    await run(
      "configure",
      "primitive",
      "a",
      "Dummy",
      "op",
      "monitor",
      "interval=10s",
      "op",
      "start",
      "timeout=20s",
    );
    expect(await run("resource", "trace", "a", "monitor")).toMatchObject({ status: 0 });
    const names = [...world.files.get("cib.xml")!.matchAll(/<op [^>]*name="(\w+)"/gu)].map(
      ([, name]) => name,
    );
    expect(names).toEqual(["start", "monitor"]);
  });

  test("refuses a parameter that the agent does not know, and changes nothing", async () => {
    const result = await run("configure", "primitive", "a", "Dummy", "params", "bogus=1");
    expect(result.status).toBe(1);
    expect(result.stderr).toContain('a: parameter "bogus" is not known');
    expect(world.files.get("cib.xml")).toBe(CIB);
  });

  test("--force commits what does not verify, and says so", async () => {
    const result = await run("--force", "configure", "primitive", "a", "ocf:nosuch:Nope");
    expect(result).toMatchObject({ status: 0, stdout: "INFO: commit forced\n" });
    expect(await shown("a")).toBe("primitive a ocf:nosuch:Nope\n");
  });

  test("deleting a resource takes the constraints with it that make no sense without it", async () => {
    world.stdin = [
      "primitive a Dummy",
      "primitive b Dummy",
      "primitive c Dummy",
      "order o1 inf: a b",
      "order o2 inf: ( a b ) c",
      "location l a 100: node1",
      "commit",
      "delete a",
      "commit",
      "show type:order type:location",
    ].join("\n");
    const result = await run("configure");
    expect(result.status).toBe(0);
    expect(result.stdout).toBe(
      [
        "INFO: hanging order:o1 deleted",
        "INFO: constraint order:o2 updated",
        "INFO: hanging location:l deleted",
        "order o2 Mandatory: b c",
        "",
      ].join("\n"),
    );
  });

  test("a group that is deleted leaves its members, and hands its constraints to the first", async () => {
    world.stdin = [
      "primitive a Dummy",
      "primitive b Dummy",
      "group g a b",
      "location l g 100: node1",
      "commit",
    ].join("\n");
    await run("configure");
    const result = await run("configure", "delete", "g");
    expect(result.stdout).toBe("INFO: modified location:l from g to a\n");
    expect(await shown("l")).toBe("location l a 100: node1\n");
  });

  test("renaming follows the name into tags and fencing levels", async () => {
    world.stdin = [
      "primitive a Dummy",
      "primitive b Dummy",
      "tag t a b",
      "commit",
      "rename a z",
      "commit",
      "show t",
    ].join("\n");
    const result = await run("configure");
    expect(result.stdout).toBe("tag t z b\n");
  });

  test("a mistake anywhere in a file keeps all of it out", async () => {
    world.files.set("in.txt", "primitive a Dummy\nbogus line\n");
    const result = await run("configure", "load", "update", "in.txt");
    expect(result.status).toBe(1);
    expect(result.stderr).toContain("2: syntax: Unknown command near <bogus>");
    expect(world.files.get("cib.xml")).toBe(CIB);
  });

  for (const method of ["replace", "push", "update"]) {
    test(`load ${method}: a mistake that only the configuration shows keeps all of it out`, async () => {
      world.stdin = "primitive a Dummy\nprimitive b Dummy\ngroup g a b\nlocation l g 100: node1\ncommit\n";
      await run("configure");
      const before = world.files.get("cib.xml");
      for (const text of [
        "primitive z Dummy\ngroup h nosuch\n",
        "primitive z Dummy\nlocation m nosuch 100: node1\n",
        "primitive z Dummy\nclone a z\nclone c a\n",
        "primitive z Dummy\nprimitive 1bad Dummy\n",
        "xml <primitive id='z' class='ocf' provider='heartbeat' type='Dummy'/>\ngroup h z nosuch\n",
      ]) {
        world.files.set("in.txt", text);
        const result = await run("configure", "load", method, "in.txt");
        expect(result.stderr).toContain("ERROR:");
        expect(result.status).toBe(1);
        expect(world.files.get("cib.xml")).toBe(before);
      }
      // Nor does what is typed afterwards carry half of it along.
      world.stdin = `load ${method} in.txt\nprimitive d Dummy\ncommit\n`;
      await run("configure");
      expect(await shown("type:primitive")).toBe("primitive a Dummy\nprimitive b Dummy\nprimitive d Dummy\n");
      expect(await shown("g")).toBe("group g a b\n");
    });

    test(`load xml ${method}: a mistake keeps all of it out`, async () => {
      world.stdin = "primitive a Dummy\ncommit\n";
      await run("configure");
      const before = world.files.get("cib.xml");
      world.files.set(
        "in.xml",
        `<cib><configuration><resources><primitive id="z" class="ocf" provider="heartbeat" type="Dummy"/><primitive id="9" class="ocf" provider="heartbeat" type="Dummy"/></resources></configuration></cib>`,
      );
      const result = await run("configure", "load", "xml", method, "in.xml");
      expect(result.status).toBe(1);
      expect(world.files.get("cib.xml")).toBe(before);
    });
  }

  test.each([
    [["location", "l", "a", "imf:", "node1"], 'l: "imf" is no score'],
    [["colocation", "c", "abc:", "a", "b"], 'c: "abc" is no score'],
    [["bundle", "u", "docker"], "u: docker needs an image"],
    [
      ["bundle", "u", "docker", "image=i", "replica=2"],
      'docker has no option "replica". Did you mean "replicas"?',
    ],
    [["bundle", "u", "docker", "image=i", "network", "ip-range=1.2.3.4"], 'network has no option "ip-range"'],
  ])("%j is refused", async (words, text) => {
    world.stdin = "primitive a Dummy\nprimitive b Dummy\ncommit\n";
    await run("configure");
    const before = world.files.get("cib.xml");
    const result = await run("configure", ...words);
    expect(result).toMatchObject({ status: 1, stderr: expect.stringContaining(text) });
    expect(world.files.get("cib.xml")).toBe(before);
  });

  test("a group keeps its members when a change of it is refused", async () => {
    world.stdin = "primitive a Dummy\nprimitive b Dummy\ngroup g a b\ngroup h b2\ncommit\n";
    await run("configure");
    world.stdin = "primitive c Dummy\nclone c1 c\ncommit\nmodgroup g add c1\ncommit\nshow g\n";
    const { stdout } = await run("configure");
    expect(stdout).toContain("group g a b\n");
  });

  for (const method of ["replace", "push", "update"]) {
    test(`load ${method}: hidden secrets stay what they were`, async () => {
      await run("--force", "configure", "primitive", "f", "stonith:fence_x", "params", "passwd=secret");
      world.files.set("in.txt", await shown());
      await run("--force", "configure", "load", method, "in.txt");
      expect(world.files.get("cib.xml")).toContain('value="secret"');
      expect(world.files.get("cib.xml")).not.toContain("***");
    });
  }

  test("a text that was made with hidden secrets does not overwrite them", async () => {
    await run(
      "--force",
      "configure",
      "primitive",
      "f",
      "stonith:fence_x",
      "params",
      "passwd=secret",
      "ip=1.2.3.4",
    );
    const text = await shown("f");
    expect(text).toContain('passwd="******"');
    world.files.set("in.txt", text.replace("1.2.3.4", "1.2.3.5"));
    await run("--force", "configure", "load", "update", "in.txt");
    expect(world.files.get("cib.xml")).toContain('value="secret"');
    expect(world.files.get("cib.xml")).toContain('value="1.2.3.5"');
  });

  test("a word that is nearly a command is told", async () => {
    const result = await run("configure", "primitve", "a", "Dummy");
    expect(result).toMatchObject({
      status: 1,
      stderr: 'ERROR: configure.primitve: No such command. Did you mean "primitive"?\n',
    });
  });

  test("the beginning of exactly one command stands for it", async () => {
    expect((await run("configure", "schem")).stdout).toBe(
      'INFO: "schem" is accepted as "schema"\npacemaker-4.0\n',
    );
  });

  test("comments of a text come back with the object that they stand before", async () => {
    world.files.set("in.txt", "### the web site ###\nprimitive a Dummy\n");
    await run("configure", "load", "update", "in.txt");
    expect(await shown("a")).toBe("### the web site ###\nprimitive a Dummy\n");
  });

  test("a remote node and the resource that connects to it have the same name, and a text may hold both", async () => {
    const text =
      "node 1: node1\nnode far:remote \\\n\tattributes rack=2\nprimitive far Dummy\nlocation there far 10: node1\n";
    world.files.set("in.txt", text);
    expect(await run("configure", "load", "update", "in.txt")).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(await shown("type:primitive")).toBe("primitive far Dummy\n");
    expect(world.files.get("cib.xml")).toContain('<node id="far" uname="far" type="remote">');
    world.files.set("in.txt", `${text}primitive far Dummy\n`);
    expect(await run("configure", "load", "update", "in.txt")).toMatchObject({
      status: 1,
      stderr: "ERROR: 6: Duplicate resource: far\n",
    });
  });

  test("fencing switched off by its new name needs no force, but is worth a word with it", async () => {
    world.files.set("cib.xml", CIB.replaceAll("stonith-enabled", "fencing-enabled"));
    expect(await run("configure", "primitive", "a", "Dummy")).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(await run("--force", "configure", "primitive", "b", "Dummy")).toEqual({
      status: 0,
      stdout: "INFO: commit forced\n",
      stderr: "",
    });
  });

  test("what is put in a new group takes its constraints along; between its members nothing is left to say", async () => {
    world.files.set(
      "in.txt",
      "primitive a Dummy\nprimitive b Dummy\nprimitive c Dummy\nlocation l a 10: node1\norder o a b\ncolocation k inf: b c\n",
    );
    await run("configure", "load", "update", "in.txt");
    expect(await run("configure", "group", "g", "a", "b")).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("INFO: modified colocation:k from b to g\n"),
    });
    expect(await shown("type:location", "type:order", "type:colocation")).toBe(
      "colocation k inf: g c\nlocation l g 10: node1\n",
    );
  });

  test("constraints may name what is in a clone, as old configurations do", async () => {
    world.files.set(
      "in.txt",
      "primitive a Dummy\nprimitive b Dummy\nclone ca a\nclone cb b\ncolocation k inf: b ca\norder o inf: ca b\n",
    );
    const loaded = await run("configure", "load", "update", "in.txt");
    expect(loaded).toMatchObject({ status: 0, stderr: expect.not.stringContaining("ERROR") });
    expect(await shown("type:colocation", "type:order")).toBe(
      "colocation k inf: b ca\norder o Mandatory: ca b\n",
    );
  });

  test.each([
    ["a constraint on what is in a bundle", ["location", "l", "b", "10:", "node1"], "name bu instead"],
    ["an id-ref to nothing", ["primitive", "d", "Dummy", "params", "$id-ref=x"], 'id-ref="x"'],
    [
      "a rule behind values",
      ["primitive", "d", "Dummy", "params", "fake=1", "rule", "#uname", "eq", "x"],
      "rule",
    ],
    [
      "an attribute behind parameters",
      ["primitive", "d", "Dummy", "op", "monitor", "x=1", "interval=5"],
      "order",
    ],
    ["a set without members", ["order", "o", "inf:"], "resource_sets"],
    ["the name of a node", ["rename", "node1", "node9"], "cannot rename nodes"],
    ["two members at once", ["modgroup", "g", "remove", "m", "n"], "one resource"],
    ["a second monitor of one interval", ["monitor", "m", "10s"], "already has a monitor"],
  ])("refuses %s", async (_, words, message) => {
    world.files.set(
      "in.txt",
      'primitive a Dummy\nprimitive b Dummy\nbundle bu docker image="i" network ip-range-start=10.0.0.1 primitive b\nclone c a\n' +
        "primitive m Dummy op monitor interval=10\nprimitive n Dummy\ngroup g m n\n",
    );
    expect(await run("configure", "load", "update", "in.txt")).toMatchObject({ status: 0 });
    const before = world.files.get("cib.xml");
    const result = await run("configure", ...words);
    expect(result).toMatchObject({ status: 1, stderr: expect.stringContaining(message) });
    expect(world.files.get("cib.xml")).toBe(before);
  });

  test("graph shows what starts after what, and has graphviz draw it", async () => {
    for (const line of [
      "configure primitive a Dummy",
      "configure primitive b Dummy",
      "configure primitive c Dummy",
      "configure group g a b",
      "configure clone cs c",
      "configure order o Mandatory: g cs",
      "configure order o2 Optional: ( a b ) c",
      "configure location l g 10: node1",
      "configure location l2 cs rule -inf: #uname eq node2",
    ])
      await run(...line.split(" "));
    const { stdout } = await run("configure", "graph");
    for (const line of [
      '"a" -> "b";',
      '"a" -> "c" [style="solid",ltail="cluster_g",lhead="cluster_cs"];',
      '"b" -> "c" [style="dashed",label="Optional"];',
      '"node node1" -> "a" [style="dashed",dir="none",label="10",lhead="cluster_g"];',
      '"node node2" -> "c" [style="dashed",dir="none",label="-inf",lhead="cluster_cs"];',
    ])
      expect(stdout).toContain(`\t${line}\n`);
    expect(await run("configure", "graph", "dot", "out.dot")).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(world.files.get("out.dot")).toBe(stdout);
    const drawn: (readonly string[])[] = [];
    world.foreground = (program, args) => {
      drawn.push([program, ...args]);
      return drawn.length === 1 ? 0 : 127;
    };
    expect(await run("configure", "graph", "dot", "out.svg", "svg")).toMatchObject({ status: 0 });
    expect(drawn).toEqual([["dot", "-Tsvg", "-o", "out.svg", "/private/text"]]);
    expect(await run("configure", "graph", "dot", "out.svg", "svg")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("Install graphviz"),
    });
    expect(await run("configure", "graph", "tree")).toMatchObject({ status: 1 });
    expect(await run("configure", "graph", "dot", "out.x", "-x")).toMatchObject({ status: 1 });
  });
});
