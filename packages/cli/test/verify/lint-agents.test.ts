import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAgentCatalogue } from "@quorate/executor";
import { systemClock } from "@quorate/host";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { main as quorate } from "../../src/commands/quorate.ts";
import { MemoryWorld } from "../memory-world.ts";

const METADATA = `<resource-agent name="lamp" version="1.0"><version>1.1</version><parameters>
  <parameter name="socket" required="1"><content type="string"/></parameter>
  <parameter name="watts"><content type="integer" default="5"/></parameter>
  <parameter name="dimmed"><content type="boolean"/></parameter>
  <parameter name="colour"><content type="select"><option value="white"/><option value="red"/></content></parameter>
</parameters><actions><action name="start" timeout="20s"/></actions></resource-agent>`;

let folder: string;
let world: MemoryWorld;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "quorate-lint-"));
  mkdirSync(join(folder, "test"));
  writeFileSync(join(folder, "test/lamp"), `#!/bin/sh\ncat <<'END'\n${METADATA}\nEND\n`, { mode: 0o755 });
  world = new MemoryWorld();
  world.agents = createAgentCatalogue({ clock: systemClock, ocfDirectories: [folder], fenceDirectories: [] });
});

afterAll(() => {
  world.agents?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("quorate lint: parameters, as the agents of this machine declare them", () => {
  const LAMP = 'class="ocf" provider="test" type="lamp"';
  const lint = (pairs: string, agent = LAMP, more = "") => {
    world.files.set(
      "cib.xml",
      `<cib admin_epoch="0" epoch="5" num_updates="0" validate-with="pacemaker-4.0"><configuration>
<crm_config><cluster_property_set id="o"><nvpair id="o1" name="fencing-enabled" value="false"/></cluster_property_set></crm_config>
<nodes/><resources>${more}<primitive id="l" ${agent}><instance_attributes id="p">
${pairs}
</instance_attributes></primitive></resources><constraints/></configuration><status/></cib>`,
    );
    return world.run(quorate, "quorate", "lint", "cib.xml");
  };
  const pair = (name: string, value: string) => `<nvpair id="p-${name}" name="${name}" value="${value}"/>`;
  const SOCKET = pair("socket", "/run/s");

  test.each([
    [pair("watts", "60"), "", ""],
    [pair("dimmed", "YES"), "", ""],
    [pair("colour", "red"), "", ""],
    [pair("watts", "lrm://secret"), "", ""],
    [pair("wats", "60"), "unknown-parameter", "its agent has no parameter wats; did you mean watts?"],
    [pair("watts", "sixty"), "value", 'watts="sixty" is not what its agent expects: a whole number'],
    [pair("dimmed", "ture"), "value", 'dimmed="ture" is not what its agent expects: true or false'],
    [pair("colour", "green"), "value", 'colour="green" is not what its agent expects: one of white, red'],
  ])("%s", async (parameter, rule, message) => {
    expect(await lint(`${SOCKET}\n${parameter}`)).toEqual({
      status: rule === "" ? 0 : 1,
      stdout: rule === "" ? "" : `cib.xml:5: warning: l: ${message} [agent/${rule}]\n`,
      stderr: "",
    });
  });

  test("a required parameter is missing, unless the template has it", async () => {
    const { stdout } = await lint("");
    expect(stdout).toBe(
      "cib.xml:3: warning: l: its agent requires the parameter socket [agent/missing-parameter]\n",
    );
    const template = `<template id="t" ${LAMP}><instance_attributes id="tp">${SOCKET}</instance_attributes></template>`;
    expect((await lint(pair("watts", "6"), 'template="t"', template)).stdout).toBe("");
  });

  test("an agent that is not installed here is not judged", async () => {
    expect((await lint(pair("x", "1"), LAMP.replace("lamp", "absent"))).stdout).not.toContain("agent/");
  });
});
