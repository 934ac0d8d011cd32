import { describe, expect, it } from "vitest";
import {
  CLONE_OPTIONS,
  CLUSTER_OPTIONS,
  checkOptions,
  describeOptionProblem,
  describeType,
  FENCING_OPTIONS,
  GROUP_OPTIONS,
  isValidValue,
  OPERATION_OPTIONS,
  type OptionType,
  PRIMITIVE_OPTIONS,
} from "../../src/index.ts";
import { parsed } from "../parsed.ts";

const CATALOGUES = {
  CLUSTER_OPTIONS,
  PRIMITIVE_OPTIONS,
  CLONE_OPTIONS,
  GROUP_OPTIONS,
  OPERATION_OPTIONS,
  FENCING_OPTIONS,
};

describe("the catalogues", () => {
  it.each(Object.entries(CATALOGUES))(
    "%s: names once, defaults valid, descriptions, successors that exist",
    (_, options) => {
      const names = options.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      for (const { name, type, default: value, description, deprecation } of options) {
        expect([name, value === null || isValidValue(type, value)]).toEqual([name, true]);
        expect(description).toMatch(/^[A-Z`].*[^.]$/);
        expect(describeType(type)).not.toBe("");
        if (deprecation?.successor) expect(names).toContain(deprecation.successor);
      }
    },
  );
});

describe("isValidValue", () => {
  const type = (
    kind: "boolean" | "duration" | "timeout" | "score" | "percentage" | "port" | "text",
  ): OptionType => ({ kind });
  it.each<[OptionType, string, boolean]>([
    [type("boolean"), "Yes", true],
    [type("boolean"), "maybe", false],
    [type("duration"), "5min", true],
    [type("duration"), "PT5M", true],
    [type("duration"), "-5", false],
    [type("duration"), "abc", false],
    [type("duration"), "", false],
    [type("timeout"), "-5s", true],
    [type("timeout"), "5x", false],
    [type("score"), "-INFINITY", true],
    [type("score"), "red", false],
    [type("percentage"), "80%", true],
    [type("percentage"), "x%", false],
    [type("port"), "3121", true],
    [type("port"), "70000", false],
    [{ kind: "integer", minimum: -1 }, "-1", true],
    [{ kind: "integer", minimum: -1 }, "-2", false],
    [{ kind: "integer", minimum: null }, "", false],
    [{ kind: "choice", words: ["Stopped"], oldWords: ["Slave"], isExact: false }, "slave", true],
    [{ kind: "choice", words: ["off"], oldWords: [], isExact: true }, "OFF", false],
    [type("text"), "", true],
  ])("%j %j: %s", (kind, value, expected) => {
    expect(isValidValue(kind, value)).toBe(expected);
  });
});

describe("checkOptions", () => {
  it("tells every remark with its place and what to write", () => {
    const cib = parsed(`<cib><configuration>
<crm_config><cluster_property_set id="o">
<nvpair id="o1" name="no-quorum-polcy" value="stop"/>
<nvpair id="o2" name="no-quorum-policy" value="frezee"/>
<nvpair id="o3" name="stonith-enabled" value="ture"/>
<nvpair id="o4" name="last-lrm-refresh" value="1"/>
<nvpair id="o5" name="cluster-delay" value="60s"/>
</cluster_property_set></crm_config>
<resources>
<clone id="c"><meta_attributes id="cm"><nvpair id="cm1" name="clone-max" value="two"/><nvpair id="cm2" name="interleave" value="#default"/></meta_attributes>
<primitive id="p" class="stonith" type="fence_x"><instance_attributes id="pi"><nvpair id="pi1" name="pcmk_host_lists" value="n1"/><nvpair id="pi2" name="ip" value="x"/></instance_attributes>
<operations><op id="po" name="monitor" interval="10x" on-fail="restart"/></operations></primitive></clone>
</resources></configuration></cib>`);
    expect(
      checkOptions(cib).map((problem) => `${problem.severity}: ${describeOptionProblem(problem)}`),
    ).toEqual([
      `warning: line 3, /cib/configuration/crm_config/cluster_property_set[@id='o']/nvpair[@id='o1']: cluster property "no-quorum-polcy" is not known to the cluster. Did you mean "no-quorum-policy"?`,
      `error: line 4, /cib/configuration/crm_config/cluster_property_set[@id='o']/nvpair[@id='o2']: cluster property "no-quorum-policy" cannot be "frezee", stop is taken instead; write one of stop, freeze, ignore, demote, fence, suicide. Did you mean "freeze"?`,
      `error: line 5, /cib/configuration/crm_config/cluster_property_set[@id='o']/nvpair[@id='o3']: cluster property "stonith-enabled" cannot be "ture", true is taken instead; write true or false. Did you mean "true"?`,
      `warning: line 5, /cib/configuration/crm_config/cluster_property_set[@id='o']/nvpair[@id='o3']: cluster property "stonith-enabled" is an old name; use "fencing-enabled"`,
      `note: line 6, /cib/configuration/crm_config/cluster_property_set[@id='o']/nvpair[@id='o4']: cluster property "last-lrm-refresh" is not known to the cluster`,
      `error: line 10, /cib/configuration/resources/clone[@id='c']/meta_attributes[@id='cm']/nvpair[@id='cm1']: meta-attribute "clone-max" cannot be "two"; write a whole number of at least 0`,
      `warning: line 11, /cib/configuration/resources/clone[@id='c']/primitive[@id='p']/instance_attributes[@id='pi']/nvpair[@id='pi1']: fencing parameter "pcmk_host_lists" is not known to the cluster. Did you mean "pcmk_host_list"?`,
      `error: line 12, /cib/configuration/resources/clone[@id='c']/primitive[@id='p']/operations/op[@id='po']: operation setting "interval" cannot be "10x"; write a duration, for example 30s, 5min or PT5M`,
    ]);
  });

  it("a document without configuration has no remarks", () => {
    expect(checkOptions(parsed("<cib/>"))).toEqual([]);
  });
});
