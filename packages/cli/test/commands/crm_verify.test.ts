import { createAgentCatalogue } from "@quorate/executor";
import { systemClock } from "@quorate/host";
import { beforeEach, describe, expect, test } from "vitest";
import { main as crmVerify } from "../../src/commands/crm_verify.ts";
import { main as quorate } from "../../src/commands/quorate.ts";
import { MemoryWorld } from "../memory-world.ts";

function cibWith(parts: {
  readonly options?: string;
  readonly meta?: string;
  readonly constraints?: string;
}) {
  return `<cib admin_epoch="0" epoch="5" num_updates="0" validate-with="pacemaker-4.0">
  <configuration>
    <crm_config><cluster_property_set id="o"><nvpair id="o1" name="fencing-enabled" value="false"/>${parts.options ?? ""}</cluster_property_set></crm_config>
    <nodes/>
    <resources>
      <primitive id="web" class="ocf" provider="quorate" type="http"><meta_attributes id="m">
        ${parts.meta ?? ""}
      </meta_attributes></primitive>
    </resources>
    <constraints>${parts.constraints ?? ""}</constraints>
  </configuration>
  <status/>
</cib>
`;
}

let world: MemoryWorld;

beforeEach(() => {
  world = new MemoryWorld();
});

describe("crm_verify", () => {
  const verify = (text: string, ...argv: string[]) => {
    world.files.set("cib.xml", text);
    return world.run(crmVerify, "crm_verify", "-x", "cib.xml", ...argv);
  };

  test("a good configuration: silence", async () => {
    expect(await verify(cibWith({}), "-V")).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  test("a typing mistake is told with its line and the nearest right word", async () => {
    const text = cibWith({ meta: '<nvpair id="m1" name="is-managed" value="ture"/>' });
    expect((await verify(text)).stderr).toBe("Configuration invalid (-V may provide more detail)\n");
    const verbose = await verify(text, "-V");
    expect(verbose.status).toBe(78);
    expect(verbose.stderr).toContain("line 7");
    expect(verbose.stderr).toContain('Did you mean "true"?');
    expect(await verify(text, "--quiet")).toEqual({ status: 78, stdout: "", stderr: "" });
  });

  test("without fencing nothing starts", async () => {
    const text = cibWith({}).replace('value="false"', 'value="true"');
    expect((await verify(text, "-V")).stderr).toContain("no fencing resources have been defined");
    const watched = text.replace(
      "</cluster_property_set>",
      '<nvpair id="o2" name="have-watchdog" value="true"/>$&',
    );
    expect((await verify(watched, "-V")).stderr).not.toContain("no fencing resources");
  });

  test("needs exactly one configuration, and a whole one", async () => {
    expect((await world.run(crmVerify, "crm_verify")).status).toBe(64);
    expect((await verify("<primitive/>")).status).toBe(65);
    expect((await verify("<cib>\n<")).stderr).toContain("cib.xml:2:");
  });
});

describe("quorate lint", () => {
  beforeEach(() => {
    world.agents = createAgentCatalogue({ clock: systemClock, ocfDirectories: [], fenceDirectories: [] });
  });

  const lint = (text: string, ...argv: string[]) => {
    world.files.set("cib.xml", text);
    return world.run(quorate, "quorate", "lint", "cib.xml", ...argv);
  };

  test.each([
    ["clean", {}, 0, null],
    [
      "a name that is nearly right",
      { meta: '<nvpair id="m1" name="is-manged" value="true"/>' },
      1,
      "option/unknownOption",
    ],
    [
      "a wrong value",
      { options: '<nvpair id="o2" name="stop-all-resources" value="yess"/>' },
      2,
      "option/wrongValue",
    ],
    [
      "a wrong word",
      { constraints: '<rsc_order id="c" first="web" then="web" kind="Optionall"/>' },
      2,
      "schema/wrongWord",
    ],
  ])("%s", async (_, parts, status, rule) => {
    const result = await lint(cibWith(parts));
    expect(result.status).toBe(status);
    if (rule === null) expect(result.stdout).toBe("");
    else expect(result.stdout).toMatch(new RegExp(`^cib\\.xml:\\d+: \\w+: .*\\[${rule}\\]$`, "m"));
  });

  test("as data, and for code scanners", async () => {
    const text = cibWith({ meta: '<nvpair id="m1" name="is-managed" value="ture"/>' });
    const { findings } = JSON.parse((await lint(text, "--output-as", "json")).stdout);
    expect(findings).toMatchObject([{ rule: "option/wrongValue", severity: "error", line: 7 }]);
    const sarif = JSON.parse((await lint(text, "--output-as", "sarif")).stdout);
    expect(sarif.version).toBe("2.1.0");
    expect(sarif.runs[0].results).toMatchObject([
      {
        ruleId: "option/wrongValue",
        level: "error",
        locations: [{ physicalLocation: { artifactLocation: { uri: "cib.xml" }, region: { startLine: 7 } } }],
      },
    ]);
  });
});
