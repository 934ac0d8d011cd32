import { describe, expect, it } from "vitest";
import { checkParameters, describeParameterProblem, readAgentDescription } from "../../src/index.ts";

const OCF = readAgentDescription(`<?xml version="1.0"?>
<!DOCTYPE resource-agent SYSTEM "ra-api-1.dtd">
<resource-agent name="demo" version="2.1">
  <longdesc lang="en">
    All about it.
  </longdesc>
  <shortdesc lang="de">Kurz</shortdesc>
  <shortdesc lang="en">Short</shortdesc>
  <parameters>
    <parameter name="ip" unique="1" required="1"><content type="string" default=""/></parameter>
    <parameter name="port" unique-group="address" reloadable="1"><content type="integer" default="80"/></parameter>
    <parameter name="quiet"><content type="boolean"/></parameter>
    <parameter name="wait"><content type="time" default="10s"/></parameter>
    <parameter name="mode"><content type="select"><option value="fast"/><option value="slow"/></content></parameter>
    <parameter name="loud"><deprecated><replaced-with name="quiet"/></deprecated><content type="boolean"/></parameter>
    <parameter name="odd"><content type="own-invention"/></parameter>
  </parameters>
  <actions>
    <action name="start" timeout="20s"/>
    <action name="monitor" depth="0" timeout="20s" interval="10s"/>
    <action name="monitor" depth="10" timeout="30s" interval="60s"/>
  </actions>
</resource-agent>`)!;

const FENCE = readAgentDescription(`<resource-agent name="fence_demo" shortdesc="Fence agent for demos">
  <parameters>
    <parameter name="action" required="1"><content type="string" default="reboot"/></parameter>
    <parameter name="ip" required="1" obsoletes="ipaddr"><content type="string"/></parameter>
    <parameter name="ipaddr" required="1" deprecated="1"><content type="string"/></parameter>
    <parameter name="plug" required="1" obsoletes="port"><content type="string"/></parameter>
    <parameter name="port" required="1" deprecated="1"><content type="string"/></parameter>
    <parameter name="password"><content type="string"/></parameter>
  </parameters>
</resource-agent>`)!;

function check(
  className: "ocf" | "stonith",
  parameters: Readonly<Record<string, string>>,
): readonly string[] {
  const description = className === "ocf" ? OCF : FENCE;
  return checkParameters({ className, description }, new Map(Object.entries(parameters))).map(
    describeParameterProblem,
  );
}

describe("the description of an agent", () => {
  it("has the texts, in English, without white space around them", () => {
    expect(OCF).toMatchObject({ version: "2.1", shortText: "Short", longText: "All about it." });
    expect(FENCE.shortText).toBe("Fence agent for demos");
  });

  it("has the properties of parameters", () => {
    const [ip, port, , , mode, loud] = OCF.parameters;
    expect(ip).toMatchObject({ isRequired: true, isUnique: true, uniqueGroup: null, defaultValue: "" });
    expect(port).toMatchObject({
      isUnique: true,
      uniqueGroup: "address",
      isReloadable: true,
      type: "integer",
    });
    expect(mode).toMatchObject({ choices: ["fast", "slow"], defaultValue: null });
    expect(loud).toMatchObject({ isDeprecated: true, replacedBy: ["quiet"] });
  });

  it("knows old names both ways", () => {
    expect(FENCE.parameters.find((one) => one.name === "ip")?.replaces).toEqual(["ipaddr"]);
    expect(FENCE.parameters.find((one) => one.name === "ipaddr")).toMatchObject({
      isDeprecated: true,
      replacedBy: ["ip"],
    });
  });

  it("has every action with all it says", () => {
    expect(OCF.actions.map((action) => Object.fromEntries(action.attributes))).toEqual([
      { name: "start", timeout: "20s" },
      { name: "monitor", depth: "0", timeout: "20s", interval: "10s" },
      { name: "monitor", depth: "10", timeout: "30s", interval: "60s" },
    ]);
  });

  it("is null for what is no metadata", () => {
    expect(readAgentDescription("<html/>")).toBeNull();
    expect(readAgentDescription("usage: agent")).toBeNull();
  });
});

describe("parameters", () => {
  it("that are fine", () => {
    const fine = {
      ip: "1.2.3.4",
      port: "8080",
      quiet: "yes",
      wait: "5min",
      mode: "slow",
      odd: "?",
      trace_ra: "1",
    };
    expect(check("ocf", fine)).toEqual([]);
    expect(check("ocf", { ip: "lrm://", port: "lrm://", quiet: "" })).toEqual([]);
  });

  it("unknown ones: with the nearest name, or all names", () => {
    expect(check("ocf", { ip: "x", prot: "80" })).toEqual([
      'the agent has no parameter "prot"; did you mean "port"?',
    ]);
    expect(check("ocf", { ip: "x", nonsensical: "80" })).toEqual([
      'the agent has no parameter "nonsensical"; it has ip, loud, mode, odd, port, quiet, wait',
    ]);
  });

  it("missing and empty ones", () => {
    const missing = ['parameter "ip" is required: set ip'];
    expect(check("ocf", {})).toEqual(missing);
    expect(check("ocf", { ip: "" })).toEqual(missing);
  });

  it("of a wrong type; the value, which may be secret, is not told", () => {
    const wrong = { ip: "x", port: "eighty", quiet: "maybe", wait: "soon", mode: "medium" };
    expect(check("ocf", wrong)).toEqual([
      'the value of parameter "port" is not understood: write a whole number',
      'the value of parameter "quiet" is not understood: write true or false',
      'the value of parameter "wait" is not understood: write a time, for example 30s',
      'the value of parameter "mode" is not understood: write one of fast, slow',
    ]);
  });

  it("deprecated ones", () => {
    expect(check("ocf", { ip: "x", loud: "true" })).toEqual([
      'parameter "loud" is deprecated: use quiet instead',
    ]);
  });

  it("of fence agents: what the cluster gives or consumes is neither missing nor unknown", () => {
    expect(check("stonith", { ip: "x", pcmk_host_map: "a:1", pcmk_reboot_timeout: "5s" })).toEqual([]);
    expect(check("stonith", { ip: "x", pcmk_hostmap: "a:1" })).toEqual([
      'the agent has no parameter "pcmk_hostmap"; did you mean "pcmk_host_map"?',
    ]);
  });

  it("of fence agents: an old name will do", () => {
    expect(check("stonith", { ipaddr: "x" })).toEqual(['parameter "ipaddr" is deprecated: use ip instead']);
    expect(check("stonith", {})).toEqual(['parameter "ip" is required: set ip or ipaddr']);
  });
});
