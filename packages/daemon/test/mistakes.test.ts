import { parseXml } from "@quorate/xml";
import { describe, expect, test } from "vitest";
import { forcedChange, mistakesIn } from "../src/mistakes.ts";

const CIB = `<cib admin_epoch="0" epoch="1" num_updates="0" validate-with="pacemaker-4.0"><configuration>
  <crm_config><cluster_property_set id="o"><nvpair id="o1" name="maintenance-mode" value="false"/></cluster_property_set></crm_config>
  <nodes/>
  <resources><primitive id="web" class="ocf" provider="x" type="y"><meta_attributes id="m"><nvpair id="m1" name="is-managed" value="ture"/></meta_attributes>
    <operations><op id="op1" name="monitor" interval="10s" on-fail="restart" timeout="soon"/></operations></primitive></resources>
  <constraints/></configuration><status/></cib>`;

function mistakes(operation: string, section: string | null, data: string, ...flags: string[]) {
  const parsed = parseXml(CIB);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return mistakesIn(parsed.root, { operation, section, xpath: null, data, flags }, "3.20.5");
}

describe("mistakes in a change", () => {
  test.each([
    [
      "a value of another type",
      "cib_modify",
      "crm_config",
      '<nvpair id="o1" value="ture"/>',
      'Did you mean "true"?',
    ],
    [
      "a name that is nearly right",
      "cib_modify",
      "resources",
      '<meta_attributes id="m"><nvpair id="m2" name="is-manged" value="true"/></meta_attributes>',
      'Did you mean "is-managed"?',
    ],
    [
      "in a whole new resource",
      "cib_create",
      "resources",
      '<primitive id="db" class="ocf" provider="x" type="y"><operations><op id="o9" name="monitor" interval="ten"/></operations></primitive>',
      'operation setting "interval" cannot be "ten"',
    ],
    [
      "reliance on watchdogs",
      "cib_modify",
      "crm_config",
      '<cluster_property_set id="o"><nvpair id="o2" name="stonith-watchdog-timeout" value="10s"/></cluster_property_set>',
      "take nodes as down that nothing resets",
    ],
  ])("%s", (_, operation, section, data, message) => {
    expect(mistakes(operation, section, data)?.join("\n")).toContain(message);
  });

  test.each([
    ["right values", "cib_modify", "crm_config", '<nvpair id="o1" value="true"/>'],
    [
      "a name of somebody's own",
      "cib_modify",
      "crm_config",
      '<cluster_property_set id="o"><nvpair id="o2" name="com-example-owner" value="x"/></cluster_property_set>',
    ],
    ["old mistakes beside", "cib_modify", "resources", '<op id="op1" on-fail="ignore"/>'],
    ["status", "cib_modify", "status", '<nvpair id="x" name="is-managed" value="ture"/>'],
    ["what is refused anyway", "cib_create", "resources", '<primitive id="web"/>'],
  ])("not: %s", (_, operation, section, data) => {
    expect(mistakes(operation, section, data)).toBeNull();
  });
});

test("what is forced is told by names, not by values, and a question is nothing forced", () => {
  const data =
    '<primitive id="db"><instance_attributes id="i"><nvpair id="i1" name="passwrd" value="secret"/></instance_attributes></primitive>';
  const change = { operation: "cib_modify", section: "resources", xpath: null, data, flags: [] };
  expect(forcedChange(change)).toBe("cib_modify of resources: db, i, passwrd");
  expect(forcedChange({ ...change, operation: "cib_query" })).toBeNull();
});
